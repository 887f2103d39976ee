/* SPDX-License-Identifier: Apache-2.0 */
/* step_lost.c - devices that are not there: asleep, offline, or silent.
 *
 * Most come back, and what was begun goes on. A task that ends waits as well while its
 * device may hold what was delivered: it is reset first, so that nobody installs it
 * later. One that does not come back may have been killed by what it got: that is a
 * failure as after Execute, and the brake must see it in time.
 */
#include "campaigns/step_internal.h"

static bool is_in_delivery(const struct stepper *s)
{
    for (size_t i = 0; i < s->t->part_count; i++)
        if (is_open(s, i) && s->t->parts[i].state == PART_DELIVERING)
            return true;
    return false;
}

/* What an operator ends is no failure: it waits until the campaign expires. */
static bool is_failure(const struct task *t)
{
    return t->ending != TASK_CANCELED && t->ending != TASK_EXCLUDED;
}

void mark_lost(struct stepper *s)
{
    const struct task *t = s->t;

    if (!t->lost_ms && s->in->view->reach != REACH_ONLINE && !task_is_executed(t) &&
        is_failure(t) && (t->ending || is_in_delivery(s)))
        s->t->lost_ms = s->now_ms;
}

int64_t lost_until_ms(const struct stepper *s)
{
    return s->t->lost_ms && is_failure(s->t) ? s->t->lost_ms + absence_ms(s) : 0;
}

static bool has_spoken(const struct stepper *s)
{
    return s->in->view->reach == REACH_ONLINE ||
           s->in->view->registered_ms > s->t->lost_ms;
}

static bool is_overdue(const struct stepper *s)
{
    int64_t until_ms = lost_until_ms(s);

    return until_ms && s->now_ms >= until_ms;
}

static bool end_lost(struct stepper *s)
{
    struct task *t = s->t;
    struct failure f = {RETRY_PERMANENT, "not-returned",
                        "the device fell silent while it was delivered to"};

    if (!is_overdue(s))
        return false;
    if (t->ending)
        add_detail(t, "the device was not there to be reset");
    end(s, TASK_FAILED, &f); /* what it ends for already stays the reason */
    for (size_t i = 0; i < t->part_count; i++)
        if (is_open(s, i) && t->parts[i].via != VIA_NONE)
            set_part(s, i, PART_FAILED);
    return finish(s, t->ending);
}

bool park_absent(struct stepper *s, int64_t next_at_ms)
{
    if (s->t->ending && !may_hold_ours(s->t, s->plan))
        return finish(s, s->t->ending);
    mark_lost(s);
    return end_lost(s) || park(s, WAITING_FOR_ONLINE, next_at_ms);
}

/* It may speak again while nobody listens, as over a restart: it is asked once more. */
bool phase_lost(struct stepper *s)
{
    if (s->t->lost_ms && has_spoken(s)) {
        s->t->lost_ms = 0;
        if (s->t->waiting_for == WAITING_FOR_ONLINE)
            s->t->next_at_ms = 0;
    }
    if (!is_overdue(s))
        return false;
    if (s->in->view->reach == REACH_UNKNOWN)
        return act_on_instance(s, DEVICE_INSPECT, 0, 0);
    return end_lost(s);
}
