/* SPDX-License-Identifier: Apache-2.0 */
/* test_campaign.c - whole campaigns over the store, with faults, commands and kills. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/planning/planning.h"
#include "engine_world.h"
#include "store/events.h"
#include "store/progress.h"

static struct world *w;

static void finish(void)
{
    world_close(w);
}

TestSuite(campaign, .fini = finish, .timeout = 120);

static void run(size_t devices, bool is_together, const char *policy)
{
    w = world_open(devices, is_together);
    world_campaign(w, policy, true);
}

Test(campaign, updates_every_device_in_two_stages)
{
    run(7, false, "{" QUICK "}");
    cr_assert(world_run(w, 120000));
    cr_expect(eq(str, world_row(w).state, "finished"));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 7));
    cr_expect(world_is_updated(w, 1));
}

Test(campaign, updates_a_set_in_one_execute)
{
    run(3, true, "{" QUICK "}");
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 1));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 3));
}

Test(campaign, pushes_where_it_is_told_to)
{
    run(1, false, "{\"delivery\": \"push\", " QUICK "}");
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 1));
}

Test(campaign, keeps_no_more_in_flight_than_the_policy_says)
{
    struct engine_gauges gauges;
    uint32_t most = 0;

    run(12, true, "{\"in_flight\": 3, " NO_BRAKE ", " QUICK "}");
    for (int i = 0; i < 60; i++) {
        world_pass(w, 200);
        engine_gauges(w->engine, &gauges);
        most = gauges.in_flight > most ? gauges.in_flight : most;
    }
    cr_expect(eq(u32, most, 3));
    cr_assert(world_run(w, 120000));
    cr_expect(world_is_updated(w, 1));
}

static void kill_everywhere(bool is_together, enum kill_point point)
{
    for (int at = 1; at < 200; at++) {
        run(2, is_together, "{" NO_BRAKE ", " QUICK "}");
        w->kill_in = at;
        w->kill_point = point;
        cr_assert(world_run(w, 200000), "killed at batch %d", at);
        bool is_killed = w->kills > 0;
        cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 2), "killed at batch %d",
                  at);
        cr_expect(world_is_updated(w, 1), "killed at batch %d", at);
        cr_expect(eq(int, world_sends_max(w), 1), "killed at batch %d", at);
        if (!is_killed)
            return; /* it ended before that batch: all were tried */
        world_close(w);
    }
    cr_fatal("too many batches");
}

Test(campaign, survives_a_kill_before_any_batch_is_durable)
{
    kill_everywhere(false, KILL_BEFORE_APPLY);
}

Test(campaign, survives_a_kill_between_journal_and_effect)
{
    kill_everywhere(false, KILL_AFTER_APPLY);
}

Test(campaign, survives_a_kill_after_every_effect)
{
    kill_everywhere(false, KILL_AFTER_RELEASE);
}

Test(campaign, survives_kills_in_an_atomic_set)
{
    kill_everywhere(true, KILL_AFTER_APPLY);
    world_close(w);
    kill_everywhere(true, KILL_AFTER_RELEASE);
}

Test(campaign, ends_each_fault_with_its_reason)
{
    static const struct {
        enum fault fault;
        uint8_t result;
        const char *state, *reason;
    } rows[] = {
        {FAULT_RESULT, 8, "failed", "update-failed"},
        {FAULT_RESULT, 2, "failed", "not-enough-flash"},
        {FAULT_STUCK, 0, "needs-attention", "stuck-updating"},
        {FAULT_GONE, 0, "failed", "not-returned"},
        {FAULT_VERSION, 0, "failed", "version-mismatch"},
        {FAULT_INTEGRITY, 0, "failed", "integrity-failed"},
    };
    size_t count = sizeof rows / sizeof rows[0];

    w = world_open(count + 1, true);
    for (size_t i = 0; i < count; i++) {
        w->devices[i].fault = rows[i].fault;
        w->devices[i].fault_result = rows[i].result;
    }
    world_campaign(w, "{" NO_BRAKE ", " QUICK "}", true);
    cr_assert(world_run(w, 600000));
    cr_expect(eq(str, world_row(w).state, "finished"));
    for (size_t i = 0; i < count; i++) {
        struct task_row row = world_task_row(w, (int64_t)i + 1);
        cr_expect(eq(str, row.state, (char *)rows[i].state), "row %zu", i);
        cr_expect(eq(str, row.reason, (char *)rows[i].reason), "row %zu", i);
        cr_expect(le(int, w->devices[i].executes_of_digest_max, 1), "row %zu", i);
    }
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 1));
}

