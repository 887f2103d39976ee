/* SPDX-License-Identifier: Apache-2.0 */
/* engine_types.h - what the files of engine/ share: the structs. Internal.
 *
 * The first failure (store, memory) sticks in engine.err; every input returns it.
 */
#pragma once

#include "campaigns/engine/engine.h"
#include "campaigns/engine/idmap.h"
#include "campaigns/engine/timers.h"
#include "campaigns/policy.h"
#include "campaigns/profile.h"
#include "campaigns/rollout.h"
#include "campaigns/step.h"
#include "store/batch.h"
#include "store/campaigns.h"
#include "store/tasks.h"

struct grouping;
struct filter;
struct retry;

/** A group's plan as step() wants it; shared by the tasks of the group. */
struct plan_ref {
    struct plan_ref *next;
    uint32_t users;
    const char *refusal; /* why no device may follow it, a reason; NULL: they may */
    char refusal_detail[TASK_DETAIL_MAX + 1];
    struct task_plan plan;
};

enum { RUN_FAILED_NAMES = 3, RUN_FAILED_BYTES = 48 };

/** A campaign that is neither draft nor ended. */
struct run {
    struct run *next;
    struct campaign_row row;
    struct policy policy;
    struct rollout rollout;
    uint32_t actives;                        /* tasks in memory */
    int64_t next_after_id;                   /* where the walk for turns goes on */
    int64_t install_after_id;                /* likewise, over those that were held */
    int64_t next_turn_ms;                    /* mono */
    int64_t stop_after_id, promote_after_id; /* walks over waiting tasks */
    bool wants_promote;    /* some of its tasks may not have to wait any longer */
    uint64_t batch;        /* the last one that has a change of it */
    bool is_refused;       /* the store refused a cut: not again until resumed */
    bool is_chunk_pending; /* a cut, move or promote is in a batch */
    bool is_expiring;
    /* the last that failed since we started, as "endpoint (reason)"; a ring */
    char failed[RUN_FAILED_NAMES][RUN_FAILED_BYTES];
    uint32_t failed_count;
    bool is_stopped_walk; /* every waiting task was told to stop */
    uint8_t move_no;      /* which bulk move of stop_moves[] is next */
    struct retry *retry;  /* owned; an operator's, under way */
};

/** A task in memory: past waiting, or its last change is not durable yet. */
struct active {
    struct run *run;
    struct plan_ref *plan;
    struct task task;
    struct task saved; /* as last put into a batch */
    struct task_row row;
    struct step_view view;
    struct inventory inventory; /* view.inventory points here once read */
    struct device_value values[DEVICE_PATHS_MAX];
    const struct profile *profile;
    uint64_t ticket;     /* of the running action; 0: none, or not released yet */
    uint64_t batch;      /* the last one that has a change of it */
    size_t change;       /* index of that change */
    bool is_unreleased;  /* task.action waits for its batch */
    int64_t saved_at_ms; /* mono */
    uint32_t epoch;
    bool is_parked;     /* to be dropped once durable */
    bool is_recovering; /* task.action was intended before a restart */
    bool is_touched;    /* something was observed while it is being read */
    bool is_cancel_sent;
    uint8_t stuck;                  /* enum engine_stuck, as counted in engine.stuck */
    int64_t deadline_ms;            /* of the last step */
    char actor[STORE_NAME_MAX + 1]; /* who caused the next changes; "" the system */
    struct timer timer;
};

enum effect_kind {
    EFFECT_ACT,    /* start .action of .device_id */
    EFFECT_DROP,   /* forget the parked task of .device_id if nothing came since */
    EFFECT_ANSWER, /* .command */
    EFFECT_CHUNK,  /* a bulk change of .campaign_id at .index */
    EFFECT_PROFILES,
    EFFECT_BUNDLES,     /* bundles that have .digest may be ready, or no longer */
    EFFECT_BUNDLE_GONE, /* .bundle_id is deleted, or a part of what it has */
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

    struct batch *batch; /* borrowed, the current one */
    uint64_t number;     /* its number */
    uint64_t durable;    /* the last one that is */
    uint64_t last_ticket;
    int64_t last_campaign_id;

    struct idmap actives; /* device id → struct active */
    struct timers timers;
    struct run *runs;
    struct plan_ref *plans;
    struct starting *startings;
    struct effect_list effects[EFFECT_LISTS]; /* by batch number */
    struct effect *starved; /* actions that device_ops had no credit for */
    struct profile **profiles;
    size_t profile_count;
    struct task_row *rows; /* room for ROWS_MAX; used within one function only */
    uint32_t stuck[ENGINE_STUCK_COUNT]; /* tasks in memory */
    bool has_pending_turn; /* something changed that may give somebody a turn */
};

enum { ROWS_MAX = 32 };

#define ENGINE_ACTOR "system"
