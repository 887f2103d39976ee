/* SPDX-License-Identifier: Apache-2.0 */
/* test_rollout.c - slots in flight, and what puts the brake on. */
#include "campaigns/rollout.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct rollout r;
static struct policy p;

static void fresh(void)
{
    r = (struct rollout){0};
    p = policy_default();
}

TestSuite(rollout, .init = fresh);

static void run(const char *ends) /* w well, f failed, a needs-attention, c canceled */
{
    for (; *ends; ends++)
        (void)rollout_ended(&r, &p,
                            *ends == 'w'   ? TASK_SUCCEEDED
                            : *ends == 'f' ? TASK_FAILED
                            : *ends == 'a' ? TASK_NEEDS_ATTENTION
                                           : TASK_CANCELED);
}

Test(rollout, lets_only_the_first_ones_start)
{
    cr_expect(eq(u32, rollout_free(&r, &p), 5));
    rollout_moved(&r, ROLLOUT_NONE, ROLLOUT_SLOT);
    rollout_moved(&r, ROLLOUT_NONE, ROLLOUT_SLOT);
    cr_expect(eq(u32, rollout_free(&r, &p), 3));
    rollout_moved(&r, ROLLOUT_SLOT, ROLLOUT_AWAY); /* executed, silent: still at risk */
    cr_expect(eq(u32, rollout_free(&r, &p), 3));
    rollout_moved(&r, ROLLOUT_SLOT, ROLLOUT_NONE); /* fell asleep before Execute */
    cr_expect(eq(u32, rollout_free(&r, &p), 4));
}

Test(rollout, opens_when_the_first_ones_ended_well)
{
    run("wwww");
    cr_expect(eq(u32, rollout_free(&r, &p), 1));
    run("w");
    cr_expect(eq(u32, rollout_free(&r, &p), 100));
}

Test(rollout, brakes)
{
    static const struct {
        const char *name, *ends, *reason;
    } rows[] = {
        {"nothing", "", ""},
        {"the first fails", "f", "first-failed"},
        {"the fifth fails", "wwwwf", "first-failed"},
        {"one needs attention", "a", "first-failed"},
        {"canceled ones do not count", "cccccccc", ""},
        {"one of many", "wwwwwf", ""},
        {"two in a row", "wwwwwff", ""},
        {"a good one between", "wwwwwffwff", ""},
        {"three in a row", "wwwwwfff", "failures-in-a-row"},
        {"canceled ones do not break a row", "wwwwwfcfcf", "failures-in-a-row"},
        {"over 2 % of 20", "wwwwwfwwwwwwwwwwwwww", "failure-pct"},
        {"of 19 not yet", "wwwwwfwwwwwwwwwwwww", ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fresh();
        run(rows[i].ends);
        cr_expect(eq(str, r.reason, (char *)rows[i].reason), "%s", rows[i].name);
        cr_expect(eq(int, r.is_braked, *rows[i].reason != '\0'), "%s", rows[i].name);
    }
}

Test(rollout, brakes_once_and_says_why)
{
    cr_expect(rollout_ended(&r, &p, TASK_FAILED));
    cr_expect(not(rollout_ended(&r, &p, TASK_FAILED)));
    cr_expect(eq(str, r.detail,
                 "1 of 1 devices that ended have failed, the last 1 in a row"));
    cr_expect(eq(u32, rollout_free(&r, &p), 0));
}

Test(rollout, begins_anew_when_released)
{
    run("f");
    r.in_flight = 2;
    rollout_release(&r);
    cr_expect(eq(u32, rollout_free(&r, &p), 3)); /* five first ones again */
}

Test(rollout, forgets_the_failure_of_who_is_tried_again)
{
    p.brake = (struct brake_policy){.failure_pct = 100, .min_sample = 20};
    run("fw");
    rollout_reopened(&r, TASK_CANCELED); /* was not counted */
    cr_expect(eq(u32, r.ended_failed, 1));
    rollout_reopened(&r, TASK_NEEDS_ATTENTION);
    rollout_reopened(&r, TASK_FAILED); /* of before a release */
    cr_expect(zero(u32, r.ended_failed));
    cr_expect(eq(u32, r.ended_ok, 1));
}

Test(rollout, lets_who_is_away_go_on_but_no_other_start)
{
    for (int i = 0; i < 5; i++)
        rollout_moved(&r, ROLLOUT_NONE, ROLLOUT_AWAY);
    cr_expect(not(rollout_may_take(&r, &p, ROLLOUT_NONE)));
    cr_expect(rollout_may_take(&r, &p, ROLLOUT_AWAY));
    r.in_flight = p.in_flight;
    cr_expect(not(rollout_may_take(&r, &p, ROLLOUT_AWAY)));
    cr_expect(rollout_may_take(&r, &p, ROLLOUT_SLOT));
    run("f");
    cr_expect(not(rollout_may_take(&r, &p, ROLLOUT_SLOT)));
}

Test(rollout, can_do_without_a_brake)
{
    p.brake = (struct brake_policy){.failure_pct = 100, .min_sample = 20};
    run("ffffffffffffffffffffffff");
    cr_expect(not(r.is_braked));
}

Test(rollout, counts_what_each_task_takes)
{
    struct task t = {.state = TASK_WAITING, .waiting_for = WAITING_FOR_ONLINE};

    t.part_count = 1;
    cr_expect(eq(int, rollout_share_of(&t), ROLLOUT_NONE));
    t.is_at_risk = true; /* it fell silent while it was delivered to */
    cr_expect(eq(int, rollout_share_of(&t), ROLLOUT_AWAY));
    t.state = TASK_UPDATING;
    cr_expect(eq(int, rollout_share_of(&t), ROLLOUT_SLOT));
    t.is_away = true;
    cr_expect(eq(int, rollout_share_of(&t), ROLLOUT_AWAY));
    t.state = TASK_FAILED;
    cr_expect(eq(int, rollout_share_of(&t), ROLLOUT_NONE));
}
