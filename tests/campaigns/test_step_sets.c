/* SPDX-License-Identifier: Apache-2.0 */
/* test_step_sets.c - several components at once: OMA use cases 5.1 to 5.3, conflicts.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "step_world.h"

static struct world w;
static char trail[32];

static void set_of_two(void)
{
    world_new(&w);
    world_add(&w, "radio", 0);
}

TestSuite(step_sets, .init = set_of_two);

static void report(size_t i, uint8_t state, uint8_t result, const char *version)
{
    struct component *c = world_component(&w, i);

    c->state = state;
    c->result = result;
    snprintf(c->version, sizeof c->version, "%s", version);
}

static void both_executed(void)
{
    world_executed(&w, 0);
    world_executed(&w, 1);
    w.view.registered_ms = T0 + 500;
    world_read(&w, 1000);
}

Test(step_sets, end_well_when_both_have_their_versions)
{
    both_executed();
    report(0, 0, 1, "2");
    report(1, 0, 1, "2");
    cr_expect(eq(int, world_step(&w)->task.state, TASK_SUCCEEDED));
}

Test(step_sets, wait_for_a_sibling_that_never_shows_updating)
{
    both_executed();
    report(0, 0, 1, "2");
    report(1, 2, 0, "1");
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->next, STEP_WAIT));
    cr_expect(eq(int, r->task.state, TASK_VERIFYING));
    report(1, 0, 0, "2");
    world_read(&w, 300000);
    cr_expect(eq(int, world_step(&w)->task.state, TASK_SUCCEEDED));
}

Test(step_sets, wait_for_a_secondary_that_ends_minutes_later)
{
    both_executed();
    report(0, 0, 1, "2");
    report(1, 3, 0, "1");
    cr_expect(eq(int, world_step(&w)->next, STEP_WAIT));
    report(1, 0, 1, "2");
    world_read(&w, 300000);
    cr_expect(eq(int, world_step(&w)->task.state, TASK_SUCCEEDED));
}

Test(step_sets, fail_when_the_secondary_fails_alone)
{
    both_executed();
    report(0, 0, 1, "2");
    report(1, 0, 8, "1");
    world_step(&w);
    cr_expect(eq(int, w.task.state, TASK_FAILED));
    cr_expect(eq(str, w.task.reason, "update-failed"));
    cr_expect(eq(int, w.task.parts[0].state, PART_UPDATED));
    cr_expect(eq(int, w.task.parts[1].state, PART_FAILED));
}

Test(step_sets, deliver_the_failed_secondary_again_if_policy_says_so)
{
    w.policy.retry[RETRY_UPDATE].max = 1;
    both_executed();
    report(0, 0, 1, "2");
    report(1, 0, 8, "1");
    world_step(&w);
    cr_expect(eq(int, w.task.waiting_for, WAITING_FOR_RATE));
    world_read(&w, 3600000);
    struct step_result *r = world_play(&w, trail);
    cr_expect(eq(str, trail, "riuixi"));
    cr_expect(eq(int, r->task.parts[0].executes, 1));
    cr_expect(eq(int, r->task.parts[1].executes, 2));
}

Test(step_sets, fail_a_sibling_that_never_changes)
{
    both_executed();
    report(0, 0, 1, "2");
    report(1, 0, 0, "1");
    cr_expect(eq(int, world_step(&w)->next, STEP_WAIT));
    world_read(&w, w.policy.timers.updating_ms + 1000);
    world_step(&w);
    cr_expect(eq(int, w.task.state, TASK_FAILED));
    cr_expect(eq(str, w.task.reason, "not-installed"));
}

Test(step_sets, reset_both_when_both_failed)
{
    both_executed();
    report(0, 2, 8, "1");
    report(1, 2, 8, "1");
    struct step_result *r = world_play(&w, trail);
    cr_expect(eq(str, trail, "riri"));
    cr_expect(eq(int, r->task.state, TASK_FAILED));
}

Test(step_sets, deliver_one_file_that_brings_both)
{
    w.plan.targets[1].carrier = 0;
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->action.instance, 0));
    report(0, 2, 0, "1");
    report(1, 2, 0, "1"); /* the device sets State 2 on all that it affects */
    world_outcome(&w, DEVICE_DONE, 0);
    world_read(&w, 100);
    r = world_outcome(&w, DEVICE_DONE, 0);
    cr_assert(eq(int, r->action.kind, DEVICE_EXECUTE));
    cr_expect(eq(int, r->action.other_count, 1));
}

