/* SPDX-License-Identifier: Apache-2.0 */
/* step_deliver.c - brings the packages of a stage into the device, one at a time. */
#include <stdio.h>
#include <string.h>

#include "campaigns/step_internal.h"
#include "campaigns/version.h"

static void begin_next_stage(struct task *t)
{
    t->stage++;
    memset(t->tries, 0, sizeof t->tries);
    t->has_settings = false;
    t->settings_parts = 0;
    t->code = 0;
    t->resets = 0;
    t->executed_ms = 0;
}

static bool has_open_parts(const struct stepper *s)
{
    for (size_t i = 0; i < s->t->part_count; i++)
        if (is_open(s, i))
            return true;
    return false;
}

/* Is part i where the plan saw it? What is at its target already needs nothing. */
static bool is_on_path(struct stepper *s, size_t i)
{
    const struct component *c = seen(s, i);
    const struct target *target = &s->plan->targets[i];

    if (!c)
        return false;
    if (c->state == COMPONENT_UPDATING)
        return true; /* by somebody else: its version says nothing yet */
    if (version_equal(c->version, target->to)) {
        bool is_ours = carrier_of(s, i)->via != VIA_NONE;
        count_automatic(s, s->plan->targets[i].carrier);
        set_part(s, i, is_ours ? PART_UPDATED : PART_UNCHANGED);
        return true;
    }
    return version_equal(c->version, target->from);
}

/* The next plan knows nothing of what was delivered by this one: it must not stay. */
static bool leave_path(struct stepper *s, size_t i)
{
    const struct component *c = seen(s, i);
    struct failure f = {RETRY_PERMANENT, "left-path", ""};

    if (s->t->replans < s->in->limits->replans_max) {
        if (reset_ours(s))
            return true;
        s->t->replans++;
        for (size_t n = 0; n < s->t->part_count; n++)
            settle_automatic(s, n);
        s->out->next = STEP_REPLAN;
        return true;
    }
    snprintf(f.detail, sizeof f.detail, "%s is at \"%s\", planned was %s",
             s->plan->targets[i].component, c ? c->version : "(gone)",
             s->plan->targets[i].from);
    end(s, TASK_FAILED, &f);
    return phase_clean(s);
}

/* Between stages, or where there is no way on: nobody plans anew for who is stopped. */
static bool end_between(struct stepper *s)
{
    end_as_stopped(s);
    return phase_clean(s);
}

bool phase_path(struct stepper *s)
{
    struct task *t = s->t;

    while (t->stage < s->plan->stage_count) {
        for (size_t i = 0; i < t->part_count; i++)
            if (is_open(s, i) && !is_on_path(s, i))
                return t->stop ? end_between(s) : leave_path(s, i);
        if (has_open_parts(s))
            break;
        begin_next_stage(t);
    }
    if (t->stage >= s->plan->stage_count)
        return finish(s, TASK_SUCCEEDED);
    return t->stop && end_between(s);
}

static bool fail(struct stepper *s, const struct failure *f)
{
    return retry_or_end(s, f) || phase_clean(s);
}

/* Somebody else updates this component: nothing may be written until it is over. */
static bool wait_for_other(struct stepper *s)
{
    int64_t deadline = s->t->progress_ms + s->in->policy->timers.updating_ms;
    struct failure f = {RETRY_PERMANENT, "stuck-updating",
                        "State is Updating, though Update was not executed by us"};

    if (s->now_ms < deadline)
        return wait_until(s, s->in->view->read_ms + s->in->policy->timers.poll_ms);
    end(s, TASK_NEEDS_ATTENTION, &f);
    return phase_clean(s);
}

static bool is_old_failure(uint8_t result)
{
    return result >= 2 && result != 10;
}

