/* SPDX-License-Identifier: Apache-2.0 */
/* batch.h - changes that become durable together: filled by one thread, applied by the
 * store's, read again by the first.
 *
 * Each change has its own savepoint: one that is refused leaves nothing and stops
 * nothing else.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/change.h"

struct batch;

/** What became of one change. */
struct change_result {
    int rc;     /* 0, STORE_E_NOT_FOUND, STORE_E_CONFLICT, -errno of this one alone */
    int64_t id; /* of the row that was made, or the last one of a chunk */
    int64_t count; /* as change.h says for its kind */
    bool done;     /* chunks: nothing is left to do */
};

/** @param out owned; release with batch_close(). @return 0, -ENOMEM */
[[nodiscard]] int batch_open(struct batch **out);
void batch_close(struct batch *b); /* NULL is allowed */

/** Copy c, and all that it points to, to the end of b.
 * @param index  written on success: for batch_result(); may be NULL
 * @return 0, -ENOMEM, -EMSGSIZE (a text longer than sizes.h allows); b is unchanged */
[[nodiscard]] int batch_put(struct batch *b, const struct change *c, size_t *index);

size_t batch_count(const struct batch *b);
size_t batch_bytes(const struct batch *b); /* memory that the copies hold */

/** Valid after store_apply() returned 0, until the batch is cleared. */
const struct change_result *batch_result(const struct batch *b, size_t index);

/** The copy of a change; borrowed until the batch is cleared. */
const struct change *batch_change(const struct batch *b, size_t index);

/** Empty it, keep some of its memory for the next use. */
void batch_clear(struct batch *b);

/**
 * Apply all of b in one transaction; when it returns 0 the batch is durable.
 *
 * @return 0; otherwise nothing was applied: -ENOSPC or -EBUSY (keep b, try again
 * later), -EIO or -ENOMEM (the process should end and start again from the store)
 */
[[nodiscard]] int store_apply(struct store *st, struct batch *b);
