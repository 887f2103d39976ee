/* SPDX-License-Identifier: Apache-2.0 */
/* step_return.c - after Execute: how long it may take, and waiting for who is silent.
 */
#include <inttypes.h>
#include <stdio.h>

#include "campaigns/step_internal.h"

/* Of what is executed, else of what may be. */
static int64_t updating_ms(const struct stepper *s)
{
    bool is_executed = task_is_executed(s->t);
    int64_t longest = 0;

    for (size_t i = 0; i < s->t->part_count; i++) {
        if (is_executed ? !s->t->parts[i].is_executed : !is_open(s, i))
            continue;
        int64_t ms = profile_updating_ms(s->in->profile, s->plan->targets[i].component,
                                         s->in->policy->timers.updating_ms);
        longest = ms > longest ? ms : longest;
    }
    return longest;
}

/* The last sign of progress: Execute, a new registration, a State that changed. */
static int64_t progressed_ms(const struct stepper *s)
{
    int64_t at =
        s->t->progress_ms > s->t->executed_ms ? s->t->progress_ms : s->t->executed_ms;
    return s->in->view->registered_ms > at ? s->in->view->registered_ms : at;
}

int64_t updating_until_ms(const struct stepper *s)
{
    return progressed_ms(s) + updating_ms(s);
}

int64_t absence_ms(const struct stepper *s)
{
    int64_t gone =
        s->in->view->lifetime_ms * s->in->policy->timers.not_returned_lifetimes;
    int64_t updating = updating_ms(s);

    return gone > updating ? gone : updating;
}

/* An address that refuses may be that of a device that restarts: it is asked again now
 * and then, and each time it does not answer later. A sleeper speaks first. */
static bool poll_absent(struct stepper *s, int64_t wake_ms)
{
    const struct step_view *v = s->in->view;
    int64_t poll_ms = s->t->next_at_ms;

    if (v->reach == REACH_ASLEEP)
        return wait_until(s, wake_ms);
    if (v->reach == REACH_OFFLINE && poll_ms == 0)
        poll_ms = v->read_ms + s->in->policy->timers.poll_ms;
    if (v->reach == REACH_OFFLINE && s->now_ms >= poll_ms)
        return read_again(s);
    return wait_until(s, poll_ms > s->now_ms && poll_ms < wake_ms ? poll_ms : wake_ms);
}

/* Nothing is expected before the user's time is over, unless it was not heard whether
 * it still is postponed: then the device is asked again. */
static bool park_postponed(struct stepper *s)
{
    const struct task *t = s->t;
    bool is_asked = s->in->view->reach != REACH_ASLEEP &&
                    s->in->view->reach != REACH_OFFLINE && t->next_at_ms > s->now_ms;

    return park(s, WAITING_FOR_USER, is_asked ? t->next_at_ms : t->deferred_ms);
}

bool wait_for_return(struct stepper *s)
{
    struct task *t = s->t;
    int64_t since = progressed_ms(s), updating = updating_ms(s);
    int64_t gone = since + absence_ms(s);
    struct failure f = {RETRY_PERMANENT, "not-returned",
                        "the device has not come back after Update was executed"};

    if (t->state == TASK_WAITING && s->now_ms < t->deferred_ms)
        return park_postponed(s);
    if (t->state == TASK_WAITING)
        set_task(s, TASK_UPDATING, WAITING_FOR_NOTHING);
    if (s->now_ms >= gone) {
        end(s, TASK_FAILED, &f);
        for (size_t i = 0; i < t->part_count; i++)
            if (t->parts[i].is_executed)
                t->parts[i].state = PART_FAILED;
        return finish(s, TASK_FAILED);
    }
    t->is_away = s->now_ms >= since + updating;
    return poll_absent(s, t->is_away ? gone : since + updating);
}

/* Which of the two to change, where a device is just slow. */
static bool is_time_of_profile(const struct stepper *s)
{
    int64_t longest = updating_ms(s);

    for (size_t i = 0; i < s->t->part_count; i++)
        if (s->t->parts[i].is_executed &&
            profile_updating_ms(s->in->profile, s->plan->targets[i].component, -1) ==
                longest)
            return true;
    return false;
}

void say_overdue(const struct stepper *s, char *text, size_t size)
{
    snprintf(text, size, "State is Updating for longer than %" PRId64 " s, %s",
             updating_ms(s) / MS_PER_S,
             is_time_of_profile(s) ? "updating_max_s of the profile"
                                   : "timers.updating_s of the policy");
}
