/* SPDX-License-Identifier: Apache-2.0 */
/* effects.c - what waits for a batch to be durable, and goes when it is. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"

static bool is_of_bundles(enum change_kind kind)
{
    return kind == CHANGE_BUNDLE_PUT || kind == CHANGE_BUNDLE_STATE ||
           kind == CHANGE_BUNDLE_DELETE || kind == CHANGE_PACKAGE_PUT;
}

size_t engine_put(struct engine *e, const struct change *c)
{
    size_t index = SIZE_MAX;

    if (e->err)
        return SIZE_MAX;
    int rc = batch_put(e->batch, c, &index);
    if (rc == -EMSGSIZE) /* a text of a client's that nobody may store */
        return SIZE_MAX;
    if (rc != 0)
        e->err = rc;
    if (is_of_bundles(c->kind))
        e->bundles_number = e->number;
    return rc == 0 ? index : SIZE_MAX;
}

struct effect *effect_loose(struct engine *e, enum effect_kind kind)
{
    struct effect *f = calloc(1, sizeof *f);

    if (!f) {
        e->err = -ENOMEM;
        return NULL;
    }
    f->kind = kind;
    f->index = SIZE_MAX;
    return f;
}

struct effect *effect_new(struct engine *e, enum effect_kind kind, uint64_t batch)
{
    struct effect *f = effect_loose(e, kind);

    if (!f)
        return NULL;
    assert(batch > e->durable && batch + EFFECT_LISTS > e->number);
    struct effect_list *list = &e->effects[batch % EFFECT_LISTS];
    f->batch = batch;
    *list->last = f;
    list->last = &f->next;
    return f;
}

void effects_open(struct engine *e)
{
    for (size_t i = 0; i < EFFECT_LISTS; i++)
        e->effects[i].last = &e->effects[i].first;
}

static void effect_free(struct effect *f)
{
    command_free(f->command);
    free(f->extra);
    free(f);
}

/* @return false when there was no credit for it */
static bool start_action(struct engine *e, struct effect *f)
{
    struct active *a = active_of(e, f->device_id);

    /* The task may have gone another way since. */
    if (!a || !a->is_unreleased || a->task.action != 1 + (int)f->action.kind)
        return true;
    f->action.ticket = ++e->last_ticket;
    if (e->ops->start(e->ops->self, &f->action) != 0)
        return false;
    a->is_unreleased = false;
    a->ticket = f->action.ticket;
    return true;
}

/* A row that did not even fit into the batch is refused as well. */
static bool was_refused(const struct effect *f, const struct batch *applied)
{
    return f->index == SIZE_MAX || batch_result(applied, f->index)->rc != 0;
}

/* @return true if f is used up */
static bool release_one(struct engine *e, struct effect *f, const struct batch *applied)
{
    struct active *a;

    switch (f->kind) {
    case EFFECT_ACT:
        if (!was_refused(f, applied))
            return start_action(e, f);
        a = active_of(e, f->device_id);
        if (a) /* not journalled, so not done */
            active_refused(e, a, f->batch);
        return true;
    case EFFECT_DROP:
        a = active_of(e, f->device_id);
        if (!a || !a->is_parked || a->batch > f->batch)
            return true;
        if (was_refused(f, applied))
            active_refused(e, a, f->batch);
        else
            active_drop(e, a);
        return true;
    case EFFECT_ANSWER:
        answer_effect(f, applied);
        return true;
    case EFFECT_CHUNK:
        chunk_done(e, f, applied);
        return true;
    case EFFECT_PROFILES:
        profiles_load(e);
        return true;
    case EFFECT_BUNDLES:
        bundles_check(e, f, applied);
        return true;
    case EFFECT_BUNDLE_GONE:
        bundle_gone(e, f, applied);
        return true;
    case EFFECT_EDITED:
        campaign_edited(e, f->campaign_id);
        return true;
    case EFFECT_ENDED:
        return true;
    }
    return true;
}

static void starve(struct engine *e, struct effect *f)
{
    struct effect **at = &e->starved;

    while (*at)
        at = &(*at)->next;
    f->next = NULL;
    *at = f;
}

void effect_start_now(struct engine *e, struct effect *f)
{
    if (start_action(e, f))
        effect_free(f);
    else
        starve(e, f);
}

void effects_release(struct engine *e, uint64_t number, const struct batch *applied)
{
    struct effect_list *list = &e->effects[number % EFFECT_LISTS];
    struct effect *f = list->first;

    e->durable = number;
    *list = (struct effect_list){.last = &list->first};
    for (struct effect *next; f; f = next) {
        next = f->next;
        if (release_one(e, f, applied))
            effect_free(f);
        else
            starve(e, f);
    }
}

void effects_retry_starved(struct engine *e)
{
    while (e->starved) {
        struct effect *f = e->starved;
        if (!start_action(e, f))
            return;
        e->starved = f->next;
        effect_free(f);
    }
}

static void drop_list(struct effect *f)
{
    for (struct effect *next; f; f = next) {
        next = f->next;
        if (f->command) {
            struct answer a = {f->command, f->ticket};
            f->command = NULL;
            answer_now(&a, COMMAND_BUSY, "stopping", "The server is stopping.");
        }
        effect_free(f);
    }
}

void effects_close(struct engine *e)
{
    for (size_t i = 0; i < EFFECT_LISTS; i++)
        drop_list(e->effects[i].first);
    drop_list(e->starved);
}
