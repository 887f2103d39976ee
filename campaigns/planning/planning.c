/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/planning/planning.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "campaigns/bundle_rules.h"
#include "campaigns/plan_task.h"
#include "campaigns/planning/planning_internal.h"
#include "campaigns/planning/profile_set.h"
#include "campaigns/text.h"

enum { PLAN_LIFETIME_MS = 24 * 60 * 60 * 1000 };

/* All that stays the same from group to group. */
struct making {
    struct store *reader;
    const struct bundle *target;
    const struct catalogue *catalogue;
    const struct profile_set *profiles;
    int64_t wall_ms;
    const char *const *components;
    size_t component_count;
};

static int set_detail(struct plan_group *group, const char *detail)
{
    free(group->detail);
    group->detail = strdup(detail);
    return group->detail ? 0 : -ENOMEM;
}

/* There is a way, but none that a task can go. */
static int exclude(struct plan_group *group, enum plan_exclusion why,
                   const char *detail)
{
    plan_group_clear(group);
    group->exclusion = why;
    return set_detail(group, detail);
}

static int check_tasks(const struct making *m, struct plan_group *group)
{
    char detail[PLAN_DETAIL_MAX + 1];
    struct task_plan *plan = malloc(sizeof *plan);
    if (!plan)
        return -ENOMEM;
    enum plan_exclusion why = plan_task_make(group, m->catalogue, plan, detail);
    free(plan);
    return why == PLAN_INCLUDED ? 0 : exclude(group, why, detail);
}

/* A stepping stone that cannot be read may be what was missing. */
static int blame_unreadable(const struct making *m, struct plan_group *group)
{
    char detail[PLAN_DETAIL_MAX + 1];
    snprintf(detail, sizeof detail, "the stored bundle %s cannot be read; %.100s",
             m->catalogue->unreadable, group->detail ? group->detail : "");
    return set_detail(group, detail);
}

static int check_group(const struct making *m, struct plan_group *group)
{
    if (group->exclusion == PLAN_INCLUDED)
        return check_tasks(m, group);
    if (group->exclusion == PLAN_NO_PATH && *m->catalogue->unreadable)
        return blame_unreadable(m, group);
    return 0;
}

/* For people: nothing is decided by it. */
static void name_parts(const struct profile *profile, const struct plan_stage *stage)
{
    for (size_t i = 0; i < stage->count; i++) {
        struct plan_change *c = &stage->changes[i];
        const struct profile_component *known =
            profile_component(profile, c->component);
        if (!known)
            continue;
        TEXT_COPY(c->role, profile_role_name((enum profile_role)known->role));
        TEXT_COPY(c->processor, known->processor);
    }
}

/* Support that has ended forbids nothing, but who plans should know. */
static int tell_profile(const struct making *m, const struct profile *profile,
                        struct plan_group *group)
{
    char today[16], detail[PLAN_DETAIL_MAX + 1];
    time_t now = (time_t)(m->wall_ms / 1000);
    struct tm tm;
    for (size_t i = 0; i < group->stage_count; i++)
        name_parts(profile, &group->stages[i]);
    TEXT_COPY(group->profile, profile->name);
    TEXT_COPY(group->end_of_support, profile->end_of_support);
    if (!*profile->end_of_support || !gmtime_r(&now, &tm) ||
        strftime(today, sizeof today, "%Y-%m-%d", &tm) == 0 ||
        strcmp(profile->end_of_support, today) >= 0)
        return 0;
    snprintf(detail, sizeof detail, "support ended on %s%s%.200s",
             profile->end_of_support, group->detail ? "; " : "",
             group->detail ? group->detail : "");
    return set_detail(group, detail);
}

static int plan_inventory(const struct making *m, const struct inventory *inv,
                          struct plan_group *out)
{
    const struct planner_request request = {
        .inventory = inv,
        .bundle = m->target,
        .catalogue = m->catalogue,
        .components = m->components,
        .component_count = m->component_count,
        .profile = profile_set_for(m->profiles, inv),
    };
    int rc = planner_make(&request, out);
    if (rc == 0)
        rc = check_group(m, out);
    if (rc == 0 && request.profile)
        rc = tell_profile(m, request.profile, out);
    if (rc)
        plan_group_fini(out);
    return rc;
}

/* Names of some devices, for people who look into an exclusion. */
static int name_sample(const struct making *m, const struct planning_group *from,
                       struct plan_group *out)
{
    out->sample = calloc(PLAN_SAMPLE_MAX, sizeof *out->sample);
    if (!out->sample)
        return -ENOMEM;
    return planning_sample(m->reader, from->sample, from->sample_count, out->sample,
                           &out->sample_count);
}

