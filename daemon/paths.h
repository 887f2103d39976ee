/* SPDX-License-Identifier: Apache-2.0 */
/* paths.h - what lies where below the state directory, and whose it is. */
#pragma once

#include "config/config.h"

struct paths {
    char store[CONFIG_PATH_MAX + 16], packages[CONFIG_PATH_MAX + 16],
        token[CONFIG_PATH_MAX + 16], control[CONFIG_PATH_MAX + 16],
        credential[CONFIG_PATH_MAX + 32], /* "": the service manager has given none */
        key[CONFIG_PATH_MAX + 32];        /* of store/seal.h: its credential, or ours */
};

struct paths paths_of(const struct config *c);

/** Root becomes the owner of the state directory, so that what a tool leaves there can
 * be used by the daemon; nobody else changes. @return 0, -errno */
[[nodiscard]] int paths_become_owner(const struct config *c);

/** Undo it. @return 0, -errno */
[[nodiscard]] int paths_become_root(void);
