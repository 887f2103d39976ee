/* SPDX-License-Identifier: Apache-2.0 */
/* actives.h - tasks in memory, their plans and their rows. Internal to engine/. */
#pragma once

#include "campaigns/engine/engine.h"
#include "campaigns/engine/runs.h"
#include "campaigns/engine/timers.h"
#include "campaigns/profile.h"
#include "campaigns/step.h"
#include "store/tasks.h"

/** A group's plan as step() wants it; shared by the tasks of the group. */
struct plan_ref {
    struct plan_ref *next;
    uint32_t users;
    const char *refusal; /* why no device may follow it, a reason; NULL: they may */
    char refusal_detail[TASK_DETAIL_MAX + 1];
    struct task_plan plan;
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

/* tasks.c */
struct active *active_of(const struct engine *e, int64_t device_id);
/** Bring a row into memory. NULL: no room, or e->err. */
struct active *active_load(struct engine *e, struct run *run,
                           const struct task_row *row);
void active_drop(struct engine *e, struct active *a);
/** The store refused what batch had of a: its row stands as it was, its campaign
 * pauses.
 */
void active_refused(struct engine *e, struct active *a, uint64_t batch);
/** Bring every task that is past waiting into memory, if it is not there. */
void actives_load(struct engine *e);
/** step() until it waits, with what follows from it. */
void active_step(struct engine *e, struct active *a, const struct device_outcome *o,
                 bool is_recovery);
bool active_is_saved(const struct active *a);
void active_save(struct engine *e, struct active *a);
void active_count_stuck(struct engine *e, struct active *a, enum engine_stuck stuck);
/** Take over a task that was changed outside of step(). */
void active_adopt(struct engine *e, struct active *a, const struct task *task);
/** End it now, as it is; its device is not touched any more. */
void active_end(struct engine *e, struct active *a, enum task_state final,
                const char *reason);
void active_retire(struct engine *e, struct active *a, bool has_ended);
/** End a task that cannot or need not be loaded: its device is not touched. */
void task_row_end(struct engine *e, struct run *run, struct task_row *row,
                  enum task_state final, const char *reason);
/** It has ended, and the reader does not show it yet. */
bool task_row_is_ending(const struct engine *e, int64_t campaign_id, int64_t device_id);
/** Is a digest that the ended task still needs blocked on its device? */
bool task_row_is_blocked(struct engine *e, const struct task_row *row);
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
