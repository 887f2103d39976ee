/* SPDX-License-Identifier: Apache-2.0 */
/* planning_fixture.h - a store in memory with bundles and devices, and one plan. */
#pragma once

#include "campaigns/planning/ground.h"
#include "campaigns/planning/planning.h"
#include "store/batch.h"
#include "store/store.h"
#include "tests/campaigns/planner_fixture.h"

extern struct store *st;
extern struct plan plan; /* of the last make() */
extern struct planning_problem problem;

void begin(void);
void end(void);
struct change_result apply(const struct change *c);
int64_t put_bundle(const char *ref, const char *lines, const char *state);
void set_bundle_state(int64_t id, const char *state);
void put_device(int64_t id, const char *state);
int64_t put_inventory(int64_t id, const struct inventory *inv);
int64_t put_with(int64_t id, const char *installed);
int make_of(const char *bundle, const char *query, const char *component);
int make(const char *query);