Test(campaign, brakes_when_one_of_the_first_fails)
{
    w = world_open(20, true);
    for (size_t i = 0; i < 20; i++)
        w->devices[i].fault = FAULT_GONE;
    world_campaign(w, "{" QUICK "}", true);
    cr_assert(world_run(w, 600000));
    struct campaign_row row = world_row(w);
    int touched = 0;
    cr_expect(eq(str, row.state, "paused"));
    cr_expect(row.is_braked);
    cr_expect(eq(str, row.reason, "first-failed"));
    cr_expect(ne(ptr, strstr(row.detail, "not-returned"), NULL));
    world_pass(w, 300000);
    for (size_t i = 0; i < 20; i++)
        touched += w->devices[i].executes_of_digest_max > 0;
    cr_expect(le(int, touched, 5));
}

Test(campaign, stays_braked_over_a_restart)
{
    w = world_open(8, true);
    w->devices[0].fault = FAULT_RESULT;
    w->devices[0].fault_result = 8;
    world_campaign(w, "{" QUICK "}", true);
    cr_assert(world_run(w, 60000));
    world_pass(w, 10000);
    world_restart(w);
    world_pass(w, 10000);
    cr_expect(world_row(w).is_braked);
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 4));
    cr_assert(eq(int, world_act(w, CAMPAIGN_RELEASE), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).state, "finished"));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 7));
}

Test(campaign, is_released_after_a_retry_as_well)
{
    w = world_open(1, true);
    w->devices[0].fault = FAULT_RESULT;
    w->devices[0].fault_result = 8;
    world_campaign(w, "{" QUICK "}", true);
    cr_assert(world_run(w, 60000));
    cr_assert(world_row(w).is_braked);
    w->devices[0].fault = HEALTHY;
    cr_assert(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_DONE));
    cr_assert(eq(int, world_act(w, CAMPAIGN_RELEASE), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).state, "finished"));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 1));
}

Test(campaign, does_nothing_while_paused)
{
    run(6, true, "{" NO_BRAKE ", \"in_flight\": 2, " QUICK "}");
    world_pass(w, 300);
    cr_assert(eq(int, world_act(w, CAMPAIGN_PAUSE), COMMAND_DONE));
    cr_expect(eq(int, world_act(w, CAMPAIGN_PAUSE), COMMAND_ALREADY));
    world_pass(w, 30000);
    int touched = 0;
    for (size_t i = 0; i < 6; i++)
        touched += w->devices[i].executes_of_digest_max > 0;
    cr_expect(le(int, touched, 2));
    cr_assert(eq(int, world_act(w, CAMPAIGN_RESUME), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 1));
}

Test(campaign, aborts_between_stages_as_partial)
{
    run(1, false, "{" NO_BRAKE ", " QUICK "}");
    while (w->devices[0].reboot_ms == 0)
        world_pass(w, 10);
    cr_assert(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).state, "aborted"));
    cr_expect(eq(str, world_task_row(w, 1).state, "partial"));
    cr_expect(eq(str, w->devices[0].inventory.components[0].version, "2"));
    cr_expect(eq(str, w->devices[0].inventory.components[1].version, "1"));
}

Test(campaign, installs_what_was_held_when_told)
{
    run(3, true, "{\"install\": \"hold\", " QUICK "}");
    world_pass(w, 10000);
    cr_expect(eq(int, w->devices[0].executes_of_digest_max, 0));
    world_restart(w);
    world_pass(w, 5000);
    cr_assert(eq(int, world_act(w, CAMPAIGN_INSTALL), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 1));
    cr_expect(eq(int, w->devices[0].deliveries, 2)); /* not again */
}

Test(campaign, waits_for_the_battery)
{
    w = world_open(1, true);
    snprintf(w->devices[0].battery, 8, "12");
    world_campaign(w, "{" QUICK "}", true);
    world_pass(w, 10000);
    cr_expect(eq(str, world_task_row(w, 1).waiting_for, "condition"));
    snprintf(w->devices[0].battery, 8, "80");
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 1));
}

Test(campaign, waits_for_the_user_and_executes_once_more)
{
    w = world_open(1, true);
    w->devices[0].fault = FAULT_DEFER;
    world_campaign(w, "{" QUICK "}", true);
    world_pass(w, 2500);
    cr_expect(eq(str, world_task_row(w, 1).waiting_for, "user"));
    world_restart(w);
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 2));
    cr_expect(eq(int, w->devices[0].executes_of_digest_max, 2));
}

