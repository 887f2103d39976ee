/* SPDX-License-Identifier: Apache-2.0 */
/* runs.c - campaigns that run: their row, their policy, their accounting. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "campaigns/planning/ground.h"
#include "campaigns/task_journal.h"

struct run *run_of(const struct engine *e, int64_t campaign_id)
{
    struct run *run = e->runs;

    while (run && run->row.id != campaign_id)
        run = run->next;
    return run;
}

void run_load_policy(struct engine *e, struct run *run)
{
    struct policy_error why;
    char *policy = NULL;

    int rc = store_campaign_policy(e->reader, run->row.id, &policy);
    if (rc < 0)
        e->err = rc;
    /* it was checked when the campaign was made */
    if (rc != 0 || policy_parse(policy, &run->policy, &why) != 0)
        run->policy = policy_default();
    free(policy);
}

enum rollout_share share_of_row(const struct task_row *row)
{
    return row->started_ms && task_journal_is_at_risk(row->journal) ? ROLLOUT_AWAY
                                                                    : ROLLOUT_NONE;
}

static void load_away_in(struct engine *e, struct run *run, const char *waiting_for)
{
    struct page page = {.limit = ROWS_MAX};

    do {
        int rc = store_task_next(e->reader, run->row.id, waiting_for, e->rows, &page);
        if (rc < 0)
            e->err = rc;
        for (size_t i = 0; i < page.count && !e->err; i++)
            rollout_moved(&run->rollout, ROLLOUT_NONE, share_of_row(&e->rows[i]));
        page.after = page.next;
    } while (page.next && !e->err);
}

/* Devices at risk are away, though their tasks are not in memory. */
static void load_away(struct engine *e, struct run *run)
{
    for (int w = WAITING_FOR_WINDOW; w < WAITING_FOR_COUNT; w++)
        if (w != WAITING_FOR_CAMPAIGN) /* these, as in a wave, are untouched */
            load_away_in(e, run, task_waiting_name((enum task_waiting)w));
}

struct run *run_load(struct engine *e, const struct campaign_row *row)
{
    struct run *run = calloc(1, sizeof *run);

    if (!run) {
        e->err = -ENOMEM;
        return NULL;
    }
    run->row = *row;
    run->rollout = (struct rollout){
        .ended_ok = (uint32_t)(row->ended - row->ended_failed),
        .ended_failed = (uint32_t)row->ended_failed,
        .failures_in_a_row = (uint32_t)row->failures_in_a_row,
        .is_braked = row->is_braked,
    };
    run->wants_promote = true;
    run_load_policy(e, run);
    load_away(e, run);
    run->next = e->runs;
    e->runs = run;
    e->has_pending_turn = true;
    return run;
}

void run_save(struct engine *e, struct run *run)
{
    const struct rollout *r = &run->rollout;

    run->row.is_braked = r->is_braked;
    run->row.failures_in_a_row = r->failures_in_a_row;
    run->row.ended = (int64_t)r->ended_ok + r->ended_failed;
    run->row.ended_failed = r->ended_failed;
    run->row.is_first_passed = r->ended_ok >= run->policy.brake.first;
    engine_put(e, &(struct change){.kind = CHANGE_CAMPAIGN_PUT,
                                   .campaign = {.row = &run->row}});
    run->batch = e->number;
}

void run_set_state(struct engine *e, struct run *run, const char *state,
                   const char *event, const char *actor)
{
    snprintf(run->row.state, sizeof run->row.state, "%s", state);
    run_save(e, run);
    event_of_campaign(e, run, event, actor);
    run->next_turn_ms = 0;
    e->has_pending_turn = true;
}

static void note_failed(struct run *run, const struct run_end *end)
{
    if (end->final != TASK_FAILED && end->final != TASK_NEEDS_ATTENTION)
        return;
    snprintf(run->failed[run->failed_count++ % RUN_FAILED_NAMES], RUN_FAILED_BYTES,
             "%.24s (%.20s)", end->endpoint, end->reason);
}

/* Who failed last, the newest first. */
static void brake(struct engine *e, struct run *run)
{
    const struct rollout *r = &run->rollout;
    char *detail = run->row.detail;
    size_t size = sizeof run->row.detail;
    size_t len = (size_t)snprintf(detail, size, "%.100s; last: ", r->detail);

    snprintf(run->row.reason, sizeof run->row.reason, "%s", r->reason);
    for (uint32_t i = 0; i < RUN_FAILED_NAMES && i < run->failed_count && len < size;
         i++)
        len += (size_t)snprintf(
            detail + len, size - len, "%s%s", i ? ", " : "",
            run->failed[(run->failed_count - 1 - i) % RUN_FAILED_NAMES]);
    if (strcmp(run->row.state, "running") == 0)
        snprintf(run->row.state, sizeof run->row.state, "paused");
    run_save(e, run);
    event_of_campaign(e, run, "braked", ENGINE_ACTOR);
}

void run_ended(struct engine *e, struct run *run, const struct run_end *end)
{
    struct tasks_promote promote = {
        .device_id = end->device_id, .waiting_for = "wave", .at_ms = e->now.wall_ms};

    note_failed(run, end);
    if (rollout_ended(&run->rollout, &run->policy, end->final))
        brake(e, run);
    else /* with the task that ended: a kill between them would unbrake */
        run_save(e, run);
    if (e->runs->next) /* another campaign may wait for this device */
        engine_put(e, &(struct change){.kind = CHANGE_TASKS_PROMOTE,
                                       .tasks_promote = promote});
    e->has_pending_turn = true;
}

void run_refused(struct engine *e, struct run *run, const char *what)
{
    snprintf(run->row.reason, sizeof run->row.reason, "not-stored");
    snprintf(run->row.detail, sizeof run->row.detail,
             "The store refused to keep %.220s.", what);
    if (strcmp(run->row.state, "running") == 0)
        run_set_state(e, run, "paused", "paused", ENGINE_ACTOR);
    else
        run_save(e, run);
}

bool run_may_deliver(const struct run *run, const struct active *a)
{
    if (strcmp(run->row.state, "running") != 0 || run->rollout.is_braked ||
        run->is_expiring)
        return false;
    return rollout_may_take(&run->rollout, &run->policy, rollout_share_of(&a->task));
}

bool run_may_install(const struct run *run)
{
    return run->policy.install == POLICY_AT_ONCE || run->row.is_install_given;
}

void run_free(struct run *run)
{
    if (run->ground)
        planning_unload(run->ground);
    free(run->ground);
    free(run);
}

bool run_is_stopping(const struct run *run)
{
    return run->is_expiring || strcmp(run->row.state, "aborting") == 0;
}

const char *run_stop_reason(const struct run *run)
{
    return run->is_expiring ? "not-seen" : "aborted";
}

void run_close(struct engine *e, struct run *run)
{
    struct run **at = &e->runs;

    while (*at != run)
        at = &(*at)->next;
    *at = run->next;
    run_free(run);
    for (struct run *other = e->runs; other; other = other->next) {
        other->wants_promote = true;
        other->promote_after_id = 0;
    }
}
