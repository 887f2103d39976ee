/* SPDX-License-Identifier: Apache-2.0 */
/* step_lost.c - devices that fall silent while a package is delivered to them.
 *
 * Most come back, and the delivery is tried again. One that does not may have been
 * killed by what it got: that is a failure as after Execute, and the brake must see it.
 */
#include <stdio.h>

#include "campaigns/step_internal.h"

static bool is_in_delivery(const struct stepper *s)
{
    for (size_t i = 0; i < s->t->part_count; i++)
        if (is_open(s, i) && s->t->parts[i].state == PART_DELIVERING)
            return true;
    return false;
}

void mark_lost(struct stepper *s)
{
    if (!s->t->lost_ms && s->in->view->reach != REACH_ONLINE &&
        !task_is_executed(s->t) && is_in_delivery(s))
        s->t->lost_ms = s->now_ms;
}

static bool has_spoken(const struct stepper *s)
{
    return s->in->view->reach == REACH_ONLINE ||
           s->in->view->registered_ms > s->t->lost_ms;
}

static bool is_overdue(const struct stepper *s)
{
    const struct task *t = s->t;

    return t->lost_ms && s->now_ms >= t->lost_ms + absence_ms(s) &&
           t->ending != TASK_CANCELED && t->ending != TASK_EXCLUDED;
}

/* It may speak again while nobody listens, as over a restart: it is asked once more. */
bool phase_lost(struct stepper *s)
{
    if (s->t->lost_ms && has_spoken(s))
        s->t->lost_ms = 0;
    if (!is_overdue(s))
        return false;
    if (s->in->view->reach == REACH_UNKNOWN)
        return act_on_instance(s, DEVICE_INSPECT, 0, 0);
    return end_lost(s);
}

bool end_lost(struct stepper *s)
{
    struct task *t = s->t;
    struct failure f = {RETRY_PERMANENT, "not-returned",
                        "the device fell silent while it was delivered to"};

    if (!is_overdue(s))
        return false;
    end(s, TASK_FAILED, &f); /* what it ends for already stays the reason */
    for (size_t i = 0; i < t->part_count; i++)
        if (is_open(s, i) && t->parts[i].via != VIA_NONE)
            set_part(s, i, PART_FAILED);
    return finish(s, t->ending);
}
