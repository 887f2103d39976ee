/* SPDX-License-Identifier: Apache-2.0 */
/* planner_stage.h - what may change at once, and the shortest way made of it; internal
 * to the planner.
 */
#pragma once

#include "campaigns/planner_world.h"

struct stage {
    uint16_t moves[WORLD_PARTS_MAX]; /* ascending */
    uint8_t count;
};

struct stage_list {
    struct stage *stages; /* owned */
    size_t count, room;
};

/** Every allowed stage from s of which no part is one. Ends early, without error, when
 * w->work exceeds w->work_max. @return 0, -ENOMEM */
[[nodiscard]] int stage_list_fill(struct world *w, const struct state *s,
                                  struct stage_list *out);
void stage_list_fini(struct stage_list *list);

void stage_apply(const struct world *w, const struct stage *stage, struct state *s);

/** @return true if all of it can change in one Execute with an instance list */
bool stage_is_atomic(const struct world *w, const struct stage *stage);

/* ---- search (planner_search.c) ---- */

struct way {
    struct stage *stages; /* owned */
    size_t count;
};

enum { SEARCH_NO_WAY = 1, SEARCH_BOUND };

/** @return 0; SEARCH_NO_WAY, SEARCH_BOUND; -ENOMEM. @param out owned, way_fini() */
[[nodiscard]] int search_way(struct world *w, struct way *out);
void way_fini(struct way *way);

/** @return stages that part needs by itself from version to its aim, UINT8_MAX if none
 * leads there; distances[part][version] */
void search_distances(const struct world *w,
                      uint8_t distances[WORLD_PARTS_MAX][PLANNER_VERSIONS_MAX]);
