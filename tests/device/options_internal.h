/* SPDX-License-Identifier: Apache-2.0 */
/* options_internal.h - one option by its name, for who reads lines of them. */
#pragma once

#include "tests/device/options.h"

/** An option of the process or of the group. @return 0, OPTIONS_E_BAD */
int option_set(struct options *o, struct group *g, const char *name, const char *value);
