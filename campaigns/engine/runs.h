/* SPDX-License-Identifier: Apache-2.0 */
/* runs.h - campaigns that run, in memory. Internal to engine/. */
#pragma once

#include "campaigns/command.h"
#include "campaigns/policy.h"
#include "campaigns/rollout.h"
#include "campaigns/step.h"
#include "store/campaigns.h"
#include "store/tasks.h"

struct active;
struct answer;
struct engine;
struct planning_ground;
struct retry;

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
    /* the last that failed since we started, or since the brake was released, as
     * "endpoint (reason)"; a ring */
    char failed[RUN_FAILED_NAMES][RUN_FAILED_BYTES];
    uint32_t failed_count;
    bool is_stopped_walk;           /* every waiting task was told to stop */
    uint8_t move_no;                /* which bulk move of stop_moves[] is next */
    struct retry *retry;            /* owned; an operator's, under way */
    struct planning_ground *ground; /* owned; of the last planning anew, or NULL */
    uint64_t ground_number;         /* what was durable then */
};

/* runs.c */
/** What a task that is not in memory counts as. */
enum rollout_share share_of_row(const struct task_row *row);
struct run *run_of(const struct engine *e, int64_t campaign_id);
struct run *run_load(struct engine *e, const struct campaign_row *row);
/** As it is durable. */
void run_load_policy(struct engine *e, struct run *run);
void run_save(struct engine *e, struct run *run);
/** @param event what was done, of store/event_kinds.c: several lead to "running" */
void run_set_state(struct engine *e, struct run *run, const char *state,
                   const char *event, const char *actor);
struct run_end {
    int64_t device_id;
    const char *endpoint, *reason;
    enum task_state final;
};
/** Count it, brake if need be, and keep that in the batch of the task's own row. */
void run_ended(struct engine *e, struct run *run, const struct run_end *end);
/** The store refused a change of what: pause, and say so. */
void run_refused(struct engine *e, struct run *run, const char *what);
bool run_may_deliver(const struct run *run, const struct active *a);
bool run_may_install(const struct run *run);
/** It is aborted or has expired: every task of it is to end. */
bool run_is_stopping(const struct run *run);
/** @return the reason of a task that ends with it; static */
const char *run_stop_reason(const struct run *run);
void run_close(struct engine *e, struct run *run);
/** Memory only. */
void run_free(struct run *run);

/* retry.c */
/** Walk over run's failed tasks; a is answered after that. @return false: it was now */
bool retry_begin(struct engine *e, struct run *run, const struct answer *a);
void retry_more(struct engine *e, struct run *run);
/** End the walk, if there is one, with this answer. */
void retry_cancel(struct run *run, enum command_status status, const char *problem,
                  const char *detail);
