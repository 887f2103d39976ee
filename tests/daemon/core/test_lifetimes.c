/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lifetimes.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

enum { AWAKE_MS = 500 };

static struct registry *registry;
static struct lifetimes *lifetimes;
static struct device *dev;

static void open_all(void)
{
    cr_assert(zero(int, registry_open(&registry)));
    cr_assert(zero(int, lifetimes_open(AWAKE_MS, 0, &lifetimes)));
    dev = registry_add(registry, 1, "d", 1);
    cr_assert(dev != NULL);
    dev->state = REGISTRY_ALIVE;
    dev->lifetime_s = 10;
    dev->heard_ms = 1000;
    dev->expires_ms = 11000;
}

static void close_all(void)
{
    lifetimes_close(lifetimes);
    registry_close(registry);
}

TestSuite(lifetimes, .init = open_all, .fini = close_all);

/* @return "over", "asleep", or "" when nothing ends at mono_ms */
static const char *next(int64_t mono_ms)
{
    struct device *who;
    enum lifetime_end end;

    if (!lifetimes_next(lifetimes, mono_ms, &who, &end))
        return "";
    cr_assert(who == dev);
    return end == LIFETIME_OVER ? "over" : "asleep";
}

Test(lifetimes, a_registration_ends_once)
{
    lifetimes_arm(lifetimes, dev);
    cr_expect_str_eq(next(10999), "");
    cr_expect_str_eq(next(11000), "over");
    cr_expect_str_eq(next(99000), "");
}

Test(lifetimes, any_message_is_a_sign_of_life)
{
    lifetimes_arm(lifetimes, dev);
    dev->heard_ms = 9000;
    cr_expect_str_eq(next(11000), "");
    cr_expect_str_eq(next(18999), "");
    cr_expect_str_eq(next(19000), "over");
}

Test(lifetimes, lifetime_0_is_for_ever)
{
    dev->lifetime_s = 0;
    lifetimes_arm(lifetimes, dev);
    cr_expect_str_eq(next(INT64_C(1) << 40), "");
}

Test(lifetimes, a_sleeper_falls_asleep_then_expires)
{
    dev->flags |= DEVICE_QUEUE_MODE;
    lifetimes_arm(lifetimes, dev);
    cr_expect_str_eq(next(1500), "");
    cr_expect_str_eq(next(1501), "asleep");
    dev->state = REGISTRY_ASLEEP;
    lifetimes_arm(lifetimes, dev);
    cr_expect_str_eq(next(10999), "");
    cr_expect_str_eq(next(11000), "over");
}

Test(lifetimes, who_left_has_no_end)
{
    lifetimes_arm(lifetimes, dev);
    lifetimes_disarm(lifetimes, dev);
    cr_expect_str_eq(next(99000), "");
}
