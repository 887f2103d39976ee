/* SPDX-License-Identifier: Apache-2.0 */
/* listener.h - the socket that the API listens on. */
#pragma once

#include <stdint.h>

#include "api/api.h"

/**
 * Bind and listen: at options->socket_path if there is one, else at the address. What
 * is left of a socket that nobody serves any more is replaced; who may write to a UNIX
 * socket are its owner and its group.
 *
 * @param out  the socket, non-blocking, owned
 * @return 0, -errno (-EINVAL the address is none, -EADDRINUSE)
 */
[[nodiscard]] int listener_open(const struct api_options *options, int *out);

/** A socket that listens already. @return 0, -errno */
[[nodiscard]] int listener_take(int fd);

/** @return the port, 0: it is of no network */
uint16_t listener_port(int fd);
