/* SPDX-License-Identifier: Apache-2.0 */
/* turns.c - who is next: bulk work in chunks, and slots for waiting tasks, by pages. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "campaigns/version.h"
#include "store/progress.h"

enum { TURN_EVERY_MS = 250, COUNTS_MAX = 64 };

static bool is_state(const struct run *run, const char *state)
{
    return strcmp(run->row.state, state) == 0;
}

/* ---- chunks ---- */

static void put_chunk(struct engine *e, struct run *run, enum chunk_kind kind,
                      const struct change *c)
{
    size_t index = engine_put(e, c);
    struct effect *f =
        index == SIZE_MAX ? NULL : effect_new(e, EFFECT_CHUNK, e->number);

    if (!f)
        return;
    f->chunk = kind;
    f->campaign_id = run->row.id;
    f->index = index;
    run->is_chunk_pending = true;
    run->batch = e->number;
}

static void put_cut(struct engine *e, struct run *run)
{
    struct tasks_cut cut = {.campaign_id = run->row.id,
                            .at_ms = e->now.wall_ms,
                            .waiting_for = "wave",
                            .version_key = version_number_key};

    put_chunk(e, run, CHUNK_CUT,
              &(struct change){.kind = CHANGE_TASKS_CUT, .tasks_cut = cut});
}

static void put_promote(struct engine *e, struct run *run)
{
    struct tasks_promote promote = {.campaign_id = run->row.id,
                                    .after_id = run->promote_after_id,
                                    .waiting_for = "wave",
                                    .at_ms = e->now.wall_ms};

    put_chunk(e, run, CHUNK_PROMOTE,
              &(struct change){.kind = CHANGE_TASKS_PROMOTE, .tasks_promote = promote});
}

/* Devices that were never touched need no cleaning: they end in bulk. */
static const char *const stop_moves[] = {"wave", "campaign"};
enum { STOP_MOVES = sizeof stop_moves / sizeof stop_moves[0] };

static void put_move(struct engine *e, struct run *run)
{
    struct tasks_move move = {.campaign_id = run->row.id,
                              .waiting_for = stop_moves[run->move_no],
                              .state = "canceled",
                              .reason = run_stop_reason(run),
                              .at_ms = e->now.wall_ms};

    put_chunk(e, run, CHUNK_MOVE,
              &(struct change){.kind = CHANGE_TASKS_MOVE, .tasks_move = move});
}

void chunk_done(struct engine *e, const struct effect *f, const struct batch *applied)
{
    struct run *run = run_of(e, f->campaign_id);
    const struct change_result *result = batch_result(applied, f->index);
    bool is_refused = result->rc != 0; /* trying on helps nobody */
    bool is_over = result->done || is_refused;

    e->has_pending_turn = true;
    if (!run)
        return;
    run->is_chunk_pending = false;
    switch (f->chunk) {
    case CHUNK_CUT:
        run->row.is_cut = is_over && !is_refused;
        run->is_refused = is_refused;
        if (is_refused)
            run_refused(e, run, "the tasks of the campaign");
        return;
    case CHUNK_MOVE:
        if (is_refused)
            run_refused(e, run, "the end of its waiting tasks");
        run->move_no = (uint8_t)(run->move_no + is_over);
        return;
    case CHUNK_PROMOTE:
        run->wants_promote = !is_over;
        run->promote_after_id = is_over ? 0 : result->id;
        return;
    }
}

/* ---- turns ---- */

static bool is_in_memory(const struct engine *e, const struct task_row *row)
{
    return active_of(e, row->device_id) != NULL;
}

static void take(struct engine *e, struct run *run, struct task_row *row)
{
    struct active *a = active_load(e, run, row);

    if (a) {
        active_step(e, a, NULL, false);
    } else if (!e->err && e->actives.count < e->tasks_max) { /* no plan, or no device */
        rollout_moved(&run->rollout, share_of_row(row), ROLLOUT_NONE);
        task_row_end(e, run, row, TASK_FAILED, "unreadable");
    }
}

