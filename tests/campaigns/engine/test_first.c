/* SPDX-License-Identifier: Apache-2.0 */
/* test_first.c - who has a place among the first, and who gives it to another.
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

TestSuite(first, .fini = finish, .timeout = 120);

static void set_battery(size_t from, size_t to, const char *text)
{
    for (size_t i = from; i < to; i++)
        snprintf(w->devices[i].battery, sizeof w->devices[i].battery, "%s", text);
}

static int sends(void)
{
    int n = 0;

    for (size_t i = 0; i < w->count; i++)
        n += w->devices[i].sends[0];
    return n;
}

Test(first, go_on_without_who_waits_for_a_condition)
{
    w = world_open(4, true);
    set_battery(0, 2, "10");
    set_battery(2, 4, "80");
    world_campaign(w, "{\"brake\": {\"first\": 2}, \"min_battery_pct\": 30, " QUICK "}",
                   true);
    world_pass(w, 30000);
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 2));
    cr_expect(eq(str, world_task_row(w, 1).waiting_for, "condition"));
    cr_expect(eq(str, world_task_row(w, 1).detail, "/3/0/9 is 10"));
    set_battery(0, 2, "80");
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 1));
}

/* Each of the first has its turn, and the one that it cannot take is not the last. */
Test(first, are_again_who_can_go_on)
{
    w = world_open(4, true);
    set_battery(0, 4, "10");
    world_campaign(w, "{\"brake\": {\"first\": 1}, \"min_battery_pct\": 30, " QUICK "}",
                   true);
    world_pass(w, 30000);
    cr_expect(eq(int, world_tasks(w, "waiting", "condition"), 4));
    for (size_t i = 0; i < 4; i++)
        w->devices[i].fault = FAULT_RESULT, w->devices[i].fault_result = 2;
    set_battery(0, 4, "80");
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).reason, "first-failed"));
    cr_expect(eq(int, sends(), 1));
}

#define HOLD "{\"brake\": {\"first\": 1}, \"install\": \"hold\", " QUICK "}"

Test(first, are_delivered_to_with_all_others_that_are_held)
{
    w = world_open(4, true);
    for (size_t i = 0; i < 4; i++)
        w->devices[i].fault = FAULT_RESULT, w->devices[i].fault_result = 2;
    world_campaign(w, HOLD, true);
    world_pass(w, 20000);
    for (size_t i = 0; i < 4; i++)
        cr_expect(eq(str, world_task_row(w, w->devices[i].id).waiting_for, "install"));
    world_restart(w);
    cr_assert(eq(int, world_act(w, CAMPAIGN_INSTALL), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).reason, "first-failed"));
    cr_expect(eq(int, sends(), 1));
}

Test(first, are_all_reset_when_they_have_their_packages_and_it_is_aborted)
{
    w = world_open(3, true);
    w->devices[0].fault = FAULT_STUCK;
    world_campaign(w, HOLD, true);
    world_pass(w, 20000);
    cr_assert(eq(int, world_act(w, CAMPAIGN_INSTALL), COMMAND_DONE));
    world_pass(w, 5000);
    cr_assert(eq(str, world_task_row(w, 2).waiting_for, "wave"));
    cr_assert(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    for (size_t i = 1; i < 3; i++) {
        cr_expect(eq(int, w->devices[i].resets, FAKE_COMPONENTS));
        cr_expect(eq(int, w->devices[i].inventory.components[0].state, COMPONENT_IDLE));
    }
}

/* Its Update may begin whenever the user says so. */
Test(first, keep_their_place_while_a_user_postpones)
{
    w = world_open(3, true);
    w->devices[0].fault = FAULT_DEFER;
    world_campaign(w, "{\"brake\": {\"first\": 1}, \"max_defer_s\": 3600, " QUICK "}",
                   true);
    world_pass(w, 30000);
    cr_expect(eq(str, world_task_row(w, 1).waiting_for, "user"));
    cr_expect(eq(str, world_task_row(w, 2).waiting_for, "wave"));
    cr_expect(zero(int, w->devices[1].deliveries));
}

Test(first, wait_for_their_turn_when_they_are_tried_again)
{
    w = world_open(3, true);
    w->devices[0].fault = FAULT_RESULT;
    w->devices[0].fault_result = 2;
    w->devices[1].fault = FAULT_GONE;
    world_campaign(w, "{" NO_BRAKE ", \"in_flight\": 1, " QUICK "}", true);
    while (!w->devices[1].reboot_ms)
        world_pass(w, 10);
    w->devices[0].fault = HEALTHY;
    cr_assert(eq(int, world_task(w, 1, TASK_RETRY), COMMAND_DONE));
    world_pass(w, 3000);
    cr_expect(eq(str, world_task_row(w, 1).waiting_for, "wave"));
    cr_expect(zero(i64, world_task_row(w, 1).next_at_ms));
    while (w->devices[2].deliveries == 0)
        world_pass(w, 10);
    cr_expect(eq(str, world_task_row(w, 1).state, "succeeded"));
}

/* The counts begin anew, and so does who they are about. */
Test(first, are_named_since_the_brake_was_released)
{
    w = world_open(2, true);
    for (size_t i = 0; i < 2; i++)
        w->devices[i].fault = FAULT_RESULT, w->devices[i].fault_result = 2;
    world_campaign(w, "{\"brake\": {\"first\": 1}, " QUICK "}", true);
    cr_assert(world_run(w, 60000));
    cr_assert(eq(int, world_act(w, CAMPAIGN_RELEASE), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).detail,
                 "1 of 1 devices that ended have failed, the last 1 in a row; last: "
                 "dev-2 (not-enough-flash)"));
}