Test(step_sets, take_a_later_stage_in_when_the_device_demands_it)
{
    w.plan.targets[1].stage = w.task.parts[1].stage = 1;
    w.plan.stage_count = 2;
    world_delivered(&w, 0);
    world_component(&w, 0)->conflicting = 1u << 1;
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->action.kind, DEVICE_WRITE_URI));
    cr_expect(eq(int, r->action.instance, 1));
    cr_expect(eq(int, r->task.parts[1].stage, 0));
}

/* tee is a third component, whose file brings radio as well. */
static void radio_comes_with_tee(uint8_t stage)
{
    world_add(&w, "tee", stage);
    w.plan.targets[1].stage = w.task.parts[1].stage = stage;
    w.plan.targets[1].carrier = 2;
    memcpy(w.plan.targets[1].digest, w.plan.targets[2].digest, 65);
}

Test(step_sets, take_a_later_file_in_whole)
{
    radio_comes_with_tee(1);
    world_delivered(&w, 0);
    world_component(&w, 0)->conflicting = 1u << 1;
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->action.kind, DEVICE_WRITE_URI));
    cr_expect(eq(int, r->action.instance, 2));
    report(1, 2, 0, "1");
    report(2, 2, 0, "1");
    world_outcome(&w, DEVICE_DONE, 0);
    world_read(&w, 100);
    r = world_outcome(&w, DEVICE_DONE, 0);
    cr_assert(eq(int, r->action.kind, DEVICE_EXECUTE));
    cr_expect(eq(int, r->action.other_count, 2));
    cr_expect(eq(int, r->task.parts[1].executes, 1));
}

/* An operator tries again after radio alone had failed. */
Test(step_sets, never_count_an_execute_of_what_was_not_delivered)
{
    radio_comes_with_tee(0);
    report(2, 0, 1, "2");
    w.task.parts[2].state = PART_UPDATED;
    w.task.parts[1].executes = w.task.parts[2].executes = 1;
    world_delivered(&w, 0);
    struct step_result *r = world_step(&w);
    cr_assert(eq(int, r->action.kind, DEVICE_EXECUTE));
    cr_expect(zero(int, r->action.other_count));
    cr_expect(eq(int, r->task.parts[1].executes, 1));
    cr_expect(not(r->task.parts[1].is_executed));
}

Test(step_sets, fail_who_came_with_another_and_lags_for_ever)
{
    w.plan.targets[1].carrier = 0;
    both_executed();
    report(0, 0, 1, "2");
    report(1, 0, 0, "1");
    w.task.parts[1].is_executed = false; /* as of object 5: its own is not asked for */
    cr_expect(eq(int, world_step(&w)->next, STEP_WAIT));
    world_read(&w, w.policy.timers.updating_ms);
    world_step(&w);
    cr_expect(eq(int, w.task.state, TASK_FAILED));
    cr_expect(eq(str, w.task.reason, "not-installed"));
    cr_expect(eq(int, w.task.parts[1].state, PART_FAILED));
}

Test(step_sets, end_when_a_demanded_set_has_more_conditions_than_one_read)
{
    w.plan.targets[1].stage = w.task.parts[1].stage = 1;
    w.plan.stage_count = 2;
    world_delivered(&w, 0);
    world_component(&w, 0)->conflicting = 1u << 1;
    for (uint8_t i = 0; i < DEVICE_PATHS_MAX; i++) {
        char text[32];
        snprintf(text, sizeof text, "/3/0/%d > 0", 20 + i);
        cr_assert(zero(int, condition_parse(text, &w.plan.conditions[i], NULL)));
        w.plan.condition_target[i] = i < 2;
    }
    w.plan.condition_count = DEVICE_PATHS_MAX;
    struct step_result *r = world_play(&w, trail);
    cr_expect(eq(int, r->task.state, TASK_FAILED));
    cr_expect(eq(str, r->task.reason, "too-many-conditions"));
    cr_expect(eq(str, trail, "uiriri"), "both are delivered and reset");
}

