/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/bucket.h"

#include <criterion/criterion.h>

static int take_all(struct bucket *b, int64_t mono_ms)
{
    int n = 0;

    while (bucket_take(b, mono_ms))
        n++;
    return n;
}

Test(bucket, gives_those_of_a_second_at_once_then_at_its_rate)
{
    struct bucket b = bucket_of(40);

    cr_expect_eq(take_all(&b, 5000), 40);
    cr_expect_eq(take_all(&b, 5024), 0);
    cr_expect_eq(take_all(&b, 5050), 2);
    cr_expect_eq(take_all(&b, 5049), 0, "a time before the last one adds nothing");
}

Test(bucket, holds_no_more_than_a_second_is_worth)
{
    struct bucket b = bucket_of(UINT32_MAX);

    b.thousandths = 0;
    b.filled_ms = 1;
    cr_expect(bucket_has(&b, INT64_MAX));
    cr_expect_eq(b.thousandths, UINT64_C(1000) * UINT32_MAX);
}

Test(bucket, says_when_the_next_one_is_due)
{
    struct bucket b = bucket_of(3);

    cr_expect_eq(bucket_due_ms(&b, 7000), 7000);
    cr_expect_eq(take_all(&b, 7000), 3);
    int64_t due = bucket_due_ms(&b, 7000);
    cr_expect_eq(due, 7334);
    cr_expect_not(bucket_has(&b, due - 1));
    cr_expect(bucket_has(&b, due));
}
