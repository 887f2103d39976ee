/* SPDX-License-Identifier: Apache-2.0 */
/* store_thread.h - the thread that owns the writing connection.
 *
 * One batch at a time goes in and comes back durable. Without space on the disk the
 * batch is tried again until there is some; nothing comes back meanwhile.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/batch.h"
#include "store/store.h"

struct store_thread;

/** @param why as store_open(). @param out owned. @return 0, -errno */
[[nodiscard]] int store_thread_open(const char *path, struct store_failure *why,
                                    struct store_thread **out);

/** @return as store_was_closed() */
bool store_thread_was_closed(const struct store_thread *t);
/** As store_set_sound(). */
void store_thread_set_sound(struct store_thread *t);

/** Waits for the batch under way, if any, then closes the store. */
void store_thread_close(struct store_thread *t);

/** Hand batch over; only while none is under way. number comes back with it. */
void store_thread_submit(struct store_thread *t, struct batch *batch, uint64_t number);

/** @return a descriptor that is readable when a batch has come back; borrowed */
int store_thread_fd(const struct store_thread *t);

struct store_done {
    struct batch *batch;
    uint64_t number;
    int rc; /* 0 durable; -EIO, -ENOMEM: the process must end */
    uint64_t took_us;
};

/** @return true if a batch came back */
bool store_thread_take(struct store_thread *t, struct store_done *out);

/** @return when (clock_mono_ms()) the thread last took a batch, or looked for one or
 * for space: every second while it has nothing to write. Any thread. */
int64_t store_thread_beat_ms(const struct store_thread *t);

/** @return true while a batch waits for space on the disk; any thread */
bool store_thread_is_full(const struct store_thread *t);
