/* SPDX-License-Identifier: Apache-2.0 */
/* planner_world.h - one device, one target and the catalogue as small integers;
 * internal to the planner.
 *
 * Versions of a component are numbered: 0 is the installed one. A state is one number
 * per component. A move is a package that may be installed on this device; a rule
 * belongs to a version of its owner and says which versions of another component it
 * bears. Sets of versions and of components are bit masks.
 */
#pragma once

#include "campaigns/bundle_find.h"
#include "campaigns/planner.h"

enum { WORLD_PARTS_MAX = INVENTORY_COMPONENTS_MAX, WORLD_NO_AIM = 255 };

_Static_assert(PLANNER_VERSIONS_MAX <= 64, "sets of versions are 64 bits");

struct state {
    uint8_t version[WORLD_PARTS_MAX];
};

/** A component of the device; in the manifest's order, then by name. */
struct part {
    const struct component *component;
    const char *versions[PLANNER_VERSIONS_MAX]; /* borrowed; [0] as the device says */
    uint8_t version_count;
    uint8_t aim;           /* version to reach; WORLD_NO_AIM: any */
    uint64_t described;    /* versions whose rules are known */
    uint64_t irreversible; /* versions that no lower one may follow */
    uint64_t reached_by_move;
};

struct move_change {
    uint8_t part, to;
    uint64_t from; /* versions that it may replace */
};

struct move {
    const struct bundle *bundle;
    const struct bundle_package *package;
    uint8_t change_count;
    struct move_change changes[WORLD_PARTS_MAX]; /* the first is written to */
    uint32_t parts;                              /* set of changes[].part */
    uint32_t together; /* parts that must change by the same bundle in the same stage */
};

struct rule {
    uint8_t owner, owner_version, about;
    uint64_t bears;                 /* versions of about that keep it whole */
    bool is_broken_at_start;        /* and may stay so */
    const struct bundle_rule *text; /* as written */
};

/** What is forgiven, to find out what stands in the way. */
struct leniency {
    bool subset, atomicity, rules, limits;
};

struct world {
    const struct planner_request *request;
    uint8_t part_count;
    struct part parts[WORLD_PARTS_MAX];
    uint32_t may_change; /* parts that the subset allows */
    struct move *moves;  /* target first; owned */
    size_t move_count, move_room;
    struct rule *rules; /* by owner and version; owned */
    size_t rule_count, rule_room;
    size_t rules_of[WORLD_PARTS_MAX][PLANNER_VERSIONS_MAX + 1]; /* first of owner, v */
    struct leniency ignores;
    uint32_t work, work_max;
    const char *overfull; /* component with too many versions, NULL if none */
};

/** What an inventory and a target make of the catalogue. @return 0, -ENOMEM; also 0
 * with .overfull set */
[[nodiscard]] int world_init(struct world *w, const struct planner_request *request,
                             struct leniency ignores);
void world_fini(struct world *w);

/** @return the index of the component called name, -1 if the device has none */
int world_part(const struct world *w, const char *name);

/** planner_rules.c: number the rules of every version in w. @return 0, -ENOMEM */
[[nodiscard]] int world_add_rules(struct world *w);

/** @return a rule that state breaks and the start does not; NULL if there is none */
const struct rule *world_broken_rule(const struct world *w, const struct state *s);

/** @return true if every part with an aim has it */
bool world_is_aim(const struct world *w, const struct state *s);

/** @return true if m may be installed in s and changes something */
bool move_applies(const struct move *m, const struct state *s);
void move_apply(const struct move *m, struct state *s);

/** @return the text of version s has of part */
const char *world_version(const struct world *w, const struct state *s, uint8_t part);