/* The parts whose State is not what a delivery of ours explains are reset. */
static bool normalise_part(struct stepper *s, size_t i)
{
    struct task_part *p = &s->t->parts[i];
    const struct component *c = seen(s, i);
    bool is_ours = carrier_of(s, i)->is_accepted;

    switch ((enum component_state)c->state) {
    case COMPONENT_UPDATING:
        return wait_for_other(s);
    case COMPONENT_DOWNLOADED:
    case COMPONENT_DOWNLOADING:
        return !is_ours && act(s, DEVICE_RESET, i);
    case COMPONENT_IDLE:
        if (is_ours || p->was_reset || !is_old_failure(c->result) || s->t->code)
            return false;
        p->was_reset = true; /* else a second failure would notify nothing */
        return act(s, DEVICE_RESET, i);
    case COMPONENT_STATE_UNKNOWN:
        break;
    }
    struct failure f = {RETRY_TRANSIENT, "unreadable", "State was not in the answer"};
    return fail(s, &f);
}

bool phase_normalise(struct stepper *s)
{
    if (s->t->progress_ms == 0)
        s->t->progress_ms = s->now_ms;
    for (size_t i = 0; i < s->t->part_count; i++)
        if (is_open(s, i) && normalise_part(s, i))
            return true;
    return false;
}

static bool can_push(const struct stepper *s, const struct component *c, size_t i)
{
    uint32_t quirks = s->in->profile ? s->in->profile->quirks : 0;

    return c->delivery != DELIVERY_PULL && !(quirks & QUIRK_PULL_ONLY) &&
           s->in->policy->delivery != POLICY_PULL && !*s->plan->targets[i].uri;
}

static bool can_pull(const struct stepper *s, const struct component *c, size_t i)
{
    uint32_t quirks = s->in->profile ? s->in->profile->quirks : 0;
    bool is_served = (c->protocols & 1) || *s->plan->targets[i].uri;

    return c->delivery != DELIVERY_PUSH && !(quirks & QUIRK_PUSH_ONLY) &&
           s->in->policy->delivery != POLICY_PUSH && is_served &&
           !s->t->parts[i].no_pull;
}

static bool is_spent(struct stepper *s, size_t i)
{
    const struct task_part *p = &s->t->parts[i];
    struct failure f = {RETRY_PERMANENT, "attempts-exhausted", ""};

    if (!p->is_blocked && (p->is_counted || p->executes < s->in->limits->executes_max))
        return false;
    if (p->is_blocked)
        f.reason = "blocked";
    snprintf(f.detail, sizeof f.detail,
             "Update was executed %u times for %s with this package; an operator must "
             "clear it",
             p->executes, s->plan->targets[i].component);
    set_part(s, i, PART_FAILED);
    end(s, TASK_FAILED, &f);
    return true;
}

static bool begin_delivery(struct stepper *s, size_t i)
{
    struct task_part *p = &s->t->parts[i];
    const struct component *c = seen(s, i);
    struct failure f = {RETRY_PERMANENT, "delivery-impossible",
                        "neither push nor pull is open to policy, profile and device"};
    bool is_pull = can_pull(s, c, i);

    if (!is_pull && !can_push(s, c, i)) {
        end(s, TASK_FAILED, &f);
        return phase_clean(s);
    }
    forget_delivery(s, i);
    p->was_clean = false;
    p->via = is_pull ? VIA_PULL : VIA_PUSH;
    p->result_before = c->result;
    set_part(s, i, PART_DELIVERING);
    set_task(s, TASK_DELIVERING, WAITING_FOR_NOTHING);
    s->t->progress_ms = s->now_ms;
    s->t->is_at_risk = true;
    p->is_automatic = c->has & COMPONENT_AUTO_ON;
    return act(s, is_pull ? DEVICE_WRITE_URI : DEVICE_PUSH, i);
}

static struct failure failure_of_code(const struct stepper *s, size_t i)
{
    uint8_t code = s->t->code;
    /* 4.01, 4.13, 4.15: the same again will be answered the same */
    bool is_final = code == 0x81 || code == 0x8d || code == 0x8f;
    struct failure f = {is_final ? RETRY_PERMANENT : RETRY_TRANSIENT,
                        "delivery-refused", ""};

    snprintf(f.detail, sizeof f.detail, "%s answered %d.%02d to %s",
             s->plan->targets[i].component, code >> 5, code & 31,
             s->t->parts[i].via == VIA_PULL ? "the package's URI" : "the package");
    return f;
}

