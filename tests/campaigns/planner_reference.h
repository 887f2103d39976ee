/* SPDX-License-Identifier: Apache-2.0 */
/* planner_reference.h - a planner that tries every set of packages from every state.
 *
 * It knows no masks, no classes and no estimates: it works on the bundles' own texts,
 * so it shares only version and range with the planner that it judges.
 */
#pragma once

#include "campaigns/bundle_find.h"

enum { PARTS_MAX = 4, PACKAGES_MAX = 12, STATES_MAX = 4096 };

struct ref_package {
    const struct bundle *b;
    const struct bundle_package *p;
};

struct ref_state {
    const char *version[PARTS_MAX]; /* by component of the inventory */
};

struct ref_cost {
    long stages, bytes, packages;
};

struct ref_node {
    struct ref_state state;
    struct ref_cost cost;
    bool is_done;
};

struct ref {
    const struct inventory *inv;
    const struct bundle *bundles[8]; /* in precedence, the target first */
    size_t bundle_count;
    struct ref_package packages[PACKAGES_MAX];
    size_t count;
    struct ref_node nodes[STATES_MAX];
    size_t node_count;
};

/** Add a bundle in order of precedence, the target first. */
void reference_add(struct ref *r, const struct bundle *b);

/** @return the least cost to the aim; .stages is -1 if there is no way */
struct ref_cost reference_solve(struct ref *r);

struct ref_state reference_start(const struct ref *r);

/** @return the number of the component called name, -1 if there is none */
int reference_part(const struct ref *r, const char *name);

/** @return true if s breaks no rule that the start does not */
bool reference_is_whole(const struct ref *r, const struct ref_state *s);
bool reference_is_aim(const struct ref *r, const struct ref_state *s);
