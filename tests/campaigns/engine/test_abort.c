/* SPDX-License-Identifier: Apache-2.0 */
/* test_abort.c - campaigns that are stopped while devices speak and operators act.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "engine_world.h"

static struct world *w;

static void finish(void)
{
    world_close(w);
}

TestSuite(abort, .fini = finish, .timeout = 120);

static void run(bool is_together, enum fault fault, const char *policy)
{
    w = world_open(1, is_together);
    w->devices[0].fault = fault;
    world_campaign(w, policy, true);
}

/* Unlike world_act() it lets no time pass. */
static void begin_abort(void)
{
    struct command *c = command_new(COMMAND_CAMPAIGN_ACTION, "alice");

    c->campaign_action.campaign_id = w->campaign_id;
    c->campaign_action.action = CAMPAIGN_ABORT;
    cr_assert(zero(int, engine_command(w->engine, w->now, c, 1)));
}

static void expect_aborted(const char *task_state)
{
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).state, "aborted"));
    cr_expect(eq(str, world_task_row(w, 1).state, (char *)task_state));
    cr_expect(eq(str, world_task_row(w, 1).reason, "aborted"));
    for (int i = 0; i < FAKE_COMPONENTS; i++)
        cr_expect(eq(int, w->devices[0].inventory.components[i].state, COMPONENT_IDLE));
}

Test(abort, ends_who_speaks_before_its_row_was_told)
{
    run(true, HEALTHY, "{" NO_BRAKE ", " QUICK "}");
    w->devices[0].fault = FAULT_OFFLINE;
    world_pass(w, 5000);
    cr_assert(eq(str, world_task_row(w, 1).waiting_for, "online"));
    begin_abort();
    w->devices[0].fault = HEALTHY;
    world_register(w, 0);
    expect_aborted("canceled");
    cr_expect(zero(int, w->devices[0].deliveries));
}

Test(abort, ends_who_registers_with_an_update_postponed)
{
    run(true, FAULT_DEFER, "{" NO_BRAKE ", " QUICK "}");
    world_pass(w, 2500);
    cr_assert(eq(str, world_task_row(w, 1).waiting_for, "user"));
    begin_abort();
    world_register(w, 0);
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).state, "aborted"));
    cr_expect(eq(str, world_task_row(w, 1).state, "canceled"));
    cr_expect(eq(str, world_task_row(w, 1).reason, "aborted"));
    cr_expect(eq(int, w->devices[0].inventory.components[0].state, COMPONENT_IDLE));
    cr_expect(eq(int, w->devices[0].executes_of_digest_max, 1));
}

Test(abort, plans_nothing_anew_for_who_left_its_path)
{
    run(false, HEALTHY, "{" NO_BRAKE ", " QUICK "}");
    while (w->devices[0].reboot_ms == 0)
        world_pass(w, 10);
    snprintf(w->devices[0].inventory.components[1].version, 8, "1.7");
    begin_abort();
    expect_aborted("partial");
    cr_expect(zero(int, world_task_row(w, 1).replans));
}

Test(abort, gives_no_device_new_tries)
{
    w = world_open(2, true);
    w->devices[0].fault = FAULT_RESULT;
    w->devices[0].fault_result = 2;
    w->devices[1].fault = FAULT_STUCK;
    world_campaign(w, "{" NO_BRAKE ", " QUICK "}", true);
    world_pass(w, 10000);
    cr_assert(eq(int, world_tasks(w, "failed", NULL), 1));
    cr_assert(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    cr_expect(eq(int, world_task(w, 1, TASK_RETRY), COMMAND_CONFLICT));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).state, "aborted"));
}

/* Delivered to a device whose battery is too low, which is read again in an hour. */
static void run_until_condition(void)
{
    w = world_open(1, true);
    snprintf(w->devices[0].battery, sizeof w->devices[0].battery, "10");
    world_campaign(w,
                   "{" NO_BRAKE ", \"min_battery_pct\": 30, \"timers\": "
                   "{\"poll_s\": 1, \"condition_s\": 3600}}",
                   true);
    world_pass(w, 5000);
    cr_assert(eq(str, world_task_row(w, 1).waiting_for, "condition"));
}

static void expect_clean(const char *state, const char *reason)
{
    world_pass(w, 2000);
    cr_expect(eq(str, world_task_row(w, 1).state, (char *)state));
    cr_expect(eq(str, world_task_row(w, 1).reason, (char *)reason));
    for (int i = 0; i < FAKE_COMPONENTS; i++)
        cr_expect(eq(int, w->devices[0].inventory.components[i].state, COMPONENT_IDLE));
}

Test(abort, ends_at_once_who_waits_for_a_condition)
{
    run_until_condition();
    cr_expect(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    expect_clean("canceled", "aborted");
}

Test(abort, cancels_at_once_who_waits_for_a_condition)
{
    run_until_condition();
    cr_expect(eq(int, world_task(w, 1, TASK_CANCEL), COMMAND_DONE));
    expect_clean("canceled", "operator");
}

Test(abort, skips_at_once_who_waits_for_a_condition)
{
    run_until_condition();
    cr_expect(eq(int, world_task(w, 1, TASK_SKIP), COMMAND_DONE));
    expect_clean("excluded", "skipped");
}

/* The user may take a day, and does. */
static void run_until_postponed(void)
{
    run(true, FAULT_DEFER,
        "{" NO_BRAKE ", \"max_defer_s\": 86400, \"timers\": {\"poll_s\": 1}}");
    world_pass(w, 5000);
    cr_assert(eq(str, world_task_row(w, 1).waiting_for, "user"));
}

Test(abort, ends_at_once_whose_user_postponed_it)
{
    run_until_postponed();
    cr_expect(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    expect_clean("canceled", "aborted");
    cr_expect(eq(str, world_row(w).state, "aborted"));
}

Test(abort, cancels_at_once_whose_user_postponed_it)
{
    run_until_postponed();
    cr_expect(eq(int, world_task(w, 1, TASK_CANCEL), COMMAND_DONE));
    expect_clean("canceled", "operator");
}

Test(abort, skips_at_once_whose_user_postponed_it)
{
    run_until_postponed();
    cr_expect(eq(int, world_task(w, 1, TASK_SKIP), COMMAND_DONE));
    expect_clean("excluded", "skipped");
}

/* One lost question must not leave it to the end of the user's day. */
Test(abort, asks_again_whose_user_postponed_it)
{
    run_until_postponed();
    w->devices[0].reboot_ms = INT64_MAX; /* silent */
    cr_expect(eq(int, world_task(w, 1, TASK_CANCEL), COMMAND_DONE));
    world_pass(w, 300);
    w->devices[0].reboot_ms = 0;
    world_pass(w, 400000);
    cr_expect(eq(str, world_task_row(w, 1).state, "canceled"));
}