/* Not while another task keeps the row's turn, unless to see whether it is lost. */
static bool is_taken(const struct run *run, const struct task_row *row)
{
    const struct rollout *r = &run->rollout;
    enum rollout_share share = share_of_row(row);
    bool is_running = is_state(run, "running") && !run->is_expiring && !r->is_braked;

    if (share == ROLLOUT_AWAY && strcmp(row->waiting_for, "online") == 0)
        return true;
    /* While the first ones are out it goes back to the end: else those would stand
     * behind it. */
    return is_running && (rollout_may_take(r, &run->policy, share) ||
                          rollout_is_first(r, &run->policy));
}

/* To judge them needs no slot, and does not wait behind those that do. */
static void take_late(struct engine *e, struct run *run)
{
    size_t count = 0;
    struct task_due late = {run->row.id, e->now.wall_ms};

    int rc = store_task_late(e->reader, late, e->rows, ROWS_MAX, &count);
    if (rc < 0)
        e->err = rc;
    for (size_t i = 0; i < count && !e->err; i++)
        if (!is_in_memory(e, &e->rows[i]))
            take(e, run, &e->rows[i]);
}

static void take_due(struct engine *e, struct run *run)
{
    size_t count = 0;
    struct task_due due = {run->row.id, e->now.wall_ms};

    int rc = store_task_due(e->reader, due, e->rows, ROWS_MAX, &count);
    if (rc < 0)
        e->err = rc;
    for (size_t i = 0; i < count && !e->err; i++)
        if (!is_in_memory(e, &e->rows[i]) && is_taken(run, &e->rows[i]))
            take(e, run, &e->rows[i]);
}

static void take_next(struct engine *e, struct run *run, const char *waiting_for,
                      int64_t *after_id)
{
    struct page page = {.after = *after_id, .limit = ROWS_MAX};
    bool is_wave = strcmp(waiting_for, "wave") == 0;
    enum rollout_share share = is_wave ? ROLLOUT_NONE : ROLLOUT_AWAY;

    if (!rollout_may_take(&run->rollout, &run->policy, share))
        return;
    int rc = store_task_next(e->reader, run->row.id, waiting_for, e->rows, &page);
    if (rc < 0)
        e->err = rc;
    for (size_t i = 0; i < page.count && !e->err; i++) {
        if (!rollout_may_take(&run->rollout, &run->policy, share))
            return; /* goes on behind the last one that was taken */
        *after_id = e->rows[i].id;
        if (!is_in_memory(e, &e->rows[i]))
            take(e, run, &e->rows[i]);
    }
    if (page.next == 0)
        *after_id = 0;
    else
        e->has_pending_turn = true;
}

static void take_turns(struct engine *e, struct run *run)
{
    take_late(e, run);
    take_due(e, run); /* some need no slot, and end a campaign that is stopping */
    if (!is_state(run, "running") || run->is_expiring || run->rollout.is_braked)
        return;
    if (run_may_install(run))
        take_next(e, run, "install", &run->install_after_id);
    take_next(e, run, "wave", &run->next_after_id);
}

/* ---- ends ---- */

enum { IDS_MAX = 256 };

static size_t find_going(const struct engine *e, const struct run *run, int64_t *ids)
{
    size_t cursor = 0, count = 0;

    for (const struct active *a;
         count < IDS_MAX && (a = idmap_next(&e->actives, &cursor));)
        if (a->run == run && !task_is_final(a->task.state) && !a->task.ending &&
            !a->task.stop)
            ids[count++] = a->task.device_id;
    return count;
}

/* A step may drop a task, so they are found first, some at a time. */
void turns_stop_actives(struct engine *e, struct run *run, const char *actor)
{
    int64_t ids[IDS_MAX];
    size_t count;

    do {
        count = find_going(e, run, ids);
        for (size_t i = 0; i < count; i++) {
            struct active *a = active_of(e, ids[i]);
            if (!a)
                continue;
            snprintf(a->actor, sizeof a->actor, "%s", actor);
            active_step(e, a, NULL, false);
        }
    } while (count == IDS_MAX && !e->err);
}

