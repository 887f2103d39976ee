/* SPDX-License-Identifier: Apache-2.0 */
/* ground.h - what plans for one target are made from, and a plan for one device.
 *
 * Reading a hundred bundles takes some 20 ms: who plans for one device after the other
 * keeps the ground until a bundle changes.
 */
#pragma once

#include "campaigns/catalogue.h"
#include "campaigns/plan.h"

struct planning_problem;
struct profile_set;
struct store;

struct planning_ground {
    struct catalogue catalogue;  /* the ready bundles for the target's hardware */
    const struct bundle *target; /* in it */
};

/** Load the bundle called ref (name@version) and all that may help on the way to it.
 * @param out  owned, planning_unload(). @return 0, PLANNING_E_BUNDLE, _NOT_READY,
 * -errno */
[[nodiscard]] int planning_load(struct store *reader, const char *ref,
                                struct planning_ground *out,
                                struct planning_problem *problem);
void planning_unload(struct planning_ground *ground);

struct planning_one {
    const struct planning_ground *ground;
    const char *const *components; /* the campaign's subset */
    size_t component_count;        /* 0: all of the bundle */
    const struct inventory *inventory;
    const struct profile_set *profiles; /* NULL: none is known */
};

/**
 * Plan for one device that left its path, from what it has now.
 *
 * @param out  owned, plan_group_fini(); may be an excluded group
 * @return 0; -errno
 */
[[nodiscard]] int planning_replan(struct store *reader, const struct planning_one *one,
                                  struct plan_group *out);
