/* SPDX-License-Identifier: Apache-2.0 */
/* tools.h - what lockstepd does besides serving: each prints, and ends with an exit
 * status. All may be run while the daemon does.
 */
#pragma once

#include "config/config.h"
#include <stddef.h>

/**
 * Copy the store to path, and the list of packages that belong to it to path.packages,
 * as `sha256sum -c` reads it below the state directory.
 */
int tool_backup(const struct config *c, const char *path);

/** Is the installation sound? @return EXIT_FAILURE if something must be mended */
int tool_check(const struct config *c);

/** @param words  what follows `token` on the command line */
int tool_token(const struct config *c, char *const *words, size_t count);
