/* SPDX-License-Identifier: Apache-2.0 */
/* step_install.c - everything is Downloaded: hold, conditions, and the one Execute. */
#include <stdio.h>
#include <string.h>

#include "campaigns/conditions.h"
#include "campaigns/step_internal.h"

/* It has its packages and was read after that: they alone did not harm it, and while it
 * waits another one may have its place among the first. */
bool phase_hold(struct stepper *s)
{
    s->t->is_at_risk &= s->t->has_executed;
    set_task(s, TASK_DELIVERED, WAITING_FOR_NOTHING);
    return !s->in->may_install && park(s, WAITING_FOR_INSTALL, 0);
}

/* @return what the last read had for path, NULL if it was not asked for it */
static const struct device_value *read_of(const struct stepper *s, const char *path)
{
    const struct step_view *v = s->in->view;

    for (size_t i = 0; i < v->value_count; i++)
        if (strcmp(v->values[i].path, path) == 0)
            return &v->values[i];
    return NULL;
}

/* @return the value that the last read had for path, NULL if the device has none */
static const char *value_of(const struct stepper *s, const char *path)
{
    const struct device_value *v = read_of(s, path);

    return v && v->has_value ? v->text : NULL;
}

static bool wait_for_condition(struct stepper *s, const char *path)
{
    const char *value = value_of(s, path);

    snprintf(s->t->reason, sizeof s->t->reason, "condition");
    snprintf(s->t->detail, sizeof s->t->detail, "%s is %s", path,
             value ? value : "not there");
    return park(s, WAITING_FOR_CONDITION,
                s->now_ms + s->in->policy->timers.condition_ms);
}

/* Only stages that the device demanded at once can have more than a plan may. */
static bool fail_unreadable(struct stepper *s)
{
    struct failure f = {RETRY_PERMANENT, "too-many-conditions", ""};

    snprintf(f.detail, sizeof f.detail,
             "the device demands stages together (Conflicting Instances) whose "
             "conditions are about more than %d resources",
             TASK_PATHS_MAX);
    end(s, TASK_FAILED, &f);
    return phase_clean(s);
}

bool phase_conditions(struct stepper *s)
{
    const struct policy *p = s->in->policy;
    struct device_action all = {0};

    if (!add_open_paths(s, &all))
        return fail_unreadable(s);
    if (p->min_battery_pct > 0 &&
        !condition_battery_holds(value_of(s, "/3/0/9"), p->min_battery_pct))
        return wait_for_condition(s, "/3/0/9");
    for (size_t i = 0; i < s->plan->condition_count; i++) {
        const struct condition *c = &s->plan->conditions[i];
        if (!is_open(s, s->plan->condition_target[i]))
            continue;
        if (!read_of(s, c->path)) /* the stage began, or grew, after the last read */
            return read_again(s);
        if (!condition_holds(c, value_of(s, c->path)))
            return wait_for_condition(s, c->path);
    }
    return false;
}

/* Object 5 cannot change two instances at once: there, one after the other. What is
 * open is Downloaded, or comes with what is: else its file was not delivered now. */
static bool is_in_this_execute(const struct stepper *s, size_t i, size_t main)
{
    const struct component *c = seen(s, i);

    if (i == main)
        return true;
    return is_open(s, i) && is_open(s, s->plan->targets[i].carrier) && c &&
           c->object == COMPONENT_AFU && c->object_id == s->t->parts[main].object_id &&
           seen(s, main)->object == COMPONENT_AFU;
}

/* The lowest instance that got a package of its own: the main component by 1.1. */
static size_t main_part(const struct stepper *s)
{
    size_t best = TASK_PARTS_MAX;

    for (size_t i = 0; i < s->t->part_count; i++) {
        if (!is_open(s, i) || s->plan->targets[i].carrier != i)
            continue;
        if (best == TASK_PARTS_MAX ||
            s->t->parts[i].instance < s->t->parts[best].instance)
            best = i;
    }
    return best;
}

static void mark_executed(struct stepper *s, size_t i)
{
    struct task_part *p = &s->t->parts[i];

    p->is_executed = s->t->is_at_risk = true;
    p->was_updating = false;
    p->result_before = seen(s, i)->result;
    if (!p->is_counted && p->executes < UINT8_MAX)
        p->executes++;
    p->is_counted = false;
    set_part(s, i, PART_UPDATING);
}

static bool is_spent(struct stepper *s, size_t main)
{
    struct failure f = {RETRY_PERMANENT, "attempts-exhausted", ""};

    for (size_t i = 0; i < s->t->part_count; i++) {
        struct task_part *p = &s->t->parts[i];
        if (!is_in_this_execute(s, i, main) || p->is_counted ||
            (!p->is_blocked && p->executes < s->in->limits->executes_max))
            continue;
        if (p->is_blocked)
            f.reason = "blocked";
        snprintf(f.detail, sizeof f.detail,
                 "Update of %s was executed %u times already",
                 s->plan->targets[i].component, p->executes);
        set_part(s, i, PART_FAILED);
        end(s, TASK_FAILED, &f);
        return true;
    }
    return false;
}

/* What is open came with files whose own components are at their versions already:
 * those are not sent again. It may lag behind, for as long as an update may take. */
static bool wait_for_carried(struct stepper *s)
{
    int64_t deadline_ms = s->t->progress_ms + s->in->policy->timers.updating_ms;
    int64_t poll_ms = s->in->view->read_ms + s->in->policy->timers.poll_ms;
    struct failure f = {RETRY_PERMANENT, "not-installed", ""};

    if (s->now_ms < deadline_ms)
        return wait_until(s, poll_ms < deadline_ms ? poll_ms : deadline_ms);
    for (size_t i = 0; i < s->t->part_count; i++) {
        const struct component *c = is_open(s, i) ? seen(s, i) : NULL;
        if (!c)
            continue;
        set_part(s, i, PART_FAILED);
        snprintf(f.detail, sizeof f.detail, "%s still reports version \"%s\"",
                 s->plan->targets[i].component, c->version);
    }
    end(s, TASK_FAILED, &f);
    return phase_clean(s);
}

bool phase_execute(struct stepper *s)
{
    struct task *t = s->t;
    size_t main = main_part(s);

    if (main == TASK_PARTS_MAX)
        return wait_for_carried(s);
    if (is_spent(s, main))
        return phase_clean(s);
    act(s, DEVICE_EXECUTE, main);
    for (size_t i = 0; i < t->part_count; i++) {
        if (!is_in_this_execute(s, i, main))
            continue;
        if (i != main && seen(s, i)->state == COMPONENT_DOWNLOADED)
            s->out->action.others[s->out->action.other_count++] = t->parts[i].instance;
        mark_executed(s, i);
    }
    t->executed_ms = s->now_ms;
    t->progress_ms = s->now_ms;
    t->is_acknowledged = false;
    t->unsure_ms = 0;
    t->deferred_ms = 0;
    t->code = 0;
    set_task(s, TASK_UPDATING, WAITING_FOR_NOTHING);
    return true;
}
