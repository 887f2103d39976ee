/* SPDX-License-Identifier: Apache-2.0 */
/* test_step_stop.c - how a task ends before its time, and begins again. */
#include "campaigns/step.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "step_world.h"

static struct world w;
static char trail[32];

static void fresh_world(void)
{
    world_new(&w);
}

TestSuite(step_stop, .init = fresh_world);

Test(step_stop, is_canceled_at_once_where_nothing_was_sent)
{
    step_stop(&w.task, TASK_CANCELED, "operator");
    cr_expect(eq(int, world_step(&w)->task.state, TASK_CANCELED));
    cr_expect(eq(str, w.task.reason, "operator"));
}

Test(step_stop, resets_to_state_0_before_it_is_canceled)
{
    world_delivered(&w, 0);
    step_stop(&w.task, TASK_CANCELED, "operator");
    struct step_result *r = world_play(&w, trail);
    cr_expect(eq(str, trail, "ri"));
    cr_expect(eq(int, r->task.state, TASK_CANCELED));
}

/* As in the journal of who waits for a condition that is asked for again much later. */
Test(step_stop, resets_at_once_who_waits_for_a_condition)
{
    world_delivered(&w, 0);
    snprintf(w.values[0].path, sizeof w.values[0].path, "/3/0/9");
    snprintf(w.values[0].text, sizeof w.values[0].text, "10");
    w.values[0].has_value = true;
    w.view.value_count = 1;
    w.policy.min_battery_pct = 30;
    cr_assert(eq(int, world_step(&w)->task.waiting_for, WAITING_FOR_CONDITION));
    w.view.is_fresh = false;
    w.view.reach = REACH_UNKNOWN;
    step_stop(&w.task, TASK_CANCELED, "operator");
    world_play(&w, trail);
    cr_expect(eq(str, trail, "iri"));
    cr_expect(eq(int, w.task.state, TASK_CANCELED));
}

Test(step_stop, ends_a_push_early_when_it_is_canceled)
{
    world_component(&w, 0)->delivery = DELIVERY_PUSH;
    world_step(&w);
    step_stop(&w.task, TASK_CANCELED, "operator");
    cr_expect(world_step(&w)->cancel_action);
}

Test(step_stop, verifies_to_the_end_what_is_updating_when_stopped)
{
    world_add(&w, "radio", 1);
    world_executed(&w, 0);
    world_component(&w, 0)->state = COMPONENT_UPDATING;
    step_stop(&w.task, TASK_CANCELED, "aborted");
    cr_expect(eq(int, world_step(&w)->next, STEP_WAIT));
    world_component(&w, 0)->state = COMPONENT_IDLE;
    snprintf(world_component(&w, 0)->version, 2, "2");
    world_read(&w, 1000);
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->task.state, TASK_PARTIAL)); /* between stages */
    cr_expect(eq(str, r->task.reason, "aborted"));
}

/* Update of app was executed, radio comes after it, and an operator aborts. */
static void stop_while_updating(void)
{
    world_add(&w, "radio", 1);
    world_executed(&w, 0);
    step_stop(&w.task, TASK_CANCELED, "aborted");
    w.input.may_deliver = false;
}

Test(step_stop, plans_nothing_anew_for_who_left_its_path_meanwhile)
{
    stop_while_updating();
    snprintf(world_component(&w, 1)->version, 2, "7");
    world_component(&w, 0)->state = COMPONENT_IDLE;
    snprintf(world_component(&w, 0)->version, 2, "2");
    world_read(&w, 1000);
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->task.state, TASK_PARTIAL));
    cr_expect(eq(str, r->task.reason, "aborted"));
    cr_expect(zero(int, r->task.replans));
}

Test(step_stop, cleans_whose_execute_was_not_sent)
{
    stop_while_updating();
    w.task.action = 1 + DEVICE_EXECUTE;
    w.view.reach = REACH_OFFLINE;
    cr_assert(eq(int, world_outcome(&w, DEVICE_UNREACHABLE, 0)->next, STEP_PARKED));
    w.view.reach = REACH_ONLINE;
    world_play(&w, trail);
    cr_expect(eq(str, trail, "iri"));
    cr_expect(eq(int, w.task.state, TASK_CANCELED));
    cr_expect(eq(str, w.task.reason, "aborted"));
}

Test(step_stop, needs_attention_where_state_0_is_never_reached)
{
    world_component(&w, 0)->state = COMPONENT_DOWNLOADING; /* as Wakaama, for ever */
    for (int i = 0; i < 3; i++) {
        cr_assert(eq(int, world_step(&w)->action.kind, DEVICE_RESET));
        world_outcome(&w, DEVICE_UNCONFIRMED, 0);
        world_read(&w, 4000000);
    }
    world_step(&w);
    cr_expect(eq(int, w.task.state, TASK_NEEDS_ATTENTION));
    cr_expect(eq(str, w.task.reason, "state-unclear"));
}

Test(step_stop, plans_again_a_bounded_number_of_times)
{
    snprintf(world_component(&w, 0)->version, 2, "7");
    for (int i = 0; i < 3; i++)
        cr_expect(eq(int, world_step(&w)->next, STEP_REPLAN));
    cr_expect(eq(int, world_step(&w)->next, STEP_ENDED));
    cr_expect(eq(str, w.task.reason, "left-path"));
}

Test(step_stop, resets_what_was_delivered_before_it_plans_again)
{
    world_add(&w, "radio", 0);
    world_delivered(&w, 0);
    snprintf(world_component(&w, 1)->version, 2, "7");
    struct step_result *r = world_step(&w);
    cr_assert(eq(int, r->next, STEP_ACT));
    cr_expect(eq(int, r->action.kind, DEVICE_RESET));
    cr_expect(eq(int, r->action.instance, world_component(&w, 0)->instance));
    cr_expect(eq(int, r->task.replans, 0));
    world_component(&w, 0)->state = COMPONENT_IDLE;
    world_outcome(&w, DEVICE_DONE, 0);
    world_read(&w, 1);
    cr_expect(eq(int, world_outcome(&w, DEVICE_DONE, 0)->next, STEP_REPLAN));
}

Test(step_stop, retries_a_failed_task_from_where_it_was)
{
    world_add(&w, "radio", 1);
    w.task.parts[0].state = PART_UPDATED;
    snprintf(world_component(&w, 0)->version, 2, "2");
    w.task.parts[1].state = PART_FAILED;
    w.task.parts[1].executes = 1;
    w.task.state = TASK_FAILED;
    step_retry(&w.task, &w.plan, T0);
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->action.kind, DEVICE_WRITE_URI));
    cr_expect(eq(int, r->task.parts[1].executes, 1));
}