Test(campaign, ends_an_abort_when_the_user_lets_time_run_out)
{
    w = world_open(1, true);
    w->devices[0].fault = FAULT_DEFER;
    world_campaign(w, "{" QUICK "}", true);
    world_pass(w, 2500);
    cr_assert(eq(str, world_task_row(w, 1).waiting_for, "user"));
    cr_assert(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).state, "aborted"));
    cr_expect(eq(int, w->devices[0].executes_of_digest_max, 1));
}

Test(campaign, executes_again_only_after_exchange_lifetime)
{
    w = world_open(1, true);
    w->devices[0].fault = FAULT_LOST_EXECUTE;
    world_campaign(w, "{" QUICK "}", true);
    world_pass(w, 5000);
    cr_expect(eq(int, w->devices[0].executes_of_digest_max, 0));
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 1));
}

Test(campaign, lets_a_later_campaign_wait_for_the_device)
{
    w = world_open(2, true);
    world_campaign(w, "{\"install\": \"hold\", " QUICK "}", true);
    world_pass(w, 10000);
    int64_t first = w->campaign_id, second = world_create(w, "{" QUICK "}");
    struct planning_overlap *overlaps = NULL;
    size_t count = 0;
    w->campaign_id = second;
    cr_assert(zero(int, planning_overlaps(w->store, world_row(w).plan_id, second,
                                          &overlaps, &count)));
    cr_assert(eq(sz, count, 1));
    cr_expect(eq(i64, overlaps[0].campaign_id, first));
    cr_expect(eq(u64, overlaps[0].devices, 2));
    cr_expect(eq(str, overlaps[0].sample[1], "dev-2"));
    free(overlaps);
    cr_assert(eq(int, world_act(w, CAMPAIGN_START), COMMAND_DONE));
    world_pass(w, 5000);
    cr_expect(eq(str, world_task_row(w, 1).waiting_for, "campaign"));
    w->campaign_id = first;
    cr_assert(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    w->campaign_id = second;
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 1));
}

Test(campaign, cancels_skips_and_retries_one_device)
{
    w = world_open(4, true);
    w->devices[3].fault = FAULT_RESULT;
    w->devices[3].fault_result = 2;
    world_campaign(w, "{" NO_BRAKE ", \"install\": \"hold\", " QUICK "}", true);
    world_pass(w, 10000);
    cr_expect(eq(int, world_task(w, 1, TASK_CANCEL), COMMAND_DONE));
    cr_expect(eq(int, world_task(w, 2, TASK_SKIP), COMMAND_DONE));
    world_pass(w, 2000);
    cr_expect(eq(str, world_task_row(w, 1).state, "canceled"));
    cr_expect(eq(str, world_task_row(w, 2).state, "excluded"));
    cr_expect(eq(int, w->devices[0].inventory.components[0].state, COMPONENT_IDLE));
    cr_expect(eq(int, w->devices[1].inventory.components[0].state, COMPONENT_IDLE));
    cr_assert(eq(int, world_act(w, CAMPAIGN_INSTALL), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_task_row(w, 3).state, "succeeded"));
    cr_expect(eq(str, world_task_row(w, 4).state, "failed"));
    w->devices[3].fault = HEALTHY;
    cr_expect(eq(int, world_task(w, 4, TASK_RETRY), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_task_row(w, 4).state, "succeeded"));
    cr_expect(eq(int, world_task(w, 3, TASK_CANCEL), COMMAND_CONFLICT));
}

Test(campaign, plans_again_for_a_device_that_somebody_updated_by_hand)
{
    w = world_open(2, false);
    world_campaign(w, "{" QUICK "}", false);
    cr_assert(eq(int, world_act(w, CAMPAIGN_START), COMMAND_DONE));
    snprintf(w->devices[0].inventory.components[0].version, 8, "1.7");
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 1));
    cr_expect(gt(int, world_task_row(w, 1).replans, 0));
}

Test(campaign, refuses_to_start_when_inventories_have_changed)
{
    w = world_open(2, true);
    world_campaign(w, "{}", false);
    snprintf(w->devices[0].inventory.components[0].version, 8, "1.7");
    world_register(w, 0);
    cr_expect(eq(int, world_act(w, CAMPAIGN_START), COMMAND_CONFLICT));
    cr_expect(ne(ptr, strstr(w->detail, "1.7"), NULL), "%s", w->detail);
    cr_expect(eq(str, world_row(w).state, "draft"));
}
