/* SPDX-License-Identifier: Apache-2.0 */
/* step_outcome.c - what the outcome of an action changes in the task.
 *
 * An answer proves little (standards.md 1.3): after it the device is read again, and
 * only what it then reports is judged. What counts here is what an outcome rules out.
 */
#include <stdio.h>

#include "campaigns/step_internal.h"

static int64_t later(const struct stepper *s, uint32_t tried)
{
    return s->now_ms +
           retry_backoff_ms(&s->in->policy->retry[RETRY_TRANSIENT], tried ? tried : 1);
}

/* Nobody answers: the slot goes to somebody else, unless an Update is under way. */
static bool take_silence(struct stepper *s)
{
    struct task *t = s->t;

    if (t->silent < UINT8_MAX)
        t->silent++;
    if (!task_is_executed(t))
        return park_absent(s, later(s, t->silent));
    t->next_at_ms = later(s, t->silent);
    return false;
}

static bool take_not_sent(struct stepper *s, enum device_outcome_kind kind)
{
    if (!task_is_executed(s->t))
        return park_absent(s, 0);
    return kind == DEVICE_UNREACHABLE && take_silence(s);
}

/* 5.03 during somebody's transfer means later, and is no failure, for a while.
 * @return false when it has lasted as long as a stall may */
static bool take_busy(struct stepper *s, const struct device_outcome *o)
{
    struct task *t = s->t;
    int64_t stall_ms = s->in->policy->timers.stall_ms;
    int64_t wait_ms = (o->retry_after_s ? o->retry_after_s : 5) * (int64_t)MS_PER_S;

    if (!t->busy_ms)
        t->busy_ms = s->now_ms;
    int64_t end_ms = t->busy_ms + stall_ms;
    t->next_at_ms = s->now_ms + wait_ms < end_ms ? s->now_ms + wait_ms : end_ms;
    return s->now_ms < end_ms;
}

static bool take_inspect(struct stepper *s, const struct device_outcome *o)
{
    if (o->kind == DEVICE_DONE) {
        s->t->silent = 0;
        s->t->busy_ms = 0;
        s->t->lost_ms = 0;
        s->t->next_at_ms = 0;
        return false;
    }
    if (o->kind != DEVICE_REFUSED)
        return false;
    if (o->code == 0xa3 && take_busy(s, o))
        return false;
    s->t->busy_ms = 0;
    struct failure f = {RETRY_TRANSIENT, "unreadable", ""};
    snprintf(f.detail, sizeof f.detail, "reading was answered %d.%02d", o->code >> 5,
             o->code & 31);
    if (task_is_executed(s->t))
        return take_silence(s);
    if (!s->t->ending)
        return retry_or_end(s, &f);
    s->t->next_at_ms = later(s, ++s->t->resets); /* it cannot be seen to be clean */
    return s->t->resets >= RESETS_MAX && phase_clean(s);
}

/* A reset because of a conflict can be of an instance that is not planned. */
static void forget_part(struct stepper *s)
{
    if (s->t->action_part < s->t->part_count)
        forget_delivery(s, s->t->action_part);
}

/* @return true if it was confirmed, for the first time since something was sent */
static bool note_clean(struct task *t)
{
    struct task_part *p =
        t->action_part < t->part_count ? &t->parts[t->action_part] : NULL;
    bool is_news = !p || !p->was_clean;

    if (p)
        p->was_clean = true;
    return is_news;
}

static bool take_reset(struct stepper *s, const struct device_outcome *o)
{
    struct task *t = s->t;
    struct failure f = {RETRY_PERMANENT, "state-unclear", ""};
    bool is_done = o->kind == DEVICE_DONE;

    if (!is_done && o->kind != DEVICE_REFUSED && o->kind != DEVICE_UNCONFIRMED)
        return false;
    forget_part(s);
    if (is_done && note_clean(t)) {
        t->resets = 0;
        return false;
    }
    t->next_at_ms = later(s, ++t->resets);
    if (t->ending || t->resets < RESETS_MAX)
        return false;
    snprintf(f.detail, sizeof f.detail, "the device was reset, yet does not %s State 0",
             is_done ? "keep" : "report");
    end(s, TASK_NEEDS_ATTENTION, &f);
    return false;
}

static bool is_unsent(const struct device_outcome *o, const struct task_part *p)
{
    return p->sent_bytes == 0 &&
           (o->kind == DEVICE_ASLEEP || o->kind == DEVICE_UNREACHABLE ||
            o->kind == DEVICE_NO_PACKAGE || o->kind == DEVICE_NO_SCHEME);
}

/* The device may have the URI, and go on alone. */
static bool is_unsure_pull(const struct device_outcome *o, const struct task_part *p)
{
    return p->via == VIA_PULL &&
           (o->kind == DEVICE_TIMED_OUT || o->kind == DEVICE_INTERRUPTED ||
            (o->kind == DEVICE_REFUSED && o->code == 0));
}

static void forget_failed(struct stepper *s, const struct device_outcome *o)
{
    size_t i = s->t->action_part;
    struct task_part *p = &s->t->parts[i];
    bool is_kept = p->is_automatic && is_unsure_pull(o, p);

    if (is_unsent(o, p) || p->via == VIA_PULL)
        p->is_automatic = false;
    else if (s->in->is_recovery)
        count_automatic(s, i); /* blocks are not journalled one by one */
    forget_delivery(s, i);
    p->is_automatic = is_kept;
}

