/* SPDX-License-Identifier: Apache-2.0 */
/* engine_world.h - store in memory, fake devices, virtual time, and kills. */
#pragma once

#include "campaigns/engine/engine.h"
#include "campaigns/plan.h"
#include "store/batch.h"
#include "store/campaigns.h"
#include "store/store.h"
#include "store/tasks.h"
#include "tests/campaigns/engine/fake_device.h"

enum { WORLD_DEVICES_MAX = 64 };

/* Members of policies for tests. */
#define NO_BRAKE                                                                       \
    "\"brake\": {\"first\": 0, \"failures_in_a_row\": 0, \"failure_pct\": 100}"
#define QUICK                                                                          \
    "\"timers\": {\"poll_s\": 1, \"stall_s\": 5, \"updating_s\": 20, "                 \
    "\"condition_s\": 2,"                                                              \
    " \"defer_s\": 3}, \"retry\": {\"transient\": {\"backoff_s\": 1},"                 \
    " \"integrity\": {\"backoff_s\": 1}}"

/** Where a kill falls between journal and effect. */
enum kill_point {
    KILL_BEFORE_APPLY,  /* the batch is lost */
    KILL_AFTER_APPLY,   /* it is durable, its effects are not released */
    KILL_AFTER_RELEASE, /* they are, and their outcomes are lost */
};

struct world {
    struct store *store;
    struct engine *engine;
    struct batch *batch;
    uint64_t number;
    struct engine_now now;
    struct device_ops ops;
    size_t count;
    struct fake_device devices[WORLD_DEVICES_MAX];
    int64_t campaign_id;
    /* the answer to the last command */
    bool has_answer;
    enum command_status status;
    char id[72], detail[512], extra[512];
    /* a kill at the n-th batch from now; 0: none */
    int kill_in;
    enum kill_point kill_point;
    int kills;
    const char *component; /* the only one that is planned for; NULL: all */
    void (*edit_plan)(struct plan *plan); /* before it is stored; may be NULL */
    /* the next change of this kind, 1 + enum change_kind, is refused by the store */
    int refuse_kind;
    int refuse_after; /* that many of them are let pass */
    int refusals;
};

/** Devices 1..count with app 1 and radio 1 on 33629; bundle gw@1 brings both to 2. With
 * is_together both change in one Execute, else radio requires app 2. */
struct world *world_open(size_t count, bool is_together);
void world_close(struct world *w);

/** Upload the two packages and gw@1. */
void world_put_bundle(struct world *w, bool is_together);

/** @param c owned; .done is set here. @return the answer's status; see .id, .detail */
enum command_status world_submit(struct world *w, struct command *c);

/** Plan for all, create with policy, and start it if has_start. */
void world_campaign(struct world *w, const char *policy, bool has_start);

/** Another campaign of the same plan's bundle for all devices. @return its id */
int64_t world_create(struct world *w, const char *policy);

/** @return the answer's status */
enum command_status world_act(struct world *w, enum campaign_action action);
enum command_status world_task(struct world *w, int64_t device_id,
                               enum task_command action);

/** Let time pass until the campaign has ended or is paused, or max_ms is over.
 * @return true if it has ended or is paused */
bool world_run(struct world *w, int64_t max_ms);
void world_pass(struct world *w, int64_t ms);

/** Drop the engine and open it again. */
void world_restart(struct world *w);

/** The device registers (again) and is heard of. */
void world_register(struct world *w, size_t device);

struct campaign_row world_row(struct world *w);
struct task_row world_task_row(struct world *w, int64_t device_id);

/** How many tasks are in state (with this reason; NULL: any). */
int world_tasks(struct world *w, const char *state, const char *reason);

/** Every device at version 2, and no digest executed more often than max. */
bool world_is_updated(const struct world *w, int executes_max);

/** The most Executes that were sent to one component. */
int world_sends_max(const struct world *w);
