/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of principals, in a time that is passed in. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "api/rate.h"

static struct rate *rate;

static void open_ten(void)
{
    cr_assert(zero(int, rate_open(10, &rate)));
}

static void close_it(void)
{
    rate_close(rate);
}

TestSuite(rate, .init = open_ten, .fini = close_it);

/* @return how many of count requests at the time go on */
static int ask(const char *name, int count, int64_t mono_ms)
{
    int taken = 0;

    for (int i = 0; i < count; i++)
        taken += rate_take(rate, name, mono_ms) == 0;
    return taken;
}

Test(rate, lets_a_second_through_at_once)
{
    cr_expect(eq(int, ask("ann", 100, 5000), 10));
    cr_expect(eq(int, ask("ann", 100, 5000), 0));
}

Test(rate, says_when_the_next_may_come)
{
    ask("ann", 10, 5000);
    cr_expect(eq(i64, rate_take(rate, "ann", 5000), 100));
    cr_expect(eq(i64, rate_take(rate, "ann", 5099), 1));
    cr_expect(eq(i64, rate_take(rate, "ann", 5100), 0));
    cr_expect(eq(i64, rate_take(rate, "ann", 5100), 100));
}

Test(rate, is_made_up_for_in_a_second_and_no_more)
{
    ask("ann", 10, 5000);
    cr_expect(eq(int, ask("ann", 100, 5500), 5));
    cr_expect(eq(int, ask("ann", 100, 100000), 10));
}

Test(rate, of_one_is_not_that_of_another)
{
    ask("ann", 10, 5000);
    cr_expect(eq(int, ask("bob", 100, 5000), 10));
}

Test(rate, is_kept_for_more_principals_than_there_is_room)
{
    char name[16];

    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "p-%d", i);
        cr_expect(eq(int, ask(name, 11, 5000), 10), "%s", name);
    }
}

Test(rate, without_a_limit_is_none)
{
    cr_expect(zero(i64, rate_take(NULL, "ann", 1)));
}
