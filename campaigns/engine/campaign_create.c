/* SPDX-License-Identifier: Apache-2.0 */
/* campaign_create.c - a campaign from a stored plan, or from a part of it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "campaigns/planning/planning.h"
#include "store/plans.h"

enum {
    POLICY_TEXT_MAX = 4096,
    SUBSET_DEVICES_MAX = 20000, /* planned for again within one pass */
};

/* ---- a subset of the plan's components ---- */

static size_t split(char *list, const char **names)
{
    char *rest = NULL;
    size_t count = 0;

    for (char *name = strtok_r(list, ",", &rest);
         name && count < INVENTORY_COMPONENTS_MAX; name = strtok_r(NULL, ",", &rest))
        names[count++] = name;
    return count;
}

static const struct plan_group *broken_group(const struct plan *plan)
{
    for (size_t i = 0; i < plan->group_count; i++)
        if (plan->groups[i].exclusion == PLAN_SUBSET_BREAKS_RULE)
            return &plan->groups[i];
    return NULL;
}

/* Plan again with these components only; the plan that comes out is the campaign's.
 * @return true if a was answered: it breaks a rule */
static bool use_subset(struct engine *e, const struct answer *a, struct plan_row *row,
                       const char *components)
{
    const char *names[INVENTORY_COMPONENTS_MAX];
    char *list = strdup(components);
    struct planning_request request = {
        .bundle = row->bundle,
        .query = row->query,
        .components = names,
        .now_ms = e->now.wall_ms,
    };
    struct planning_owner owner = {row->bundle_id, a->command->actor};
    struct planning_problem problem = {.text = ""};
    struct plan plan = {0};

    request.component_count = list ? split(list, names) : 0;
    int rc = planning_make(e->reader, &request, &plan, &problem);
    const struct plan_group *broken = rc == 0 ? broken_group(&plan) : NULL;
    if (rc < 0)
        e->err = rc;
    if (broken)
        snprintf(problem.text, sizeof problem.text, "%s",
                 broken->detail ? broken->detail : "these components break a rule");
    if (rc == 0 && !broken) {
        snprintf(plan.id, sizeof plan.id, "c%" PRId64, e->last_campaign_id + 1);
        snprintf(row->id, sizeof row->id, "%s", plan.id);
        e->err = planning_put(e->batch, &plan, &owner);
    }
    plan_fini(&plan);
    free(list);
    if (rc == 0 && !broken)
        return false;
    answer_now(a, COMMAND_REFUSED, "subset-breaks-rule", problem.text);
    return true;
}

/* ---- the campaign ---- */

static bool refuse_policy(const struct engine *e, const struct answer *a,
                          struct policy *policy)
{
    struct policy_error why;
    char detail[280];

    *policy = e->policy;
    if (policy_update(a->command->text, policy, &why) == 0)
        return false;
    snprintf(detail, sizeof detail, "policy %s: %s", why.path, why.detail);
    answer_now(a, COMMAND_INVALID, "invalid-policy", detail);
    return true;
}

static bool refuse_plan(struct engine *e, const struct answer *a, struct plan_row *plan)
{
    int rc = store_plan_get(e->reader, a->command->campaign.plan_id, plan);

    if (rc == 0 && (plan->expires_ms == 0 || plan->expires_ms > e->now.wall_ms))
        return false;
    if (rc < 0)
        e->err = rc;
    if (rc == 0)
        answer_now(a, COMMAND_CONFLICT, "plan-expired",
                   "The plan is older than its time; make a new one.");
    else
        answer_now(a, COMMAND_NOT_FOUND, "not-found", "There is no such plan.");
    return true;
}

static bool refuse_subset(struct engine *e, const struct answer *a,
                          struct plan_row *plan)
{
    const char *components = a->command->campaign.components;

    if (!components || !*components)
        return false;
    if (plan->devices > SUBSET_DEVICES_MAX) {
        answer_now(a, COMMAND_REFUSED, "plan-too-large",
                   "For this many devices, make the plan with these components.");
        return true;
    }
    return use_subset(e, a, plan, components);
}

static size_t put_campaign(struct engine *e, const struct command *c,
                           const struct plan_row *plan, const struct policy *policy)
{
    char text[POLICY_TEXT_MAX];
    struct campaign_row row = {
        .id = ++e->last_campaign_id,
        .bundle_id = plan->bundle_id,
        .state = "draft",
        .created_ms = e->now.wall_ms,
    };
    struct run shown = {0};

    snprintf(row.name, sizeof row.name, "%s", c->campaign.name);
    snprintf(row.plan_id, sizeof row.plan_id, "%s", plan->id);
    snprintf(row.bundle, sizeof row.bundle, "%s", plan->bundle);
    snprintf(row.created_by, sizeof row.created_by, "%s", c->actor);
    if (policy_print(policy, text, sizeof text) < 0)
        return SIZE_MAX;
    size_t index = engine_put(
        e, &(struct change){
               .kind = CHANGE_CAMPAIGN_PUT,
               .campaign = {&row, text,
                            c->campaign.components ? c->campaign.components : ""}});
    shown.row = row;
    event_of_campaign(e, &shown, "draft", c->actor);
    return index;
}

void campaign_create(struct engine *e, const struct answer *a)
{
    struct policy policy;
    struct plan_row plan;
    char id[24];

    if (a->command->campaign.is_dynamic) {
        answer_now(a, COMMAND_INVALID, "not-supported",
                   "\"dynamic\" is not yet supported.");
        return;
    }
    if (refuse_policy(e, a, &policy) || refuse_plan(e, a, &plan) ||
        refuse_subset(e, a, &plan))
        return;
    size_t index = put_campaign(e, a->command, &plan, &policy);
    if (index == SIZE_MAX) {
        answer_now(a, COMMAND_INVALID, "too-long",
                   "A text of the campaign is too long.");
        return;
    }
    snprintf(id, sizeof id, "%" PRId64, e->last_campaign_id);
    answer_durable(e, a, index, id, NULL);
}
