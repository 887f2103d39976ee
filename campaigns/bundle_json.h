/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_json.h - the manifest, read strictly.
 *
 * Refused: unknown and repeated keys, wrong types, values out of bounds, NUL in text,
 * broken UTF-8, and rules that can never hold (see bundle_rules.h). Nothing is guessed,
 * but: "component" and "version" may stand for a "provides" of one; "installs_over" is
 * one range for all components of the package, or {component: range}.
 */
#pragma once

#include "campaigns/bundle.h"

enum { BUNDLE_MANIFEST_MAX = 256 * 1024 }; /* bytes of JSON */

struct bundle_problem {
    char path[160]; /* JSON path as in "packages[2].requires.bootloader"; "" = the whole
                     */
    char text[256]; /* what is wrong, for people */
};

/** Positive return of this module: the manifest is at fault, *problem says how. */
enum { BUNDLE_E_INVALID = 1 };

/**
 * Read and check a manifest.
 *
 * @param out      written whole or left in an undefined state
 * @param problem  written with BUNDLE_E_INVALID
 * @return 0; BUNDLE_E_INVALID; -ENOMEM
 */
[[nodiscard]] int bundle_parse(const char *json, size_t len, struct bundle *out,
                               struct bundle_problem *problem);
