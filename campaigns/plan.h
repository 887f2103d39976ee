/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - the stages that bring each distinct inventory to a bundle.
 *
 * Immutable once made. All arrays and texts in it are owned by the plan and released by
 * plan_fini(); a group by plan_group_fini().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/bundle.h"

enum {
    PLAN_ID_MAX = 36,
    PLAN_DETAIL_MAX = 255, /* bytes of a detail */
    PLAN_SAMPLE_MAX = 5,   /* endpoints named of an excluded group */
    PLAN_ENDPOINT_MAX = 255,
    PLAN_PROFILE_MAX = 63,
    PLAN_STAGES_MAX = 64,
    PLAN_FINGERPRINT_LEN = 32, /* hex */
};

/** Why a group gets no update; names as in the API. */
enum plan_exclusion {
    PLAN_INCLUDED,
    PLAN_INVENTORY_UNREAD, /* and the others of enum inventory_problem, same order */
    PLAN_NO_COMPONENTS,
    PLAN_DUPLICATE_COMPONENT,
    PLAN_FORBIDDEN_COMPONENT,
    PLAN_INVENTORY_TOO_LARGE,
    PLAN_INVENTORY_UNREADABLE,
    PLAN_NOT_APPLICABLE,      /* the bundle is for other hardware */
    PLAN_UNKNOWN_HARDWARE,    /* does not report what applies_to asks for */
    PLAN_MISSING_COMPONENT,   /* has no component of that name */
    PLAN_NO_PATH,             /* no allowed sequence of stages leads there */
    PLAN_CYCLE_NOT_ATOMIC,    /* a set must change at once, but cannot on this device */
    PLAN_SUBSET_BREAKS_RULE,  /* there is a path, but not with these components only */
    PLAN_SEARCH_BOUND,        /* the search was ended at its bound */
    PLAN_TOO_MANY_CHANGES,    /* a way, but longer than a task can keep */
    PLAN_TOO_MANY_CONDITIONS, /* more resources to check than one Update can have */
    PLAN_BUNDLE_UNREADABLE,   /* the stored manifest is none any more */
    PLAN_UNSUPPORTED_FORMAT,  /* what the profile knows forbids it: package_fit.h */
    PLAN_UNSUPPORTED_SLOT,
    PLAN_TOO_LARGE,
    PLAN_EXCLUSION_COUNT,
};

/** @return the API's name, static ("no-path"); "" for PLAN_INCLUDED */
const char *plan_exclusion_name(enum plan_exclusion e);

/** @return 0, -ENOENT if name is none */
[[nodiscard]] int plan_exclusion_parse(const char *name, enum plan_exclusion *out);

/** One component in one stage. */
struct plan_change {
    char component[COMPONENT_NAME_MAX + 1];
    char role[16], processor[32];         /* as the profile says, for people; "" */
    char from[COMPONENT_VERSION_MAX + 1]; /* "" when the device does not say */
    char to[COMPONENT_VERSION_MAX + 1];
    char digest[PACKAGE_DIGEST_LEN + 1];
    uint64_t bytes; /* to send; 0 when another change's file brings it */
    char with[COMPONENT_NAME_MAX + 1]; /* that other change's component, else "" */
    char bundle[BUNDLE_REF_MAX + 1];   /* where the package is described */
    uint16_t package;                  /* its place in that bundle, from 0 */
};

/** Components that change together in one Update, in the order to deliver them. */
struct plan_stage {
    struct plan_change *changes;
    size_t count;
    bool atomic; /* several components in one Execute with the explicit list; false with
                    count > 1: best effort, or one file that brings them all */
    char *reason;
};

/** A component and its installed version, for people who read the plan. */
struct plan_installed {
    char component[COMPONENT_NAME_MAX + 1];
    char version[COMPONENT_VERSION_MAX + 1];
};

struct plan_group {
    int64_t inventory_id; /* the store's; 0: no inventory */
    uint64_t devices;
    uint64_t bytes; /* to send to one of them */
    struct plan_installed *installed;
    size_t installed_count;
    enum plan_exclusion exclusion;
    char *detail; /* why excluded; or what is unknown about it; may be NULL */
    char profile[PLAN_PROFILE_MAX + 1]; /* that was heeded; "" if it has none */
    char end_of_support[11];            /* as it says: YYYY-MM-DD or "" */
    struct plan_stage *stages;          /* none and not excluded: up to date */
    size_t stage_count;
    char (*sample)[PLAN_ENDPOINT_MAX + 1]; /* of excluded groups; may be NULL */
    size_t sample_count;
};

struct plan {
    char id[PLAN_ID_MAX + 1];
    char bundle[BUNDLE_REF_MAX + 1];
    char *query; /* RSQL; NULL or "" means every device */
    char (*components)[COMPONENT_NAME_MAX + 1]; /* the subset; none means all */
    size_t component_count;
    uint64_t devices; /* not excluded, those that are up to date among them */
    uint64_t bytes;   /* to send to all of them */
    uint64_t excluded;
    uint64_t unregistered; /* that query names, but which are pending, expected or
                              deregistered: in no group */
    char fingerprint[PLAN_FINGERPRINT_LEN + 1]; /* of the distinct inventories */
    int64_t created_ms, expires_ms;             /* wall */
    struct plan_group *groups;
    size_t group_count;
};

void plan_fini(struct plan *plan);

/** plan_fini() and free(), for a plan from malloc(); NULL is allowed */
void plan_free(struct plan *plan);

void plan_group_fini(struct plan_group *group);

/** Take its stages back: nothing is to be done with these devices. */
void plan_group_clear(struct plan_group *group);

/** @return the group of that inventory, NULL if there is none */
const struct plan_group *plan_group_of(const struct plan *plan, int64_t inventory_id);

/** Add up bytes of g's stages, and devices, bytes and excluded of the plan. */
void plan_count(struct plan *plan);
