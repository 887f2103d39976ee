/* SPDX-License-Identifier: Apache-2.0 */
/* test_step_rules.c - Execute at most so often, tries, timers, conditions. */
#include "campaigns/step.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "step_world.h"

static struct world w;

static void fresh_world(void)
{
    world_new(&w);
}

TestSuite(step_rules, .init = fresh_world);

static void pull_begun(void)
{
    struct task_part *p = &w.task.parts[0];

    w.task.state = TASK_DELIVERING;
    w.task.waiting_for = WAITING_FOR_NOTHING;
    w.task.is_started = w.task.has_settings = true;
    w.task.progress_ms = T0;
    p->state = PART_DELIVERING;
    p->via = VIA_PULL;
    p->is_accepted = true;
    w.input.now_ms = w.view.read_ms = T0 + 1000;
}

Test(step_rules, waits_exchange_lifetime_and_reads_again_before_a_second_execute)
{
    world_delivered(&w, 0);
    world_step(&w);
    w.input.is_recovery = true; /* we were killed with the Execute intended */
    struct step_result *r = world_outcome(&w, DEVICE_INTERRUPTED, 0);
    cr_assert(eq(int, r->action.kind, DEVICE_INSPECT));
    world_read(&w, 0);
    r = world_outcome(&w, DEVICE_DONE, 0);
    cr_expect(eq(int, r->next, STEP_WAIT));
    w.input.now_ms = T0 + 247000;
    r = world_step(&w);
    cr_expect(eq(int, r->action.kind, DEVICE_INSPECT));
    world_read(&w, 0);
    r = world_outcome(&w, DEVICE_DONE, 0);
    cr_expect(eq(int, r->action.kind, DEVICE_EXECUTE));
    cr_expect(eq(int, r->task.parts[0].executes, 2));
}

Test(step_rules, executes_a_digest_twice_at_most)
{
    world_delivered(&w, 0);
    w.task.parts[0].executes = 2;
    struct step_result *r = world_step(&w);

    cr_expect(eq(int, r->action.kind, DEVICE_RESET));
    cr_expect(eq(str, r->task.reason, "attempts-exhausted"));
}

Test(step_rules, does_not_count_an_execute_that_was_not_sent)
{
    world_delivered(&w, 0);
    world_step(&w);
    struct step_result *r = world_outcome(&w, DEVICE_ASLEEP, 0);
    cr_expect(eq(int, r->task.waiting_for, WAITING_FOR_ONLINE));
    cr_expect(not(task_is_executed(&r->task)));
    world_read(&w, 1000);
    r = world_step(&w);
    cr_expect(eq(int, r->action.kind, DEVICE_EXECUTE));
    cr_expect(eq(int, r->task.parts[0].executes, 1));
}

Test(step_rules, delivers_nothing_that_is_blocked)
{
    w.task.parts[0].is_blocked = true;
    cr_expect(eq(str, world_step(&w)->task.reason, "blocked"));
    cr_expect(eq(int, w.task.state, TASK_FAILED));
}

Test(step_rules, blocks_the_digest_after_a_version_mismatch)
{
    world_executed(&w, 0);
    world_component(&w, 0)->state = COMPONENT_IDLE;
    world_component(&w, 0)->result = 1;
    cr_expect(world_step(&w)->task.parts[0].is_blocked);
}

Test(step_rules, believes_the_result_where_the_package_says_so)
{
    world_executed(&w, 0);
    w.plan.targets[0].verify_by_result = true;
    world_component(&w, 0)->state = COMPONENT_IDLE;
    world_component(&w, 0)->result = 1;
    cr_expect(eq(int, world_step(&w)->task.state, TASK_SUCCEEDED));
}

Test(step_rules, needs_attention_when_updating_never_ends)
{
    world_executed(&w, 0);
    world_component(&w, 0)->state = COMPONENT_UPDATING;
    world_step(&w);
    world_read(&w, w.policy.timers.updating_ms + 1);
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->task.state, TASK_NEEDS_ATTENTION));
    cr_expect(eq(str, r->task.reason, "stuck-updating"));
    cr_expect(eq(str, r->task.detail,
                 "State is Updating for longer than 1800 s, timers.updating_s of the "
                 "policy"));
}