static int make_group(const struct making *m, const struct planning_group *from,
                      struct plan_group *out)
{
    struct inventory *inv = malloc(sizeof *inv);
    int rc = inv ? planning_inventory(m->reader, from->inventory_id, inv) : -ENOMEM;
    if (rc == 0)
        rc = plan_inventory(m, inv, out);
    free(inv);
    if (rc)
        return rc;
    out->inventory_id = from->inventory_id;
    out->devices = from->devices;
    if (out->exclusion == PLAN_INCLUDED)
        return 0;
    rc = name_sample(m, from, out);
    if (rc)
        plan_group_fini(out);
    return rc;
}

/* Those with an update first, then the largest. */
static int by_use(const void *a, const void *b)
{
    const struct plan_group *x = a, *y = b;
    bool x_out = x->exclusion != PLAN_INCLUDED, y_out = y->exclusion != PLAN_INCLUDED;
    if (x_out != y_out)
        return x_out ? 1 : -1;
    if (x->devices != y->devices)
        return x->devices > y->devices ? -1 : 1;
    return (x->inventory_id > y->inventory_id) - (x->inventory_id < y->inventory_id);
}

static int make_groups(const struct making *m, const struct planning_groups *groups,
                       struct plan *plan)
{
    plan->groups = calloc(groups->count + 1, sizeof *plan->groups);
    if (!plan->groups)
        return -ENOMEM;
    for (size_t i = 0; i < groups->count; i++) {
        int rc = make_group(m, &groups->groups[i], &plan->groups[i]);
        if (rc)
            return rc;
        plan->group_count++;
    }
    qsort(plan->groups, plan->group_count, sizeof *plan->groups, by_use);
    plan_count(plan);
    plan->unregistered = groups->unregistered;
    planning_fingerprint(groups, plan->fingerprint);
    return 0;
}

static int describe(const struct planning_request *request, struct plan *plan)
{
    TEXT_COPY(plan->bundle, request->bundle);
    plan->created_ms = request->now_ms;
    plan->expires_ms =
        request->now_ms + (request->keep_ms > 0 ? request->keep_ms : PLAN_LIFETIME_MS);
    plan->query = strdup(request->query ? request->query : "");
    plan->components = calloc(request->component_count + 1, sizeof *plan->components);
    if (!plan->query || !plan->components)
        return -ENOMEM;
    for (size_t i = 0; i < request->component_count; i++)
        TEXT_COPY(plan->components[i], request->components[i]);
    plan->component_count = request->component_count;
    return 0;
}

static int check_subset(const struct bundle *target,
                        const struct planning_request *request,
                        struct planning_problem *problem)
{
    struct bundle_problem why;
    if (bundle_check_subset(target, request->components, request->component_count,
                            &why) == 0)
        return 0;
    planning_say(problem, "%s: %s", why.path, why.text);
    return PLANNING_E_SUBSET;
}

static int make(const struct making *m, const struct planning_request *request,
                struct plan *plan, struct planning_problem *problem)
{
    struct planning_groups groups = {.count = 0};
    int rc = check_subset(m->target, request, problem);
    if (rc == 0)
        rc = describe(request, plan);
    if (rc == 0)
        rc = planning_groups(m->reader, request->query, request->now_ms, &groups,
                             problem);
    if (rc == 0)
        rc = make_groups(m, &groups, plan);
    planning_groups_fini(&groups);
    return rc;
}

int planning_make(struct store *reader, const struct planning_request *request,
                  struct plan *out, struct planning_problem *problem)
{
    struct plan plan = {.devices = 0};
    struct planning_ground ground;
    struct profile_set *profiles = NULL;
    *problem = (struct planning_problem){.position = 0};
    int rc = planning_load(reader, request->bundle, &ground, problem);
    if (rc)
        return rc;
    rc = profile_set_open(reader, &profiles, NULL);
    struct making m = {
        .reader = reader,
        .target = ground.target,
        .catalogue = &ground.catalogue,
        .profiles = profiles,
        .wall_ms = request->now_ms,
        .components = request->components,
        .component_count = request->component_count,
    };
    if (rc == 0)
        rc = make(&m, request, &plan, problem);
    profile_set_close(profiles);
    planning_unload(&ground);
    if (rc)
        plan_fini(&plan);
    else
        *out = plan;
    return rc;
}

int planning_replan(struct store *reader, const struct planning_one *one,
                    struct plan_group *out)
{
    struct making m = {
        .reader = reader,
        .target = one->ground->target,
        .catalogue = &one->ground->catalogue,
        .profiles = one->profiles,
        .components = one->components,
        .component_count = one->component_count,
    };
    return plan_inventory(&m, one->inventory, out);
}
