/* SPDX-License-Identifier: Apache-2.0 */
/* addresses.h - whether one that is configured can be listened on. */
#pragma once

#include "config/config.h"

/** Bind it as the daemon does, and let go. @param type SOCK_STREAM or SOCK_DGRAM
 * @return 0, -errno: -EADDRINUSE, -EACCES, -EADDRNOTAVAIL, ... */
[[nodiscard]] int address_try(const struct config_address *a, int type);