Test(step_rules, takes_the_longest_updating_from_the_profile)
{
    world_executed(&w, 0);
    w.profile.updating_max_s = 7200;
    w.input.profile = &w.profile;
    world_component(&w, 0)->state = COMPONENT_UPDATING;
    world_step(&w);
    world_read(&w, 3600000);
    cr_expect(eq(int, world_step(&w)->next, STEP_WAIT));
    world_read(&w, 3600001);
    cr_expect(eq(str, world_step(&w)->task.detail,
                 "State is Updating for longer than 7200 s, updating_max_s of the "
                 "profile"));
}

Test(step_rules, never_executes_again_where_state_proves_nothing)
{
    world_executed(&w, 0); /* 2.04, yet State stays Downloaded */
    world_read(&w, w.policy.timers.updating_ms + 1);
    struct step_result *r = world_step(&w);

    cr_expect(eq(str, r->task.reason, "state-unclear"));
    cr_expect(eq(int, r->task.ending, TASK_NEEDS_ATTENTION));
    cr_expect(eq(int, r->task.parts[0].executes, 1));
}

Test(step_rules, tries_a_delivery_without_a_usable_answer_a_few_times_only)
{
    world_component(&w, 0)->delivery = DELIVERY_PUSH;
    world_step(&w);
    for (uint32_t i = 1; i <= w.policy.retry[RETRY_TRANSIENT].max; i++) {
        struct step_result *r = world_outcome(&w, DEVICE_REFUSED, 0);
        cr_assert(eq(int, r->task.waiting_for, WAITING_FOR_RATE));
        cr_expect(eq(str, r->task.reason, "no-usable-answer"));
        cr_expect(
            eq(i64, r->task.next_at_ms,
               w.input.now_ms + retry_backoff_ms(&w.policy.retry[RETRY_TRANSIENT], i)));
        world_read(&w, r->task.next_at_ms - w.input.now_ms);
        cr_assert(eq(int, world_step(&w)->action.kind, DEVICE_PUSH));
    }
    world_outcome(&w, DEVICE_REFUSED, 0);
    world_read(&w, 0);
    struct step_result *r = world_outcome(&w, DEVICE_DONE, 0);
    cr_expect(eq(int, r->task.state, TASK_FAILED));
    cr_expect(eq(str, r->task.reason, "no-usable-answer"));
}

Test(step_rules, is_unsure_of_an_execute_without_a_usable_answer)
{
    world_delivered(&w, 0);
    world_step(&w);
    cr_expect(
        eq(i64, world_outcome(&w, DEVICE_REFUSED, 0)->task.unsure_ms, T0 + 247000));
}

Test(step_rules, holds_a_downloaded_package_until_it_may_install)
{
    world_delivered(&w, 0);
    w.input.may_install = false;
    cr_expect(eq(int, world_step(&w)->task.waiting_for, WAITING_FOR_INSTALL));
    w.input.may_install = true;
    cr_expect(eq(int, world_step(&w)->action.kind, DEVICE_EXECUTE));
}

Test(step_rules, updates_no_device_with_a_low_battery)
{
    world_delivered(&w, 0);
    w.values[0] = (struct device_value){"/3/0/9", true, "29"};
    w.view.value_count = 1;
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->task.waiting_for, WAITING_FOR_CONDITION));
    cr_expect(eq(i64, r->task.next_at_ms, T0 + w.policy.timers.condition_ms));
    snprintf(w.values[0].text, sizeof w.values[0].text, "30");
    world_read(&w, w.policy.timers.condition_ms);
    cr_expect(eq(int, world_step(&w)->action.kind, DEVICE_EXECUTE));
}

Test(step_rules, checks_the_conditions_of_a_package)
{
    world_delivered(&w, 0);
    cr_assert(zero(int, condition_parse("/3/0/10 > 100", &w.plan.conditions[0], NULL)));
    w.plan.condition_count = 1;
    snprintf(w.values[0].path, sizeof w.values[0].path, "/3/0/10");
    w.view.value_count = 1;
    cr_expect(eq(int, world_step(&w)->task.waiting_for, WAITING_FOR_CONDITION));
}

