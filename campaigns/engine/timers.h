/* SPDX-License-Identifier: Apache-2.0 */
/* timers.h - a binary heap of what is due when. Internal to engine/. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** A member of its owner. */
struct timer {
    int64_t due_ms; /* mono */
    size_t at;      /* 1 + place in the heap; 0: not set */
};

struct timers {
    struct timer **heap;
    size_t count, capacity;
};

/** Set or move t. @return 0, -ENOMEM */
[[nodiscard]] int timers_set(struct timers *h, struct timer *t, int64_t due_ms);
void timers_cancel(struct timers *h, struct timer *t);

/** @return one that is due, no longer set; NULL */
struct timer *timers_due(struct timers *h, int64_t now_ms);

/** @return when the next one is due, INT64_MAX without any */
int64_t timers_next_ms(const struct timers *h);
void timers_fini(struct timers *h);
