/* SPDX-License-Identifier: Apache-2.0 */
/* planner.h - the shortest allowed way from what is installed to a bundle.
 *
 * A state is the vector of installed versions. A stage replaces versions by packages of
 * the target bundle, or by stepping stones of any bundle for the same hardware, all at
 * once. A stage is allowed if each package installs over what is there, partners
 * of together_with come along, no irreversible version is lowered, and the state after
 * it breaks no rule (requires, conflicts) of an installed version that a bundle
 * describes, apart from those that are broken already at the start. Several packages
 * share a stage only if no smaller part of it is allowed on its own (they need each
 * other), and only on instances of one 33629 object or under "atomic": "best-effort".
 *
 * Of all ways: fewest stages, then fewest bytes, then fewest packages, then the order
 * of the manifest. The same input gives the same plan.
 */
#pragma once

#include "campaigns/catalogue.h"
#include "campaigns/inventory.h"
#include "campaigns/plan.h"
#include "campaigns/profile.h"

enum {
    PLANNER_VERSIONS_MAX = 64,  /* per component, the installed one included */
    PLANNER_WORK_MAX = 2000000, /* stages looked at before the search gives up */
};

struct planner_request {
    const struct inventory *inventory;
    const struct bundle *bundle;       /* the target */
    const struct catalogue *catalogue; /* ready bundles; need not hold the target */
    const char *const *components; /* the subset, checked by bundle_check_subset() */
    size_t component_count;        /* 0: all */
    const struct profile *profile; /* of the device; NULL: it has none */
    uint32_t work_max;             /* 0: PLANNER_WORK_MAX */
};

/**
 * Plan for one inventory. What cannot be planned is a result too: an excluded group.
 *
 * @param out  owned, release with plan_group_fini(); inventory_id, devices and sample
 *             are left 0 for the caller
 * @return 0, -ENOMEM
 */
[[nodiscard]] int planner_make(const struct planner_request *request,
                               struct plan_group *out);
