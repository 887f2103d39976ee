/* SPDX-License-Identifier: Apache-2.0 */
/* effects.h - what waits for a batch to be durable, and what commands are told.
 * Internal to engine/.
 */
#pragma once

#include "campaigns/command.h"
#include "campaigns/device_ops.h"
#include "store/batch.h"

struct engine;

enum effect_kind {
    EFFECT_ACT,    /* start .action of .device_id */
    EFFECT_DROP,   /* forget the parked task of .device_id if nothing came since */
    EFFECT_ANSWER, /* .command */
    EFFECT_CHUNK,  /* a bulk change of .campaign_id at .index */
    EFFECT_PROFILES,
    EFFECT_BUNDLES,     /* bundles that have .digest may be ready, or no longer */
    EFFECT_BUNDLE_GONE, /* .bundle_id is deleted, or a part of what it has */
    EFFECT_EDITED,      /* .campaign_id has another policy */
    EFFECT_ENDED,       /* nothing: till then the row of .device_id in .campaign_id is
                           an old one */
};

enum chunk_kind { CHUNK_CUT, CHUNK_MOVE, CHUNK_PROMOTE };

/** What waits for a batch to be durable. */
struct effect {
    struct effect *next;
    uint64_t batch;
    enum effect_kind kind;
    enum chunk_kind chunk;
    int64_t device_id, campaign_id, bundle_id;
    size_t index; /* of the change whose result decides; SIZE_MAX: none */
    struct device_action action;
    char digest[65];
    struct command *command; /* owned; may be NULL but for ANSWER */
    uint64_t ticket;
    struct command_result result;
    char *extra; /* owned; result.extra */
};

/** Of one batch, in order. At most this many batches are under way. */
enum { EFFECT_LISTS = 4 };

struct effect_list {
    struct effect *first, **last;
};

/* effects.c */
/** @param batch  e->number, or one before it that is not durable. NULL: e->err */
struct effect *effect_new(struct engine *e, enum effect_kind kind, uint64_t batch);
void effect_start_now(struct engine *e, struct effect *f); /* f: from effect_loose() */
struct effect *effect_loose(struct engine *e, enum effect_kind kind);
void effects_open(struct engine *e);
void effects_release(struct engine *e, uint64_t number, const struct batch *applied);
void effects_retry_starved(struct engine *e);
void effects_close(struct engine *e);
size_t engine_put(struct engine *e, const struct change *c); /* SIZE_MAX: refused */

/* answers.c */
struct answer {
    struct command *command; /* owned from here on */
    uint64_t ticket;
};
void answer_now(const struct answer *a, enum command_status status, const char *problem,
                const char *detail);
/** Answer done with id when the batch is durable and the change at index went well. */
void answer_durable(struct engine *e, const struct answer *a, size_t index,
                    const char *id, char *extra);
/** Put the command's Idempotency-Key, if it has one, into the batch of its effect.
 * @param effect  index of the change without which it is not put; SIZE_MAX: none */
void answer_keep(struct engine *e, const struct answer *a, size_t effect,
                 const char *id);
void answer_effect(struct effect *f, const struct batch *applied);
/** Refuse a, because campaign by uses what is to go. */
void answer_in_use(const struct answer *a, const char *problem,
                   const struct campaign_row *by);
