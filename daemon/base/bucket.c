/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/bucket.h"

enum { ONE = 1000 };

struct bucket bucket_of(uint32_t per_second)
{
    return (struct bucket){.per_second = per_second,
                           .thousandths = (uint64_t)ONE * per_second};
}

/* A long time without a call must not overflow, so it counts as a second. */
static void fill(struct bucket *b, int64_t mono_ms)
{
    uint64_t full = (uint64_t)ONE * b->per_second;
    int64_t passed = b->filled_ms != 0 ? mono_ms - b->filled_ms : 0;

    if (passed > 0)
        b->thousandths += (uint64_t)(passed < ONE ? passed : ONE) * b->per_second;
    if (b->thousandths > full)
        b->thousandths = full;
    b->filled_ms = mono_ms;
}

bool bucket_has(struct bucket *b, int64_t mono_ms)
{
    fill(b, mono_ms);
    return b->thousandths >= ONE;
}

bool bucket_take(struct bucket *b, int64_t mono_ms)
{
    if (!bucket_has(b, mono_ms))
        return false;
    b->thousandths -= ONE;
    return true;
}

int64_t bucket_due_ms(const struct bucket *b, int64_t mono_ms)
{
    if (b->thousandths >= ONE)
        return mono_ms;
    return mono_ms + (int64_t)((ONE - b->thousandths) / b->per_second) + 1;
}
