/* SPDX-License-Identifier: Apache-2.0 */
/* plans.c - plans as step() wants them: one copy for all devices of a group. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "campaigns/plan_json.h"
#include "campaigns/plan_task.h"
#include "campaigns/planning/ground.h"
#include "campaigns/planning/planning.h"
#include "store/plans.h"

/* ---- a group becomes a task's plan ---- */

/* What we cannot know or keep of a plan makes it one that nobody follows. */
static int fill(struct engine *e, const struct plan_group *group, struct plan_ref *ref)
{
    struct catalogue bundles;

    int rc = planning_bundles_of(e->reader, group, &bundles);
    if (rc != 0)
        return rc;
    enum plan_exclusion why =
        plan_task_make(group, &bundles, &ref->plan, ref->refusal_detail);
    if (why != PLAN_INCLUDED)
        ref->refusal = plan_exclusion_name(why);
    catalogue_fini(&bundles);
    return 0;
}

static struct plan_ref *build(struct engine *e, const char *plan_id, int group_no,
                              const struct plan_group *group)
{
    struct plan_ref *ref = calloc(1, sizeof *ref);

    int rc = ref ? fill(e, group, ref) : -ENOMEM;
    if (rc != 0) {
        e->err = rc;
        free(ref);
        return NULL;
    }
    snprintf(ref->plan.plan_id, sizeof ref->plan.plan_id, "%s", plan_id);
    ref->plan.group_no = group_no;
    ref->users = 1;
    ref->next = e->plans;
    e->plans = ref;
    return ref;
}

static struct plan_ref *load(struct engine *e, const char *plan_id, int group_no)
{
    struct plan_group_row row;
    struct plan_group group = {0};
    struct plan_ref *ref = NULL;
    char *body = NULL;

    int rc = store_plan_group(e->reader, plan_id, group_no, &row, &body);
    if (rc == 0 && body)
        rc = plan_group_from_json(body, strlen(body), &group);
    if (rc == 0 && body)
        ref = build(e, plan_id, group_no, &group);
    if (rc < 0 && rc != -EBADMSG)
        e->err = rc;
    plan_group_fini(&group);
    free(body);
    return ref;
}

struct plan_ref *plan_get(struct engine *e, const char *plan_id, int group_no)
{
    for (struct plan_ref *ref = e->plans; ref; ref = ref->next)
        if (ref->plan.group_no == group_no && strcmp(ref->plan.plan_id, plan_id) == 0) {
            ref->users++;
            return ref;
        }
    return load(e, plan_id, group_no);
}

void plan_put(struct engine *e, struct plan_ref *ref)
{
    struct plan_ref **at = &e->plans;

    if (!ref || --ref->users > 0)
        return;
    while (*at != ref)
        at = &(*at)->next;
    *at = ref->next;
    free(ref);
}

/* ---- a device that left its path ---- */

static void set_private(struct plan *plan, struct plan_group *group,
                        const struct engine *e, const struct active *a)
{
    *plan = (struct plan){
        .devices = 1,
        .bytes = group->bytes,
        .created_ms = e->now.wall_ms,
        .groups = group,
        .group_count = 1,
    };
    snprintf(plan->id, sizeof plan->id, "t%" PRId64 "-%" PRIx64, a->task.id,
             (uint64_t)e->now.wall_ms);
    snprintf(plan->bundle, sizeof plan->bundle, "%s", a->run->row.bundle);
    group->devices = 1;
}

/* Components that the new plan leaves alone are what they are. */
static void close_old_parts(struct active *a, const struct task_plan *fresh)
{
    for (size_t i = 0; i < a->task.part_count; i++) {
        bool is_kept = false;
        for (size_t n = 0; n < fresh->target_count; n++)
            is_kept |= strcmp(fresh->targets[n].component,
                              a->plan->plan.targets[i].component) == 0;
        if (!is_kept && a->task.parts[i].state < PART_UPDATED)
            a->task.parts[i].state = PART_UNCHANGED;
    }
}

static void copy_attempts(struct task *to, const struct task_plan *plan,
                          const struct active *a, struct engine *e)
{
    for (size_t i = 0; i < to->part_count; i++) {
        struct attempt_row row;
        const char *digest = plan->targets[i].digest;
        int rc = store_attempt_get(e->reader, a->task.device_id, digest, &row);
        if (rc < 0)
            e->err = rc;
        if (rc == 0) {
            to->parts[i].executes = (uint8_t)row.executes;
            to->parts[i].is_blocked = row.blocked[0] != '\0';
        }
        /* what is not durable yet is in memory */
        for (size_t n = 0; n < a->task.part_count; n++)
            if (strcmp(a->plan->plan.targets[n].digest, digest) == 0 &&
                a->task.parts[n].executes > to->parts[i].executes)
                to->parts[i].executes = a->task.parts[n].executes;
    }
}

