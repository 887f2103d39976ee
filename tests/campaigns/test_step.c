/* SPDX-License-Identifier: Apache-2.0 */
/* test_step.c - every State and Result against every place of the journal. */
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

TestSuite(step, .init = fresh_world);

enum place { NEW, PUSHED, PULLED, DELIVERED, UNSURE, EXECUTED, RETURNED };

static void set_place(enum place place)
{
    struct task_part *p = &w.task.parts[0];

    if (place == PUSHED || place == PULLED) {
        w.task.state = TASK_DELIVERING;
        w.task.waiting_for = WAITING_FOR_NOTHING;
        w.task.is_started = w.task.has_settings = true;
        w.task.progress_ms = T0;
        p->state = PART_DELIVERING;
        p->via = place == PUSHED ? VIA_PUSH : VIA_PULL;
        p->is_accepted = true;
    }
    if (place == DELIVERED)
        world_delivered(&w, 0);
    if (place >= UNSURE)
        world_executed(&w, 0);
    if (place == UNSURE) {
        w.task.is_acknowledged = false;
        w.task.unsure_ms = T0 + 247000;
    }
    w.input.now_ms = w.view.read_ms = T0 + 1000;
    if (place == RETURNED)
        w.view.registered_ms = T0 + 500;
}

struct row {
    const char *name;
    enum place place;
    uint8_t state, result;
    const char *version;
    enum step_next next;
    int action; /* enum device_action_kind with STEP_ACT, else -1 */
    enum task_state task;
    const char *reason;
};

/* clang-format off */
static const struct row rows[] = {
    /* nothing of ours is in the device */
    {"idle: deliver", NEW, 0, 0, "1", STEP_ACT, DEVICE_WRITE_URI, TASK_DELIVERING, ""},
    {"old success: deliver", NEW, 0, 1, "1", STEP_ACT, DEVICE_WRITE_URI, TASK_DELIVERING, ""},
    {"old failure: force 0/0", NEW, 0, 8, "1", STEP_ACT, DEVICE_RESET, TASK_DELIVERING, ""},
    {"canceled before: deliver", NEW, 0, 10, "1", STEP_ACT, DEVICE_WRITE_URI, TASK_DELIVERING, ""},
    {"someone's download: reset", NEW, 1, 0, "1", STEP_ACT, DEVICE_RESET, TASK_DELIVERING, ""},
    {"someone's package: reset", NEW, 2, 0, "1", STEP_ACT, DEVICE_RESET, TASK_DELIVERING, ""},
    {"someone's update: wait", NEW, 3, 0, "1", STEP_WAIT, -1, TASK_DELIVERING, ""},
    {"there already", NEW, 0, 0, "2", STEP_ENDED, -1, TASK_SUCCEEDED, ""},
    {"off the path", NEW, 0, 0, "7", STEP_REPLAN, -1, TASK_DELIVERING, ""},
    /* pushed to the last block */
    {"2.04 and Downloaded", PUSHED, 2, 0, "1", STEP_ACT, DEVICE_EXECUTE, TASK_UPDATING, ""},
    {"2.04, yet integrity failed", PUSHED, 0, 5, "1", STEP_PARKED, -1, TASK_WAITING, "integrity-failed"},
    {"2.04, yet unsupported", PUSHED, 0, 6, "1", STEP_ENDED, -1, TASK_FAILED, "unsupported-package"},
    {"2.04, nothing to see yet", PUSHED, 0, 0, "1", STEP_WAIT, -1, TASK_DELIVERING, ""},
    {"2.04, State 1 proves nothing", PUSHED, 1, 0, "1", STEP_WAIT, -1, TASK_DELIVERING, ""},
    /* URI written */
    {"downloading", PULLED, 1, 0, "1", STEP_WAIT, -1, TASK_DELIVERING, ""},
    {"State 1 and a Result: failed", PULLED, 1, 4, "1", STEP_PARKED, -1, TASK_WAITING, "connection-lost"},
    {"download lost", PULLED, 0, 4, "1", STEP_PARKED, -1, TASK_WAITING, "connection-lost"},
    {"no flash", PULLED, 0, 2, "1", STEP_ENDED, -1, TASK_FAILED, "not-enough-flash"},
    {"bad URI: push instead", PULLED, 0, 7, "1", STEP_ACT, DEVICE_RESET, TASK_DELIVERING, ""},
    {"canceled by somebody", PULLED, 0, 10, "1", STEP_PARKED, -1, TASK_WAITING, "canceled-on-device"},
    {"unknown result", PULLED, 0, 77, "1", STEP_ENDED, -1, TASK_FAILED, "unknown-result"},
    {"downloaded", PULLED, 2, 0, "1", STEP_ACT, DEVICE_EXECUTE, TASK_UPDATING, ""},
    /* delivered, journalled */
    {"still there: execute", DELIVERED, 2, 0, "1", STEP_ACT, DEVICE_EXECUTE, TASK_UPDATING, ""},
    {"was lost: deliver again", DELIVERED, 0, 0, "1", STEP_ACT, DEVICE_WRITE_URI, TASK_DELIVERING, ""},
    {"is being overwritten: reset", DELIVERED, 1, 0, "1", STEP_ACT, DEVICE_RESET, TASK_DELIVERED, ""},
    /* Execute was sent and not answered */
    {"unsure: wait", UNSURE, 2, 0, "1", STEP_WAIT, -1, TASK_UPDATING, ""},
    {"unsure, but it is updating", UNSURE, 3, 0, "1", STEP_WAIT, -1, TASK_UPDATING, ""},
    {"unsure, but done", UNSURE, 0, 1, "2", STEP_ENDED, -1, TASK_SUCCEEDED, ""},
    {"unsure, but failed", UNSURE, 2, 8, "1", STEP_ACT, DEVICE_RESET, TASK_UPDATING, "update-failed"},
    /* Execute was answered 2.04 */
    {"updating", EXECUTED, 3, 0, "1", STEP_WAIT, -1, TASK_UPDATING, ""},
    {"accepted, State stays", EXECUTED, 2, 0, "1", STEP_WAIT, -1, TASK_UPDATING, ""},
    {"at once, no restart", EXECUTED, 0, 1, "2", STEP_ENDED, -1, TASK_SUCCEEDED, ""},
    {"at once, another version", EXECUTED, 0, 1, "3", STEP_ENDED, -1, TASK_FAILED, "version-mismatch"},
    {"failed, package usable", EXECUTED, 2, 8, "1", STEP_ACT, DEVICE_RESET, TASK_UPDATING, "update-failed"},
    {"failed, package gone", EXECUTED, 0, 8, "1", STEP_ENDED, -1, TASK_FAILED, "update-failed"},
    {"postponed", EXECUTED, 2, 11, "1", STEP_PARKED, -1, TASK_WAITING, "deferred"},
    {"dependency", EXECUTED, 2, 13, "1", STEP_PARKED, -1, TASK_WAITING, "dependency-error"},
    /* and registered again */
    {"back and well", RETURNED, 0, 1, "2", STEP_ENDED, -1, TASK_SUCCEEDED, ""},
    {"back, forgot the result", RETURNED, 0, 0, "2", STEP_ENDED, -1, TASK_SUCCEEDED, ""},
    {"back, repeats an old failure", RETURNED, 0, 8, "2", STEP_ENDED, -1, TASK_SUCCEEDED, ""},
    {"back and failed", RETURNED, 0, 8, "1", STEP_ENDED, -1, TASK_FAILED, "update-failed"},
    {"back and forgot all", RETURNED, 0, 0, "1", STEP_ENDED, -1, TASK_FAILED, "not-installed"},
    {"back, package kept", RETURNED, 2, 0, "1", STEP_ACT, DEVICE_RESET, TASK_UPDATING, "not-installed"},
    {"back, still updating", RETURNED, 3, 0, "1", STEP_WAIT, -1, TASK_UPDATING, ""},
    {"back, another version", RETURNED, 0, 1, "1", STEP_ENDED, -1, TASK_FAILED, "version-mismatch"},
};
/* clang-format on */

