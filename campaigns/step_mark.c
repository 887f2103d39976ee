/* SPDX-License-Identifier: Apache-2.0 */
/* step_mark.c - the small moves that the phases of step() are made of. */
#include <stdio.h>
#include <string.h>

#include "campaigns/step_internal.h"

const struct component *seen(const struct stepper *s, size_t i)
{
    if (!s->in->view->inventory)
        return NULL;
    return inventory_find(s->in->view->inventory, s->plan->targets[i].component);
}

bool is_open(const struct stepper *s, size_t i)
{
    const struct task_part *p = &s->t->parts[i];

    return p->stage == s->t->stage && p->state < PART_UPDATED;
}

struct task_part *carrier_of(const struct stepper *s, size_t i)
{
    return &s->t->parts[s->plan->targets[i].carrier];
}

void set_part(struct stepper *s, size_t i, enum part_state state)
{
    if (s->t->parts[i].state == state)
        return;
    s->t->parts[i].state = (uint8_t)state;
    s->t->progress_ms = s->now_ms;
}

void set_task(struct stepper *s, enum task_state state, enum task_waiting waiting)
{
    struct task *t = s->t;

    if (t->state == state && t->waiting_for == waiting)
        return;
    t->state = (uint8_t)state;
    t->waiting_for = (uint8_t)waiting;
    t->since_ms = s->now_ms;
    if (state != TASK_WAITING)
        t->next_at_ms = 0;
    if (!task_is_final(state) && state != TASK_WAITING && !t->ending && !t->stop) {
        t->reason[0] = '\0';
        t->detail[0] = '\0';
    }
}

void forget_delivery(struct stepper *s, size_t i)
{
    struct task_part *p = &s->t->parts[i];

    settle_automatic(s, i);
    p->is_accepted = false;
    p->is_delivered = false;
    p->sent_bytes = 0;
    if (p->state < PART_UPDATED)
        set_part(s, i, PART_PENDING);
}

static struct device_action *begin_action(struct stepper *s,
                                          enum device_action_kind kind)
{
    struct device_action *a = &s->out->action;

    *a = (struct device_action){
        .device_id = s->t->device_id,
        .campaign_id = s->t->campaign_id,
        .kind = kind,
        .content_format = 42,
        .severity = -1,
        .max_defer_s = -1,
    };
    s->t->action = (uint8_t)(1 + kind);
    if (kind != DEVICE_INSPECT && kind != DEVICE_OBSERVE)
        s->t->is_started = true;
    s->out->next = STEP_ACT;
    s->out->wake_ms = 0;
    return a;
}

bool act_on_instance(struct stepper *s, enum device_action_kind kind,
                     uint16_t object_id, uint16_t instance)
{
    struct device_action *a = begin_action(s, kind);

    a->object_id = object_id;
    a->instance = instance;
    s->t->action_part = TASK_PARTS_MAX;
    return true;
}

bool act(struct stepper *s, enum device_action_kind kind, size_t part)
{
    const struct task_part *p = &s->t->parts[part];
    const struct target *target = &s->plan->targets[part];

    act_on_instance(s, kind, p->object_id, p->instance);
    s->t->action_part = (uint8_t)part;
    if (kind == DEVICE_PUSH || kind == DEVICE_WRITE_URI) {
        struct device_action *a = &s->out->action;
        memcpy(a->digest, target->digest, sizeof a->digest);
        memcpy(a->uri, target->uri, sizeof a->uri);
        a->content_format = target->content_format ? target->content_format : 42;
        a->block_bytes = s->in->profile ? s->in->profile->block_bytes : 0;
    }
    return true;
}

bool wait_until(struct stepper *s, int64_t wake_ms)
{
    s->out->next = STEP_WAIT;
    s->out->wake_ms = wake_ms;
    return true;
}