static void take_delivered(struct stepper *s)
{
    struct task *t = s->t;
    struct task_part *p = &t->parts[t->action_part];

    p->is_accepted = true;
    t->progress_ms = s->now_ms;
    if (p->via == VIA_PULL)
        return;
    p->sent_bytes = s->plan->targets[t->action_part].bytes;
    count_automatic(s, t->action_part); /* its last block is there */
}

/* @return true if the device went away in the middle of it */
static bool is_cut(const struct stepper *s, const struct device_outcome *o)
{
    if (o->kind == DEVICE_TIMED_OUT)
        return s->t->parts[s->t->action_part].via == VIA_PUSH &&
               !s->in->view->is_queue_mode;
    return o->kind == DEVICE_INTERRUPTED && !s->in->is_recovery && !s->t->ending;
}

static bool take_undelivered(struct stepper *s, const struct device_outcome *o)
{
    struct task *t = s->t;
    struct task_part *p = &t->parts[t->action_part];
    struct failure lost = {RETRY_TRANSIENT, "connection-lost",
                           "the device did not answer in the middle of a delivery"};
    struct failure broken = {RETRY_TRANSIENT, "no-usable-answer",
                             "the device answered the delivery with a Reset, or with "
                             "what cannot be read"};
    struct failure gone = {RETRY_SERVER, "package-missing",
                           "the file of the package cannot be read"};
    struct failure scheme = {
        RETRY_PERMANENT, "unsupported-protocol",
        "the device lists no protocol that packages are served by"};

    if (o->kind == DEVICE_TIMED_OUT || o->kind == DEVICE_INTERRUPTED ||
        (o->kind != DEVICE_REFUSED && p->sent_bytes > 0)) /* else nothing was sent */
        mark_lost(s);
    forget_failed(s, o);
    if (o->kind == DEVICE_REFUSED)
        t->code = o->code;
    if (o->kind == DEVICE_REFUSED && o->code == 0)
        return retry_or_end(s, &broken);
    if (o->kind == DEVICE_NO_PACKAGE)
        return try_later(s, &gone);
    if (o->kind == DEVICE_NO_SCHEME && p->no_pull)
        return retry_or_end(s, &scheme);
    if (o->kind == DEVICE_NO_SCHEME)
        p->no_pull = true;
    return is_cut(s, o) && retry_or_end(s, &lost);
}

static bool take_delivery(struct stepper *s, const struct device_outcome *o)
{
    if (o->kind != DEVICE_DONE)
        return take_undelivered(s, o);
    take_delivered(s);
    return false;
}

/* It was not sent: the attempt stays counted, but may be used once more. */
static void take_back_execute(struct stepper *s)
{
    for (size_t i = 0; i < s->t->part_count; i++) {
        struct task_part *p = &s->t->parts[i];
        if (!p->is_executed || !is_open(s, i))
            continue;
        p->is_executed = false;
        p->is_counted = true;
        set_part(s, i, PART_DOWNLOADED);
    }
    s->t->executed_ms = 0;
    s->t->is_at_risk = s->t->has_executed;
}

static bool take_execute(struct stepper *s, const struct device_outcome *o)
{
    struct task *t = s->t;

    t->has_executed |= o->kind != DEVICE_ASLEEP && o->kind != DEVICE_UNREACHABLE;
    switch (o->kind) {
    case DEVICE_DONE:
        t->is_acknowledged = true;
        t->progress_ms = s->now_ms;
        return false;
    case DEVICE_REFUSED:
        t->code = o->code;
        if (o->code == 0) /* no answer that says anything: it may have arrived */
            t->unsure_ms = s->now_ms + s->in->limits->exchange_lifetime_ms;
        return false;
    case DEVICE_ASLEEP:
    case DEVICE_UNREACHABLE:
        take_back_execute(s);
        return false;
    case DEVICE_TIMED_OUT:
    case DEVICE_INTERRUPTED:
    case DEVICE_NO_PACKAGE:
    case DEVICE_NO_SCHEME:
    case DEVICE_UNCONFIRMED:
        /* a copy may still be on its way: RFC 7252 4.8.2 EXCHANGE_LIFETIME */
        t->unsure_ms = s->now_ms + s->in->limits->exchange_lifetime_ms;
        return false;
    }
    return false;
}

static bool take_kind(struct stepper *s, enum device_action_kind kind,
                      const struct device_outcome *o)
{
    switch (kind) {
    case DEVICE_INSPECT:
        return take_inspect(s, o);
    case DEVICE_RESET:
        return take_reset(s, o);
    case DEVICE_SETTINGS:
        if (o->kind == DEVICE_DONE || o->kind == DEVICE_REFUSED)
            s->t->settings_parts |= UINT64_C(1) << s->t->action_part;
        return false;
    case DEVICE_PUSH:
    case DEVICE_WRITE_URI:
        return take_delivery(s, o);
    case DEVICE_EXECUTE:
        return take_execute(s, o);
    case DEVICE_OBSERVE:
    case DEVICE_RELEASE:
        return false;
    }
    return false;
}

bool take_outcome(struct stepper *s, const struct device_outcome *o)
{
    enum device_action_kind kind = (enum device_action_kind)(s->t->action - 1);

    s->t->action = 0;
    if (take_kind(s, kind, o))
        return true;
    if (o->kind == DEVICE_ASLEEP || o->kind == DEVICE_UNREACHABLE)
        return take_not_sent(s, o->kind);
    if (o->kind == DEVICE_TIMED_OUT && kind != DEVICE_EXECUTE)
        return take_silence(s);
    return false;
}
