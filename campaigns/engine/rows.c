/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - a task in memory and its rows in the store.
 *
 * A component that changes on several stepping stones is several parts and one row: the
 * row shows the part that is next, or the last one when all are done.
 */
#include <stdio.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "campaigns/task_journal.h"

static int64_t to_mono(int64_t wall_ms, int64_t offset_ms)
{
    return wall_ms ? wall_ms - offset_ms : 0;
}

static int64_t to_wall(int64_t mono_ms, int64_t offset_ms)
{
    return mono_ms ? mono_ms + offset_ms : 0;
}

static int word_or(int value, int fallback)
{
    return value < 0 ? fallback : value;
}

static bool is_done(const struct task_part *p)
{
    return p->state == PART_UPDATED || p->state == PART_UNCHANGED;
}

/* All parts of the row's component: done before its stage, as the row says in it. */
static void parts_from_row(const struct task_component_row *row,
                           const struct task_plan *plan, struct task *t)
{
    uint8_t state = (uint8_t)word_or(part_state_from_name(row->state), PART_PENDING);
    bool is_placed = false;

    for (size_t i = 0; i < t->part_count; i++) {
        struct task_part *p = &t->parts[i];
        if (strcmp(plan->targets[i].component, row->component) != 0)
            continue;
        if (plan->targets[i].stage < row->stage_no) {
            p->state = PART_UPDATED;
            continue;
        }
        if (is_placed)
            continue;
        is_placed = true;
        p->state = state;
        p->stage = (uint8_t)row->stage_no;
        p->instance = (uint16_t)row->instance;
        p->sent_bytes = row->sent_bytes;
        p->result = (uint8_t)(row->result > 0 ? row->result : 0);
    }
}

/* The journal cannot be read: what may have been sent was, so it is reset before
 * anything else; what was Updating may be still, and is judged before a new try. */
static void distrust(struct task *t)
{
    t->is_started = t->is_at_risk = t->has_executed = true;
    for (size_t i = 0; i < t->part_count; i++) {
        struct task_part *p = &t->parts[i];
        if (p->state != PART_PENDING && p->state < PART_UPDATED && p->via == VIA_NONE)
            p->via = VIA_PUSH;
        if (p->state != PART_UPDATING)
            continue;
        p->is_executed = true;
        t->executed_ms = t->since_ms;
    }
}

void row_to_task(const struct task_rows *rows, const struct plan_ref *plan,
                 int64_t wall_offset_ms, struct task *out)
{
    const struct task_row *row = rows->row;
    struct task t = task_new(&plan->plan, to_mono(row->since_ms, wall_offset_ms));

    t.id = row->id;
    t.campaign_id = row->campaign_id;
    t.device_id = row->device_id;
    t.state = (uint8_t)word_or(task_state_from_name(row->state), TASK_WAITING);
    t.waiting_for =
        (uint8_t)word_or(task_waiting_from_name(row->waiting_for), WAITING_FOR_WAVE);
    t.stage = (uint8_t)row->stage_no;
    t.replans = (uint8_t)row->replans;
    t.next_at_ms = to_mono(row->next_at_ms, wall_offset_ms);
    for (size_t i = 0; i < rows->count; i++)
        parts_from_row(&rows->components[i], &plan->plan, &t);
    if (task_journal_parse(row->journal, wall_offset_ms, &t) != 0)
        distrust(&t);
    for (int kind = DEVICE_INSPECT; kind <= DEVICE_RELEASE; kind++)
        if (strcmp(row->action, device_action_name(kind)) == 0)
            t.action = (uint8_t)(1 + kind);
    snprintf(t.reason, sizeof t.reason, "%s", row->reason);
    snprintf(t.detail, sizeof t.detail, "%s", row->detail);
    *out = t;
}

static int tries_of(const struct task *t)
{
    int sum = 0;

    for (size_t i = 0; i < RETRY_CLASS_COUNT; i++)
        sum += t->tries[i];
    return sum;
}

/* Reading and observing change nothing: they are not worth a write. */
static bool is_journalled(const struct task *t)
{
    return t->action && t->action != 1 + DEVICE_INSPECT &&
           t->action != 1 + DEVICE_OBSERVE;
}

