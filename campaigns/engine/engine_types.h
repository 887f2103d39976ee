/* SPDX-License-Identifier: Apache-2.0 */
/* engine_types.h - what the files of engine/ share: the structs. Internal.
 *
 * The first failure (store, memory) sticks in engine.err; every input returns it.
 */
#pragma once

#include "campaigns/engine/actives.h"
#include "campaigns/engine/effects.h"
#include "campaigns/engine/engine.h"
#include "campaigns/engine/idmap.h"
#include "campaigns/engine/runs.h"
#include "campaigns/engine/timers.h"

struct grouping;
struct filter;
struct profile_set;

/** A start of a campaign: its devices are counted again, some at a time. */
struct starting {
    struct starting *next;
    int64_t campaign_id;
    struct command *command; /* owned */
    uint64_t ticket;
    struct filter *filter;
    struct grouping *grouping;
};

struct engine {
    struct store *reader;
    const struct device_ops *ops;
    struct step_limits limits;
    struct policy policy; /* of campaigns that do not say otherwise */
    uint32_t tasks_max;
    struct engine_now now;
    int err;

    struct batch *batch;     /* borrowed, the current one */
    uint64_t number;         /* its number */
    uint64_t durable;        /* the last one that is */
    uint64_t bundles_number; /* the last one that changed a bundle or package */
    uint64_t last_ticket;
    int64_t last_campaign_id;

    struct idmap actives; /* device id → struct active */
    struct timers timers;
    struct run *runs;
    struct plan_ref *plans;
    struct starting *startings;
    struct effect_list effects[EFFECT_LISTS]; /* by batch number */
    struct effect *starved; /* actions that device_ops had no credit for */
    struct profile_set *profiles;
    struct task_row *rows; /* room for ROWS_MAX; used within one function only */
    uint32_t stuck[ENGINE_STUCK_COUNT]; /* tasks in memory */
    bool has_pending_turn; /* something changed that may give somebody a turn */
};

enum { ROWS_MAX = 32 };

#define ENGINE_ACTOR "system"