static void switch_plan(struct engine *e, struct active *a, struct plan_ref *fresh)
{
    struct task t = task_new(&fresh->plan, a->task.since_ms);

    close_old_parts(a, &fresh->plan);
    active_save(e, a);
    t.id = a->task.id;
    t.campaign_id = a->task.campaign_id;
    t.device_id = a->task.device_id;
    t.state = a->task.state;
    t.waiting_for = a->task.waiting_for;
    t.is_started = a->task.is_started;
    t.is_at_risk = a->task.is_at_risk;
    t.has_executed = a->task.has_executed;
    t.replans = a->task.replans;
    t.ending = a->task.ending;
    t.stop = a->task.stop;
    copy_attempts(&t, &fresh->plan, a, e);
    plan_put(e, a->plan);
    a->plan = fresh;
    a->task = a->saved = t;
    for (size_t i = 0; i < t.part_count; i++)
        a->saved.parts[i].sent_bytes = -1; /* so that all rows are written */
    active_save(e, a);
}

static void give_up(struct active *a, enum plan_exclusion why, const char *detail)
{
    struct task *t = &a->task;

    t->ending = (uint8_t)(t->is_started ? TASK_FAILED : TASK_EXCLUDED);
    snprintf(t->reason, sizeof t->reason, "%s", plan_exclusion_name(why));
    snprintf(t->detail, sizeof t->detail, "%s", detail ? detail : "");
}

/* @return how many names stand in list, which is cut up */
static size_t split(char *list, const char **names)
{
    char *rest = NULL;
    size_t count = 0;

    for (char *name = strtok_r(list, ",", &rest);
         name && count < INVENTORY_COMPONENTS_MAX; name = strtok_r(NULL, ",", &rest))
        names[count++] = name;
    return count;
}

/* Bundles are read once, until one changes: till that is durable, each time anew. */
static int find_ground(struct engine *e, struct run *run)
{
    struct planning_problem problem;

    if (run->ground && run->ground_number >= e->bundles_number)
        return 0;
    struct planning_ground *fresh = malloc(sizeof *fresh);
    int rc =
        fresh ? planning_load(e->reader, run->row.bundle, fresh, &problem) : -ENOMEM;
    if (rc != 0) {
        free(fresh);
        return rc;
    }
    if (run->ground)
        planning_unload(run->ground);
    free(run->ground);
    run->ground = fresh;
    run->ground_number = e->durable;
    return 0;
}

/* With the subset of the campaign's own plan. */
static int replan(struct engine *e, struct active *a, struct plan_group *out)
{
    const char *names[INVENTORY_COMPONENTS_MAX];
    struct plan_row *plan = malloc(sizeof *plan);
    struct planning_one one = {
        .components = names, .inventory = &a->inventory, .profiles = e->profiles};

    int rc = plan ? store_plan_get(e->reader, a->run->row.plan_id, plan) : -ENOMEM;
    if (rc == 0)
        rc = find_ground(e, a->run);
    if (rc == 0) {
        one.ground = a->run->ground;
        one.component_count = split(plan->components, names);
        rc = planning_replan(e->reader, &one, out);
    }
    free(plan);
    return rc;
}

static void use_private(struct engine *e, struct active *a, struct plan_group *group)
{
    struct planning_owner owner = {a->run->row.bundle_id, ENGINE_ACTOR};
    struct plan plan;

    set_private(&plan, group, e, a);
    int rc = planning_put(e->batch, &plan, &owner);
    if (rc < 0)
        e->err = rc;
    struct plan_ref *fresh = rc == 0 ? build(e, plan.id, 0, group) : NULL;
    if (fresh)
        switch_plan(e, a, fresh);
}

bool plan_again(struct engine *e, struct active *a)
{
    struct plan_group group = {0};

    if (!a->view.inventory)
        return false;
    int rc = replan(e, a, &group);
    if (rc < 0)
        e->err = rc;
    else if (rc > 0)
        give_up(a, PLAN_NO_PATH, "the campaign's bundle is no longer ready");
    else if (group.exclusion != PLAN_INCLUDED)
        give_up(a, group.exclusion, group.detail);
    else
        use_private(e, a, &group);
    plan_group_fini(&group);
    return !e->err;
}
