/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/heap.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

enum { MB = 1 << 20 };

/* What a storm took is free some minutes later, and the process has not grown since. */
Test(heap, is_trimmed_for_some_minutes_after_the_process_grew)
{
    struct heap h = {0};

    for (int storm = 1; storm <= 2; storm++) {
        for (int i = 0; i < HEAP_TRIMS; i++)
            cr_expect(heap_wants_trim(&h, (size_t)storm * 100 * MB - (size_t)i * MB));
        cr_expect(not(heap_wants_trim(&h, (size_t)storm * 100 * MB - 5 * MB)));
    }
}

Test(heap, is_left_alone_while_little_changes)
{
    struct heap h = {.resident_bytes = 100 * MB};

    cr_expect(not(heap_wants_trim(&h, 107 * MB)));
    cr_expect(not(heap_wants_trim(&h, 50 * MB)));
    cr_expect(not(heap_wants_trim(&h, 57 * MB)));
    cr_expect(heap_wants_trim(&h, 58 * MB));
    cr_expect(not(heap_wants_trim(&(struct heap){0}, 0)), "it cannot be read");
}

Test(heap, is_looked_at_once_a_minute)
{
    struct heap h = {0};

    heap_tick(&h, 5);
    cr_expect(eq(i64, h.look_ms, 5 + HEAP_LOOK_MS));
    heap_tick(&h, 6);
    cr_expect(eq(i64, h.look_ms, 5 + HEAP_LOOK_MS));
    heap_tick(&h, 5 + HEAP_LOOK_MS);
    cr_expect(eq(i64, h.look_ms, 5 + 2 * HEAP_LOOK_MS));
}
