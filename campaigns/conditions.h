/* SPDX-License-Identifier: Apache-2.0 */
/* conditions.h - do a package's resource predicates hold on a device now?
 *
 * "/3/0/9 >= 30" in a manifest is read by bundle_json.h into struct bundle_condition.
 */
#pragma once

#include <stdbool.h>

#include "campaigns/bundle.h"

/**
 * @param value  text as read from the device; NULL when it has no such resource, which
 *               fails every condition
 * @return true if c holds; numbers compare as numbers, words only as equal or not
 */
bool condition_holds(const struct bundle_condition *c, const char *value);

/** @return true for an absent battery level or one of at least min_pct percent */
bool condition_battery_holds(const char *value, int min_pct);
