/* SPDX-License-Identifier: Apache-2.0 */
/* tasks.c - tasks in memory: loaded from rows, journalled, dropped. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "campaigns/task_journal.h"
#include "store/devices.h"

static int64_t wall_offset(const struct engine *e)
{
    return e->now.wall_ms - e->now.mono_ms;
}

struct active *active_of(const struct engine *e, int64_t device_id)
{
    return idmap_get(&e->actives, device_id);
}

/* ---- loading ---- */

static bool load_device(struct engine *e, struct active *a)
{
    struct device_row device;
    struct inventory id = {0};

    int rc = store_device_get(e->reader, a->task.device_id, &device);
    if (rc < 0)
        e->err = rc;
    if (rc != 0)
        return false;
    a->view.is_queue_mode = device.queue_mode;
    a->view.lifetime_ms = device.lifetime_s * 1000;
    a->view.registered_ms =
        device.registered_ms ? device.registered_ms - wall_offset(e) : 0;
    snprintf(id.manufacturer, sizeof id.manufacturer, "%s", device.manufacturer);
    snprintf(id.model, sizeof id.model, "%s", device.model);
    snprintf(id.firmware, sizeof id.firmware, "%s", device.firmware);
    a->profile = profile_of(e, &id);
    return true;
}

static void load_attempts(struct engine *e, struct active *a)
{
    for (size_t i = 0; i < a->task.part_count && !e->err; i++) {
        struct attempt_row row;
        int rc = store_attempt_get(e->reader, a->task.device_id,
                                   a->plan->plan.targets[i].digest, &row);
        if (rc < 0)
            e->err = rc;
        if (rc != 0)
            continue;
        a->task.parts[i].executes =
            (uint8_t)(row.executes > UINT8_MAX ? UINT8_MAX : row.executes);
        a->task.parts[i].is_blocked = row.blocked[0] != '\0';
    }
}

static bool fill(struct engine *e, struct active *a)
{
    struct task_component_row rows[STORE_COMPONENTS_MAX];
    size_t count = 0;

    int rc = store_task_components(e->reader, a->row.id, rows, &count);
    if (rc < 0) {
        e->err = rc;
        return false;
    }
    row_to_task(&(struct task_rows){&a->row, rows, count}, a->plan, wall_offset(e),
                &a->task);
    load_attempts(e, a);
    a->saved = a->task;
    a->is_recovering = a->task.action != 0;
    a->deadline_ms = a->row.deadline_ms ? a->row.deadline_ms - wall_offset(e) : 0;
    return load_device(e, a) && !e->err;
}

struct active *active_load(struct engine *e, struct run *run,
                           const struct task_row *row)
{
    if (e->err || e->actives.count >= e->tasks_max)
        return NULL;
    struct active *a = calloc(1, sizeof *a);
    if (!a) {
        e->err = -ENOMEM;
        return NULL;
    }
    a->run = run;
    a->row = *row;
    a->plan = plan_get(e, row->plan_id, row->group_no);
    if (!a->plan || !fill(e, a) || idmap_put(&e->actives, row->device_id, a) != 0) {
        plan_put(e, a->plan);
        free(a);
        return NULL;
    }
    run->actives++;
    return a;
}

void task_row_end(struct engine *e, struct run *run, struct task_row *row,
                  enum task_state final, const char *reason)
{
    struct task_component_row components[STORE_COMPONENTS_MAX];
    size_t count = 0;

    int rc = store_task_components(e->reader, row->id, components, &count);
    if (rc < 0)
        e->err = rc;
    for (size_t i = 0; i < count; i++)
        if (part_state_from_name(components[i].state) < PART_UPDATED)
            snprintf(components[i].state, sizeof components[i].state, "%s",
                     part_state_name(PART_UNCHANGED));
    snprintf(row->state, sizeof row->state, "%s", task_state_name(final));
    snprintf(row->reason, sizeof row->reason, "%s", reason);
    row->waiting_for[0] = '\0';
    row->is_active = false;
    row->next_at_ms = row->deadline_ms = 0;
    row->since_ms = row->ended_ms = e->now.wall_ms;
    engine_put(
        e, &(struct change){.kind = CHANGE_TASK_PUT, .task = {row, components, count}});
    run->batch = e->number;
    struct effect *f = effect_new(e, EFFECT_ENDED, e->number);
    if (f) {
        f->campaign_id = row->campaign_id;
        f->device_id = row->device_id;
    }
    run_ended(e, run,
              &(struct run_end){row->device_id, row->endpoint, row->reason, final});
}

