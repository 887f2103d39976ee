/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/release.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static struct releases *r;

static void open_it(void)
{
    cr_assert(zero(int, releases_open(&r)));
}

static void close_it(void)
{
    releases_close(r);
}

TestSuite(releases, .init = open_it, .fini = close_it);

Test(releases, come_in_order_and_not_before_their_batch)
{
    for (uint64_t i = 1; i <= 1000; i++)
        cr_assert(zero(
            int, releases_put(r, &(struct release){.batch = i / 10, .handle = i})));
    uint64_t expected = 1;
    for (uint64_t batch = 0; batch <= 100; batch++)
        for (const struct release *next; (next = releases_take(r, batch)); expected++) {
            cr_expect(eq(u64, next->handle, expected));
            cr_expect(next->batch <= batch);
        }
    cr_expect(eq(u64, expected, 1001));
}

static enum command_status seen = COMMAND_DONE;

static void done(void *arg, uint64_t ticket, const struct command_result *result)
{
    (void)arg;
    cr_expect(eq(u64, ticket, 5));
    seen = result->status;
}

Test(releases, answer_their_commands_when_the_server_stops)
{
    struct command *c = command_new(COMMAND_DEVICE_REFRESH, "tester");

    cr_assert(c != NULL);
    c->done = done;
    cr_assert(zero(int, releases_put(r, &(struct release){.kind = RELEASE_COMMAND,
                                                          .batch = 1,
                                                          .ticket = 5,
                                                          .command = c})));
    releases_close(r);
    cr_expect(eq(int, (int)seen, COMMAND_BUSY));
    open_it();
}
