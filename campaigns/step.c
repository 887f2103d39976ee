/* SPDX-License-Identifier: Apache-2.0 */
/* step.c - the order in which one device's questions are asked. */
#include "campaigns/step.h"

#include <stdio.h>
#include <string.h>

#include "campaigns/step_internal.h"

static bool phase_final(struct stepper *s)
{
    if (!task_is_final(s->t->state))
        return false;
    s->out->next = STEP_ENDED;
    return true;
}

/* One action at a time. A stop does not wait for the last block of a push. */
static bool phase_busy(struct stepper *s)
{
    struct task *t = s->t;

    if (!t->action)
        return false;
    s->out->cancel_action = t->ending && (t->action == 1 + DEVICE_PUSH ||
                                          s->in->view->reach == REACH_ASLEEP);
    return wait_until(s, 0);
}

/* A stop waits for what is Updating: not when the Execute was not sent after all. */
static bool phase_unsent(struct stepper *s)
{
    if (s->t->stop && !task_is_executed(s->t))
        end_as_stopped(s);
    return s->t->ending && !s->t->is_started && finish(s, s->t->ending);
}

static bool phase_backing_off(struct stepper *s)
{
    const struct task *t = s->t;

    if (t->state != TASK_WAITING || t->ending || s->now_ms >= t->next_at_ms)
        return false;
    if (t->waiting_for == WAITING_FOR_USER)
        return false;
    if (t->waiting_for == WAITING_FOR_ONLINE && s->in->view->reach == REACH_ONLINE)
        return false;
    return park(s, t->waiting_for, t->next_at_ms);
}

static bool phase_absent(struct stepper *s)
{
    enum device_reach reach = s->in->view->reach;

    if (reach != REACH_ASLEEP && reach != REACH_OFFLINE)
        return false;
    if (task_is_executed(s->t))
        return wait_for_return(s);
    return park_absent(s, 0);
}

/* It holds its place and tries again; or what it waits for stands as it was last seen;
 * or the next slot is for it as for anybody. */
static bool wait_for_turn(struct stepper *s)
{
    const struct task *t = s->t;
    int64_t next_ms = s->now_ms + s->in->policy->timers.poll_ms;

    if (t->is_at_risk)
        return park(s, WAITING_FOR_RATE, next_ms);
    if (t->state == TASK_WAITING && t->waiting_for == WAITING_FOR_CONDITION)
        return park(s, WAITING_FOR_CONDITION, next_ms);
    return park(s, WAITING_FOR_WAVE, 0);
}

/* Reading is free for who is Updating or is being cleaned; else it is the first thing
 * that a slot is used for. */
static bool phase_turn(struct stepper *s)
{
    struct task *t = s->t;

    if (task_is_executed(t) || t->ending)
        return false;
    if (!s->in->may_deliver)
        return wait_for_turn(s);
    if (t->state == TASK_WAITING)
        set_task(s, TASK_DELIVERING, WAITING_FOR_NOTHING);
    return false;
}

static bool is_stale(const struct stepper *s)
{
    const struct step_view *v = s->in->view;
    int64_t poll_ms = s->in->policy->timers.poll_ms;

    if (!v->is_fresh || !v->inventory)
        return true;
    if (v->is_queue_mode && poll_ms < s->in->policy->timers.stall_ms)
        poll_ms = s->in->policy->timers.stall_ms; /* every read costs it energy */
    return s->now_ms >= v->read_ms + poll_ms;
}

/* @return false if there is no room for it */
static bool add_path(struct device_action *a, const char *path)
{
    for (size_t i = 0; i < a->path_count; i++)
        if (strcmp(a->paths[i], path) == 0)
            return true;
    if (a->path_count == DEVICE_PATHS_MAX)
        return false;
    snprintf(a->paths[a->path_count++], sizeof a->paths[0], "%s", path);
    return true;
}

bool add_open_paths(const struct stepper *s, struct device_action *a)
{
    bool has_all = true;

    if (s->in->policy->min_battery_pct > 0)
        has_all = add_path(a, "/3/0/9");
    for (size_t i = 0; i < s->plan->condition_count; i++)
        if (is_open(s, s->plan->condition_target[i]))
            has_all &= add_path(a, s->plan->conditions[i].path);
    return has_all;
}

bool read_again(struct stepper *s)
{
    act_on_instance(s, DEVICE_INSPECT, 0, 0);
    (void)add_open_paths(s, &s->out->action); /* too many: phase_conditions() says so */
    return true;
}

bool phase_wants_reading(struct stepper *s)
{
    struct task *t = s->t;

    if (!is_stale(s))
        return false;
    if (task_is_executed(t) && s->in->view->registered_ms > t->executed_ms &&
        t->state == TASK_UPDATING)
        set_task(s, TASK_VERIFYING, WAITING_FOR_NOTHING);
    if (s->now_ms < t->next_at_ms)
        return task_is_executed(t) ? wait_for_return(s) : wait_until(s, t->next_at_ms);
    return read_again(s);
}

