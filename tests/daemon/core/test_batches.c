/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/batches.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <poll.h>

static struct store_thread *thread;
static struct batches *batches;

static void open_all(void)
{
    struct store_failure why;

    cr_assert(zero(int, store_thread_open(":memory:", &why, &thread)));
    cr_assert(zero(int, batches_open(thread, &batches)));
}

static void close_all(void)
{
    store_thread_close(thread);
    batches_close(batches);
}

TestSuite(batches, .init = open_all, .fini = close_all);

static void put(int64_t device_id)
{
    struct release online = {.kind = RELEASE_ONLINE, .device_id = device_id};
    struct change seen = {.kind = CHANGE_DEVICE_SEEN};

    cr_assert(zero(int, batches_put(batches, &seen, &online.change)));
    cr_assert(zero(int, batches_release(batches, online)));
}

static struct store_done durable(void)
{
    struct pollfd fd = {.fd = store_thread_fd(thread), .events = POLLIN};
    struct store_done done;

    while (!batches_take(batches, &done))
        cr_assert(poll(&fd, 1, -1) == 1 || errno == EINTR);
    cr_assert(zero(int, done.rc));
    return done;
}

Test(batches, one_fills_while_the_other_is_written)
{
    uint64_t first, second;

    cr_expect(not(batches_submit(batches)), "nothing is in it");
    struct batch *a = batches_filling(batches, &first);
    put(1);
    cr_expect(batches_submit(batches));
    cr_expect(not(batches_is_idle(batches)));
    struct batch *b = batches_filling(batches, &second);
    cr_expect(a != b);
    cr_expect(eq(u64, second, first + 1));
    put(2);
    cr_expect(not(batches_submit(batches)), "the other one is being written");
    struct store_done done = durable();
    cr_expect(eq(u64, done.number, first));
    batches_recycle(batches, done.batch);
    cr_expect(batches_is_idle(batches));
    cr_expect(batches_submit(batches));
    cr_expect(zero(sz, batches_count(batches)));
    done = durable();
    batches_recycle(batches, done.batch);
}

Test(batches, what_waits_is_released_by_its_own_batch)
{
    put(1);
    cr_assert(batches_submit(batches));
    put(2);
    struct store_done done = durable();
    const struct release *r = batches_released(batches, done.number);
    cr_assert(r != NULL);
    cr_expect(eq(i64, r->device_id, 1));
    cr_expect(batches_released(batches, done.number) == NULL, "that of the next batch");
    batches_recycle(batches, done.batch);
}

Test(batches, it_is_full_when_the_store_does_not_keep_up)
{
    for (int i = 0; i < 1000000 && !batches_is_full(batches); i++)
        put(i);
    cr_expect(batches_is_full(batches));
    cr_assert(batches_submit(batches));
    cr_expect(not(batches_is_full(batches)));
    struct store_done done = durable();
    batches_recycle(batches, done.batch);
}
