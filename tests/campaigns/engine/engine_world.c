/* SPDX-License-Identifier: Apache-2.0 */
/* engine_world.c - see engine_world.h. */
#include "engine_world.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

static void open_engine(struct world *w)
{
    struct engine_config config = {
        .reader = w->store, .ops = &w->ops, .exchange_lifetime_ms = 5000};

    cr_assert(zero(int, engine_open(&config, w->now, &w->engine)));
    engine_begin_batch(w->engine, w->batch, ++w->number);
}

void world_restart(struct world *w)
{
    engine_close(w->engine);
    w->engine = NULL;
    batch_clear(w->batch);
    /* what was on its way to a device arrives, nobody hears the answer */
    for (size_t i = 0; i < w->count; i++) {
        struct fake_device *d = &w->devices[i];
        if (d->has_action && d->action.kind == DEVICE_EXECUTE) {
            d->late = d->action;
            d->late_ms = w->now.mono_ms + FAKE_LATE_MS;
        } else if (d->has_action && !d->reboot_ms) {
            fake_answer(w, d);
        }
        d->has_action = false;
    }
    open_engine(w);
}

static bool is_kill(struct world *w, enum kill_point point)
{
    if (w->kill_in != 1 || w->kill_point != point)
        return false;
    w->kill_in = 0;
    w->kills++;
    world_restart(w);
    return true;
}

/* A row that is not there: refused by the store for itself alone. */
static void refuse_one(struct world *w)
{
    for (size_t i = 0; w->refuse_kind && i < batch_count(w->batch); i++) {
        struct change *c = (struct change *)batch_change(w->batch, i);
        if ((int)c->kind != w->refuse_kind - 1 || w->refuse_after-- > 0)
            continue;
        w->refuse_kind = 0;
        w->refusals++;
        if (c->kind == CHANGE_TASK_PUT)
            ((struct task_row *)c->task.row)->id = INT64_MAX;
        else if (c->kind == CHANGE_TASKS_CUT)
            c->tasks_cut.campaign_id = INT64_MAX;
    }
}

static void flush(struct world *w)
{
    if (batch_count(w->batch) == 0)
        return;
    if (is_kill(w, KILL_BEFORE_APPLY))
        return;
    refuse_one(w);
    cr_assert(zero(int, store_apply(w->store, w->batch)), "%s", store_error(w->store));
    for (size_t i = 0; i < batch_count(w->batch); i++)
        cr_assert(ge(int, batch_result(w->batch, i)->rc, 0), "change %d: %s",
                  (int)batch_change(w->batch, i)->kind, store_error(w->store));
    if (is_kill(w, KILL_AFTER_APPLY))
        return;
    /* the next batch is open while this one is released */
    struct batch *done = w->batch;
    uint64_t number = w->number;
    cr_assert(zero(int, batch_open(&w->batch)));
    engine_begin_batch(w->engine, w->batch, ++w->number);
    cr_assert(zero(int, engine_durable(w->engine, w->now, number, done)));
    batch_close(done);
    if (is_kill(w, KILL_AFTER_RELEASE))
        return;
    if (w->kill_in > 1)
        w->kill_in--;
}

void world_pass(struct world *w, int64_t ms)
{
    for (int64_t end = w->now.mono_ms + ms; w->now.mono_ms < end;) {
        int64_t next;
        w->now.mono_ms += 10;
        w->now.wall_ms += 10;
        cr_assert(zero(int, engine_tick(w->engine, w->now, &next)));
        for (size_t i = 0; i < w->count; i++)
            fake_live(w, &w->devices[i]);
        flush(w);
    }
}

struct campaign_row world_row(struct world *w)
{
    struct campaign_row row;

    cr_assert(zero(int, store_campaign_get(w->store, w->campaign_id, &row)));
    return row;
}

bool world_run(struct world *w, int64_t max_ms)
{
    for (int64_t end = w->now.mono_ms + max_ms; w->now.mono_ms < end;) {
        world_pass(w, 100);
        struct campaign_row row = world_row(w);
        if (strcmp(row.state, "finished") == 0 || strcmp(row.state, "aborted") == 0 ||
            strcmp(row.state, "paused") == 0)
            return true;
    }
    return false;
}

/* ---- opening ---- */

struct world *world_open(size_t count, bool is_together)
{
    struct world *w = calloc(1, sizeof *w);

    w->now = (struct engine_now){1000000, 1790000000000};
    w->ops = (struct device_ops){fake_start, fake_cancel, w};
    w->count = count;
    cr_assert(zero(int, store_open(":memory:", STORE_WRITER, NULL, &w->store)));
    cr_assert(zero(int, batch_open(&w->batch)));
    for (size_t i = 0; i < count; i++)
        fake_make(w, i);
    open_engine(w);
    world_put_bundle(w, is_together);
    return w;
}

void world_close(struct world *w)
{
    engine_close(w->engine);
    batch_close(w->batch);
    store_close(w->store);
    free(w);
}

/* ---- looking ---- */

struct task_row world_task_row(struct world *w, int64_t device_id)
{
    struct task_row row;

    cr_assert(
        zero(int, store_task_of_device(w->store, w->campaign_id, device_id, &row)));
    return row;
}

int world_tasks(struct world *w, const char *state, const char *reason)
{
    int n = 0;

    for (size_t i = 0; i < w->count; i++) {
        struct task_row row = world_task_row(w, w->devices[i].id);
        n += strcmp(row.state, state) == 0 &&
             (!reason || strcmp(row.reason, reason) == 0);
    }
    return n;
}

bool world_is_updated(const struct world *w, int executes_max)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct fake_device *d = &w->devices[i];
        for (int n = 0; n < FAKE_COMPONENTS; n++)
            if (strcmp(d->inventory.components[n].version, "2") != 0)
                return false;
        if (d->executes_of_digest_max > executes_max)
            return false;
    }
    return true;
}

int world_sends_max(const struct world *w)
{
    int most = 0;

    for (size_t i = 0; i < w->count; i++)
        for (int n = 0; n < FAKE_COMPONENTS; n++)
            most = w->devices[i].sends[n] > most ? w->devices[i].sends[n] : most;
    return most;
}