Test(step, answers_each_state_and_result)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        fresh_world();
        set_place(row->place);
        struct component *c = world_component(&w, 0);
        c->state = row->state;
        c->result = row->result;
        snprintf(c->version, sizeof c->version, "%s", row->version);
        struct step_result *r = world_step(&w);
        cr_expect(eq(int, r->next, row->next), "%s", row->name);
        cr_expect(eq(int, r->next == STEP_ACT ? (int)r->action.kind : -1, row->action),
                  "%s", row->name);
        cr_expect(eq(int, r->task.state, row->task), "%s", row->name);
        cr_expect(eq(str, r->task.reason, (char *)row->reason), "%s", row->name);
    }
}

Test(step, goes_from_waiting_to_execute_in_one_order)
{
    w.view.is_fresh = w.view.is_observed = false;
    struct step_result *r = world_play(&w, trail);

    cr_expect(eq(str, trail,
                 "ioui"
                 "xi"));
    cr_expect(eq(int, r->next, STEP_WAIT));
    cr_expect(eq(int, r->task.state, TASK_UPDATING));
    cr_expect(eq(int, r->task.parts[0].executes, 1));
}

Test(step, needs_a_slot_before_it_reads)
{
    w.view.is_fresh = false;
    w.input.may_deliver = false;
    struct step_result *r = world_step(&w);

    cr_expect(eq(int, r->next, STEP_PARKED));
    cr_expect(eq(int, r->task.waiting_for, WAITING_FOR_WAVE));
}

Test(step, verifies_without_a_slot)
{
    world_executed(&w, 0);
    w.input.may_deliver = false;
    w.view.is_fresh = false;
    cr_expect(eq(int, world_step(&w)->action.kind, DEVICE_INSPECT));
}

