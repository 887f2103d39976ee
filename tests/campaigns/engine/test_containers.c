/* SPDX-License-Identifier: Apache-2.0 */
/* test_containers.c - the engine's table of ids and its timers against simple models.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "campaigns/engine/idmap.h"
#include "campaigns/engine/timers.h"

static uint64_t seed = 1;

static uint32_t random_below(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(seed >> 33) % n;
}

Test(idmap, finds_what_was_put_and_not_removed)
{
    struct idmap m = {0};
    static int items[500];
    bool is_in[500] = {false};
    size_t count = 0;

    cr_expect(eq(ptr, idmap_get(&m, 7), NULL));
    for (int round = 0; round < 20000; round++) {
        uint32_t i = random_below(500);
        int64_t id = (int64_t)i * 64 + 1;
        if (is_in[i])
            idmap_remove(&m, id);
        else
            cr_assert(zero(int, idmap_put(&m, id, &items[i])));
        count = is_in[i] ? count - 1 : count + 1;
        is_in[i] = !is_in[i];
        uint32_t other = random_below(500);
        cr_assert(eq(ptr, idmap_get(&m, (int64_t)other * 64 + 1),
                     is_in[other] ? &items[other] : NULL));
    }
    cr_expect(eq(sz, m.count, count));
    size_t cursor = 0, seen = 0;
    while (idmap_next(&m, &cursor))
        seen++;
    cr_expect(eq(sz, seen, count));
    idmap_fini(&m);
}

Test(timers, come_in_order_after_any_moves)
{
    struct timers h = {0};
    static struct timer all[200];
    int64_t last = -1;
    size_t due = 0, set = 0;

    for (int round = 0; round < 5000; round++) {
        struct timer *t = &all[random_below(200)];
        if (random_below(4) == 0)
            timers_cancel(&h, t);
        else
            cr_assert(zero(int, timers_set(&h, t, random_below(1000))));
    }
    for (size_t i = 0; i < 200; i++)
        set += all[i].at != 0;
    cr_expect(eq(ptr, timers_due(&h, -1), NULL));
    for (struct timer *t; (t = timers_due(&h, 1000)); due++) {
        cr_assert(ge(i64, t->due_ms, last));
        cr_assert(eq(sz, t->at, 0));
        last = t->due_ms;
    }
    cr_expect(eq(sz, due, set));
    cr_expect(eq(i64, timers_next_ms(&h), INT64_MAX));
    timers_fini(&h);
}
