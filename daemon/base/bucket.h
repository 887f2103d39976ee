/* SPDX-License-Identifier: Apache-2.0 */
/* bucket.h - a token bucket: so many a second, and those of one second at once. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** A value; bucket_of() makes it, full. */
struct bucket {
    uint32_t per_second; /* at least 1 */
    uint64_t thousandths;
    int64_t filled_ms; /* 0: never yet */
};

struct bucket bucket_of(uint32_t per_second);

/** @return true if there is one at mono_ms */
bool bucket_has(struct bucket *b, int64_t mono_ms);

/** @return true if there was one; it is gone now */
bool bucket_take(struct bucket *b, int64_t mono_ms);

/** @return when the next one is there: mono_ms or later; after bucket_has() */
int64_t bucket_due_ms(const struct bucket *b, int64_t mono_ms);