void task_to_row(const struct active *a, int64_t wall_offset_ms, struct task_row *out)
{
    const struct task *t = &a->task;
    struct task_row row = a->row;

    row.group_no = a->plan->plan.group_no;
    snprintf(row.plan_id, sizeof row.plan_id, "%s", a->plan->plan.plan_id);
    snprintf(row.state, sizeof row.state, "%s", task_state_name(t->state));
    snprintf(row.waiting_for, sizeof row.waiting_for, "%s",
             task_waiting_name(t->waiting_for));
    row.is_active = !task_is_final(t->state) && t->waiting_for != WAITING_FOR_CAMPAIGN;
    row.since_ms = to_wall(t->since_ms, wall_offset_ms);
    row.next_at_ms = to_wall(t->next_at_ms, wall_offset_ms);
    row.deadline_ms =
        task_is_final(t->state) ? 0 : to_wall(a->deadline_ms, wall_offset_ms);
    row.stage_no = t->stage;
    row.tries = tries_of(t);
    row.replans = t->replans;
    snprintf(row.reason, sizeof row.reason, "%s", t->reason);
    snprintf(row.detail, sizeof row.detail, "%s", t->detail);
    snprintf(row.action, sizeof row.action, "%s",
             is_journalled(t) ? device_action_name(t->action - 1) : "");
    row.action_ms = is_journalled(t) ? a->saved_at_ms + wall_offset_ms : 0;
    if (task_journal_print(t, wall_offset_ms, row.journal, sizeof row.journal) < 0)
        /* "" would be a new task: this is one that must not be trusted */
        snprintf(row.journal, sizeof row.journal, "!");
    if (!row.started_ms && t->state != TASK_WAITING)
        row.started_ms = a->saved_at_ms + wall_offset_ms;
    row.ended_ms = task_is_final(t->state) ? row.since_ms : 0;
    *out = row;
}

/* The part that the row of component i shows. */
static size_t shown_part(const struct active *a, size_t i)
{
    const struct task_plan *plan = &a->plan->plan;
    size_t shown = i;

    for (size_t n = 0; n < plan->target_count; n++) {
        if (strcmp(plan->targets[n].component, plan->targets[i].component) != 0)
            continue;
        shown = n;
        if (!is_done(&a->task.parts[n]))
            return n;
    }
    return shown;
}

static bool is_first_of_component(const struct task_plan *plan, size_t i)
{
    for (size_t n = 0; n < i; n++)
        if (strcmp(plan->targets[n].component, plan->targets[i].component) == 0)
            return false;
    return true;
}

static void sum_bytes(const struct active *a, size_t i, struct task_component_row *row)
{
    const struct task_plan *plan = &a->plan->plan;

    for (size_t n = 0; n < plan->target_count; n++) {
        if (strcmp(plan->targets[n].component, plan->targets[i].component) != 0)
            continue;
        const struct task_part *p = &a->task.parts[n];
        row->total_bytes += plan->targets[n].bytes;
        row->sent_bytes +=
            p->state == PART_UPDATED ? plan->targets[n].bytes : p->sent_bytes;
        snprintf(row->target_version, sizeof row->target_version, "%s",
                 plan->targets[n].to);
    }
}

static void part_to_row(const struct active *a, size_t i, int64_t wall_ms,
                        struct task_component_row *row)
{
    const struct target *target = &a->plan->plan.targets[i];
    const struct task_part *p = &a->task.parts[i];

    *row = (struct task_component_row){
        .stage_no = p->stage,
        .instance = p->instance,
        .result = p->result ? p->result : -1,
        .updated_ms = wall_ms,
    };
    snprintf(row->component, sizeof row->component, "%s", target->component);
    snprintf(row->state, sizeof row->state, "%s", part_state_name(p->state));
    snprintf(row->from_version, sizeof row->from_version, "%s", target->from);
    snprintf(row->to_version, sizeof row->to_version, "%s", target->to);
    snprintf(row->digest, sizeof row->digest, "%s", target->digest);
    snprintf(row->delivered_digest, sizeof row->delivered_digest, "%s",
             p->is_delivered ? target->digest : "");
    snprintf(row->reason, sizeof row->reason, "%s",
             p->state == PART_FAILED ? a->task.reason : "");
    sum_bytes(a, i, row);
}

/* As far as rows show it; what the journal keeps is compared there. */
bool part_is_same(const struct task_part *a, const struct task_part *b)
{
    return a->state == b->state && a->stage == b->stage && a->instance == b->instance &&
           a->result == b->result && a->is_delivered == b->is_delivered &&
           a->executes == b->executes && a->is_blocked == b->is_blocked;
}

static bool is_changed(const struct active *a, size_t i)
{
    const struct task_plan *plan = &a->plan->plan;

    for (size_t n = i; n < plan->target_count; n++) {
        const struct task_part *now = &a->task.parts[n], *then = &a->saved.parts[n];
        if (strcmp(plan->targets[n].component, plan->targets[i].component) == 0 &&
            !(part_is_same(now, then) && now->sent_bytes == then->sent_bytes))
            return true;
    }
    return false;
}

size_t task_to_components(const struct active *a, int64_t wall_ms,
                          struct task_component_row *out)
{
    const struct task_plan *plan = &a->plan->plan;
    size_t count = 0;

    for (size_t i = 0; i < plan->target_count && count < STORE_COMPONENTS_MAX; i++)
        if (is_first_of_component(plan, i) && is_changed(a, i))
            part_to_row(a, shown_part(a, i), wall_ms, &out[count++]);
    return count;
}
