/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/campaigns/planner_world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct catalogue cat;
struct bundle *target;
struct plan_group group;

void world_begin(void)
{
    catalogue_init(&cat);
    group = (struct plan_group){.devices = 0};
    target = NULL;
}

void world_end(void)
{
    plan_group_fini(&group);
    catalogue_fini(&cat);
    free(target);
}

void offer(struct bundle *b)
{
    int rc = catalogue_put(&cat, b);
    assert(rc == 0);
    (void)rc;
}

const char *plan_part(const char *inventory, const char *const *names, size_t count)
{
    struct inventory inv = fixture_inventory(inventory);
    struct planner_request request = {
        .inventory = &inv,
        .bundle = target,
        .catalogue = &cat,
        .components = names,
        .component_count = count,
    };
    plan_group_fini(&group);
    int rc = planner_make(&request, &group);
    assert(rc == 0);
    (void)rc;
    return fixture_tell(&group);
}

const char *plan(const char *inventory)
{
    return plan_part(inventory, NULL, 0);
}

bool says(const char *text, const char *part)
{
    return text && strstr(text, part);
}