Test(step, pushes_where_the_device_cannot_pull)
{
    world_component(&w, 0)->delivery = DELIVERY_PUSH;
    struct step_result *r = world_step(&w);

    cr_expect(eq(int, r->action.kind, DEVICE_PUSH));
    cr_expect(eq(int, r->action.content_format, 42));
    cr_expect(eq(str, r->action.digest, w.plan.targets[0].digest));
}

Test(step, ends_where_policy_and_device_leave_no_way_to_deliver)
{
    w.policy.delivery = POLICY_PULL;
    world_component(&w, 0)->delivery = DELIVERY_PUSH;
    cr_expect(eq(str, world_step(&w)->task.reason, "delivery-impossible"));
    cr_expect(eq(int, w.task.state, TASK_FAILED));
}

Test(step, pulls_one_at_a_time)
{
    size_t radio = world_add(&w, "radio", 0);
    struct step_result *r = world_step(&w);

    cr_expect(eq(int, r->action.kind, DEVICE_WRITE_URI));
    world_component(&w, 0)->state = COMPONENT_DOWNLOADING;
    world_outcome(&w, DEVICE_DONE, 0);
    world_read(&w, 100);
    r = world_outcome(&w, DEVICE_DONE, 0);
    cr_expect(eq(int, r->next, STEP_WAIT)); /* radio's turn comes after (2,0) */
    world_component(&w, 0)->state = COMPONENT_DOWNLOADED;
    world_read(&w, 100);
    r = world_step(&w);
    cr_expect(eq(int, r->action.kind, DEVICE_WRITE_URI));
    cr_expect(eq(int, r->action.instance, (int)radio));
}

Test(step, executes_once_with_the_explicit_list)
{
    world_add(&w, "radio", 0);
    struct step_result *r = world_play(&w, trail);

    cr_expect(eq(str, trail, "uiuixi"));
    cr_expect(eq(int, r->task.parts[0].executes, 1));
    cr_expect(eq(int, r->task.parts[1].executes, 1));
    fresh_world();
    world_add(&w, "radio", 0);
    world_delivered(&w, 0);
    world_delivered(&w, 1);
    r = world_step(&w);
    cr_assert(eq(int, r->action.kind, DEVICE_EXECUTE));
    cr_expect(eq(int, r->action.instance, 0));
    cr_assert(eq(int, r->action.other_count, 1));
    cr_expect(eq(int, r->action.others[0], 1));
}

Test(step, updates_instances_of_object_5_one_after_the_other)
{
    world_add(&w, "radio", 0);
    for (size_t i = 0; i < 2; i++) {
        world_component(&w, i)->object = COMPONENT_FW;
        world_component(&w, i)->object_id = 5;
        world_delivered(&w, i);
    }
    struct step_result *r = world_step(&w);

    cr_assert(eq(int, r->action.kind, DEVICE_EXECUTE));
    cr_expect(eq(int, r->action.other_count, 0));
    cr_expect(not(r->task.parts[1].is_executed));
}

Test(step, goes_on_with_the_next_stage_after_verification)
{
    world_add(&w, "radio", 1);
    world_executed(&w, 0);
    *world_component(&w, 0) = (struct component){
        .name = "app", .version = "2", .result = 1, .object_id = 33629};
    struct step_result *r = world_step(&w);

    cr_expect(eq(int, r->action.kind, DEVICE_WRITE_URI));
    cr_expect(eq(int, r->task.stage, 1));
    cr_expect(eq(int, r->task.parts[0].state, PART_UPDATED));
}

Test(step, says_by_when_something_must_move)
{
    int64_t stall_ms = w.policy.timers.stall_ms;
    int64_t updating_ms = w.policy.timers.updating_ms;

    w.input.may_deliver = false;
    cr_expect(eq(i64, world_step(&w)->deadline_ms, 0)); /* waits for its turn */
    w.input.may_deliver = true;
    cr_expect(eq(i64, world_step(&w)->deadline_ms, T0 + stall_ms));
    step_progress(&w.task, &w.plan, w.plan.targets[0].digest, 50, T0 + 7);
    cr_expect(eq(i64, world_step(&w)->deadline_ms, T0 + 7 + stall_ms));
    fresh_world();
    world_executed(&w, 0);
    cr_expect(eq(i64, world_step(&w)->deadline_ms, T0 + updating_ms));
    world_component(&w, 0)->result = 11;
    world_read(&w, 1);
    struct step_result *r = world_step(&w);
    cr_expect(eq(int, r->task.waiting_for, WAITING_FOR_USER));
    cr_expect(eq(i64, r->deadline_ms, r->task.deferred_ms));
    world_component(&w, 0)->result = 1;
    snprintf(world_component(&w, 0)->version, 2, "2");
    world_component(&w, 0)->state = COMPONENT_IDLE;
    w.task.next_at_ms = 0;
    world_read(&w, 1);
    r = world_step(&w);
    cr_expect(eq(int, r->task.state, TASK_SUCCEEDED));
    cr_expect(eq(i64, r->deadline_ms, 0));
}