bool task_row_is_ending(const struct engine *e, int64_t campaign_id, int64_t device_id)
{
    for (size_t i = 0; i < EFFECT_LISTS; i++)
        for (const struct effect *f = e->effects[i].first; f; f = f->next)
            if (f->kind == EFFECT_ENDED && f->campaign_id == campaign_id &&
                f->device_id == device_id)
                return true;
    return false;
}

bool task_row_is_blocked(struct engine *e, const struct task_row *row)
{
    struct task_component_row components[STORE_COMPONENTS_MAX];
    size_t count = 0;
    bool is_blocked = false;

    int rc = store_task_components(e->reader, row->id, components, &count);
    for (size_t i = 0; i < count && rc >= 0 && !is_blocked; i++) {
        struct attempt_row attempt;
        if (strcmp(components[i].state, "updated") == 0)
            continue;
        rc = store_attempt_get(e->reader, row->device_id, components[i].digest,
                               &attempt);
        is_blocked = rc == 0 && attempt.blocked[0] != '\0';
    }
    if (rc < 0)
        e->err = rc;
    return is_blocked;
}

struct active *active_fetch(struct engine *e, int64_t device_id)
{
    struct task_row row;

    if (!e->runs)
        return NULL;
    int rc = store_task_active(e->reader, device_id, &row);
    if (rc < 0)
        e->err = rc;
    struct run *run = rc == 0 ? run_of(e, row.campaign_id) : NULL;
    /* who waits for something else is not helped by a device that speaks */
    if (!run || (strcmp(row.waiting_for, "online") != 0 &&
                 strcmp(row.waiting_for, "user") != 0))
        return NULL;
    return active_load(e, run, &row);
}

void active_drop(struct engine *e, struct active *a)
{
    timers_cancel(&e->timers, &a->timer);
    active_count_stuck(e, a, ENGINE_STUCK_NOT);
    idmap_remove(&e->actives, a->task.device_id);
    a->run->actives--;
    plan_put(e, a->plan);
    free(a);
    e->has_pending_turn = true;
}

/* A task that was past waiting goes on from its journal, first of all by reading. */
static void load_row(struct engine *e, const struct task_row *row)
{
    struct run *run = run_of(e, row->campaign_id);
    bool is_there = active_of(e, row->device_id) != NULL;
    struct active *a = run && !is_there ? active_load(e, run, row) : NULL;

    if (!a)
        return;
    rollout_moved(&run->rollout, ROLLOUT_NONE, rollout_share_of(&a->task));
    int rc = timers_set(&e->timers, &a->timer, e->now.mono_ms);
    if (rc != 0)
        e->err = rc;
}

void actives_load(struct engine *e)
{
    struct page page = {.limit = ROWS_MAX};

    do {
        int rc = store_task_running(e->reader, e->rows, &page);
        if (rc < 0)
            e->err = rc;
        for (size_t i = 0; i < page.count && !e->err; i++)
            load_row(e, &e->rows[i]);
        page.after = page.next;
    } while (page.next && !e->err);
}

/* ---- refused ---- */

/* What the task counts as while it is not in memory. */
static enum rollout_share stored_share(struct engine *e, struct run *run,
                                       int64_t device_id)
{
    enum rollout_share share = ROLLOUT_NONE;
    struct task_row row;

    int rc = store_task_of_device(e->reader, run->row.id, device_id, &row);
    if (rc < 0)
        e->err = rc;
    struct active *a =
        rc == 0 && strcmp(row.state, "waiting") == 0 ? active_load(e, run, &row) : NULL;
    if (!a)
        return share;
    share = rollout_share_of(&a->task);
    active_drop(e, a);
    return share;
}

void active_refused(struct engine *e, struct active *a, uint64_t batch)
{
    struct run *run = a->run;
    enum rollout_share share = rollout_share_of(&a->task);
    bool is_parked_since = a->batch > batch && a->task.state == TASK_WAITING;
    int64_t device_id = a->task.device_id;
    char what[STORE_DETAIL_MAX + 1];

    snprintf(what, sizeof what, "the task of %.200s", a->row.endpoint);
    active_drop(e, a);
    if (!is_parked_since)
        rollout_moved(&run->rollout, share, stored_share(e, run, device_id));
    run_refused(e, run, what);
}

