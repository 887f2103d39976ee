/* SPDX-License-Identifier: Apache-2.0 */
/* planning.h - brings the store's rows to the planner: the catalogue, the distinct
 * inventories of the devices that a query names, and what changed since.
 *
 * Every function reads through a reader of the store that only the caller's thread
 * uses; no read transaction outlives a page of rows.
 */
#pragma once

#include "campaigns/catalogue.h"
#include "campaigns/plan.h"

struct batch;
struct grouping;
struct store;

/** Positive returns of this module; *problem says what, for people. */
enum {
    PLANNING_E_BUNDLE = 1, /* no such bundle */
    PLANNING_E_QUERY,      /* the filter is wrong; .position says where, from 1 */
    PLANNING_E_SUBSET,     /* these components break a rule of the bundle */
    PLANNING_E_CHANGED,    /* inventories came or went since the plan was made */
    PLANNING_E_NOT_READY,  /* the bundle is not ready, lacks packages or is not readable
                            */
};

struct planning_problem {
    char text[512];
    size_t position; /* in the query, from 1; 0 if it is not about that */
};

struct planning_request {
    const char *bundle;            /* name@version */
    const char *query;             /* RSQL; NULL or "" means every device */
    const char *const *components; /* the subset */
    size_t component_count;        /* 0: all of the bundle */
    int64_t now_ms;                /* wall; also what created_ms becomes */
    int64_t keep_ms;               /* until it expires; 0: 24 h */
};

/**
 * Plan for all devices that the query names, one solution per distinct inventory.
 *
 * @param out  owned, plan_fini(). .id is "" and .expires_ms keep_ms after now_ms
 * @return 0; PLANNING_E_BUNDLE, _NOT_READY, _QUERY, _SUBSET; -errno of the store,
 * -ENOMEM
 */
[[nodiscard]] int planning_make(struct store *reader,
                                const struct planning_request *request,
                                struct plan *out, struct planning_problem *problem);

/** Do the plan's query and bundles still meet the inventories it was made for?
 * @param now  the targets of its query, counted to the end by inventory: that may take
 *             seconds, this does not
 * @return 0 as then; PLANNING_E_CHANGED with the difference in problem;
 * PLANNING_E_BUNDLE, _NOT_READY when one is gone or no longer ready; -errno */
[[nodiscard]] int planning_check(struct store *reader, const struct plan *plan,
                                 const struct grouping *now,
                                 struct planning_problem *problem);

/** Devices of a plan that another campaign has now: there this one's tasks wait. */
struct planning_overlap {
    int64_t campaign_id;
    uint64_t devices;
    size_t sample_count;
    char sample[PLAN_SAMPLE_MAX][PLAN_ENDPOINT_MAX + 1]; /* endpoints of some */
};

/**
 * Count them, device by device of those that have an active task.
 *
 * @param campaign_id  whose own tasks do not count; 0: none
 * @param out          owned, free(); by campaign
 * @return 0; PLANNING_E_BUNDLE (no such plan), PLANNING_E_QUERY; -errno
 */
[[nodiscard]] int planning_overlaps(struct store *reader, const char *plan_id,
                                    int64_t campaign_id, struct planning_overlap **out,
                                    size_t *count);

/** Load every ready bundle that fits the manufacturer and a model of target; a bundle
 * that no longer reads as one is left out. @return 0, -errno */
[[nodiscard]] int planning_catalogue(struct store *reader, const struct bundle *target,
                                     struct catalogue *out);

/** Load the bundles that a planned group names, whatever became of them; one that is
 * gone, or no longer reads as one, is left out. @return 0, -errno */
[[nodiscard]] int planning_bundles_of(struct store *reader,
                                      const struct plan_group *group,
                                      struct catalogue *out);

/** Whom a plan is stored for. */
struct planning_owner {
    int64_t bundle_id; /* of the store's row */
    const char *created_by;
};

/** Put the plan, its groups (group_no is the place in plan->groups, body is
 * plan_group_to_json()) and their components into batch. @return 0, -ENOMEM, -EMSGSIZE
 */
[[nodiscard]] int planning_put(struct batch *batch, const struct plan *plan,
                               const struct planning_owner *owner);
