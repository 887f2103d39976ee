/* SPDX-License-Identifier: Apache-2.0 */
/* test_conditions.c - reading and judging resource predicates. */
#include "campaigns/conditions.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(conditions, hold_or_not)
{
    static const struct {
        const char *text, *value;
        bool holds;
    } rows[] = {
        {"/3/0/9 >= 30", "30", true},
        {"/3/0/9 >= 30", "29", false},
        {"/3/0/9>=30", "30.0", true},
        {"/3/0/9 > 30", "30", false},
        {"/3/0/9 < -1.5", "-2", true},
        {"/3/0/9 <= 5", "5", true},
        {"/3/0/9 == 1", "1", true},
        {"/3/0/9 != 1", "1", false},
        {"/3/0/9 == 1", "one", false},
        {"/3/0/9 >= 30", NULL, false},
        {"/3/0/9 >= 30 ?", NULL, true},
        {"/3/0/18 == \"rev b\"", "rev b", true},
        {"/3/0/18 != \"rev b\"", "rev b", false},
        {"/3/0/7/1 > 3000", "3300", true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct condition c;
        size_t at = 0;
        cr_assert(zero(int, condition_parse(rows[i].text, &c, &at)), "%s at %zu",
                  rows[i].text, at);
        cr_expect(eq(int, condition_holds(&c, rows[i].value), rows[i].holds), "%s",
                  rows[i].text);
    }
}

Test(conditions, say_where_they_are_wrong)
{
    static const struct {
        const char *text;
        size_t at;
    } rows[] = {
        {"", 0},
        {"3/0/9 > 1", 0},
        {"/3/0 > 1", 0},
        {"/3/0/70000 > 1", 0},
        {"/3/0/9/1/2 > 1", 8},
        {"/3/0/9 ~ 1", 7},
        {"/3/0/9 > ", 9},
        {"/3/0/9 > x", 9},
        {"/3/0/9 > \"x\"", 9},
        {"/3/0/9 == \"x", 10},
        {"/3/0/9 > 1 or", 11},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct condition c;
        size_t at = 99;
        cr_expect(eq(int, condition_parse(rows[i].text, &c, &at), CONDITION_E_INVALID),
                  "%s", rows[i].text);
        cr_expect(eq(sz, at, rows[i].at), "%s", rows[i].text);
    }
}

Test(conditions, let_a_device_without_a_battery_pass)
{
    cr_expect(condition_battery_holds(NULL, 30));
    cr_expect(condition_battery_holds("30", 30));
    cr_expect(not(condition_battery_holds("29", 30)));
}
