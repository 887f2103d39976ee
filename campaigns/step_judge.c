/* SPDX-License-Identifier: Apache-2.0 */
/* step_judge.c - after Execute: what became of each component, and of the stage.
 *
 * The version decides before the Result does: a device may repeat an old failure
 * (device-behaviour.md 1.24), forget its Result (standards.md 8.7, 8), or change a
 * sibling without ever showing it as Updating (OMA use cases 5.2, 5.3).
 */
#include <stdio.h>
#include <string.h>

#include "campaigns/step_internal.h"
#include "campaigns/version.h"

enum verdict {
    VERDICT_OK,
    VERDICT_UPDATING,
    VERDICT_POSTPONED, /* Result 11 */
    VERDICT_MISMATCH,  /* Result 1, another version */
    VERDICT_FAILED,
    VERDICT_CONFLICT, /* Results 12, 13 */
    VERDICT_UNSENT,   /* State 2, Result 0, and Execute was not answered 2.04 */
    VERDICT_LAGS,     /* nothing to see, yet */
    VERDICT_COUNT,
};

struct verdicts {
    uint8_t of[TASK_PARTS_MAX]; /* of executed parts */
    uint8_t count[VERDICT_COUNT];
};

static bool has_returned(const struct stepper *s)
{
    return s->in->view->registered_ms > s->t->executed_ms;
}

/* Not what it reported before Execute already. */
static bool is_news(const struct stepper *s, size_t i, const struct component *c)
{
    const struct task_part *p = &s->t->parts[i];

    return c->result != p->result_before || p->was_updating || has_returned(s);
}

static bool is_by_result(const struct stepper *s, size_t i)
{
    return s->plan->targets[i].verify_by_result ||
           (s->in->profile && (s->in->profile->quirks & QUIRK_KEEPS_VERSION));
}

static enum verdict judge_success(const struct stepper *s, size_t i,
                                  const struct component *c)
{
    if (c->state != COMPONENT_IDLE || !is_news(s, i, c))
        return VERDICT_LAGS;
    return is_by_result(s, i) ? VERDICT_OK : VERDICT_MISMATCH;
}

static enum verdict judge_part(const struct stepper *s, size_t i)
{
    const struct component *c = seen(s, i);

    if (!c)
        return VERDICT_LAGS;
    if (c->state == COMPONENT_UPDATING)
        return VERDICT_UPDATING;
    if (version_equal(c->version, s->plan->targets[i].to))
        return VERDICT_OK;
    if (c->state == COMPONENT_DOWNLOADING || c->state == COMPONENT_STATE_UNKNOWN)
        return VERDICT_LAGS;
    if (c->result == 1)
        return judge_success(s, i, c);
    if (c->result == 11)
        return VERDICT_POSTPONED;
    if (c->result >= 2 && !is_news(s, i, c))
        return VERDICT_LAGS;
    if (c->result == 12 || c->result == 13)
        return VERDICT_CONFLICT;
    if (c->result >= 2)
        return VERDICT_FAILED;
    return c->state == COMPONENT_DOWNLOADED && !s->t->is_acknowledged ? VERDICT_UNSENT
                                                                      : VERDICT_LAGS;
}

/* Take the parts out of Execute, those that have the verdict kept as in .state. */
static void settle(struct stepper *s, const struct verdicts *v, enum verdict loser,
                   enum part_state state)
{
    for (size_t i = 0; i < s->t->part_count; i++) {
        struct task_part *p = &s->t->parts[i];
        const struct component *c = seen(s, i);
        if (!p->is_executed)
            continue;
        p->is_executed = false;
        p->result = c ? c->result : 0;
        if (v->of[i] == VERDICT_OK)
            set_part(s, i, PART_UPDATED);
        else if (v->of[i] == loser && state == PART_FAILED)
            set_part(s, i, PART_FAILED);
        else if (c && c->state == COMPONENT_DOWNLOADED && p->is_delivered)
            set_part(s, i, PART_DOWNLOADED);
        else
            forget_delivery(s, i);
    }
    s->t->is_acknowledged = false;
    s->t->unsure_ms = 0;
    s->t->deferred_ms = 0;
    s->t->code = 0;
}

