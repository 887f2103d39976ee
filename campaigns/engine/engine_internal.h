/* SPDX-License-Identifier: Apache-2.0 */
/* engine_internal.h - what the files of engine/ share: their functions, file by file.
 */
#pragma once

#include "campaigns/engine/engine_types.h"

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
struct plan_ref *plan_get(struct engine *e, const char *plan_id, int group_no);
void plan_put(struct engine *e, struct plan_ref *ref);
/** Make a private plan for a and use it. @return true if there is a way on */
bool plan_again(struct engine *e, struct active *a);

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
void active_retire(struct engine *e, struct active *a, bool has_ended);
/** End a task that cannot or need not be loaded: its device is not touched. */
void task_row_end(struct engine *e, struct run *run, struct task_row *row,
                  enum task_state final, const char *reason);
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

/* runs.c */
/** What a task that is not in memory counts as. */
enum rollout_share share_of_row(const struct task_row *row);
struct run *run_of(const struct engine *e, int64_t campaign_id);
struct run *run_load(struct engine *e, const struct campaign_row *row);
void run_save(struct engine *e, struct run *run);
void run_set_state(struct engine *e, struct run *run, const char *state,
                   const char *actor);
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
void run_close(struct engine *e, struct run *run);

/* turns.c */
/** @return mono_ms at which to call it again at the latest */
int64_t turns_take(struct engine *e);
/** Tell all tasks of run that are in memory to stop. */
void turns_stop_actives(struct engine *e, struct run *run, const char *reason,
                        const char *actor);
void chunk_done(struct engine *e, const struct effect *f, const struct batch *applied);

/* retry.c */
/** Walk over run's failed tasks; a is answered after that. @return false: it was now */
bool retry_begin(struct engine *e, struct run *run, const struct answer *a);
void retry_more(struct engine *e, struct run *run);
/** End the walk, if there is one, with this answer. */
void retry_cancel(struct run *run, enum command_status status, const char *problem,
                  const char *detail);

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
/** The package cannot be had: pause the campaigns under way that need it. */
void package_out(struct engine *e, const char *digest);
/** @return true if a was answered: a package that the campaign needs is not here */
bool package_refuse(struct engine *e, int64_t campaign_id, const struct answer *a);

/* deletes.c */
void bundle_delete(struct engine *e, const struct answer *a);
void bundle_gone(struct engine *e, struct effect *f, const struct batch *applied);
void campaign_delete(struct engine *e, const struct answer *a);
/** Its row will be gone when a batch under way is durable. */
bool campaign_is_leaving(const struct engine *e, int64_t id);

/* profiles.c */
void profiles_load(struct engine *e);
void profiles_close(struct engine *e);
const struct profile *profile_of(const struct engine *e, const struct inventory *id);
