/* SPDX-License-Identifier: Apache-2.0 */
/* assembly.h - a body that comes in blocks, in order, bounded. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "daemon/coap/option.h"

struct assembly {
    uint8_t *bytes; /* owned */
    size_t len, room;
    uint8_t etag[8];
    uint8_t etag_len;
};

/** Positive returns of assembly_add(). */
enum {
    ASSEMBLY_E_AGAIN = 1, /* this block is here already; nothing changed */
    ASSEMBLY_E_GAP,       /* not the next block */
    ASSEMBLY_E_SIZE,      /* a block that is not its size and not the last */
    ASSEMBLY_E_LIMIT,     /* would grow beyond max */
};

/**
 * Append a block.
 *
 * @param max  bytes the body may have
 *
 * @return 0, ASSEMBLY_E_..., -ENOMEM
 */
[[nodiscard]] int assembly_add(struct assembly *a, struct block b, const uint8_t *bytes,
                               size_t len, size_t max);

/** Forget the bytes; a can be used again. */
void assembly_clear(struct assembly *a);