static size_t first_of(const struct stepper *s, const struct verdicts *v,
                       enum verdict which)
{
    for (size_t i = 0; i < s->t->part_count; i++)
        if (s->t->parts[i].is_executed && v->of[i] == which)
            return i;
    return 0;
}

/* Nothing is left to try: the losers are failed, the task ends as final. */
static bool give_up(struct stepper *s, const struct verdicts *v, enum verdict loser,
                    enum task_state final, const struct failure *f)
{
    settle(s, v, loser, PART_FAILED);
    end(s, final, f);
    return false;
}

static bool try_again(struct stepper *s, const struct verdicts *v, enum verdict loser,
                      const struct failure *f)
{
    size_t i = first_of(s, v, loser);
    bool is_last = s->t->parts[i].executes >= s->in->limits->executes_max;

    if (is_last || f->class == RETRY_PERMANENT ||
        s->t->tries[f->class] >= s->in->policy->retry[f->class].max)
        return give_up(s, v, loser, TASK_FAILED, f);
    settle(s, v, loser, PART_PENDING);
    return retry_or_end(s, f);
}

static bool keep_waiting(struct stepper *s, int64_t deadline_ms)
{
    int64_t poll = s->in->view->read_ms + s->in->policy->timers.poll_ms;

    return wait_until(s, poll < deadline_ms ? poll : deadline_ms);
}

static bool judge_updating(struct stepper *s, const struct verdicts *v)
{
    int64_t deadline = updating_until_ms(s);
    struct failure f = {RETRY_PERMANENT, "stuck-updating", ""};

    say_overdue(s, f.detail, sizeof f.detail);
    set_task(s, TASK_UPDATING, WAITING_FOR_NOTHING);
    if (s->now_ms >= deadline)
        return give_up(s, v, VERDICT_UPDATING, TASK_NEEDS_ATTENTION, &f);
    return keep_waiting(s, deadline);
}

/* Nothing is Updating: the user is not asked any more, and it is reset. */
static bool stop_postponed(struct stepper *s, const struct verdicts *v)
{
    settle(s, v, VERDICT_POSTPONED, PART_PENDING);
    end_as_stopped(s);
    return false;
}

static bool judge_postponed(struct stepper *s, const struct verdicts *v)
{
    struct task *t = s->t;
    const struct policy *p = s->in->policy;
    size_t i = first_of(s, v, VERDICT_POSTPONED);
    struct failure f = {RETRY_PERMANENT, "deferred",
                        "the user has postponed the update again and again"};

    if (t->stop)
        return stop_postponed(s, v);
    if (t->deferred_ms == 0)
        t->deferred_ms =
            s->now_ms + p->timers.poll_ms +
            (p->max_defer_s >= 0 ? p->max_defer_s * MS_PER_S : p->timers.defer_ms);
    if (s->now_ms < t->deferred_ms) {
        snprintf(t->reason, sizeof t->reason, "deferred");
        return park(s, WAITING_FOR_USER, t->deferred_ms);
    }
    if (t->parts[i].executes >= s->in->limits->executes_max)
        return give_up(s, v, VERDICT_POSTPONED, TASK_FAILED, &f);
    settle(s, v, VERDICT_POSTPONED, PART_PENDING);
    return false;
}

static bool judge_mismatch(struct stepper *s, const struct verdicts *v)
{
    size_t i = first_of(s, v, VERDICT_MISMATCH);
    struct failure f = {RETRY_PERMANENT, "version-mismatch", ""};

    snprintf(f.detail, sizeof f.detail, "%s reports success and version \"%s\", not %s",
             s->plan->targets[i].component, seen(s, i)->version,
             s->plan->targets[i].to);
    for (i = 0; i < s->t->part_count; i++)
        if (s->t->parts[i].is_executed && v->of[i] == VERDICT_MISMATCH)
            s->t->parts[i].is_blocked = true;
    return give_up(s, v, VERDICT_MISMATCH, TASK_FAILED, &f);
}

static bool judge_failed(struct stepper *s, const struct verdicts *v)
{
    struct failure f = failure_of_result(s, seen(s, first_of(s, v, VERDICT_FAILED)));

    return try_again(s, v, VERDICT_FAILED, &f);
}

