/* SPDX-License-Identifier: Apache-2.0 */
/* steps.c - asks step() and does what it says, once that is durable. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"

enum { ROUNDS_MAX = 8 };

static enum engine_stuck stuck_of(const struct engine *e, const struct active *a)
{
    bool is_past_waiting =
        a->task.state != TASK_WAITING && !task_is_final(a->task.state);

    if (!is_past_waiting || a->deadline_ms == 0 || e->now.mono_ms < a->deadline_ms)
        return ENGINE_STUCK_NOT;
    return a->task.is_away ? ENGINE_STUCK_NOT_RETURNED : ENGINE_STUCK_NO_PROGRESS;
}

void active_count_stuck(struct engine *e, struct active *a, enum engine_stuck stuck)
{
    if (a->stuck == stuck)
        return;
    if (a->stuck != ENGINE_STUCK_NOT)
        e->stuck[a->stuck]--;
    if (stuck != ENGINE_STUCK_NOT)
        e->stuck[stuck]++;
    a->stuck = (uint8_t)stuck;
}

void active_adopt(struct engine *e, struct active *a, const struct task *task)
{
    enum rollout_share before = rollout_share_of(&a->task);
    enum task_state was = (enum task_state)a->task.state;

    a->task = *task;
    rollout_moved(&a->run->rollout, before, rollout_share_of(&a->task));
    if (task_is_final(was) && !task_is_final(a->task.state)) {
        rollout_reopened(&a->run->rollout, was);
        run_save(e, a->run);
    }
    active_count_stuck(e, a, stuck_of(e, a));
    if (!active_is_saved(a))
        active_save(e, a);
}

/* At the deadline it is asked as well, so that whoever is late is counted. */
static void wake_at(struct engine *e, struct active *a, int64_t wake_ms)
{
    if (a->deadline_ms > e->now.mono_ms && (wake_ms <= 0 || a->deadline_ms < wake_ms))
        wake_ms = a->deadline_ms;
    if (wake_ms <= 0) {
        timers_cancel(&e->timers, &a->timer);
        return;
    }
    int rc = timers_set(&e->timers, &a->timer, wake_ms);
    if (rc != 0)
        e->err = rc;
}

/* Reading needs no journal: of a task that is durable it goes at once. */
static void begin(struct engine *e, struct active *a,
                  const struct device_action *action)
{
    bool is_durable = a->batch <= e->durable;
    struct effect *f =
        is_durable ? effect_loose(e, EFFECT_ACT) : effect_new(e, EFFECT_ACT, a->batch);

    wake_at(e, a, 0);
    a->is_unreleased = true;
    a->is_cancel_sent = false;
    a->is_touched = false;
    if (!f)
        return;
    f->device_id = a->task.device_id;
    f->action = *action;
    if (is_durable) {
        effect_start_now(e, f);
        return;
    }
    f->index = a->change;
}

static void release_observations(struct engine *e, const struct active *a)
{
    struct device_action action = {
        .ticket = ++e->last_ticket,
        .device_id = a->task.device_id,
        .campaign_id = a->task.campaign_id,
        .kind = DEVICE_RELEASE,
    };

    if (a->view.is_observed)
        (void)e->ops->start(e->ops->self, &action); /* else they end with the device */
}

/* It waits for something rare, or has ended: out of memory once that is durable. */
void active_retire(struct engine *e, struct active *a, bool has_ended)
{
    timers_cancel(&e->timers, &a->timer);
    a->is_parked = true;
    if (a->task.waiting_for == WAITING_FOR_WAVE && a->row.id <= a->run->next_after_id)
        a->run->next_after_id = a->row.id - 1; /* before those that have not begun */
    if (has_ended)
        run_ended(e, a->run,
                  &(struct run_end){a->task.device_id, a->row.endpoint, a->task.reason,
                                    a->task.state});
    if (a->task.waiting_for != WAITING_FOR_USER) {
        release_observations(e, a);
        a->view.is_observed = false;
    }
    a->actor[0] = '\0';
    if (a->batch <= e->durable) {
        active_drop(e, a);
        return;
    }
    struct effect *f = effect_new(e, EFFECT_DROP, a->batch);
    if (!f)
        return;
    f->device_id = a->task.device_id;
    f->index = a->change;
}

