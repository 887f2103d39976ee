/* SPDX-License-Identifier: Apache-2.0 */
#include "api/text.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct text t;

static void clear(void)
{
    text_fini(&t);
}

TestSuite(text, .fini = clear);

Test(text, grows_and_stays_terminated)
{
    for (int i = 0; i < 1000; i++)
        text_put(&t, "0123456789");
    cr_expect(eq(sz, t.len, 10000));
    cr_expect(eq(sz, strlen(t.at), 10000));
    cr_expect(not(t.bad));
}

Test(text, prints_what_has_just_room_and_what_has_not)
{
    char want[200];

    snprintf(want, sizeof want, "%0199d", 7);
    for (size_t before = 250; before < 512; before++) { /* of the first 512 bytes */
        text_fini(&t);
        for (size_t i = 0; i < before; i++)
            text_char(&t, 'x');
        text_printf(&t, "%s", want);
        cr_expect(eq(sz, t.len, before + strlen(want)));
        cr_expect(eq(str, t.at + before, want));
    }
}

Test(text, writes_every_integer)
{
    static const int64_t values[] = {0, 7, -7, 10, 4096, INT64_MAX, INT64_MIN};
    char want[32];

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        text_clear(&t);
        text_int(&t, values[i]);
        snprintf(want, sizeof want, "%lld", (long long)values[i]);
        cr_expect(eq(str, t.at, want));
    }
}

Test(text, writes_times_as_rfc_3339_in_utc_with_milliseconds)
{
    text_time(&t, 1795322096789);
    cr_expect(eq(str, t.at, "2026-11-22T04:34:56.789Z"));
}

Test(text, writes_times_before_1970)
{
    text_time(&t, -1);
    cr_expect(eq(str, t.at, "1969-12-31T23:59:59.999Z"));
    text_clear(&t);
    text_time(&t, INT64_MAX); /* past the year 9999 */
    cr_expect(eq(str, t.at, "1970-01-01T00:00:00.807Z"));
}

Test(text, reads_the_times_it_writes_and_others)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"2026-11-22T04:34:56.789Z", 1795322096789},
        {"2026-11-22T04:34:56Z", 1795322096000},
        {"2026-11-22T05:34:56+01:00", 1795322096000},
        {"2026-11-22T01:04:56.5-03:30", 1795322096500},
        {"1970-01-01T00:00:00.0019z", 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = -7;
        cr_expect(zero(int, text_time_read(cases[i].text, &ms)), "%s", cases[i].text);
        cr_expect(eq(i64, ms, cases[i].ms), "%s", cases[i].text);
    }
}

Test(text, refuses_what_is_no_time)
{
    static const char *const cases[] = {"",
                                        "2026",
                                        "2026-11-22",
                                        "2026-13-22T04:34:56Z",
                                        "2026-11-22T24:00:00Z",
                                        "2026-11-22T04:34:56",
                                        "2026-11-22T04:34:56.Z",
                                        "2026-11-22T04:34:56Zx",
                                        "2026-11-22T04:34:56+1:00",
                                        "2026-11-00T04:34:56Z"};
    int64_t ms;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(eq(int, text_time_read(cases[i], &ms), -EBADMSG), "%s", cases[i]);
}

Test(text, reads_numbers_of_digits_only)
{
    int64_t n = 0;

    cr_expect(zero(int, text_int_read("9007199254740993", &n)));
    cr_expect(eq(i64, n, 9007199254740993));
    cr_expect(eq(int, text_int_read("", &n), -EBADMSG));
    cr_expect(eq(int, text_int_read("-1", &n), -EBADMSG));
    cr_expect(eq(int, text_int_read("1 ", &n), -EBADMSG));
    cr_expect(eq(int, text_int_read("99999999999999999999", &n), -ERANGE));
}

Test(text, percent_encodes_all_but_unreserved)
{
    text_percent(&t, "urn:dev/a b~c-d_e.f\xc3\xa9");
    cr_expect(eq(str, t.at, "urn%3Adev%2Fa%20b~c-d_e.f%C3%A9"));
}

Test(text, tells_utf8_from_other_bytes)
{
    static const struct {
        const char *bytes;
        bool is_good;
    } cases[] = {
        {"plain", true},         {"\xc3\xa9", true},
        {"\xe2\x82\xac", true},  {"\xf0\x9f\x92\xa1", true},
        {"\xff", false},         {"\xc3", false},
        {"\xc0\xaf", false},     {"\xe0\x80\xaf", false},
        {"\xed\xa0\x80", false}, {"\xf4\x90\x80\x80", false},
        {"\x80", false},         {"a\xe2\x82", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool is_good = text_is_utf8(cases[i].bytes, strlen(cases[i].bytes));
        cr_expect(eq(int, is_good, cases[i].is_good), "case %zu", i);
    }
    cr_expect(not(text_is_utf8("a\0b", 3)));
}