Test(step_rules, reads_what_a_condition_is_about_if_it_did_not_yet)
{
    world_delivered(&w, 0);
    cr_assert(zero(int, condition_parse("/3/0/10 > 100", &w.plan.conditions[0], NULL)));
    w.plan.condition_count = 1;
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->action.kind, DEVICE_INSPECT));
    cr_assert(eq(int, r->action.path_count, 2));
    cr_expect(eq(str, r->action.paths[1], "/3/0/10"));
}

Test(step_rules, does_not_read_what_the_conditions_of_a_later_stage_are_about)
{
    cr_assert(zero(int, condition_parse("/3/0/10 > 100", &w.plan.conditions[0], NULL)));
    w.plan.condition_count = 1;
    w.plan.condition_target[0] = (uint8_t)world_add(&w, "radio", 1);
    w.view.is_fresh = false;
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->action.kind, DEVICE_INSPECT));
    cr_expect(eq(int, r->action.path_count, 1));
}

Test(step_rules, asks_for_battery_and_conditions_in_one_read)
{
    cr_assert(zero(int, condition_parse("/3/0/10 > 100", &w.plan.conditions[0], NULL)));
    w.plan.condition_count = 1;
    w.view.is_fresh = false;
    struct step_result *r = world_step(&w);
    cr_assert(eq(int, r->action.path_count, 2));
    cr_expect(eq(str, r->action.paths[0], "/3/0/9"));
    cr_expect(eq(str, r->action.paths[1], "/3/0/10"));
}

Test(step_rules, tries_again_by_class_with_backoff_then_gives_up)
{
    w.policy.retry[RETRY_TRANSIENT].max = 2;
    for (int i = 0; i < 3; i++) {
        pull_begun();
        w.task.state = TASK_DELIVERING;
        w.input.now_ms = w.view.read_ms = T0 + 1000000LL * i;
        w.task.progress_ms = w.input.now_ms;
        world_component(&w, 0)->result = 4;
        world_step(&w);
        if (i < 2)
            cr_expect(eq(i64, w.task.next_at_ms, w.input.now_ms + 30000 * (i + 1)));
    }
    cr_expect(eq(int, w.task.state, TASK_FAILED));
    cr_expect(eq(str, w.task.reason, "connection-lost"));
}

Test(step_rules, counts_progress_not_wall_time_while_delivering)
{
    pull_begun();
    world_component(&w, 0)->state = COMPONENT_DOWNLOADING;
    world_read(&w, w.policy.timers.stall_ms - 2000);
    cr_expect(eq(int, world_step(&w)->next, STEP_WAIT));
    step_progress(&w.task, &w.plan, w.plan.targets[0].digest, 50, w.input.now_ms);
    world_read(&w, w.policy.timers.stall_ms - 1);
    cr_expect(eq(int, world_step(&w)->next, STEP_WAIT));
    world_read(&w, 1);
    cr_expect(eq(str, world_step(&w)->task.reason, "delivery-stalled"));
}

Test(step_rules, treats_503_to_a_read_as_later)
{
    w.view.is_fresh = false;
    world_step(&w);
    struct step_result *r = world_outcome(&w, DEVICE_REFUSED, 0xa3);
    cr_expect(eq(int, r->next, STEP_WAIT));
    cr_expect(eq(i64, r->wake_ms, T0 + 5000));
}

Test(step_rules, counts_503_anew_after_a_read_that_was_answered)
{
    for (int i = 0; i < 2; i++) {
        w.view.is_fresh = false;
        cr_assert(eq(int, world_step(&w)->action.kind, DEVICE_INSPECT));
        cr_expect(eq(int, world_outcome(&w, DEVICE_REFUSED, 0xa3)->next, STEP_WAIT));
        world_read(&w, 5000);
        w.view.is_fresh = false;
        cr_assert(eq(int, world_step(&w)->action.kind, DEVICE_INSPECT));
        w.view.is_fresh = true;
        world_component(&w, 0)->state = COMPONENT_UPDATING; /* somebody else's */
        cr_expect(eq(int, world_outcome(&w, DEVICE_DONE, 0x45)->next, STEP_WAIT));
        world_read(&w, w.policy.timers.stall_ms);
    }
}

