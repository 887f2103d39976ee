/* SPDX-License-Identifier: Apache-2.0 */
/* planning_check.c - is a plan still about the devices and bundles that there are? */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/planning/planning_internal.h"

enum { NAMED_MAX = 3 }; /* inventories that a difference describes */

[[gnu::format(printf, 2, 3)]] static void add(struct planning_problem *problem,
                                              const char *format, ...)
{
    size_t len = strlen(problem->text);
    va_list args;
    va_start(args, format);
    vsnprintf(problem->text + len, sizeof problem->text - len, format, args);
    va_end(args);
}

static void add_installed(struct planning_problem *problem, const char *name,
                          const char *version, bool is_first)
{
    add(problem, "%s%s %s", is_first ? "" : ", ", name, *version ? version : "?");
}

static void add_appeared(struct planning_problem *problem, const struct inventory *inv,
                         uint64_t devices)
{
    add(problem, "; new: %ju devices with ", (uintmax_t)devices);
    if (inv->problem != INVENTORY_OK)
        add(problem, "%s",
            inventory_problem_name((enum inventory_problem)inv->problem));
    for (uint8_t i = 0; i < inv->count && inv->problem == INVENTORY_OK; i++)
        add_installed(problem, inv->components[i].name, inv->components[i].version,
                      i == 0);
}

static void add_gone(struct planning_problem *problem, const struct plan_group *g)
{
    add(problem, "; gone: %ju devices with ", (uintmax_t)g->devices);
    for (size_t i = 0; i < g->installed_count; i++)
        add_installed(problem, g->installed[i].component, g->installed[i].version,
                      i == 0);
    if (g->installed_count == 0)
        add(problem, "%s", plan_exclusion_name(g->exclusion));
}

static bool has(const struct planning_groups *groups, int64_t inventory_id)
{
    for (size_t i = 0; i < groups->count; i++)
        if (groups->groups[i].inventory_id == inventory_id)
            return true;
    return false;
}

/* How many came, of which some are described. @return < 0: -errno */
static int list_appeared(struct store *reader, const struct plan *plan,
                         const struct planning_groups *now,
                         struct planning_problem *details)
{
    int count = 0;
    for (size_t i = 0; i < now->count; i++) {
        const struct planning_group *g = &now->groups[i];
        if (plan_group_of(plan, g->inventory_id))
            continue;
        struct inventory inv;
        int rc = planning_inventory(reader, g->inventory_id, &inv);
        if (rc)
            return rc;
        if (count++ < NAMED_MAX)
            add_appeared(details, &inv, g->devices);
    }
    return count;
}

static int list_gone(const struct plan *plan, const struct planning_groups *now,
                     struct planning_problem *details)
{
    int count = 0;
    for (size_t i = 0; i < plan->group_count; i++) {
        if (has(now, plan->groups[i].inventory_id))
            continue;
        if (count++ < NAMED_MAX)
            add_gone(details, &plan->groups[i]);
    }
    return count;
}

static int compare(struct store *reader, const struct plan *plan,
                   const struct planning_groups *now, struct planning_problem *problem)
{
    struct planning_problem details = {.text = ""};
    int appeared = list_appeared(reader, plan, now, &details);
    if (appeared < 0)
        return appeared;
    int gone = list_gone(plan, now, &details);
    if (appeared == 0 && gone == 0)
        return 0;
    planning_say(problem,
                 "the inventories have changed since the plan was made: %d appeared, "
                 "%d gone%.400s",
                 appeared, gone, details.text);
    return PLANNING_E_CHANGED;
}

/* References to bundles that were looked at; what does not fit is looked at again. */
struct checked {
    size_t count;
    const char *refs[32];
};

static bool was_checked(struct checked *known, const char *ref)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->refs[i], ref) == 0)
            return true;
    if (known->count < sizeof known->refs / sizeof known->refs[0])
        known->refs[known->count++] = ref;
    return false;
}

static int check_stage(struct store *reader, const struct plan_stage *stage,
                       struct checked *known, struct planning_problem *problem)
{
    int rc = 0;

    for (size_t i = 0; i < stage->count && rc == 0; i++)
        if (!was_checked(known, stage->changes[i].bundle))
            rc = planning_bundle_ready(reader, stage->changes[i].bundle, problem);
    return rc;
}

/* The target and every bundle that lends a stepping stone. */
static int check_bundles(struct store *reader, const struct plan *plan,
                         struct planning_problem *problem)
{
    struct checked known = {1, {plan->bundle}};
    int rc = planning_bundle_ready(reader, plan->bundle, problem);

    for (size_t g = 0; g < plan->group_count; g++)
        for (size_t s = 0; s < plan->groups[g].stage_count && rc == 0; s++)
            rc = check_stage(reader, &plan->groups[g].stages[s], &known, problem);
    return rc;
}

int planning_check(struct store *reader, const struct plan *plan,
                   const struct grouping *now, struct planning_problem *problem)
{
    struct planning_groups groups = {.count = 0};
    *problem = (struct planning_problem){.position = 0};
    int rc = check_bundles(reader, plan, problem);
    if (rc == 0)
        rc = planning_groups_copy(now, &groups);
    if (rc == 0)
        rc = compare(reader, plan, &groups, problem);
    planning_groups_fini(&groups);
    return rc;
}
