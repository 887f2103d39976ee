/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(random, fills_every_byte)
{
    uint8_t seen[33] = {0}, bytes[33];

    for (int n = 0; n < 64; n++) {
        random_fill(bytes, sizeof bytes);
        for (size_t i = 0; i < sizeof bytes; i++)
            seen[i] |= bytes[i];
    }
    for (size_t i = 0; i < sizeof seen; i++)
        cr_expect(seen[i] != 0, "byte %zu", i);
}

Test(random, repeats_itself_from_the_same_seed)
{
    struct random_state a = {7}, b = {7}, other = {8};
    uint64_t first = random_next(&a);

    cr_expect(eq(u64, first, random_next(&b)));
    cr_expect(ne(u64, first, random_next(&other)));
}

/* First output of SplitMix64 with seed 1234567, from its reference implementation. */
Test(random, is_splitmix64)
{
    struct random_state r = {1234567};

    cr_expect(eq(u64, random_next(&r), UINT64_C(6457827717110365317)));
}

Test(random, stays_within_bounds_and_reaches_both)
{
    struct random_state r = {1};
    bool low = false, high = false;

    for (int i = 0; i < 1000; i++) {
        int64_t n = random_between(&r, -3, 4);
        cr_assert(n >= -3 && n <= 4);
        low |= n == -3;
        high |= n == 4;
    }
    cr_expect(low && high);
}

Test(random, takes_the_whole_range)
{
    struct random_state r = {1};

    cr_expect(eq(i64, random_between(&r, 5, 5), 5));
    for (int i = 0; i < 100; i++)
        cr_expect(random_between(&r, INT64_MIN, INT64_MAX - 1) != INT64_MAX);
    (void)random_between(&r, INT64_MIN, INT64_MAX);
}
