/* SPDX-License-Identifier: Apache-2.0 */
/* step_end.c - ends: cleaning up first, what a stop means, and new tries. */
#include <stdio.h>
#include <string.h>

#include "campaigns/step_internal.h"

static bool has_updated(const struct task *t)
{
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].state == PART_UPDATED)
            return true;
    return false;
}

static bool is_all_done(const struct task *t)
{
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].state != PART_UPDATED && t->parts[i].state != PART_UNCHANGED)
            return false;
    return true;
}

bool finish(struct stepper *s, enum task_state final)
{
    struct task *t = s->t;

    if (final == TASK_CANCELED && has_updated(t))
        final = is_all_done(t) ? TASK_SUCCEEDED : TASK_PARTIAL;
    for (size_t i = 0; i < t->part_count; i++) {
        struct task_part *p = &t->parts[i];
        p->is_executed = false;
        if (p->state < PART_UPDATED)
            p->state = PART_UNCHANGED;
    }
    t->ending = (uint8_t) final; /* so that the reason stays */
    set_task(s, final, WAITING_FOR_NOTHING);
    t->next_at_ms = 0;
    t->ending = t->stop = 0;
    t->is_away = false;
    s->out->next = STEP_ENDED;
    s->out->wake_ms = 0;
    return true;
}

/* Something was sent for this part. What was updated in an earlier stage is over; in
 * this one it may have been seen at its version and be Downloaded still. */
static bool is_delivered_to(const struct task *t, const struct task_plan *plan,
                            size_t i)
{
    return t->parts[plan->targets[i].carrier].via != VIA_NONE &&
           (t->parts[i].stage == t->stage || t->parts[i].state != PART_UPDATED);
}

bool may_hold_ours(const struct task *t, const struct task_plan *plan)
{
    for (size_t i = 0; i < t->part_count; i++)
        if (is_delivered_to(t, plan, i))
            return true;
    return false;
}

void add_detail(struct task *t, const char *text)
{
    size_t len = strlen(t->detail);

    snprintf(t->detail + len, sizeof t->detail - len, "%s%s", len ? "; " : "", text);
}

/* What we put into an instance, and what may still come into it. */
static bool is_dirty(const struct stepper *s, size_t i)
{
    const struct component *c = seen(s, i);

    return c && is_delivered_to(s->t, s->plan, i) &&
           (c->state == COMPONENT_DOWNLOADED || c->state == COMPONENT_DOWNLOADING);
}

bool reset_ours(struct stepper *s)
{
    for (size_t i = 0; i < s->t->part_count && s->t->resets < RESETS_MAX; i++)
        if (is_dirty(s, i))
            return act(s, DEVICE_RESET, i);
    return false;
}

bool phase_clean(struct stepper *s)
{
    struct task *t = s->t;

    if (!t->ending)
        return false;
    if (reset_ours(s))
        return true;
    if (t->resets >= RESETS_MAX)
        add_detail(t, "the reset was not confirmed by State 0");
    return finish(s, t->ending);
}

void step_stop(struct task *t, enum task_state final, const char *reason)
{
    if (task_is_final(t->state) || t->ending)
        return;
    snprintf(t->reason, sizeof t->reason, "%s", reason);
    t->detail[0] = '\0';
    t->next_at_ms = 0; /* what it waited for does not matter any longer */
    if (task_is_executed(t))
        t->stop = (uint8_t) final;
    else
        t->ending = (uint8_t) final;
}

/* What it ends for already, with its reason, stays. */
static void keep_ending(struct task *t, enum task_state final, const char *reason)
{
    if (!t->ending)
        t->ending = t->stop;
    if (t->ending)
        return;
    t->ending = (uint8_t) final;
    snprintf(t->reason, sizeof t->reason, "%s", reason);
}

void step_abandon(struct task *t, const struct task_plan *plan, enum task_state final,
                  const char *reason, int64_t now_ms)
{
    keep_ending(t, final, reason);
    if (may_hold_ours(t, plan))
        add_detail(t, "the device was not there to be reset");
    for (size_t i = 0; i < t->part_count; i++) {
        t->parts[i].is_executed = false;
        if (t->parts[i].state < PART_UPDATED)
            t->parts[i].state = PART_UNCHANGED;
    }
    t->state = t->ending;
    if (t->ending == TASK_CANCELED && has_updated(t))
        t->state = TASK_PARTIAL;
    t->waiting_for = WAITING_FOR_NOTHING;
    t->ending = t->stop = t->action = 0;
    t->is_away = false;
    t->next_at_ms = 0;
    t->since_ms = now_ms;
}

bool step_is_untouched(const struct task *t, const struct task_plan *plan)
{
    return !task_is_executed(t) && !may_hold_ours(t, plan);
}

void step_retry(struct task *t, const struct task_plan *plan, int64_t now_ms)
{
    struct task fresh = task_new(plan, now_ms);

    fresh.id = t->id;
    fresh.campaign_id = t->campaign_id;
    fresh.device_id = t->device_id;
    fresh.is_started = t->is_started;
    for (size_t i = 0; i < fresh.part_count; i++) {
        fresh.parts[i].executes = t->parts[i].executes;
        fresh.parts[i].is_blocked = t->parts[i].is_blocked;
        if (t->parts[i].state == PART_UPDATED)
            fresh.parts[i] = t->parts[i];
        /* what was sent into it may be there still: it is reset if so */
        else
            fresh.parts[i].via = t->parts[i].via;
    }
    *t = fresh;
}

static bool is_part_changed(const struct task_part *a, const struct task_part *b)
{
    return a->state != b->state || a->executes != b->executes ||
           a->is_blocked != b->is_blocked;
}

size_t task_changes(const struct task *before, const struct task *after,
                    struct task_change *out)
{
    size_t count = 0;

    for (size_t i = 0; i < after->part_count; i++) {
        const struct task_part *a = &before->parts[i], *b = &after->parts[i];
        if (is_part_changed(a, b))
            out[count++] = (struct task_change){
                .is_part = true,
                .part = (uint8_t)i,
                .from = a->state,
                .to = b->state,
                .is_executed = b->executes > a->executes,
                .is_blocked = b->is_blocked && !a->is_blocked,
            };
    }
    if (before->state != after->state || before->waiting_for != after->waiting_for)
        out[count++] = (struct task_change){.from = before->state, .to = after->state};
    return count;
}
