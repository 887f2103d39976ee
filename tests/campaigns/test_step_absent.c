/* SPDX-License-Identifier: Apache-2.0 */
/* test_step_absent.c - devices that are asleep, offline or silent: none keeps what we
 * delivered, and none is waited for without a bound.
 */
#include "campaigns/step.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "step_world.h"

static struct world w;
static char trail[32];

static void fresh_world(void)
{
    world_new(&w);
}

TestSuite(step_absent, .init = fresh_world);

/* ---- after Execute ---- */

/* Time passes as step() wishes; whatever it asks has this outcome. @return reads */
static int wait_out(uint8_t reach, enum device_outcome_kind kind, int64_t end_ms)
{
    int reads = 0;

    w.view.reach = reach;
    w.view.is_fresh = false;
    for (struct step_result *r = world_step(&w); r->next != STEP_ENDED && reads < 99;) {
        cr_expect(eq(int, r->task.is_away,
                     w.input.now_ms >= T0 + w.policy.timers.updating_ms));
        if (r->next == STEP_ACT) {
            cr_assert(eq(int, r->action.kind, DEVICE_INSPECT));
            reads++;
            r = world_outcome(&w, kind, 0);
            continue;
        }
        cr_assert(eq(int, r->next, STEP_WAIT));
        cr_assert(r->wake_ms > w.input.now_ms && r->wake_ms <= end_ms);
        w.input.now_ms = r->wake_ms;
        r = world_step(&w);
    }
    return reads;
}

Test(step_absent, fails_who_does_not_return_within_two_lifetimes)
{
    static const struct {
        uint8_t reach;
        enum device_outcome_kind kind;
        bool is_read; /* now and then, further and further apart */
    } rows[] = {{REACH_OFFLINE, DEVICE_UNREACHABLE, true},
                {REACH_UNKNOWN, DEVICE_TIMED_OUT, true},
                {REACH_ASLEEP, DEVICE_ASLEEP, false}};

    for (size_t i = 0; i < 3; i++) {
        fresh_world();
        world_executed(&w, 0);
        int64_t end_ms = T0 + 2 * w.view.lifetime_ms;
        int reads = wait_out(rows[i].reach, rows[i].kind, end_ms);
        cr_expect(eq(int, reads > 3, rows[i].is_read), "%d reads, row %zu", reads, i);
        cr_expect(lt(int, reads, 15), "row %zu", i);
        cr_expect(eq(i64, w.input.now_ms, end_ms), "row %zu", i);
        cr_expect(eq(int, w.task.state, TASK_FAILED), "row %zu", i);
        cr_expect(eq(str, w.task.reason, "not-returned"), "row %zu", i);
    }
}

/* ---- in a delivery ---- */

static struct step_result *lost_in_a_push(void)
{
    world_component(&w, 0)->delivery = DELIVERY_PUSH;
    w.view.lifetime_ms = 86400000;
    world_step(&w);
    w.task.parts[0].sent_bytes = 50;
    w.view.reach = REACH_UNKNOWN;
    return world_outcome(&w, DEVICE_TIMED_OUT, 0);
}

Test(step_absent, fails_who_falls_silent_in_a_delivery_and_does_not_return)
{
    struct step_result *r = lost_in_a_push();
    cr_expect(eq(int, r->next, STEP_PARKED));
    cr_expect(eq(int, r->task.waiting_for, WAITING_FOR_ONLINE));
    cr_expect(r->task.is_at_risk);
    w.input.now_ms = T0 + 2 * w.view.lifetime_ms;
    w.input.may_deliver = false; /* it is judged, also while the campaign is paused */
    cr_assert(eq(int, world_step(&w)->action.kind, DEVICE_INSPECT));
    w.view.reach = REACH_OFFLINE;
    r = world_outcome(&w, DEVICE_UNREACHABLE, 0);
    cr_expect(eq(int, r->task.state, TASK_FAILED));
    cr_expect(eq(str, r->task.reason, "not-returned"));
    cr_expect(eq(int, r->task.parts[0].state, PART_FAILED));
}

