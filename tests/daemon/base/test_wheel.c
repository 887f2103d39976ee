/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/wheel.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "daemon/base/random.h"

struct item {
    int id;
    struct wheel_timer timer;
};

static struct wheel *w;

static void open_at_zero(void)
{
    cr_assert(zero(int, wheel_open(0, &w)));
}

static void close_it(void)
{
    wheel_close(w);
}

TestSuite(wheel, .init = open_at_zero, .fini = close_it);

static const int64_t delays[] = {
    1,         2,         63,          64,
    65,        127,       128,         4095,
    4096,      4097,      262143,      262144,
    300000,    86400000,  31536000000, (1LL << 42) - 1,
    1LL << 42, 1LL << 45,
};
enum { DELAYS = sizeof delays / sizeof delays[0] };

Test(wheel, fires_at_its_millisecond_and_not_before)
{
    for (int i = 0; i < DELAYS; i++) {
        struct wheel_timer t = {0};
        struct wheel *at_start;
        cr_assert(zero(int, wheel_open(1234567, &at_start)));
        wheel_set(at_start, &t, 1234567 + delays[i]);
        cr_expect(wheel_expire(at_start, 1234567 + delays[i] - 1) == NULL, "%ld early",
                  (long)delays[i]);
        cr_expect(wheel_is_set(&t));
        cr_expect(wheel_expire(at_start, 1234567 + delays[i]) == &t, "%ld late",
                  (long)delays[i]);
        cr_expect(not(wheel_is_set(&t)));
        cr_expect(wheel_expire(at_start, 1234567 + delays[i]) == NULL);
        wheel_close(at_start);
    }
}

/* As the loop does it: sleeps as long as it is told, looks, sleeps again. */
Test(wheel, is_exact_when_driven_by_its_own_waits)
{
    for (int i = 0; i < DELAYS; i++) {
        struct wheel_timer t = {0};
        struct wheel *at_start;
        int64_t now = 99;
        int looks = 0;
        cr_assert(zero(int, wheel_open(now, &at_start)));
        wheel_set(at_start, &t, now + delays[i]);
        while (wheel_expire(at_start, now) == NULL) {
            int64_t wait = wheel_wait_ms(at_start, now, INT64_MAX);
            cr_assert(wait > 0);
            looks++;
            cr_assert(looks < 20 || delays[i] >= 1LL << 42, "%ld", (long)delays[i]);
            now += wait;
        }
        cr_expect(eq(i64, now, 99 + delays[i]));
        wheel_close(at_start);
    }
}

Test(wheel, fires_at_once_what_is_past)
{
    struct wheel_timer t = {0};

    cr_expect(wheel_expire(w, 1000) == NULL);
    wheel_set(w, &t, 10);
    cr_expect(eq(i64, wheel_wait_ms(w, 1000, 500), 0));
    cr_expect(wheel_expire(w, 1000) == &t);
}

Test(wheel, does_not_wait_for_what_is_overdue)
{
    struct wheel_timer t = {0};

    wheel_set(w, &t, 100);
    cr_expect(eq(i64, wheel_wait_ms(w, 100, 500), 0));
    cr_expect(eq(i64, wheel_wait_ms(w, 5000, 500), 0));
}

Test(wheel, forgets_what_is_cancelled)
{
    struct wheel_timer t = {0}, due = {0};

    wheel_set(w, &t, 100);
    wheel_cancel(w, &t);
    wheel_cancel(w, &t);
    wheel_set(w, &due, -1);
    wheel_cancel(w, &due);
    cr_expect(wheel_expire(w, 1000) == NULL);
    cr_expect(eq(i64, wheel_wait_ms(w, 1000, 777), 777), "nothing is left to wait for");
}

Test(wheel, moves_a_timer_that_is_set_again)
{
    struct wheel_timer t = {0};

    wheel_set(w, &t, 100);
    wheel_set(w, &t, 5000);
    cr_expect(wheel_expire(w, 4999) == NULL);
    wheel_set(w, &t, 5001);
    cr_expect(wheel_expire(w, 5000) == NULL);
    cr_expect(wheel_expire(w, 5001) == &t);
}

Test(wheel, keeps_the_order_of_equal_times)
{
    struct item items[5] = {0};

    for (int i = 0; i < 5; i++) {
        items[i].id = i;
        wheel_set(w, &items[i].timer, 7000);
    }
    for (int i = 0; i < 5; i++) {
        struct wheel_timer *t = wheel_expire(w, 7000);
        cr_assert(t != NULL);
        cr_expect(eq(int, WHEEL_OWNER(t, struct item, timer)->id, i));
    }
}

Test(wheel, lets_a_timer_be_set_and_another_cancelled_while_expiring)
{
    struct wheel_timer a = {0}, b = {0}, c = {0};

    wheel_set(w, &a, 10);
    wheel_set(w, &b, 10);
    wheel_set(w, &c, 10);
    cr_expect(wheel_expire(w, 10) == &a);
    wheel_cancel(w, &b);
    wheel_set(w, &a, 11);
    cr_expect(wheel_expire(w, 10) == &c);
    cr_expect(wheel_expire(w, 10) == NULL);
    cr_expect(wheel_expire(w, 11) == &a);
}

Test(wheel, does_not_go_back)
{
    struct wheel_timer t = {0};

    cr_expect(wheel_expire(w, 500) == NULL);
    wheel_set(w, &t, 510);
    cr_expect(wheel_expire(w, 100) == NULL);
    cr_expect(eq(i64, wheel_wait_ms(w, 500, 1000), 10));
    cr_expect(wheel_expire(w, 510) == &t);
}

/* Compares it with a plain array over random times, moves, cancels and steps. */
Test(wheel, agrees_with_a_list)
{
    static struct item items[500];
    struct random_state r = {3};
    int64_t now = 0;

    for (int step = 0; step < 20000; step++) {
        struct item *it = &items[random_between(&r, 0, 499)];
        int64_t reach = 1LL << random_between(&r, 0, 24);
        if (random_between(&r, 0, 3) == 0)
            wheel_cancel(w, &it->timer);
        else
            wheel_set(w, &it->timer, now + random_between(&r, -5, reach));
        if (step % 4 == 0)
            now += random_between(&r, 0, 1LL << random_between(&r, 0, 16));
        for (struct wheel_timer *t; (t = wheel_expire(w, now)) != NULL;)
            cr_assert(t->due_ms <= now);
        int64_t wait = wheel_wait_ms(w, now, 1LL << 40);
        for (int i = 0; i < 500; i++)
            if (wheel_is_set(&items[i].timer)) {
                cr_assert(items[i].timer.due_ms > now, "late");
                cr_assert(wait <= items[i].timer.due_ms - now, "would sleep too long");
            }
    }
}