Test(step_sets, stop_when_the_device_demands_what_is_not_planned)
{
    w.plan.target_count = w.task.part_count = 1;
    world_delivered(&w, 0);
    world_component(&w, 0)->conflicting = 1u << 1;
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->action.kind, DEVICE_RESET));
    cr_expect(eq(str, r->task.reason, "dependency-error"));
}

Test(step_sets, redo_a_set_after_result_13)
{
    w.plan.targets[1].stage = w.task.parts[1].stage = 1;
    w.plan.stage_count = 2;
    world_executed(&w, 0);
    report(0, 2, 13, "1");
    world_component(&w, 0)->conflicting = 1u << 1;
    world_step(&w);
    cr_expect(eq(int, w.task.waiting_for, WAITING_FOR_RATE));
    world_component(&w, 0)->conflicting = 0;
    world_component(&w, 0)->result = 0;
    world_read(&w, 3600000);
    struct step_result *r = world_play(&w, trail);
    cr_expect(eq(str, trail, "uixi"));
    cr_expect(eq(int, r->task.parts[0].executes, 2));
}

Test(step_sets, name_the_instances_that_are_in_conflict)
{
    w.policy.retry[RETRY_CONFLICT].max = 0;
    both_executed();
    report(0, 2, 13, "1");
    report(1, 0, 1, "2");
    world_component(&w, 0)->conflicting = 1u << 1 | 1u << 7 | 1u << 31;
    world_play(&w, trail);
    cr_expect(eq(str, w.task.reason, "dependency-error"));
    cr_expect(eq(str, w.task.detail,
                 "app reports State 2, Update Result 13, "
                 "Conflicting Instances 1 (radio), 7, 31"));
    set_of_two();
    both_executed();
    report(0, 2, 13, "1");
    report(1, 0, 1, "2");
    for (uint16_t n = 2; n < 9; n++) { /* longer than fits */
        struct component *c = &w.inventory.components[w.inventory.count++];
        *c = (struct component){.object_id = 33629, .instance = n};
        memset(c->name, 'x', COMPONENT_NAME_MAX);
    }
    world_component(&w, 0)->conflicting = UINT32_MAX;
    world_play(&w, trail);
    cr_expect(eq(sz, strlen(w.task.detail), TASK_DETAIL_MAX));
}

Test(step_sets, reset_who_is_in_the_way_after_result_12)
{
    world_delivered(&w, 1);
    w.task.parts[1].is_accepted = w.task.parts[1].is_delivered = false;
    w.plan.target_count = w.task.part_count = 1;
    w.task.state = TASK_DELIVERING;
    w.task.parts[0].via = VIA_PUSH;
    w.task.parts[0].state = PART_DELIVERING;
    w.task.parts[0].is_accepted = true;
    report(0, 0, 12, "1");
    w.inventory.components[1].state = COMPONENT_DOWNLOADED;
    world_component(&w, 0)->conflicting = 1u << 1;
    struct step_result *r = world_step(&w);
    cr_assert(eq(int, r->action.kind, DEVICE_RESET));
    cr_expect(eq(int, r->action.instance, 1));
    w.inventory.components[1].state = COMPONENT_IDLE;
    world_component(&w, 0)->conflicting = 0;
    world_outcome(&w, DEVICE_DONE, 0);
    world_read(&w, 100);
    world_outcome(&w, DEVICE_DONE, 0); /* its own result 12 is cleared now */
    world_component(&w, 0)->result = 0;
    world_outcome(&w, DEVICE_DONE, 0);
    world_read(&w, 100);
    world_outcome(&w, DEVICE_DONE, 0);
    cr_expect(eq(int, w.result.action.kind, DEVICE_WRITE_URI));
}

Test(step_sets, write_the_settings_of_every_component)
{
    size_t settings = 0;

    w.task.has_settings = false;
    w.policy.severity = POLICY_CRITICAL;
    world_component(&w, 0)->has |= COMPONENT_HAS_SEVERITY;
    world_component(&w, 1)->has |= COMPONENT_HAS_SEVERITY;
    world_play(&w, trail);
    for (size_t i = 0; trail[i]; i++)
        settings += trail[i] == 's';
    cr_expect(eq(sz, settings, 2), "%s", trail);
}
