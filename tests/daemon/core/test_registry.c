/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/registry.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

static struct registry *r;

static void open_empty(void)
{
    cr_assert(zero(int, registry_open(&r)));
}

static void close_it(void)
{
    registry_close(r);
}

TestSuite(registry, .init = open_empty, .fini = close_it);

static struct device *add(int64_t id, const char *endpoint)
{
    struct device *dev = registry_add(r, id, endpoint, strlen(endpoint));
    cr_assert(dev != NULL);
    return dev;
}

static struct net_address address(const char *text)
{
    struct net_address a;
    cr_assert(zero(int, net_address_parse(text, 5683, &a)));
    return a;
}

Test(registry, finds_a_device_by_each_of_its_keys)
{
    struct device *dev = add(7, "meter-1");
    struct net_address a = address("127.0.0.1:4000");

    cr_assert(zero(int, registry_set_location(r, dev, 99)));
    cr_assert(zero(int, registry_set_remote(r, dev, &a)));
    cr_expect(registry_by_id(r, 7) == dev);
    cr_expect(registry_by_endpoint(r, "meter-1", 7) == dev);
    cr_expect(registry_by_location(r, 99) == dev);
    cr_expect(registry_by_remote(r, &a) == dev);
    cr_expect(registry_by_endpoint(r, "meter-", 6) == NULL);
}

Test(registry, forgets_the_old_location_and_address)
{
    struct device *dev = add(7, "meter-1");
    struct net_address old = address("127.0.0.1:4000"), new = address("127.0.0.1:4001");

    cr_assert(zero(int, registry_set_location(r, dev, 99)));
    cr_assert(zero(int, registry_set_location(r, dev, 100)));
    cr_assert(zero(int, registry_set_remote(r, dev, &old)));
    cr_assert(zero(int, registry_set_remote(r, dev, &new)));
    cr_expect(registry_by_location(r, 99) == NULL);
    cr_expect(registry_by_location(r, 100) == dev);
    cr_expect(registry_by_remote(r, &old) == NULL);
    cr_expect(registry_by_remote(r, &new) == dev);
}

Test(registry, gives_an_address_to_the_last_who_came_from_it)
{
    struct device *first = add(1, "a"), *second = add(2, "b");
    struct net_address a = address("127.0.0.1:4000"), b = address("127.0.0.1:4001");

    cr_assert(zero(int, registry_set_remote(r, first, &a)));
    cr_assert(zero(int, registry_set_remote(r, second, &a)));
    cr_expect(registry_by_remote(r, &a) == second);
    cr_assert(zero(int, registry_set_remote(r, first, &b)));
    cr_expect(registry_by_remote(r, &a) == second, "the first took it along");
}

Test(registry, removes_a_device_from_all_tables)
{
    struct device *dev = add(7, "meter-1");
    struct net_address a = address("127.0.0.1:4000");

    cr_assert(zero(int, registry_set_location(r, dev, 99)));
    cr_assert(zero(int, registry_set_remote(r, dev, &a)));
    registry_remove(r, dev);
    cr_expect(eq(sz, registry_count(r), 0));
    cr_expect(registry_by_endpoint(r, "meter-1", 7) == NULL);
    cr_expect(registry_by_location(r, 99) == NULL);
    cr_expect(registry_by_remote(r, &a) == NULL);
}

Test(registry, holds_many)
{
    char endpoint[32];

    for (int64_t id = 1; id <= 5000; id++) {
        snprintf(endpoint, sizeof endpoint, "meter-%ld", (long)id);
        struct device *dev = add(id, endpoint);
        cr_assert(zero(int, registry_set_location(r, dev, registry_new_location(r))));
    }
    cr_expect(eq(sz, registry_count(r), 5000));
    size_t cursor = 0, seen = 0;
    for (struct device *dev; (dev = registry_next(r, &cursor)); seen++)
        cr_expect(registry_by_location(r, dev->location) == dev);
    cr_expect(eq(sz, seen, 5000));
}

Test(locations, read_back_as_they_were_printed)
{
    char text[LOCATION_TEXT_BYTES + 1];
    const uint64_t cases[] = {1, 31, 32, UINT64_C(0xffffffffff), 0x123456789a};
    uint64_t back;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        location_print(cases[i], text);
        cr_assert(zero(int, location_parse(text, strlen(text), &back)), "%s", text);
        cr_expect(eq(u64, back, cases[i]));
    }
}

Test(locations, refuse_what_is_none)
{
    const char *const cases[] = {"",         "aaaaaaa",  "aaaaaaaaa",
                                 "aaaaaaa1", "AAAAAAAA", "aaaa/aaa"};
    uint64_t out;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(not(zero(int, location_parse(cases[i], strlen(cases[i]), &out))),
                  "%s", cases[i]);
}

Test(registry_states, have_a_name_each_that_reads_back)
{
    enum registry_state back;

    for (int s = 0; s < REGISTRY_STATE_COUNT; s++) {
        const char *name = registry_state_name((enum registry_state)s);
        cr_assert(zero(int, registry_state_parse(name, &back)), "%s", name);
        cr_expect(eq(int, (int)back, s));
    }
    cr_expect(not(zero(int, registry_state_parse("dead", &back))));
}
