/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - the servers that bench_wire measures, each in a process of its own. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define BENCH_DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

enum {
    BENCH_PACKAGE_BYTES = 1 << 20,
    BENCH_BLOCK_BYTES = 1024,
    BENCH_ANSWER_BYTES = 1059, /* a block with the header and options of our answer */
};

/** Serve on 127.0.0.1, tell the port through the pipe, and never return. */
void serve_echo(int pipe_fd, const uint8_t *package);
void serve_ours(int pipe_fd, const uint8_t *package);
void serve_libcoap(int pipe_fd, const uint8_t *package);