static void cancel_action(struct engine *e, struct active *a)
{
    if (a->ticket && !a->is_cancel_sent)
        e->ops->cancel(e->ops->self, a->task.device_id, a->ticket);
    a->is_cancel_sent = true;
}

static struct step_input input_of(const struct engine *e, const struct active *a)
{
    return (struct step_input){
        .plan = &a->plan->plan,
        .task = &a->task,
        .policy = &a->run->policy,
        .profile = a->profile,
        .view = &a->view,
        .limits = &e->limits,
        .may_deliver = run_may_deliver(a->run, a),
        .lacks_package = strcmp(a->run->row.reason, "package-missing") == 0,
        .may_install = run_may_install(a->run),
        .now_ms = e->now.mono_ms,
    };
}

void active_end(struct engine *e, struct active *a, enum task_state final,
                const char *reason)
{
    struct task t = a->task;

    step_abandon(&t, &a->plan->plan, final, reason, e->now.mono_ms);
    active_adopt(e, a, &t);
    cancel_action(e, a);
    a->is_unreleased = false; /* what has not begun does not */
    active_retire(e, a, true);
}

/* The campaign's time is over: nobody waits for this device any more. */
static void expire(struct engine *e, struct active *a)
{
    struct task t = a->task;

    step_abandon(&t, &a->plan->plan, TASK_CANCELED, "not-seen", e->now.mono_ms);
    active_adopt(e, a, &t);
}

/* @return true if step() is to be asked again */
static bool follow(struct engine *e, struct active *a, const struct step_result *r)
{
    switch (r->next) {
    case STEP_ACT:
        begin(e, a, &r->action);
        return false;
    case STEP_WAIT:
        if (r->cancel_action && a->is_unreleased)
            return a->is_unreleased = false, true; /* it has not begun */
        if (r->cancel_action)
            cancel_action(e, a);
        wake_at(e, a, r->wake_ms);
        return false;
    case STEP_REPLAN:
        return plan_again(e, a);
    case STEP_PARKED:
        if (a->run->is_expiring)
            return expire(e, a), true;
        active_retire(e, a, false);
        return false;
    case STEP_ENDED:
        active_retire(e, a, true);
        return false;
    }
    return false;
}

/* Its plan is not whole: whatever is missing may be a safety check. */
static void stop_without_plan(struct engine *e, struct active *a)
{
    struct task t = a->task;

    if (!a->plan->refusal || t.ending || t.stop || task_is_final(t.state))
        return;
    step_stop(&t, t.is_started ? TASK_FAILED : TASK_EXCLUDED, a->plan->refusal);
    snprintf(t.detail, sizeof t.detail, "%s", a->plan->refusal_detail);
    active_adopt(e, a, &t);
}

/* Whichever way it came into memory, and whenever. */
static void stop_with_campaign(struct engine *e, struct active *a)
{
    struct task t = a->task;

    if (!run_is_stopping(a->run) || t.ending || t.stop)
        return;
    step_stop(&t, TASK_CANCELED, run_stop_reason(a->run));
    active_adopt(e, a, &t);
}

void active_step(struct engine *e, struct active *a, const struct device_outcome *o,
                 bool is_recovery)
{
    struct device_outcome interrupted = {.kind = DEVICE_INTERRUPTED};
    struct step_result result;

    if (task_is_final(a->task.state))
        return; /* it only waits to be durable */
    a->is_parked = false;
    if (a->is_recovering) {
        a->is_recovering = false;
        is_recovery = true;
        o = &interrupted;
    }
    for (int round = 0; round < ROUNDS_MAX && !e->err; round++) {
        stop_with_campaign(e, a);
        stop_without_plan(e, a);
        struct step_input in = input_of(e, a);
        in.outcome = o;
        in.is_recovery = is_recovery;
        step(&in, &result);
        a->deadline_ms = result.deadline_ms;
        active_adopt(e, a, &result.task);
        if (!follow(e, a, &result))
            return;
        o = result.cancel_action ? &interrupted : NULL;
        is_recovery = false;
    }
}