Test(step_absent, goes_on_with_who_returns_to_a_delivery)
{
    lost_in_a_push();
    w.input.now_ms = T0 + 2 * w.view.lifetime_ms;
    w.view.reach = REACH_ONLINE;
    world_read(&w, 0);
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->action.kind, DEVICE_PUSH));
    cr_expect(eq(i64, r->task.lost_ms, 0));
}

Test(step_absent, does_not_count_as_lost_who_was_not_sent_anything)
{
    world_component(&w, 0)->delivery = DELIVERY_PUSH;
    world_step(&w);
    w.view.reach = REACH_OFFLINE;
    struct step_result *r = world_outcome(&w, DEVICE_UNREACHABLE, 0);
    cr_expect(eq(int, r->task.waiting_for, WAITING_FOR_ONLINE));
    cr_expect(eq(i64, r->task.lost_ms, 0));
}

Test(step_absent, counts_as_lost_who_was_sent_something)
{
    world_component(&w, 0)->delivery = DELIVERY_PUSH;
    world_step(&w);
    w.task.parts[0].sent_bytes = 50;
    w.view.reach = REACH_OFFLINE;
    struct step_result *r = world_outcome(&w, DEVICE_UNREACHABLE, 0);
    cr_expect(eq(int, r->task.waiting_for, WAITING_FOR_ONLINE));
    cr_expect(eq(i64, r->task.lost_ms, T0));
}

Test(step_absent, gives_the_slot_back_when_the_device_sleeps)
{
    w.view.reach = REACH_ASLEEP;
    w.task.state = TASK_DELIVERING;
    w.task.waiting_for = WAITING_FOR_NOTHING;
    struct step_result *r = world_step(&w);

    cr_expect(eq(int, r->next, STEP_PARKED));
    cr_expect(eq(int, r->task.waiting_for, WAITING_FOR_ONLINE));
}

Test(step_absent, waits_for_a_sleeping_device_to_clean_it)
{
    world_delivered(&w, 0);
    step_stop(&w.task, TASK_CANCELED, "aborted");
    w.view.reach = REACH_ASLEEP;
    cr_expect(eq(int, world_step(&w)->task.waiting_for, WAITING_FOR_ONLINE));
    w.view.reach = REACH_ONLINE;
    cr_expect(eq(int, world_step(&w)->action.kind, DEVICE_RESET));
}

/* ---- a task that ends ---- */

static const uint8_t absences[] = {REACH_ASLEEP, REACH_OFFLINE};

Test(step_absent, ends_at_once_where_nothing_was_delivered)
{
    for (size_t i = 0; i < 2; i++) {
        fresh_world();
        w.task.is_started = true;
        step_stop(&w.task, TASK_EXCLUDED, "skipped");
        w.view.reach = absences[i];
        cr_expect(eq(int, world_step(&w)->task.state, TASK_EXCLUDED));
    }
}

/* Canceled, aborted, skipped, or failed by itself: alike. */
static const struct {
    enum task_state final;
    const char *reason;
} ends[] = {
    {TASK_CANCELED, "aborted"},
    {TASK_EXCLUDED, "skipped"},
    {TASK_FAILED, "blocked"},
    {TASK_NEEDS_ATTENTION, "state-unclear"},
};

static void ending_while(enum task_state final, const char *reason, uint8_t reach)
{
    fresh_world();
    world_delivered(&w, 0);
    w.view.reach = reach;
    w.task.ending = (uint8_t) final;
    snprintf(w.task.reason, sizeof w.task.reason, "%s", reason);
}

Test(step_absent, is_reset_before_its_task_ends)
{
    for (size_t i = 0; i < 8; i++) {
        ending_while(ends[i / 2].final, ends[i / 2].reason, absences[i % 2]);
        struct step_result *r = world_step(&w);
        cr_expect(eq(int, r->next, STEP_PARKED), "end %zu", i);
        cr_expect(eq(int, r->task.waiting_for, WAITING_FOR_ONLINE), "end %zu", i);
        w.view.reach = REACH_ONLINE;
        w.view.is_fresh = false;
        world_play(&w, trail);
        cr_expect(eq(str, trail, "iri"), "end %zu", i);
        cr_expect(eq(int, w.task.state, ends[i / 2].final), "end %zu", i);
        cr_expect(eq(str, w.task.reason, (char *)ends[i / 2].reason), "end %zu", i);
    }
}

