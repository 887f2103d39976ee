/* SPDX-License-Identifier: Apache-2.0 */
/* planning_internal.h - what the files of planning/ share. */
#pragma once

#include "campaigns/planner.h"
#include "campaigns/planning/ground.h"
#include "campaigns/planning/planning.h"

[[gnu::format(printf, 2, 3)]] void planning_say(struct planning_problem *problem,
                                                const char *format, ...);

/* ---- bundles (planning_bundles.c) ---- */

/** Is the bundle called ref ready, with all its packages, and to be read?
 * @return 0, PLANNING_E_BUNDLE, _NOT_READY, -errno */
[[nodiscard]] int planning_bundle_ready(struct store *reader, const char *ref,
                                        struct planning_problem *problem);

/* ---- devices (planning_groups.c) ---- */

/** Devices with one inventory. */
struct planning_group {
    int64_t inventory_id; /* 0: none was read */
    uint64_t devices;
    size_t sample_count;
    int64_t sample[PLAN_SAMPLE_MAX]; /* ids of some of them */
};

struct planning_groups {
    struct planning_group *groups; /* owned; ascending by inventory_id */
    size_t count;
    uint64_t unregistered; /* named as well, but no targets */
};

/** Count the devices that query names by inventory. @param wall_ms what relative times
 * in it count from. @return 0, PLANNING_E_QUERY, -errno */
[[nodiscard]] int planning_groups(struct store *reader, const char *query,
                                  int64_t wall_ms, struct planning_groups *out,
                                  struct planning_problem *problem);
/** The same from targets that were counted already. @return 0, -ENOMEM */
[[nodiscard]] int planning_groups_copy(const struct grouping *grouping,
                                       struct planning_groups *out);
void planning_groups_fini(struct planning_groups *groups);

/** @param id 0 gives an inventory that was not read. @return 0, -errno */
[[nodiscard]] int planning_inventory(struct store *reader, int64_t id,
                                     struct inventory *out);

/** Endpoints of those of ids that are still there. @param out room for PLAN_SAMPLE_MAX
 * @return 0, -errno */
[[nodiscard]] int planning_sample(struct store *reader, const int64_t *ids,
                                  size_t id_count, char (*out)[PLAN_ENDPOINT_MAX + 1],
                                  size_t *count);

/** What two plans with the same groups have in common: PLAN_FINGERPRINT_LEN hex. */
void planning_fingerprint(const struct planning_groups *groups, char *out);
