/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/refresh.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

enum { IN_FLIGHT = 3, PER_SECOND = 10, DEVICES = 200 };

static struct registry *reg;
static struct refresh *r;
static struct device *devs[DEVICES + 1];

static void open_with_devices(void)
{
    char endpoint[16];

    cr_assert(zero(int, registry_open(&reg)));
    cr_assert(zero(int, refresh_open(reg, IN_FLIGHT, PER_SECOND, &r)));
    for (int id = 1; id <= DEVICES; id++) {
        snprintf(endpoint, sizeof endpoint, "d%d", id);
        devs[id] = registry_add(reg, id, endpoint, strlen(endpoint));
        cr_assert(devs[id] != NULL);
        cr_assert(zero(int, registry_set_location(reg, devs[id], (uint64_t)id)));
    }
}

static void close_all(void)
{
    refresh_close(r);
    registry_close(reg);
}

TestSuite(refresh, .init = open_with_devices, .fini = close_all);

static void add(int id, enum refresh_line line)
{
    cr_assert(zero(int, refresh_add(r, devs[id], line)));
}

Test(refresh, takes_asked_before_changed_before_again)
{
    add(1, REFRESH_AGAIN);
    add(2, REFRESH_CHANGED);
    add(3, REFRESH_ASKED);
    cr_expect(refresh_next(r, 0) == devs[3]);
    cr_expect(refresh_next(r, 0) == devs[2]);
    cr_expect(refresh_next(r, 0) == devs[1]);
    cr_expect(refresh_next(r, 0) == NULL);
}

Test(refresh, never_reads_more_at_once_than_allowed)
{
    for (int id = 1; id <= 5; id++)
        add(id, REFRESH_AGAIN);
    for (int i = 0; i < IN_FLIGHT; i++)
        cr_assert(refresh_next(r, 0) != NULL);
    cr_expect(refresh_next(r, 0) == NULL);
    cr_expect(refresh_wake_ms(r, 0) == INT64_MAX, "it waits for an end, not for time");
    refresh_ended(r, devs[1]);
    cr_expect(refresh_next(r, 0) == devs[4]);
}

Test(refresh, begins_no_more_in_a_second_than_allowed)
{
    int begun = 0;

    for (int id = 1; id <= 100; id++)
        add(id, REFRESH_AGAIN);
    for (int64_t now = 1000; now < 3000; now += 10)
        for (struct device *dev; (dev = refresh_next(r, now)); begun++)
            refresh_ended(r, dev);
    cr_expect(begun >= 2 * PER_SECOND && begun <= 3 * PER_SECOND, "%d", begun);
}

Test(refresh, wakes_when_the_next_one_may_begin)
{
    for (int id = 1; id <= 100; id++)
        add(id, REFRESH_AGAIN);
    for (struct device *dev; (dev = refresh_next(r, 1000));)
        refresh_ended(r, dev);
    int64_t wake = refresh_wake_ms(r, 1000);
    cr_assert(wake > 1000 && wake <= 1000 + 1000 / PER_SECOND + 1, "%ld", (long)wake);
    cr_expect(refresh_next(r, wake) != NULL);
}

Test(refresh, holds_a_device_once_whoever_adds_it)
{
    add(1, REFRESH_AGAIN);
    add(1, REFRESH_ASKED);
    cr_expect(eq(sz, refresh_waiting(r), 1));
}

Test(refresh, passes_over_who_is_gone)
{
    add(1, REFRESH_AGAIN);
    add(2, REFRESH_AGAIN);
    add(3, REFRESH_AGAIN);
    registry_remove(reg, devs[1]);
    cr_assert(zero(int, registry_set_location(reg, devs[2], 0)));
    cr_expect(refresh_next(r, 0) == devs[3]);
}

Test(refresh, keeps_its_order_while_it_grows)
{
    for (int id = 1; id <= DEVICES; id++)
        add(id, REFRESH_AGAIN);
    int64_t now = 1000;
    for (int id = 1; id <= DEVICES; id++, now += 1000) {
        struct device *dev = refresh_next(r, now);
        cr_assert(dev == devs[id]);
        refresh_ended(r, dev);
    }
}
