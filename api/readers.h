/* SPDX-License-Identifier: Apache-2.0 */
/* readers.h - read-only connections to the store, one for each thread that asks. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct readers;
struct store;

/** @param mono_ms  bounds what they walk; never 0. @param out owned. @return 0, what
 * store_open() says */
[[nodiscard]] int readers_open(const char *store_path, int64_t (*mono_ms)(void),
                               size_t count, struct readers **out);
void readers_close(struct readers *r); /* all are given back; NULL is allowed */

/** @return a reader for this thread until readers_give(); waits if none is free */
struct store *readers_take(struct readers *r);
void readers_give(struct readers *r, struct store *st);

/** @return since when (mono_ms) the reader that is longest away is; 0: none is */
int64_t readers_oldest_ms(struct readers *r);
