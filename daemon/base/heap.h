/* SPDX-License-Identifier: Apache-2.0 */
/* heap.h - memory that malloc keeps goes back to the system.
 *
 * glibc gives back the top of each arena only. What the wire remembers of a storm of
 * registrations is free one EXCHANGE_LIFETIME later, but would stay with the process.
 * So while the process grows, and some minutes after it grew, it is trimmed once a
 * minute.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEAP_LOOK_MS = 60000, HEAP_GROWN_BYTES = 8 << 20, HEAP_TRIMS = 6 };

/** Zero-initialised it has not looked yet. */
struct heap {
    int64_t look_ms;       /* mono_ms of the next look */
    size_t resident_bytes; /* the least since it grew */
    int trims_left;
};

/** One look. @return true: trim now */
bool heap_wants_trim(struct heap *h, size_t resident_bytes);

/** Look, if it is time: some milliseconds per 100 MB when there is much to give back.
 */
void heap_tick(struct heap *h, int64_t mono_ms);
