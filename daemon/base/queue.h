/* SPDX-License-Identifier: Apache-2.0 */
/* queue.h - a bounded queue of small values between threads, with an eventfd to wait
 * on.
 *
 * Any number of threads push, one thread pops. Items are copied in and out. A slot can
 * be reserved beforehand (credit), so that the answer to something that was sent always
 * fits: queue_push_reserved() cannot fail.
 */
#pragma once

#include <stddef.h>

struct queue;

/** Positive return of queue_push() and queue_reserve(). */
enum { QUEUE_E_FULL = 1 };

/**
 * @param capacity    items, reserved slots included
 * @param item_bytes  size of one item
 * @param out         owned by the caller; release with queue_close()
 *
 * @return 0, -ENOMEM, or -errno of eventfd()
 */
[[nodiscard]] int queue_open(size_t capacity, size_t item_bytes, struct queue **out);
void queue_close(struct queue *q);

/** @return a descriptor that is readable while items may be waiting; borrowed */
int queue_fd(const struct queue *q);

/** Copy *item in and wake the reader. @return 0, QUEUE_E_FULL */
[[nodiscard]] int queue_push(struct queue *q, const void *item);

/** Set one slot aside for a later queue_push_reserved(). @return 0, QUEUE_E_FULL */
[[nodiscard]] int queue_reserve(struct queue *q);

/** Copy *item into a slot that queue_reserve() set aside. */
void queue_push_reserved(struct queue *q, const void *item);

/** Give back a slot that will not be used. */
void queue_unreserve(struct queue *q);

/**
 * Take up to max items, oldest first. Call it until it returns less than max before
 * waiting on queue_fd() again.
 *
 * @param items  room for max items
 * @return number of items taken
 */
size_t queue_pop(struct queue *q, void *items, size_t max);
