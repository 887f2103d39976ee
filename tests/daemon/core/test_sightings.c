/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/sightings.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

static struct registry *registry;
static struct sightings *sightings;

static void open_all(void)
{
    cr_assert(zero(int, registry_open(&registry)));
    cr_assert(zero(int, sightings_open(registry, &sightings)));
}

static void close_all(void)
{
    sightings_close(sightings);
    registry_close(registry);
}

TestSuite(sightings, .init = open_all, .fini = close_all);

static struct device *device(int64_t id)
{
    char endpoint[24];

    snprintf(endpoint, sizeof endpoint, "d%d", (int)id);
    struct device *dev = registry_add(registry, id, endpoint, strlen(endpoint));
    cr_assert(dev != NULL);
    return dev;
}

Test(sightings, notes_a_device_once_until_it_is_taken)
{
    struct device *dev = device(1);
    const struct device_seen *seen;
    size_t count;

    dev->lifetime_s = 60;
    cr_expect(sightings_take(sightings, &count) == NULL);
    cr_expect(not(sightings_add(sightings, dev, 5000)));
    cr_expect(not(sightings_add(sightings, dev, 6000)));
    seen = sightings_take(sightings, &count);
    cr_assert(eq(sz, count, 1));
    cr_expect(eq(i64, seen[0].id, 1));
    cr_expect(eq(i64, seen[0].seen_ms, 5000));
    cr_expect(eq(i64, seen[0].expires_ms, 65000));
    dev->lifetime_s = 0;
    cr_expect(not(sightings_add(sightings, dev, 7000)));
    seen = sightings_take(sightings, &count);
    cr_assert(eq(sz, count, 1));
    cr_expect(eq(i64, seen[0].seen_ms, 7000));
    cr_expect(zero(i64, seen[0].expires_ms), "it never expires");
}

Test(sightings, says_when_no_more_fit)
{
    size_t count;
    int64_t id = 1;

    while (!sightings_add(sightings, device(id), 1))
        cr_assert(lt(i64, id++, 100000));
    cr_expect(sightings_take(sightings, &count) != NULL);
    cr_expect(eq(sz, count, (size_t)id));
}

Test(sightings, a_device_that_was_deleted_is_taken_all_the_same)
{
    size_t count;
    struct device *dev = device(1);

    cr_expect(not(sightings_add(sightings, dev, 1)));
    registry_remove(registry, dev);
    cr_expect(sightings_take(sightings, &count) != NULL);
    cr_expect(eq(sz, count, 1));
}

Test(sightings, are_not_written_over_a_registration_that_came_later)
{
    struct device *dev = device(1);
    const struct device_seen *seen;
    size_t count;

    cr_expect(not(sightings_add(sightings, dev, 5000)));
    sightings_forget(dev);
    cr_expect(sightings_take(sightings, &count) == NULL);
    cr_expect(not(sightings_add(sightings, dev, 5000)));
    sightings_forget(dev);
    cr_expect(not(sightings_add(sightings, dev, 8000)));
    seen = sightings_take(sightings, &count);
    cr_assert(seen != NULL);
    cr_expect(eq(i64, seen[count - 1].seen_ms, 8000), "the last one counts");
}
