/* SPDX-License-Identifier: Apache-2.0 */
/* planner_fixture.h - small worlds for tests of bundles and plans, in few words. */
#pragma once

#include "campaigns/bundle_json.h"
#include "campaigns/catalogue.h"
#include "campaigns/planner.h"

/** Parse JSON in which ' stands for ". Not a bundle: *problem says why, NULL comes
 * back.
 * @return from malloc(), owned by the caller */
struct bundle *fixture_bundle(const char *json, struct bundle_problem *problem);

/**
 * A bundle name@version from one line per package, "component version" and then any of
 *   over=RANGE needs=COMPONENT:RANGE not=COMPONENT:RANGE with=COMPONENT
 *   also=COMPONENT:VERSION size=BYTES if=CONDITION stone fixed
 *   format=WORD slot=WORD packed=COMPRESSION unpacked=BYTES (both or none)
 * Blanks inside a RANGE or CONDITION are written "_". "installs_over" is "*" without
 * over=.
 * @param extra  more keys of the bundle, "'sequence': 3," or ""
 */
struct bundle *fixture_lines(const char *name, const char *extra, const char *lines);

/** Its manifest. @return owned, free() */
char *fixture_manifest(const char *name, const char *extra, const char *lines);

/** The same, NULL if it is not a bundle. */
struct bundle *fixture_try_lines(const char *name, const char *extra,
                                 const char *lines);

/** "app 1.0 afu;boot 2 fw" as the inventory of an Example GW-100 */
struct inventory fixture_inventory(const char *text);

/** The stages as text: "boot 1>2; app 1>2 + radio 1>2"; "up-to-date"; or the code of
 * the exclusion. Valid until the next call. */
const char *fixture_tell(const struct plan_group *group);