/* It failed by its Update Result, or was refused by a code. */
static bool fail_delivery(struct stepper *s, size_t i, bool has_result)
{
    struct task_part *p = &s->t->parts[i];
    const struct component *c = seen(s, i);
    struct failure f = has_result ? failure_of_result(s, c) : failure_of_code(s, i);
    bool was_pull = p->via == VIA_PULL;

    s->t->code = 0;
    p->result = c->result;
    p->was_reset = false;
    forget_delivery(s, i);
    if (f.class == RETRY_SERVER && was_pull && can_push(s, c, i) && !p->no_pull &&
        !s->in->lacks_package) {
        p->no_pull = true; /* another way, before another try */
        return normalise_part(s, i) || begin_delivery(s, i);
    }
    if (c->result == 12 && has_result &&
        s->t->tries[RETRY_CONFLICT] < s->in->policy->retry[RETRY_CONFLICT].max &&
        reset_conflicting(s, i)) {
        s->t->tries[RETRY_CONFLICT]++;
        return true;
    }
    if (!retry_or_end(s, &f)) {
        set_part(s, i, PART_FAILED);
        return phase_clean(s);
    }
    return true;
}

static bool stall(struct stepper *s, size_t i)
{
    const struct component *c = seen(s, i);
    bool is_push = s->t->parts[i].via == VIA_PUSH;
    struct failure f = {RETRY_TRANSIENT, is_push ? "not-accepted" : "delivery-stalled",
                        ""};
    struct failure unclear = {RETRY_PERMANENT, "state-unclear",
                              "the package was accepted, yet State stays Downloading"};

    if (is_push && c->state == COMPONENT_DOWNLOADING) {
        end(s, TASK_NEEDS_ATTENTION, &unclear);
        return phase_clean(s);
    }
    snprintf(f.detail, sizeof f.detail, "%s: no progress, State %u, Update Result %u",
             s->plan->targets[i].component, c->state, c->result);
    forget_delivery(s, i);
    return fail(s, &f);
}

/* A package is on its way, or should have arrived. */
static bool watch_delivery(struct stepper *s, size_t i)
{
    struct task_part *p = &s->t->parts[i];
    const struct component *c = seen(s, i);
    int64_t deadline = s->t->progress_ms + s->in->policy->timers.stall_ms;
    int64_t poll = s->in->view->read_ms + s->in->policy->timers.poll_ms;

    if (is_old_failure(c->result) && c->result != p->result_before) {
        if (c->state == COMPONENT_DOWNLOADING)
            p->was_reset = false;
        return fail_delivery(s, i, true);
    }
    if (c->state == COMPONENT_IDLE && c->result == 10) /* canceled on the device */
        return fail_delivery(s, i, true);
    if (c->state == COMPONENT_IDLE && s->in->view->registered_ms > s->t->progress_ms) {
        struct failure f = {RETRY_TRANSIENT, "connection-lost",
                            "the device restarted and lost what was delivered"};
        forget_delivery(s, i);
        return fail(s, &f);
    }
    if (s->now_ms >= deadline)
        return stall(s, i);
    return wait_until(s, poll < deadline ? poll : deadline);
}

static bool deliver_part(struct stepper *s, size_t i)
{
    struct task_part *p = &s->t->parts[i];
    const struct component *c = seen(s, i);

    if (p->is_accepted)
        return watch_delivery(s, i);
    if (s->t->code) {
        bool has_result = is_old_failure(c->result) && c->result != p->result_before;
        return fail_delivery(s, i, has_result);
    }
    settle_automatic(s, i);
    if (is_spent(s, i))
        return phase_clean(s);
    if ((c->has & COMPONENT_AUTO_ON) && (phase_hold(s) || phase_conditions(s)))
        return true;
    return begin_delivery(s, i);
}

bool phase_deliver(struct stepper *s)
{
    for (size_t i = 0; i < s->t->part_count; i++) {
        if (!is_open(s, i) || s->plan->targets[i].carrier != i)
            continue;
        if (!s->t->parts[i].is_delivered)
            return deliver_part(s, i);
    }
    return false;
}
