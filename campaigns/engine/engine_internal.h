/* SPDX-License-Identifier: Apache-2.0 */
/* engine_internal.h - what the files of engine/ share: their functions, file by file.
 */
#pragma once

#include "campaigns/engine/engine_types.h"

/* events.c */
struct event_of {
    const char *kind, *name, *actor;
    int64_t campaign_id, device_id;
    const char *endpoint;
    const char *id;   /* the body is {"id": id}; NULL: .body */
    const char *body; /* JSON; NULL: {} */
    size_t needs;     /* 1 + index of the change that it tells of; 0: none */
};
void event_put(struct engine *e, const struct event_of *event);
void event_of_change(struct engine *e, const struct active *a,
                     const struct task_change *c);
void event_of_campaign(struct engine *e, const struct run *run, const char *name,
                       const char *actor);
/** @param index  of the change that makes it */
void event_of_draft(struct engine *e, const struct run *run, size_t index);
/** What actor wrote of it, if the change at index goes well. */
void event_of_edit(struct engine *e, const struct run *run, const char *name,
                   const char *actor, size_t index);

/* plans.c */
struct plan_ref *plan_get(struct engine *e, const char *plan_id, int group_no);
void plan_put(struct engine *e, struct plan_ref *ref);
/** Make a private plan for a and use it. @return true if there is a way on */
bool plan_again(struct engine *e, struct active *a);

/* turns.c */
/** @return mono_ms at which to call it again at the latest */
int64_t turns_take(struct engine *e);
/** All tasks in memory of a run that is stopping learn of it. */
void turns_stop_actives(struct engine *e, struct run *run, const char *actor);
void chunk_done(struct engine *e, const struct effect *f, const struct batch *applied);

/* start.c */
void start_begin(struct engine *e, const struct campaign_row *row,
                 const struct answer *a);
bool start_step(struct engine *e); /* true: there is more to do */
bool start_is_begun(const struct engine *e, int64_t campaign_id);
/** The campaign is aborted: all starts of it that are begun are refused. */
void start_cancel(struct engine *e, int64_t campaign_id);
void start_close(struct engine *e);

/* commands */
void campaign_create(struct engine *e, const struct answer *a);
void campaign_act(struct engine *e, const struct answer *a);

/* campaign_edit.c */
void campaign_edit(struct engine *e, const struct answer *a);
/** Its policy has `approval`, or cannot be read. */
bool campaign_wants_approval(struct engine *e, int64_t campaign_id);
/** It is durable: a campaign that runs takes it up. */
void campaign_edited(struct engine *e, int64_t campaign_id);
void task_act(struct engine *e, const struct answer *a);
int catalogue_command(struct engine *e, const struct answer *a);
/** What is told of the change at .index (SIZE_MAX: refused), if the store takes it. */
struct catalogue_change {
    size_t index;
    const char *kind, *name, *id;
};
void catalogue_event(struct engine *e, const struct answer *a,
                     const struct catalogue_change *c);
void catalogue_answer(struct engine *e, const struct answer *a, size_t index,
                      const char *id);
/** Both. */
void catalogue_done(struct engine *e, const struct answer *a,
                    const struct catalogue_change *c);

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
/** The action or edit that somebody was promised is not in what the reader shows. */
bool campaign_is_changing(const struct engine *e, int64_t id);

/* webhooks.c */
void webhook_put(struct engine *e, const struct answer *a);
void webhook_delete(struct engine *e, const struct answer *a);
void webhook_test(struct engine *e, const struct answer *a);
void webhook_delivered(struct engine *e, const struct answer *a);

/* profiles.c */
void profiles_load(struct engine *e);
void profiles_close(struct engine *e);
const struct profile *profile_of(const struct engine *e, const struct inventory *id);
