/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_rules.h - finds what can never hold in a bundle, before a device does. */
#pragma once

#include "campaigns/bundle.h"
#include "campaigns/bundle_json.h"

/**
 * Check the rules of a bundle against each other: ranges that match no version,
 * requires that contradict conflicts, rules about the package itself, rules that the
 * bundle's own versions break, together_with somebody who is not in it, two aims for
 * one component.
 *
 * @return 0, BUNDLE_E_INVALID with *problem written
 */
[[nodiscard]] int bundle_check(const struct bundle *b, struct bundle_problem *problem);

/**
 * May a campaign update these components of the bundle only? Not if one is unknown or
 * repeated, must change together with one left out, comes only in a file that updates
 * one left out, or breaks a rule whatever is installed.
 *
 * @param names  count component names; count 0 means all and is always right
 * @return 0, BUNDLE_E_INVALID with *problem written (path is "components[i]")
 */
[[nodiscard]] int bundle_check_subset(const struct bundle *b, const char *const *names,
                                      size_t count, struct bundle_problem *problem);
