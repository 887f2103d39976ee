/* SPDX-License-Identifier: Apache-2.0 */
/* planner_world.h - one catalogue, one target and one device at a time, and the plan
 * that comes of them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "tests/campaigns/planner_fixture.h"

extern struct catalogue cat;
extern struct bundle *target;   /* owned by the world: from fixture_lines() */
extern struct plan_group group; /* of the last plan() */

void world_begin(void);
void world_end(void);

/** Put b into the catalogue, which owns it then. */
void offer(struct bundle *b);

/** Plan the target for a device with this inventory (fixture_inventory()).
 * @return fixture_tell() */
const char *plan(const char *inventory);

/** The same for these components of the target alone. */
const char *plan_part(const char *inventory, const char *const *names, size_t count);

/** @return true if part is in text; text may be NULL */
bool says(const char *text, const char *part);

#define EXPECT_PLAN(inventory, stages)                                                 \
    cr_expect(eq(str, (char *)plan(inventory), (char *)(stages)), "%s",                \
              group.detail ? group.detail : "")
