/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const exclusion_names[PLAN_EXCLUSION_COUNT] = {
    [PLAN_INCLUDED] = "",
    [PLAN_INVENTORY_UNREAD] = "inventory-unread",
    [PLAN_NO_COMPONENTS] = "no-components",
    [PLAN_DUPLICATE_COMPONENT] = "duplicate-component",
    [PLAN_FORBIDDEN_COMPONENT] = "forbidden-component",
    [PLAN_INVENTORY_TOO_LARGE] = "inventory-too-large",
    [PLAN_INVENTORY_UNREADABLE] = "inventory-unreadable",
    [PLAN_NOT_APPLICABLE] = "not-applicable",
    [PLAN_UNKNOWN_HARDWARE] = "unknown-hardware",
    [PLAN_MISSING_COMPONENT] = "missing-component",
    [PLAN_NO_PATH] = "no-path",
    [PLAN_CYCLE_NOT_ATOMIC] = "cycle-not-atomic",
    [PLAN_SUBSET_BREAKS_RULE] = "subset-breaks-rule",
    [PLAN_SEARCH_BOUND] = "search-bound",
    [PLAN_TOO_MANY_CHANGES] = "too-many-changes",
    [PLAN_TOO_MANY_CONDITIONS] = "too-many-conditions",
    [PLAN_BUNDLE_UNREADABLE] = "bundle-unreadable",
    [PLAN_UNSUPPORTED_FORMAT] = "unsupported-format",
    [PLAN_UNSUPPORTED_SLOT] = "unsupported-slot",
    [PLAN_TOO_LARGE] = "too-large",
};

const char *plan_exclusion_name(enum plan_exclusion e)
{
    return exclusion_names[e];
}

int plan_exclusion_parse(const char *name, enum plan_exclusion *out)
{
    for (int e = PLAN_INCLUDED + 1; e < PLAN_EXCLUSION_COUNT; e++)
        if (strcmp(exclusion_names[e], name) == 0) {
            *out = (enum plan_exclusion)e;
            return 0;
        }
    return -ENOENT;
}

void plan_group_clear(struct plan_group *group)
{
    for (size_t i = 0; i < group->stage_count; i++) {
        free(group->stages[i].changes);
        free(group->stages[i].reason);
    }
    free(group->stages);
    group->stages = NULL;
    group->stage_count = 0;
    group->bytes = 0;
}

void plan_group_fini(struct plan_group *group)
{
    plan_group_clear(group);
    free(group->installed);
    free(group->detail);
    free(group->sample);
    *group = (struct plan_group){.devices = 0};
}

void plan_fini(struct plan *plan)
{
    for (size_t i = 0; i < plan->group_count; i++)
        plan_group_fini(&plan->groups[i]);
    free(plan->groups);
    free(plan->query);
    free(plan->components);
    *plan = (struct plan){.devices = 0};
}

void plan_free(struct plan *plan)
{
    if (plan)
        plan_fini(plan);
    free(plan);
}

const struct plan_group *plan_group_of(const struct plan *plan, int64_t inventory_id)
{
    for (size_t i = 0; i < plan->group_count; i++)
        if (plan->groups[i].inventory_id == inventory_id)
            return &plan->groups[i];
    return NULL;
}

static uint64_t stage_bytes(const struct plan_stage *stage)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < stage->count; i++)
        bytes += stage->changes[i].bytes;
    return bytes;
}

void plan_count(struct plan *plan)
{
    plan->devices = plan->bytes = plan->excluded = 0;
    for (size_t i = 0; i < plan->group_count; i++) {
        struct plan_group *g = &plan->groups[i];
        g->bytes = 0;
        for (size_t s = 0; s < g->stage_count; s++)
            g->bytes += stage_bytes(&g->stages[s]);
        if (g->exclusion != PLAN_INCLUDED) {
            plan->excluded += g->devices;
            continue;
        }
        plan->devices += g->devices;
        plan->bytes += g->devices * g->bytes;
    }
}