bool park(struct stepper *s, enum task_waiting waiting, int64_t next_at_ms)
{
    int64_t gone_ms = lost_until_ms(s);

    if (gone_ms && (next_at_ms == 0 || gone_ms < next_at_ms))
        next_at_ms = gone_ms; /* then it is judged */
    if (gone_ms && waiting == WAITING_FOR_RATE)
        waiting = WAITING_FOR_ONLINE; /* whatever comes from it ends the wait */
    set_task(s, TASK_WAITING, waiting);
    s->t->next_at_ms = next_at_ms;
    s->t->is_away = false;
    s->out->next = STEP_PARKED;
    s->out->wake_ms = next_at_ms;
    return true;
}

void end(struct stepper *s, enum task_state final, const struct failure *f)
{
    struct task *t = s->t;

    if (t->ending)
        return;
    t->ending = (uint8_t) final;
    t->resets = 0;
    snprintf(t->reason, sizeof t->reason, "%s", f->reason);
    snprintf(t->detail, sizeof t->detail, "%s", f->detail);
}

void end_as_stopped(struct stepper *s)
{
    if (!s->t->ending)
        s->t->ending = s->t->stop; /* reason and detail are step_stop()'s */
    s->t->resets = 0;
}

/* Waiting for the next try, which is the so manieth. */
static bool park_until_retry(struct stepper *s, const struct failure *f, uint32_t tries)
{
    struct task *t = s->t;

    snprintf(t->reason, sizeof t->reason, "%s", f->reason);
    snprintf(t->detail, sizeof t->detail, "%s", f->detail);
    return park(s, WAITING_FOR_RATE,
                s->now_ms + retry_backoff_ms(&s->in->policy->retry[f->class], tries));
}

/* What a delivery from a package that is gone fails with. */
static bool is_ours(const struct stepper *s, const struct failure *f)
{
    return s->in->lacks_package && !s->t->ending && !s->t->stop &&
           (f->class == RETRY_TRANSIENT || f->class == RETRY_SERVER);
}

bool retry_or_end(struct stepper *s, const struct failure *f)
{
    struct task *t = s->t;
    const struct retry_rule *rule = &s->in->policy->retry[f->class];

    if (t->ending)
        return false;
    if (is_ours(s, f))
        return park_until_retry(s, f, 1);
    if (f->class == RETRY_PERMANENT || t->stop || t->tries[f->class] >= rule->max) {
        end(s, TASK_FAILED, f);
        return false;
    }
    return park_until_retry(s, f, ++t->tries[f->class]);
}

bool try_later(struct stepper *s, const struct failure *f)
{
    bool is_over = s->t->ending || s->t->stop;

    return is_over ? retry_or_end(s, f) : park_until_retry(s, f, 1);
}

struct failure failure_of_result(const struct stepper *s, const struct component *c)
{
    struct failure f = {result_class(c->result), result_reason(c->result), ""};

    snprintf(f.detail, sizeof f.detail, "%s reports State %u, Update Result %u",
             c->name, c->state, c->result);
    if (f.class == RETRY_CONFLICT)
        add_conflicting(s, c, f.detail, sizeof f.detail);
    return f;
}

enum retry_class result_class(uint8_t result)
{
    static const uint8_t classes[] = {
        [3] = RETRY_TRANSIENT, [4] = RETRY_TRANSIENT, [5] = RETRY_INTEGRITY,
        [6] = RETRY_PERMANENT, [2] = RETRY_PERMANENT, [7] = RETRY_SERVER,
        [8] = RETRY_UPDATE,    [9] = RETRY_SERVER,    [10] = RETRY_TRANSIENT,
        [11] = RETRY_UPDATE,   [12] = RETRY_CONFLICT, [13] = RETRY_CONFLICT,
    };
    return result < sizeof classes ? classes[result] : RETRY_PERMANENT;
}

const char *result_reason(uint8_t result)
{
    static const char *const reasons[] = {
        "not-installed",        "version-mismatch",   "not-enough-flash",
        "out-of-memory",        "connection-lost",    "integrity-failed",
        "unsupported-package",  "invalid-uri",        "update-failed",
        "unsupported-protocol", "canceled-on-device", "deferred",
        "conflicting-state",    "dependency-error",
    };
    return result < sizeof reasons / sizeof reasons[0] ? reasons[result]
                                                       : "unknown-result";
}