static bool judge_conflict(struct stepper *s, const struct verdicts *v)
{
    size_t i = first_of(s, v, VERDICT_CONFLICT);
    const char *stranger = "";
    struct failure f = failure_of_result(s, seen(s, i));

    if (!extend_stage(s, i, &stranger) && *stranger) {
        size_t len = strlen(f.detail);
        snprintf(f.detail + len, sizeof f.detail - len, "; the plan does not change %s",
                 stranger);
        return give_up(s, v, VERDICT_CONFLICT, TASK_FAILED, &f);
    }
    return try_again(s, v, VERDICT_CONFLICT, &f);
}

/* It was refused, or never arrived. Only a read after the last copy can have arrived
 * tells which (RFC 7252, EXCHANGE_LIFETIME). */
static bool judge_unsent(struct stepper *s, const struct verdicts *v)
{
    struct task *t = s->t;
    struct failure f = {RETRY_TRANSIENT, "execute-refused", ""};

    if (t->code) {
        snprintf(f.detail, sizeof f.detail, "Update was answered %d.%02d", t->code >> 5,
                 t->code & 31);
        return try_again(s, v, VERDICT_UNSENT, &f);
    }
    if (s->now_ms < t->unsure_ms)
        return keep_waiting(s, t->unsure_ms);
    if (s->in->view->read_ms < t->unsure_ms)
        return act_on_instance(s, DEVICE_INSPECT, 0, 0);
    settle(s, v, VERDICT_UNSENT, PART_PENDING);
    return false;
}

static bool judge_lagging(struct stepper *s, const struct verdicts *v)
{
    size_t i = first_of(s, v, VERDICT_LAGS);
    const struct component *c = seen(s, i);
    int64_t deadline = updating_until_ms(s);
    bool is_alone = v->count[VERDICT_OK] == 0;
    struct failure f = {RETRY_UPDATE, "not-installed", ""};
    struct failure unclear = {
        RETRY_PERMANENT, "state-unclear",
        "Update was accepted, yet State and version stay the same"};

    snprintf(f.detail, sizeof f.detail, "%s still reports version \"%s\"",
             s->plan->targets[i].component, c ? c->version : "");
    if (has_returned(s) && is_alone)
        return try_again(s, v, VERDICT_LAGS, &f);
    set_task(s, is_alone ? TASK_UPDATING : TASK_VERIFYING, WAITING_FOR_NOTHING);
    if (s->now_ms < deadline)
        return keep_waiting(s, deadline);
    if (is_alone && !(c && c->state == COMPONENT_IDLE))
        return give_up(s, v, VERDICT_LAGS, TASK_NEEDS_ATTENTION, &unclear);
    return try_again(s, v, VERDICT_LAGS, &f);
}

/* Every component is what the stage wants. */
static bool judge_done(struct stepper *s, const struct verdicts *v)
{
    struct task *t = s->t;

    for (size_t i = 0; i < t->part_count && t->resets < RESETS_MAX; i++) {
        const struct component *c = t->parts[i].is_executed ? seen(s, i) : NULL;
        if (c && c->state == COMPONENT_DOWNLOADED && !t->parts[i].was_reset) {
            t->parts[i].was_reset = true;
            return act(s, DEVICE_RESET, i);
        }
    }
    settle(s, v, VERDICT_OK, PART_UPDATED);
    return false;
}

bool phase_judge(struct stepper *s)
{
    static bool (*const judges[])(struct stepper *, const struct verdicts *) = {
        [VERDICT_UPDATING] = judge_updating, [VERDICT_POSTPONED] = judge_postponed,
        [VERDICT_MISMATCH] = judge_mismatch, [VERDICT_FAILED] = judge_failed,
        [VERDICT_CONFLICT] = judge_conflict, [VERDICT_UNSENT] = judge_unsent,
        [VERDICT_LAGS] = judge_lagging,      [VERDICT_OK] = judge_done,
    };
    struct verdicts v = {0};

    if (!task_is_executed(s->t))
        return false;
    for (size_t i = 0; i < s->t->part_count; i++)
        if (s->t->parts[i].is_executed)
            v.count[v.of[i] = (uint8_t)judge_part(s, i)]++;
    for (size_t which = VERDICT_OK + 1; which < VERDICT_COUNT; which++)
        if (v.count[which])
            return judges[which](s, &v);
    return judge_done(s, &v);
}
