/* SPDX-License-Identifier: Apache-2.0 */
/* planner_estimate.h - what is left at least, and what can be done first without
 * regret; internal to the planner.
 */
#pragma once

#include "campaigns/planner_stage.h"

/** Compared in this order. */
struct cost {
    uint32_t stages;
    uint32_t packages; /* compared last */
    uint64_t bytes;
};

int cost_compare(const struct cost *a, const struct cost *b);
struct cost cost_sum(const struct cost *a, const struct cost *b);
struct cost stage_cost(const struct world *w, const struct stage *stage);

struct estimate {
    const struct world *w;
    uint8_t stages[WORLD_PARTS_MAX][PLANNER_VERSIONS_MAX]; /* to the aim, alone */
    uint64_t bytes[WORLD_PARTS_MAX][PLANNER_VERSIONS_MAX];
    uint8_t class_of[WORLD_PARTS_MAX]; /* parts that may share a stage have one class */
    uint8_t class_size[WORLD_PARTS_MAX];
};

void estimate_init(struct estimate *e, const struct world *w);

/** A bound below what remains from s. @return false: no way leads on from s */
bool estimate_rest(const struct estimate *e, const struct state *s, struct cost *out);

/** A stage that some best way begins with, if there is a simple one: a component that
 * reaches its aim by itself in one step, which no rule can be broken by. */
bool estimate_safe_stage(const struct estimate *e, const struct state *s,
                         struct stage *out);
