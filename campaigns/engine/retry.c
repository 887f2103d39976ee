/* SPDX-License-Identifier: Apache-2.0 */
/* retry.c - an operator's retry of a campaign: a walk over its failed tasks, by pages.
 *
 * The command is answered when the walk is over, with what it did. A kill in the middle
 * leaves the rest failed and the operator without an answer: a new retry goes on.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "store/progress.h"

struct retry {
    struct answer answer;
    int64_t after_id;
    uint32_t retried;
    uint32_t blocked; /* left out: a digest is blocked on the device */
    uint32_t gone; /* left out: the device was deleted, its task stays for the counts */
    uint32_t busy; /* left out: another campaign has the device, or no memory */
    int64_t needs_attention; /* left out: only one by one, when somebody has looked */
};

enum { COUNTS_MAX = 64 };

bool retry_begin(struct engine *e, struct run *run, const struct answer *a)
{
    struct retry *retry = calloc(1, sizeof *retry);

    if (!retry) {
        answer_now(a, COMMAND_BUSY, "busy", "The server has no memory for this now.");
        return false;
    }
    retry->answer = *a;
    run->retry = retry;
    e->has_pending_turn = true;
    return true;
}

void retry_cancel(struct run *run, enum command_status status, const char *problem,
                  const char *detail)
{
    if (!run->retry)
        return;
    answer_now(&run->retry->answer, status, problem, detail);
    free(run->retry);
    run->retry = NULL;
}

/* @return whose count it adds to */
static uint32_t *retry_row(struct engine *e, struct run *run,
                           const struct task_row *row)
{
    struct task_row other;

    if (row->endpoint[0] == '\0')
        return &run->retry->gone;
    int rc = store_task_active(e->reader, row->device_id, &other);
    if (rc < 0)
        e->err = rc;
    if (rc != STORE_E_NOT_FOUND || active_of(e, row->device_id))
        return &run->retry->busy;
    if (task_row_is_blocked(e, row))
        return &run->retry->blocked;
    struct active *a = active_load(e, run, row);
    if (!a)
        return &run->retry->busy;
    struct task t = a->task;
    step_retry(&t, &a->plan->plan, e->now.mono_ms);
    active_adopt(e, a, &t);
    active_retire(e, a, false);
    return &run->retry->retried;
}

static void count_unclear(struct engine *e, struct run *run)
{
    struct count_row rows[COUNTS_MAX];
    size_t count = 0;

    int rc = store_count_tasks(e->reader, run->row.id, rows, COUNTS_MAX, &count);
    if (rc < 0)
        e->err = rc;
    for (size_t i = 0; i < count && i < COUNTS_MAX; i++)
        if (strcmp(rows[i].word, "needs-attention") == 0)
            run->retry->needs_attention += rows[i].n;
}

/* Why the campaign is in its state stays in its row. */
static void tell_left_out(struct engine *e, const struct run *run)
{
    const struct retry *retry = run->retry;
    struct run shown = {.row = run->row};

    if (retry->blocked == 0 && retry->busy == 0 && retry->gone == 0 &&
        retry->needs_attention == 0)
        return;
    shown.row.reason[0] = '\0';
    snprintf(shown.row.detail, sizeof shown.row.detail,
             "Not tried again: blocked %" PRIu32 " (DELETE "
             "/v1/devices/{endpoint}/attempts clears that), busy in another campaign "
             "%" PRIu32 ", deleted %" PRIu32 ", needs-attention %" PRId64
             " (look, then retry each task).",
             retry->blocked, retry->busy, retry->gone, retry->needs_attention);
    event_of_campaign(e, &shown, "retry-left-out", ENGINE_ACTOR);
}

static void finish(struct engine *e, struct run *run)
{
    struct retry *retry = run->retry;
    char id[24], extra[128];

    count_unclear(e, run);
    tell_left_out(e, run);
    snprintf(id, sizeof id, "%" PRId64, run->row.id);
    snprintf(extra, sizeof extra,
             "{\"retry\":{\"retried\":%" PRIu32 ",\"blocked\":%" PRIu32
             ",\"busy\":%" PRIu32 ",\"deleted\":%" PRIu32
             ",\"needs_attention\":%" PRId64 "}}",
             retry->retried, retry->blocked, retry->busy, retry->gone,
             retry->needs_attention);
    answer_durable(e, &retry->answer, SIZE_MAX, id, strdup(extra));
    free(retry);
    run->retry = NULL;
}

void retry_more(struct engine *e, struct run *run)
{
    struct task_query query = {.campaign_id = run->row.id, .state = "failed"};
    struct page page = {.after = run->retry->after_id, .limit = ROWS_MAX};

    int rc = store_task_page(e->reader, &query, e->rows, &page);
    if (rc < 0)
        e->err = rc;
    for (size_t i = 0; i < page.count && !e->err; i++)
        ++*retry_row(e, run, &e->rows[i]);
    run->retry->after_id = page.next;
    if (page.next == 0 && !e->err)
        finish(e, run);
    e->has_pending_turn = true;
}
