/* SPDX-License-Identifier: Apache-2.0 */
/* batches.h - changes on their way to the store: one batch fills while the other one is
 * written, and what waits for either of them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/release.h"
#include "daemon/store_thread.h"

struct batches;

/** @param store  borrowed: where batches go. @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int batches_open(struct store_thread *store, struct batches **out);

/** After the store thread has ended: what was not submitted was never acknowledged to
 * anybody. Commands that wait are answered COMMAND_BUSY. */
void batches_close(struct batches *b);

/** Put a change into the batch that fills. @param index may be NULL.
 * @return 0, -EMSGSIZE, -ENOMEM */
[[nodiscard]] int batches_put(struct batches *b, const struct change *change,
                              size_t *index);

/** Put an effect that waits for the batch that fills; .batch is filled in.
 * @return 0, -ENOMEM */
[[nodiscard]] int batches_release(struct batches *b, struct release release);

/** @return true if an effect of this kind and .name waits */
bool batches_await(const struct batches *b, enum release_kind kind, const char *name);

/** The batch that fills, for whoever puts changes by himself, and its number. */
struct batch *batches_filling(const struct batches *b, uint64_t *number);

size_t batches_count(const struct batches *b);

/** @return true: the store cannot keep up or has no space, whoever asks has to wait */
bool batches_is_full(const struct batches *b);

/** @return true while no batch is being written */
bool batches_is_idle(const struct batches *b);

/** Hand the batch over if none is being written and there is something in it.
 * @return true: another one fills now */
bool batches_submit(struct batches *b);

/** @return true if a batch came back, in *out; then take what waited for it, and end
 * with batches_recycle() */
bool batches_take(struct batches *b, struct store_done *out);

/** @return the oldest effect that waited for this batch or an earlier one, or NULL;
 * valid until the next call */
const struct release *batches_released(struct batches *b, uint64_t number);

void batches_recycle(struct batches *b, struct batch *applied);
