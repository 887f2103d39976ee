/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/version.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>

/* Ascending; texts in one row are equal. */
static const char *const order[][3] = {
    {""},
    {"0", "0.0", "00"},
    {"0.0.1"},
    {"0.9-alpha"},
    {"0.9-alpha.1"},
    {"0.9-alpha.beta"},
    {"0.9-alphabeta"},
    {"0.9-beta"},
    {"0.9-beta.2"},
    {"0.9-beta.11"},
    {"0.9-rc"},
    {"0.9-rc+b"},
    {"0.9-rc.1"},
    {"0.9", "0.9.0", "0.09"},
    {"0.9+ds"},
    {"0.9+ds1"},
    {"0.9.1-1"},
    {"0.9.1"},
    {"0.10"},
    {"1-0"},
    {"1", "1.0", "1.0.0"},
    {"1.0.0.1"},
    {"1.1"},
    {"1.255"},
    {"1.256"},
    {"2"},
    {"10"},
    {"2022.10"},
    {"2023.01-rc1"},
    {"2023.01", "2023.1"},
    {"2023.07"},
    {"999999999999999999"},
    {"1.2.3a"},
    {"A"},
    {"a"},
    {"ab"},
    {"v1.2"},
};
enum { ORDERS = sizeof order / sizeof order[0] };

Test(version, is_ordered_as_the_table_says)
{
    for (int a = 0; a < ORDERS; a++)
        for (int b = 0; b < ORDERS; b++) {
            int got = version_compare(order[a][0], order[b][0]);
            cr_expect(eq(int, (got > 0) - (got < 0), (a > b) - (a < b)), "%s and %s",
                      order[a][0], order[b][0]);
        }
}

Test(version, is_equal_however_it_is_written)
{
    for (int a = 0; a < ORDERS; a++)
        for (int k = 1; k < 3 && order[a][k]; k++)
            cr_expect(version_equal(order[a][0], order[a][k]), "%s and %s", order[a][0],
                      order[a][k]);
}

Test(version, that_is_a_number_is_told_from_a_text)
{
    static const char *const numbers[] = {"0", "1.2", "1-rc.1", "1.2+ds",
                                          "2023.01-2+b1"};
    static const char *const texts[] = {
        "",
        "a",
        "1.",
        ".1",
        "1..2",
        "1-",
        "1-.",
        "1-rc..",
        "1+",
        "1 2",
        "-1",
        "+1",
        "1.2a",
        "1.2-rc_1",
        "1.2+!",
        "1:2",
        "1.2 ",
        "1-01234567890123456789",
        "1234567890123456789",
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        cr_expect(version_is_number(numbers[i]), "%s", numbers[i]);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_expect(not(version_is_number(texts[i])), "%s", texts[i]);
}

Test(version, key_of_the_longest_texts_stays_in_its_bound)
{
    static const char *const patterns[] = {"1.", "0.", "9", "a.", "1", "-a.", "0-a."};
    for (size_t p = 0; p < sizeof patterns / sizeof patterns[0]; p++)
        for (size_t pre = 0; pre < 4; pre++)
            for (size_t len = 1; len <= 200; len++) {
                char text[256] = "";
                strcat(text,
                       &"1-+"[0] + (pre > 2 ? 3 : pre)); /* "1-+", "-+", "+", "" */
                for (size_t at = strlen(text), i = 0; at < len; at++, i++)
                    text[at] = patterns[p][i % strlen(patterns[p])];
                uint8_t key[VERSION_KEY_MAX + 1];
                key[VERSION_KEY_MAX] = 0xaa;
                size_t got = version_sort_key(text, key);
                cr_expect(got >= 1 && got <= VERSION_KEY_MAX, "%s", text);
                cr_expect(eq(int, key[VERSION_KEY_MAX], 0xaa), "%s", text);
            }
}

Test(version, longest_number_has_a_number_key)
{
    char text[VERSION_TEXT_MAX + 2] = "";
    for (int i = 0; i < VERSION_TEXT_MAX; i++)
        text[i] = i % 2 ? '.' : '7';
    cr_expect(version_is_number(text));
    text[VERSION_TEXT_MAX] = '.';
    cr_expect(not(version_is_number(text)));
}

Test(version, number_key_serves_the_filter)
{
    uint8_t key[VERSION_KEY_MAX], whole[VERSION_KEY_MAX];
    int len = version_number_key("1.2", key, sizeof key);
    cr_assert(eq(int, len, (int)version_sort_key("1.2", whole)));
    cr_expect(zero(int, memcmp(key, whole, (size_t)len)));
    cr_expect(eq(int, version_number_key("abc", key, sizeof key), -EINVAL));
    cr_expect(eq(int, version_number_key("", key, sizeof key), -EINVAL));
    cr_expect(eq(int, version_number_key("1.2", key, 2), -ENOSPC));
}

Test(version, in_a_manifest_has_no_characters_of_ranges)
{
    cr_expect(version_is_valid("1.0-rc.1"));
    cr_expect(version_is_valid("release_7/b"));
    static const char *const bad[] = {"",   " ",  "1 2", "1,2", "1|2",  ">1",
                                      "<1", "=1", "!1",  "*",   "\x01", "\xc3\xa4"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect(not(version_is_valid(bad[i])), "%s", bad[i]);
}
