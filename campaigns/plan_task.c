/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/plan_task.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/text.h"

/* The first refusal sticks; what is added after it is left out. */
struct making {
    struct task_plan *plan;
    const struct catalogue *bundles;
    enum plan_exclusion refusal;
    char *detail;
};

[[gnu::format(printf, 3, 4)]] static void
refuse(struct making *m, enum plan_exclusion why, const char *format, ...)
{
    va_list args;

    if (m->refusal != PLAN_INCLUDED)
        return;
    m->refusal = why;
    va_start(args, format);
    vsnprintf(m->detail, PLAN_DETAIL_MAX + 1, format, args);
    va_end(args);
}

/* ---- conditions ---- */

static bool is_same(const struct condition *a, const struct condition *b)
{
    return strcmp(a->path, b->path) == 0 && a->op == b->op &&
           a->is_text == b->is_text && a->is_optional == b->is_optional &&
           a->number == b->number && strcmp(a->text, b->text) == 0;
}

static uint8_t stage_of(const struct task_plan *plan, size_t condition)
{
    return plan->targets[plan->condition_target[condition]].stage;
}

/* A file that brings several components has its conditions once. */
static bool has_condition(const struct task_plan *plan, uint8_t stage,
                          const struct condition *c)
{
    for (size_t i = 0; i < plan->condition_count; i++)
        if (stage_of(plan, i) == stage && is_same(&plan->conditions[i], c))
            return true;
    return false;
}

/* @return how many resources have to be read before the Update of stage */
static size_t count_paths(const struct task_plan *plan, uint8_t stage)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->condition_count; i++) {
        bool is_new = stage_of(plan, i) == stage;
        for (size_t n = 0; n < i && is_new; n++)
            is_new = stage_of(plan, n) != stage ||
                     strcmp(plan->conditions[n].path, plan->conditions[i].path) != 0;
        count += is_new;
    }
    return count;
}

static void add_condition(struct making *m, size_t target, const struct condition *c)
{
    struct task_plan *plan = m->plan;
    uint8_t stage = plan->targets[target].stage;

    if (has_condition(plan, stage, c))
        return;
    if (plan->condition_count == TASK_CONDITIONS_MAX) {
        refuse(m, PLAN_TOO_MANY_CONDITIONS,
               "the packages on the way have more than %d conditions",
               TASK_CONDITIONS_MAX);
        return;
    }
    plan->condition_target[plan->condition_count] = (uint8_t)target;
    plan->conditions[plan->condition_count++] = *c;
    if (count_paths(plan, stage) > TASK_PATHS_MAX)
        refuse(m, PLAN_TOO_MANY_CONDITIONS,
               "stage %d: the conditions of its packages are about more than %d "
               "resources, which cannot be read together",
               stage + 1, TASK_PATHS_MAX);
}

/* ---- targets ---- */

static void describe(struct making *m, size_t target, const struct plan_change *c)
{
    struct target *out = &m->plan->targets[target];
    const struct bundle *b = catalogue_find(m->bundles, c->bundle);

    if (!b || c->package >= b->package_count) {
        refuse(m, PLAN_BUNDLE_UNREADABLE, "the stored bundle %s cannot be read",
               c->bundle);
        return;
    }
    const struct bundle_package *p = &b->packages[c->package];
    out->verify_by_result = p->verify == VERIFY_RESULT;
    out->content_format = p->content_format ? p->content_format : 42;
    TEXT_COPY(out->uri, p->uri);
    m->plan->severity = (int8_t)b->severity;
    for (size_t i = 0; i < p->condition_count; i++)
        add_condition(m, target, &b->conditions[p->condition_first + i]);
}

static void add_target(struct making *m, const struct plan_change *c)
{
    struct task_plan *plan = m->plan;

    if (plan->target_count == TASK_PARTS_MAX) {
        refuse(m, PLAN_TOO_MANY_CHANGES,
               "the way to the target has more than %d changes", TASK_PARTS_MAX);
        return;
    }
    struct target *target = &plan->targets[plan->target_count];
    TEXT_COPY(target->component, c->component);
    TEXT_COPY(target->from, c->from);
    TEXT_COPY(target->to, c->to);
    TEXT_COPY(target->digest, c->digest);
    target->bytes = (int64_t)c->bytes;
    target->content_format = 42;
    target->stage = plan->stage_count;
    target->carrier = plan->target_count++;
}

/* The component whose instance gets the file, in the same stage. */
static void set_carrier(struct task_plan *plan, size_t i, const char *with)
{
    for (size_t n = 0; *with && n < plan->target_count; n++)
        if (plan->targets[n].stage == plan->targets[i].stage &&
            strcmp(plan->targets[n].component, with) == 0)
            plan->targets[i].carrier = (uint8_t)n;
}

static void add_stage(struct making *m, const struct plan_stage *stage)
{
    size_t first = m->plan->target_count;

    for (size_t i = 0; i < stage->count; i++)
        add_target(m, &stage->changes[i]);
    for (size_t at = first; at < m->plan->target_count; at++) {
        const struct plan_change *c = &stage->changes[at - first];
        describe(m, at, c);
        set_carrier(m->plan, at, c->with);
    }
    m->plan->stage_count++;
}

enum plan_exclusion plan_task_make(const struct plan_group *group,
                                   const struct catalogue *bundles,
                                   struct task_plan *out,
                                   char detail[PLAN_DETAIL_MAX + 1])
{
    struct making m = {.plan = out, .bundles = bundles, .detail = detail};

    memset(out, 0, sizeof *out);
    out->severity = -1;
    for (size_t i = 0; i < group->stage_count && m.refusal == PLAN_INCLUDED; i++)
        add_stage(&m, &group->stages[i]);
    return m.refusal;
}