/* What is worth writing to this component before it gets its package; none: all -1. */
static struct device_action settings_for(const struct stepper *s,
                                         const struct component *c)
{
    const struct policy *p = s->in->policy;
    int severity = p->severity != POLICY_AS_BUNDLE ? p->severity - POLICY_CRITICAL
                                                   : s->plan->severity;
    struct device_action a = {.severity = -1, .max_defer_s = -1};

    if (c->has & COMPONENT_HAS_SEVERITY)
        a.severity = (int16_t)severity;
    if (c->has & COMPONENT_HAS_MAX_DEFER)
        a.max_defer_s = p->max_defer_s;
    a.auto_off = (c->has & COMPONENT_AUTO_ON) && p->install == POLICY_HOLD;
    return a;
}

static bool phase_settings(struct stepper *s)
{
    if (s->t->has_settings)
        return false;
    for (size_t i = 0; i < s->t->part_count; i++) {
        const struct component *c = is_open(s, i) ? seen(s, i) : NULL;
        if (!c || s->t->settings_parts & UINT64_C(1) << i)
            continue;
        struct device_action a = settings_for(s, c);
        if (a.severity < 0 && a.max_defer_s < 0 && !a.auto_off)
            continue;
        act(s, DEVICE_SETTINGS, i);
        s->out->action.severity = a.severity;
        s->out->action.max_defer_s = a.max_defer_s;
        s->out->action.auto_off = a.auto_off;
        return true;
    }
    s->t->has_settings = true;
    return false;
}

static bool phase_observe(struct stepper *s)
{
    struct device_action *a = &s->out->action;
    const struct inventory *inv = s->in->view->inventory;

    if (s->in->view->is_observed ||
        (s->in->profile && (s->in->profile->quirks & QUIRK_NO_OBSERVE)))
        return false;
    act_on_instance(s, DEVICE_OBSERVE, inv->components[0].object_id,
                    inv->components[0].instance);
    for (size_t i = 0; i < s->t->part_count; i++) {
        const struct component *c = seen(s, i);
        bool is_there = !c;
        for (size_t n = 0; c && n < a->other_count; n++)
            is_there |= a->others[n] == c->instance;
        if (is_there || a->other_count == DEVICE_OTHERS_MAX)
            continue;
        a->object_id = c->object_id;
        a->instance = c->instance;
        a->others[a->other_count++] = c->instance;
    }
    return true;
}

/* The procedure of standards.md 1.8, question by question. */
static bool (*const phases[])(struct stepper *) = {
    phase_final,       phase_busy,    phase_unsent,     phase_lost,
    phase_backing_off, phase_absent,  phase_turn,       phase_wants_reading,
    phase_adopt,       phase_judge,   phase_clean,      phase_path,
    phase_turn, /* again: a stage has ended, or an Execute must be repeated */
    phase_settings,    phase_observe, phase_normalise,  phase_deliver,
    phase_conflicts,   phase_hold,    phase_conditions, phase_execute,
};

static void decide(struct stepper *s)
{
    if (s->in->outcome && s->t->action && take_outcome(s, s->in->outcome))
        return;
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++)
        if (phases[i](s))
            return;
    /* A failure in the later phases: clean up, then end. */
    if (!phase_clean(s))
        wait_until(s, s->now_ms + s->in->policy->timers.poll_ms);
}

static int64_t deadline_ms(const struct stepper *s)
{
    const struct task *t = s->t;
    int64_t moved_ms = t->progress_ms > t->since_ms ? t->progress_ms : t->since_ms;

    if (task_is_final(t->state))
        return 0;
    if (t->state == TASK_WAITING)
        return t->waiting_for == WAITING_FOR_USER ? t->deferred_ms : lost_until_ms(s);
    if (task_is_executed(t))
        return updating_until_ms(s);
    return moved_ms + s->in->policy->timers.stall_ms;
}

void step(const struct step_input *in, struct step_result *out)
{
    struct stepper s = {
        .in = in,
        .out = out,
        .t = &out->task,
        .plan = in->plan,
        .now_ms = in->now_ms,
    };

    *out = (struct step_result){.next = STEP_WAIT};
    out->task = *in->task;
    decide(&s);
    out->deadline_ms = deadline_ms(&s);
}

void step_progress(struct task *t, const struct task_plan *plan, const char *digest,
                   int64_t sent_bytes, int64_t now_ms)
{
    for (size_t i = 0; i < t->part_count; i++) {
        struct task_part *p = &t->parts[i];
        if (p->stage != t->stage || p->state != PART_DELIVERING ||
            strcmp(plan->targets[i].digest, digest) != 0)
            continue;
        if (sent_bytes != p->sent_bytes)
            t->progress_ms = now_ms;
        p->sent_bytes = sent_bytes;
    }
}