Test(step_rules, gives_the_slot_back_when_503_lasts_and_ends_in_time)
{
    struct device_outcome busy = {
        .kind = DEVICE_REFUSED, .code = 0xa3, .retry_after_s = UINT32_MAX};
    struct step_result *r = NULL;
    bool was_parked = false;

    w.view.is_fresh = false;
    for (int i = 0; i < 100 && (!r || r->next != STEP_ENDED); i++) {
        r = world_step(&w);
        if (r->next == STEP_ACT) {
            w.input.outcome = &busy;
            r = world_step(&w);
        }
        was_parked |= r->next == STEP_PARKED;
        if (r->next == STEP_ENDED)
            break;
        cr_assert(le(i64, r->wake_ms, w.input.now_ms + 3600000));
        w.input.now_ms = r->wake_ms;
    }
    cr_expect(was_parked);
    cr_expect(eq(int, r->task.state, TASK_FAILED));
    cr_expect(eq(str, r->task.reason, "unreadable"));
}

Test(step_rules, needs_attention_where_state_0_does_not_last)
{
    for (size_t class = 0; class < RETRY_CLASS_COUNT; class ++)
        w.policy.retry[class].max = 0;
    world_component(&w, 0)->state = COMPONENT_DOWNLOADING; /* whatever it is told */
    int steps = 0;
    while (world_step(&w)->next != STEP_ENDED) {
        cr_assert(lt(int, ++steps, 20), "it goes on for ever");
        world_outcome(&w, DEVICE_DONE, 0);
        world_read(&w, 4000000);
    }
    cr_expect(eq(int, w.task.state, TASK_NEEDS_ATTENTION));
    cr_expect(eq(str, w.task.reason, "state-unclear"));
}

Test(step_rules, lists_what_changed_between_two_tasks)
{
    struct task before = w.task;
    struct task_change changes[TASK_PARTS_MAX + 1];

    world_executed(&w, 0);
    w.task.parts[0].is_blocked = true;
    cr_assert(eq(sz, task_changes(&before, &w.task, changes), 2));
    cr_expect(changes[0].is_part && changes[0].is_executed && changes[0].is_blocked);
    cr_expect(eq(int, changes[0].to, PART_UPDATING));
    cr_expect(not(changes[1].is_part));
}

/* Its battery is too low for Update, and nothing may go on with it. */
static bool is_at_risk_while_it_charges(void)
{
    snprintf(w.values[0].path, sizeof w.values[0].path, "/3/0/9");
    snprintf(w.values[0].text, sizeof w.values[0].text, "10");
    w.values[0].has_value = true;
    w.view.value_count = 1;
    w.policy.min_battery_pct = 30;
    w.task.is_at_risk = true;
    cr_assert(eq(int, world_step(&w)->task.waiting_for, WAITING_FOR_CONDITION));
    return w.task.is_at_risk;
}

Test(step_rules, who_waits_with_its_package_is_not_at_risk)
{
    world_delivered(&w, 0);
    cr_expect(not(is_at_risk_while_it_charges()));
}

Test(step_rules, whom_execute_did_not_reach_is_not_at_risk)
{
    world_delivered(&w, 0);
    cr_assert(eq(int, world_step(&w)->action.kind, DEVICE_EXECUTE));
    cr_expect(w.task.is_at_risk);
    w.view.reach = REACH_OFFLINE;
    world_outcome(&w, DEVICE_UNREACHABLE, 0);
    cr_expect(eq(int, w.task.waiting_for, WAITING_FOR_ONLINE));
    cr_expect(not(w.task.is_at_risk));
}

Test(step_rules, who_waits_between_two_stages_is_at_risk_still)
{
    world_add(&w, "radio", 1);
    world_delivered(&w, 0);
    cr_assert(eq(int, world_step(&w)->action.kind, DEVICE_EXECUTE));
    world_outcome(&w, DEVICE_DONE, 0);
    *world_component(&w, 0) = (struct component){
        .name = "app", .version = "2", .result = 1, .object_id = 33629};
    world_read(&w, 1000);
    cr_assert(eq(int, world_outcome(&w, DEVICE_DONE, 0)->task.stage, 1));
    world_delivered(&w, 1);
    w.task.action = 0;
    cr_expect(is_at_risk_while_it_charges());
}