/* ---- journalling ---- */

static bool is_row_same(const struct task *a, const struct task *b)
{
    return a->state == b->state && a->waiting_for == b->waiting_for &&
           a->stage == b->stage && a->next_at_ms == b->next_at_ms &&
           a->replans == b->replans && strcmp(a->reason, b->reason) == 0 &&
           strcmp(a->detail, b->detail) == 0;
}

/* The action that the row names: reading and observing are not worth a write. */
static uint8_t written_action(const struct task *t)
{
    bool is_read = t->action == 1 + DEVICE_INSPECT || t->action == 1 + DEVICE_OBSERVE;

    return is_read ? 0 : t->action;
}

/* Blocks that arrive are written now and then, not for each. */
enum { JOURNAL_SHOWN = 2 * TASK_JOURNAL_MAX };

static void print_journal(const struct task *t, char *out)
{
    struct task copy = *t;

    copy.progress_ms = 0;
    copy.action_part = written_action(t) ? t->action_part : 0;
    if (task_journal_print(&copy, 0, out, JOURNAL_SHOWN) < 0)
        snprintf(out, JOURNAL_SHOWN, "!");
}

bool active_is_saved(const struct active *a)
{
    char now[JOURNAL_SHOWN], then[JOURNAL_SHOWN];

    if (!is_row_same(&a->task, &a->saved) ||
        written_action(&a->task) != written_action(&a->saved))
        return false;
    for (size_t i = 0; i < a->task.part_count; i++)
        if (!part_is_same(&a->task.parts[i], &a->saved.parts[i]))
            return false;
    print_journal(&a->task, now);
    print_journal(&a->saved, then);
    return strcmp(now, then) == 0;
}

static void put_attempt(struct engine *e, const struct active *a, enum change_kind kind,
                        size_t part)
{
    struct attempt_row row = {.device_id = a->task.device_id,
                              .last_ms = e->now.wall_ms};

    snprintf(row.digest, sizeof row.digest, "%s", a->plan->plan.targets[part].digest);
    if (kind == CHANGE_ATTEMPT_BLOCK)
        snprintf(row.blocked, sizeof row.blocked, "%s", a->task.reason);
    engine_put(e, &(struct change){.kind = kind, .attempt = &row});
}

/* One file may bring several components: it counts once. */
static bool is_repeated(const struct active *a, const struct task_change *changes,
                        size_t n)
{
    const struct target *targets = a->plan->plan.targets;

    for (size_t i = 0; i < n; i++)
        if (changes[i].is_part && changes[i].is_executed == changes[n].is_executed &&
            changes[i].is_blocked == changes[n].is_blocked &&
            strcmp(targets[changes[i].part].digest, targets[changes[n].part].digest) ==
                0)
            return true;
    return false;
}

static void put_changes(struct engine *e, struct active *a)
{
    struct task_change changes[TASK_PARTS_MAX + 1];
    size_t count = task_changes(&a->saved, &a->task, changes);

    for (size_t i = 0; i < count; i++) {
        const struct task_change *c = &changes[i];
        bool is_first = c->is_part && !is_repeated(a, changes, i);
        if (is_first && c->is_executed)
            put_attempt(e, a, CHANGE_ATTEMPT_ADD, c->part);
        if (is_first && c->is_blocked)
            put_attempt(e, a, CHANGE_ATTEMPT_BLOCK, c->part);
        if (!c->is_part || c->from != c->to)
            event_of_change(e, a, c);
    }
}

void active_save(struct engine *e, struct active *a)
{
    struct task_component_row components[STORE_COMPONENTS_MAX];
    struct task_row row;

    a->saved_at_ms = e->now.mono_ms;
    put_changes(e, a);
    task_to_row(a, wall_offset(e), &row);
    size_t count = task_to_components(a, e->now.wall_ms, components);
    a->change = engine_put(e, &(struct change){.kind = CHANGE_TASK_PUT,
                                               .task = {&row, components, count}});
    a->row = row;
    a->saved = a->task;
    a->batch = a->run->batch = e->number;
}