Test(step_absent, does_not_end_a_failure_by_silence_in_its_last_try)
{
    world_component(&w, 0)->delivery = DELIVERY_PUSH;
    w.policy.retry[RETRY_TRANSIENT].max = 0;
    world_step(&w);
    w.view.reach = REACH_UNKNOWN;
    struct step_result *r = world_outcome(&w, DEVICE_TIMED_OUT, 0);
    cr_expect(eq(int, r->task.ending, TASK_FAILED));
    cr_expect(eq(int, r->task.waiting_for, WAITING_FOR_ONLINE));
    cr_expect(eq(str, r->task.reason, "connection-lost"));
}

Test(step_absent, that_failed_is_waited_for_as_long_as_for_a_lost_one)
{
    for (size_t i = 2; i < 4; i++) {
        ending_while(ends[i].final, ends[i].reason, REACH_OFFLINE);
        struct step_result *r = world_step(&w);
        cr_assert(eq(i64, r->wake_ms, T0 + 2 * w.view.lifetime_ms));
        cr_expect(eq(i64, r->deadline_ms, r->wake_ms));
        w.input.now_ms = r->wake_ms;
        r = world_step(&w);
        cr_expect(eq(int, r->task.state, ends[i].final));
        cr_expect(eq(str, r->task.reason, (char *)ends[i].reason));
        cr_expect(ne(ptr, strstr(r->task.detail, "was not there to be reset"), NULL));
    }
}

/* It is no failure of the device: only the end of the campaign ends the wait. */
Test(step_absent, that_an_operator_took_out_is_waited_for_without_a_timer)
{
    for (size_t i = 0; i < 2; i++) {
        ending_while(ends[i].final, ends[i].reason, REACH_OFFLINE);
        w.task.lost_ms = T0 - 1;
        cr_expect(eq(i64, world_step(&w)->wake_ms, 0));
        w.input.now_ms = T0 + 100 * w.view.lifetime_ms;
        cr_expect(eq(int, world_step(&w)->next, STEP_PARKED));
    }
}

Test(step_absent, that_is_given_up_keeps_its_end_and_its_reason)
{
    for (size_t i = 0; i < 4; i++) {
        ending_while(ends[i].final, ends[i].reason, REACH_OFFLINE);
        step_abandon(&w.task, &w.plan, TASK_CANCELED, "not-seen", T0);
        cr_expect(eq(int, w.task.state, ends[i].final));
        cr_expect(eq(str, w.task.reason, (char *)ends[i].reason));
        cr_expect(ne(ptr, strstr(w.task.detail, "was not there to be reset"), NULL));
    }
    fresh_world();
    step_abandon(&w.task, &w.plan, TASK_CANCELED, "not-seen", T0);
    cr_expect(eq(int, w.task.state, TASK_CANCELED));
    cr_expect(eq(str, w.task.reason, "not-seen"));
    cr_expect(eq(str, w.task.detail, ""));
}

/* A retried task begins at its first stage; what is in a later one is still ours. */
Test(step_absent, is_reset_in_every_stage_when_a_retry_is_canceled)
{
    world_add(&w, "radio", 1);
    world_delivered(&w, 1);
    w.task.state = TASK_FAILED;
    step_retry(&w.task, &w.plan, T0);
    step_stop(&w.task, TASK_CANCELED, "operator");
    w.view.reach = REACH_ASLEEP;
    cr_expect(eq(int, world_step(&w)->next, STEP_PARKED));
    w.view.reach = REACH_ONLINE;
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->action.kind, DEVICE_RESET));
    cr_expect(eq(int, r->action.instance, 1));
}
