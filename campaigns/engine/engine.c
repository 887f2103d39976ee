/* SPDX-License-Identifier: Apache-2.0 */
/* engine.c - opening, batches, the clock, commands. */
#include "campaigns/engine/engine.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "campaigns/engine/engine_internal.h"

enum { TIMERS_AT_ONCE = 500, TASKS_MAX = 100000 };

/* ---- opening ---- */

static void load_runs(struct engine *e)
{
    struct campaign_row rows[8];
    struct page page = {.limit = 8};

    do {
        int rc = store_campaign_active(e->reader, rows, &page);
        if (rc < 0)
            e->err = rc;
        for (size_t i = 0; i < page.count && !e->err; i++)
            (void)run_load(e, &rows[i]);
        page.after = page.next;
    } while (page.next && !e->err);
}

int engine_open(const struct engine_config *config, struct engine_now now,
                struct engine **out)
{
    struct engine *e = calloc(1, sizeof *e);

    if (!e)
        return -ENOMEM;
    e->reader = config->reader;
    e->ops = config->ops;
    e->limits = (struct step_limits){config->exchange_lifetime_ms, 2, 3};
    e->policy = config->policy ? *config->policy : policy_default();
    e->tasks_max = config->tasks_max ? config->tasks_max : TASKS_MAX;
    e->now = now;
    effects_open(e);
    e->rows = calloc(ROWS_MAX, sizeof *e->rows);
    e->err =
        e->rows ? store_campaign_last_id(e->reader, &e->last_campaign_id) : -ENOMEM;
    if (!e->err)
        profiles_load(e);
    if (!e->err)
        load_runs(e);
    if (!e->err)
        actives_load(e);
    int rc = e->err;
    if (rc != 0)
        engine_close(e);
    else
        *out = e;
    return rc;
}

void engine_set_policy(struct engine *e, const struct policy *policy)
{
    e->policy = *policy;
}

void engine_close(struct engine *e)
{
    size_t cursor = 0;

    if (!e)
        return;
    effects_close(e);
    start_close(e);
    for (struct active *a; (a = idmap_next(&e->actives, &cursor));) {
        plan_put(e, a->plan);
        free(a);
    }
    for (struct run *run = e->runs, *next; run; run = next) {
        next = run->next;
        retry_cancel(run, COMMAND_BUSY, "stopping", "The server is stopping.");
        run_free(run);
    }
    profiles_close(e);
    idmap_fini(&e->actives);
    timers_fini(&e->timers);
    free(e->rows);
    free(e);
}

/* ---- batches ---- */

void engine_begin_batch(struct engine *e, struct batch *batch, uint64_t number)
{
    if (e->number == 0)
        e->durable = number - 1;
    e->batch = batch;
    e->number = number;
}

int engine_durable(struct engine *e, struct engine_now now, uint64_t number,
                   const struct batch *applied)
{
    e->now = now;
    if (e->err)
        return e->err;
    effects_release(e, number, applied);
    e->has_pending_turn = true;
    return e->err;
}

/* ---- commands ---- */

int engine_command(struct engine *e, struct engine_now now, struct command *command,
                   uint64_t ticket)
{
    struct answer a = {command, ticket};

    e->now = now;
    if (e->err)
        return e->err;
    /* an error is told by the next input: the command is taken or answered already */
    return catalogue_command(e, &a);
}

/* ---- time ---- */

static void take_timers(struct engine *e)
{
    for (size_t i = 0; i < TIMERS_AT_ONCE && !e->err; i++) {
        struct timer *t = timers_due(&e->timers, e->now.mono_ms);
        if (!t)
            return;
        active_step(
            e, (struct active *)(void *)((char *)t - offsetof(struct active, timer)),
            NULL, false);
    }
}

int engine_tick(struct engine *e, struct engine_now now, int64_t *next_ms)
{
    e->now = now;
    if (e->err)
        return e->err;
    effects_retry_starved(e);
    take_timers(e);
    bool is_starting = start_step(e);
    int64_t turns = turns_take(e), timers = timers_next_ms(&e->timers);
    *next_ms = is_starting ? now.mono_ms : turns < timers ? turns : timers;
    if (e->starved && *next_ms > now.mono_ms + 10)
        *next_ms = now.mono_ms + 10;
    return e->err;
}

void engine_gauges(const struct engine *e, struct engine_gauges *out)
{
    *out = (struct engine_gauges){.tasks = (uint32_t)e->actives.count};
    for (size_t i = ENGINE_STUCK_NOT + 1; i < ENGINE_STUCK_COUNT; i++)
        out->stuck[i] = e->stuck[i];
    for (const struct run *run = e->runs; run; run = run->next) {
        out->campaigns++;
        out->in_flight += run->rollout.in_flight;
        out->away += run->rollout.away;
    }
}
