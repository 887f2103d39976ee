/* SPDX-License-Identifier: Apache-2.0 */
/* constant.h - a bare server on libmicrohttpd, in a process of its own. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** Answer every request with as many bytes. */
pid_t constant_start(uint16_t port, size_t bytes);
