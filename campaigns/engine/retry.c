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

struct retry {
    struct answer answer;
    int64_t after_id;
    uint32_t retried;
    uint32_t blocked; /* left out: a digest is blocked on the device */
    uint32_t busy;    /* left out: another campaign has the device, or no memory */
};

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

static void tell_left_out(struct engine *e, struct run *run)
{
    if (run->retry->blocked == 0)
        return;
    snprintf(run->row.detail, sizeof run->row.detail,
             "%" PRIu32 " devices were not tried again: a package is blocked on them; "
             "DELETE /v1/devices/{endpoint}/attempts clears that.",
             run->retry->blocked);
    run_save(e, run);
    event_of_campaign(e, run, "retry-left-out", ENGINE_ACTOR);
}

static void finish(struct engine *e, struct run *run)
{
    struct retry *retry = run->retry;
    char id[24], extra[128];

    tell_left_out(e, run);
    snprintf(id, sizeof id, "%" PRId64, run->row.id);
    snprintf(extra, sizeof extra,
             "{\"retry\":{\"retried\":%" PRIu32 ",\"blocked\":%" PRIu32
             ",\"busy\":%" PRIu32 "}}",
             retry->retried, retry->blocked, retry->busy);
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
