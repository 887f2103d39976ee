/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/table.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "daemon/base/random.h"

enum { NUMBERS = 20000 };

static struct table *t;
static uint32_t numbers[NUMBERS];

static bool is_number(const void *item, const void *key)
{
    return *(const uint32_t *)item == *(const uint32_t *)key;
}

static void open_empty(void)
{
    cr_assert(zero(int, table_open(is_number, &t)));
    for (uint32_t i = 0; i < NUMBERS; i++)
        numbers[i] = i;
}

static void close_it(void)
{
    table_close(t);
}

TestSuite(table, .init = open_empty, .fini = close_it);

/* A poor hash on purpose: long runs, all near the end, so that they wrap. */
static uint64_t poor_hash(uint32_t n)
{
    return UINT64_MAX - n % 7;
}

static uint64_t good_hash(uint32_t n)
{
    return n * UINT64_C(0x9e3779b97f4a7c15);
}

Test(table, finds_what_was_put_while_it_grows)
{
    for (uint32_t i = 0; i < NUMBERS; i++) {
        cr_assert(zero(int, table_put(t, good_hash(i), &numbers[i])));
        uint32_t probe = i / 2;
        cr_assert(table_get(t, good_hash(probe), &probe) == &numbers[probe]);
    }
    cr_expect(eq(sz, table_count(t), NUMBERS));
    for (uint32_t i = 0; i < NUMBERS; i++)
        cr_assert(table_get(t, good_hash(i), &i) == &numbers[i], "%u", i);
}

Test(table, does_not_find_what_is_not_there)
{
    uint32_t absent = 5;

    cr_expect(table_get(t, good_hash(absent), &absent) == NULL);
    cr_expect(table_remove(t, good_hash(absent), &absent) == NULL);
}

Test(table, compares_items_whose_hashes_are_equal)
{
    cr_assert(zero(int, table_put(t, 1, &numbers[1])));
    cr_assert(zero(int, table_put(t, 1, &numbers[2])));
    uint32_t two = 2;
    cr_expect(table_remove(t, 1, &two) == &numbers[2]);
    cr_expect(table_get(t, 1, &two) == NULL);
    cr_expect(table_get(t, 1, &numbers[1]) == &numbers[1]);
}

Test(table, visits_each_item_once)
{
    static uint8_t seen[1000];

    for (uint32_t i = 0; i < 1000; i++)
        cr_assert(zero(int, table_put(t, good_hash(i), &numbers[i])));
    size_t cursor = 0;
    for (uint32_t *n; (n = table_next(t, &cursor)) != NULL;)
        seen[*n]++;
    for (uint32_t i = 0; i < 1000; i++)
        cr_expect(eq(u8, seen[i], 1), "%u", i);
}

/* Compares it with an array of flags over many random changes. */
static void mix(uint64_t (*hash)(uint32_t), uint32_t range, int steps)
{
    static bool is_in[NUMBERS];
    struct random_state r = {42};
    size_t count = 0;

    for (int step = 0; step < steps; step++) {
        uint32_t n = (uint32_t)random_between(&r, 0, range - 1);
        if (is_in[n])
            cr_assert(table_remove(t, hash(n), &n) == &numbers[n]);
        else
            cr_assert(zero(int, table_put(t, hash(n), &numbers[n])));
        is_in[n] = !is_in[n];
        count += is_in[n] ? 1 : (size_t)-1;
        cr_assert(eq(sz, table_count(t), count));
        uint32_t probe = (uint32_t)random_between(&r, 0, range - 1);
        bool found = table_get(t, hash(probe), &probe) != NULL;
        cr_assert(found == is_in[probe]);
    }
}

Test(table, survives_random_changes)
{
    mix(good_hash, NUMBERS, 200000);
}

Test(table, survives_a_poor_hash)
{
    mix(poor_hash, 300, 20000);
}
