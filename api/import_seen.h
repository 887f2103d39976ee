/* SPDX-License-Identifier: Apache-2.0 */
/* import_seen.h - which endpoints a list of devices had already, and where: 16 to 32
 * bytes for each. By 64-bit hashes: of a million endpoints two are taken for one with a
 * chance of 1 to 30 millions.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct import_seen {
    struct seen_slot *slots; /* owned; release with import_seen_clear() */
    size_t count, room, max; /* max 0: no limit */
};

enum { IMPORT_SEEN_BEFORE = 1, IMPORT_SEEN_MANY };

/** @param line   that it stands on, from 1
 * @param before  the line that had it, with IMPORT_SEEN_BEFORE
 * @return 0: it is new, and remembered; IMPORT_SEEN_BEFORE; IMPORT_SEEN_MANY: there are
 * max others; -ENOMEM */
[[nodiscard]] int import_seen_put(struct import_seen *s, const char *endpoint,
                                  int64_t line, int64_t *before);

/** Forget all; max stays. */
void import_seen_clear(struct import_seen *s);