/* Those whose device may hold something of ours are told one by one. */
static void stop_walk(struct engine *e, struct run *run)
{
    struct task_query query = {.campaign_id = run->row.id, .state = "waiting"};
    struct page page = {.after = run->stop_after_id, .limit = ROWS_MAX};

    int rc = store_task_page(e->reader, &query, e->rows, &page);
    if (rc < 0)
        e->err = rc;
    for (size_t i = 0; i < page.count && !e->err; i++) {
        struct active *a =
            is_in_memory(e, &e->rows[i]) ? NULL : active_load(e, run, &e->rows[i]);
        if (a)
            active_step(e, a, NULL, false);
    }
    run->stop_after_id = page.next;
    run->is_stopped_walk = page.next == 0;
    e->has_pending_turn |= page.next != 0;
}

static void stop_more(struct engine *e, struct run *run)
{
    if (run->is_chunk_pending)
        return;
    if (run->move_no < STOP_MOVES)
        put_move(e, run);
    else if (!run->is_stopped_walk)
        stop_walk(e, run);
}

static void begin_expiry(struct engine *e, struct run *run)
{
    if (run->is_expiring || run->row.expires_ms == 0 ||
        e->now.wall_ms < run->row.expires_ms || is_state(run, "scheduled"))
        return;
    run->is_expiring = true;
    run->move_no = 0;
    run->stop_after_id = 0;
    run->is_stopped_walk = false;
    retry_cancel(run, COMMAND_CONFLICT, "campaign-state", "The campaign has expired.");
    event_of_campaign(e, run, "expired", ENGINE_ACTOR);
    turns_stop_actives(e, run, ENGINE_ACTOR);
}

static bool has_open_tasks(struct engine *e, const struct run *run)
{
    struct count_row rows[COUNTS_MAX];
    size_t count = 0;

    int rc = store_count_tasks(e->reader, run->row.id, rows, COUNTS_MAX, &count);
    if (rc < 0)
        e->err = rc;
    for (size_t i = 0; i < count && i < COUNTS_MAX; i++) {
        int state = task_state_from_name(rows[i].word);
        if (rows[i].n > 0 && state >= 0 && !task_is_final((enum task_state)state))
            return true;
    }
    return rc != 0;
}

static void finish(struct engine *e, struct run *run)
{
    const char *state = is_state(run, "aborting") ? "aborted" : "finished";

    run->row.ended_ms = e->now.wall_ms;
    run_set_state(e, run, state, state, ENGINE_ACTOR);
    run_close(e, run);
}

static bool may_be_over(const struct engine *e, const struct run *run)
{
    return run->actives == 0 && !run->is_chunk_pending && run->batch <= e->durable &&
           !run->retry && (run->row.is_cut || run_is_stopping(run)) &&
           (!run_is_stopping(run) || run->is_stopped_walk) &&
           !is_state(run, "scheduled");
}

/* ---- all ---- */

static void turn(struct engine *e, struct run *run)
{
    begin_expiry(e, run);
    if (run->retry)
        retry_more(e, run);
    if (run_is_stopping(run))
        stop_more(e, run);
    else if (!run->row.is_cut && !run->is_refused && !run->is_chunk_pending)
        put_cut(e, run);
    else if (run->wants_promote && !run->is_chunk_pending)
        put_promote(e, run);
    take_turns(e, run);
    run->next_turn_ms = e->now.mono_ms + TURN_EVERY_MS;
    if (!e->err && may_be_over(e, run) && !has_open_tasks(e, run))
        finish(e, run);
}

int64_t turns_take(struct engine *e)
{
    bool is_pending = e->has_pending_turn;
    int64_t next = INT64_MAX;

    e->has_pending_turn = false;
    for (struct run *run = e->runs, *after; run && !e->err; run = after) {
        after = run->next;
        if (is_pending || e->now.mono_ms >= run->next_turn_ms)
            turn(e, run);
    }
    for (struct run *run = e->runs; run; run = run->next)
        next = run->next_turn_ms < next ? run->next_turn_ms : next;
    return e->has_pending_turn ? e->now.mono_ms : next;
}
