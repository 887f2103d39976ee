/* SPDX-License-Identifier: Apache-2.0 */
/* engine_internal.h - what the files of engine/ share.
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

/** A group's plan as step() wants it; shared by the tasks of the group. */
struct plan_ref {
    struct plan_ref *next;
    uint32_t users;
    struct task_plan plan;
};

/** A campaign that is neither draft nor ended. */
struct run {
    struct run *next;
    struct campaign_row row;
    struct policy policy;
    struct rollout rollout;
    uint32_t actives;         /* tasks in memory */
    int64_t next_after_id;    /* where the walk for turns goes on */
    int64_t install_after_id; /* likewise, over those that were held */
    int64_t next_turn_ms;     /* mono */
    int64_t stop_after_id;    /* abort, expiry: the walk over waiting tasks */
    int64_t promote_after_id;
    bool wants_promote;    /* some of its tasks may not have to wait any longer */
    uint64_t batch;        /* the last one that has a change of it */
    bool is_dirty;         /* row and rollout are to be saved */
    bool is_chunk_pending; /* a cut, move or promote is in a batch */
    bool is_expiring;
    bool is_stopped_walk; /* every waiting task was told to stop */
    uint8_t move_no;      /* which bulk move of stop_moves[] is next */
    /* of an operator's retry: walk over the ended tasks of one state */
    const char *retry_state;
    int64_t retry_after_id;
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
    char actor[STORE_NAME_MAX + 1]; /* who caused the next changes; "" the system */
    struct timer timer;
};

enum effect_kind {
    EFFECT_ACT,    /* start .action of .device_id */
    EFFECT_DROP,   /* forget the parked task of .device_id if nothing came since */
    EFFECT_ANSWER, /* .command */
    EFFECT_CHUNK,  /* a bulk change of .campaign_id at .index */
    EFFECT_PROFILES,
    EFFECT_BUNDLES, /* bundles that have .digest may be ready, or no longer */
};

enum chunk_kind { CHUNK_CUT, CHUNK_MOVE, CHUNK_PROMOTE };

/** What waits for a batch to be durable. */
struct effect {
    struct effect *next;
    uint64_t batch;
    enum effect_kind kind;
    enum chunk_kind chunk;
    int64_t device_id, campaign_id;
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
    bool has_pending_turn; /* something changed that may give somebody a turn */
};

enum { ROWS_MAX = 32 };

#define ENGINE_ACTOR "system"

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
void answer_effect(struct effect *f, const struct batch *applied);

/* events.c */
struct event_of {
    const char *kind, *name, *actor;
    int64_t campaign_id, device_id;
    const char *endpoint;
    const char *body; /* JSON; NULL: {} */
};
void event_put(struct engine *e, const struct event_of *event);
void event_of_change(struct engine *e, const struct active *a,
                     const struct task_change *c);
void event_of_campaign(struct engine *e, const struct run *run, const char *name,
                       const char *actor);

/* plans.c */
struct plan_ref *plan_get(struct engine *e, const char *plan_id, int group_no,
                          const char *components);
void plan_put(struct engine *e, struct plan_ref *ref);
/** Make a private plan for a and use it. @return true if there is a way on */
bool plan_again(struct engine *e, struct active *a);

/* tasks.c */
struct active *active_of(const struct engine *e, int64_t device_id);
/** Bring a row into memory. NULL: no room, or e->err. */
struct active *active_load(struct engine *e, struct run *run,
                           const struct task_row *row);
void active_drop(struct engine *e, struct active *a);
/** step() until it waits, with what follows from it. */
void active_step(struct engine *e, struct active *a, const struct device_outcome *o,
                 bool is_recovery);
bool active_is_saved(const struct active *a);
void active_save(struct engine *e, struct active *a);
/** Take over a task that was changed outside of step(). */
void active_adopt(struct engine *e, struct active *a, const struct task *task);
void active_retire(struct engine *e, struct active *a, bool has_ended);
/** End a task that cannot or need not be loaded: its device is not touched. */
void task_row_end(struct engine *e, struct run *run, struct task_row *row,
                  enum task_state final, const char *reason);
/** The active task of a device that is not in memory. NULL: none, or e->err */
struct active *active_fetch(struct engine *e, int64_t device_id);

/* rows.c */
struct task_rows {
    const struct task_row *row;
    const struct task_component_row *components;
    size_t count;
};
void row_to_task(const struct task_rows *rows, const struct plan_ref *plan,
                 int64_t wall_offset_ms, struct task *out);
bool part_is_same(const struct task_part *a, const struct task_part *b);
void task_to_row(const struct active *a, int64_t wall_offset_ms, struct task_row *out);
/** Rows of those components that differ. @return how many */
size_t task_to_components(const struct active *a, int64_t wall_ms,
                          struct task_component_row *out);

/* runs.c */
struct run *run_of(const struct engine *e, int64_t campaign_id);
struct run *run_load(struct engine *e, const struct campaign_row *row);
void run_save(struct engine *e, struct run *run);
void run_set_state(struct engine *e, struct run *run, const char *state,
                   const char *actor);
void run_ended(struct engine *e, struct run *run, const struct active *a);
bool run_may_deliver(const struct run *run, const struct active *a);
bool run_may_install(const struct run *run);
void run_close(struct engine *e, struct run *run);

/* turns.c */
/** @return mono_ms at which to call it again at the latest */
int64_t turns_take(struct engine *e);
/** Tell all tasks of run that are in memory to stop. */
void turns_stop_actives(struct engine *e, struct run *run, const char *reason,
                        const char *actor);
void chunk_done(struct engine *e, const struct effect *f, const struct batch *applied);

/* start.c */
void start_begin(struct engine *e, const struct campaign_row *row,
                 const struct answer *a);
bool start_step(struct engine *e); /* true: there is more to do */
void start_close(struct engine *e);

/* commands */
void campaign_create(struct engine *e, const struct answer *a);
void campaign_act(struct engine *e, const struct answer *a);
void task_act(struct engine *e, const struct answer *a);
int catalogue_command(struct engine *e, const struct answer *a);
void catalogue_event(struct engine *e, const char *kind, const char *name,
                     const struct answer *a, const char *id);
void catalogue_answer(struct engine *e, const struct answer *a, size_t index,
                      const char *id);

/* bundles.c */
struct bundle_row;
int bundle_find(struct engine *e, const char *ref, struct bundle_row *out);
void bundle_create(struct engine *e, const struct answer *a);
void bundle_withdraw(struct engine *e, const struct answer *a);
void package_state(struct engine *e, const struct answer *a);
void bundles_check(struct engine *e, struct effect *f, const struct batch *applied);

/* profiles.c */
void profiles_load(struct engine *e);
void profiles_close(struct engine *e);
const struct profile *profile_of(const struct engine *e, const struct inventory *id);
