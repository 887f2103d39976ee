/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/queue.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <poll.h>
#include <stdbool.h>

static struct queue *q;

static void open_four(void)
{
    cr_assert(zero(int, queue_open(4, sizeof(int), &q)));
}

static void close_it(void)
{
    queue_close(q);
}

TestSuite(queue, .init = open_four, .fini = close_it);

static bool is_readable(void)
{
    struct pollfd p = {.fd = queue_fd(q), .events = POLLIN};

    return poll(&p, 1, 0) == 1;
}

static int push(int n)
{
    return queue_push(q, &n);
}

Test(queue, keeps_the_order_over_its_end)
{
    int out[4];

    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 3; i++)
            cr_assert(zero(int, push(round * 10 + i)));
        cr_assert(eq(sz, queue_pop(q, out, 4), 3));
        for (int i = 0; i < 3; i++)
            cr_expect(eq(int, out[i], round * 10 + i));
    }
}

Test(queue, refuses_what_does_not_fit)
{
    for (int i = 0; i < 4; i++)
        cr_assert(zero(int, push(i)));
    cr_expect(eq(int, push(4), QUEUE_E_FULL));
    cr_expect(eq(int, queue_reserve(q), QUEUE_E_FULL));
}

Test(queue, keeps_a_reserved_slot_free)
{
    int answer = 9, out[4];

    cr_assert(zero(int, queue_reserve(q)));
    for (int i = 0; i < 3; i++)
        cr_assert(zero(int, push(i)));
    cr_expect(eq(int, push(3), QUEUE_E_FULL));
    queue_push_reserved(q, &answer);
    cr_assert(eq(sz, queue_pop(q, out, 4), 4));
    cr_expect(eq(int, out[3], 9));
}

Test(queue, gives_back_a_reserved_slot)
{
    for (int i = 0; i < 4; i++)
        cr_assert(zero(int, queue_reserve(q)));
    cr_expect(eq(int, push(0), QUEUE_E_FULL));
    queue_unreserve(q);
    cr_expect(zero(int, push(0)));
}

Test(queue, is_readable_while_items_wait)
{
    int out[2];

    cr_expect(not(is_readable()));
    for (int i = 0; i < 3; i++)
        cr_assert(zero(int, push(i)));
    cr_expect(is_readable());
    cr_expect(eq(sz, queue_pop(q, out, 2), 2));
    cr_expect(is_readable(), "one is left");
    cr_expect(eq(sz, queue_pop(q, out, 2), 1));
    cr_expect(not(is_readable()));
    cr_expect(eq(sz, queue_pop(q, out, 2), 0));
    cr_assert(zero(int, push(5)));
    cr_expect(is_readable());
}
