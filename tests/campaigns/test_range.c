/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/range.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static struct range range_of(const char *text)
{
    struct range r;
    size_t at;
    cr_assert(zero(int, range_parse(text, &r, &at)), "%s", text);
    return r;
}

Test(range, matches_as_the_table_says)
{
    static const struct {
        const char *range, *in[6], *out[6];
    } cases[] = {
        {"*", {"", "1", "abc"}, {0}},
        {">=1.1", {"1.1", "1.1.0", "1.2", "2"}, {"", "1.0", "1.1-rc", "abc"}},
        {"<2", {"1.9", "0", "2-rc"}, {"2", "2.0.0", "3", "", "abc"}},
        {">=1 <2", {"1", "1.9.9"}, {"0.9", "2", "abc"}},
        {">=1,<2", {"1"}, {"2"}},
        {"> 1", {"1.0.1"}, {"1", "0"}},
        {"<=1.5", {"1.5.0", "1"}, {"1.5.1"}},
        {"1.2", {"1.2", "1.2.0"}, {"1.2.1", "", "1.2+ds"}},
        {"=1.2", {"1.2"}, {"1.3"}},
        {"==abc", {"abc"}, {"abd", "", "1"}},
        {"!=1.2", {"1.3", "abc"}, {"1.2.0", ""}},
        {"1 || 3", {"1", "3"}, {"2"}},
        {"<1||>=2 <3 || abc", {"0.5", "2.5", "abc"}, {"1", "1.5", "3", "abd"}},
        {"1||*", {"", "5"}, {0}},
        {"  >=1  ", {"1"}, {"0"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct range r = range_of(cases[i].range);
        for (size_t k = 0; k < 6 && cases[i].in[k]; k++)
            cr_expect(range_matches(&r, cases[i].in[k]), "\"%s\" has \"%s\"",
                      cases[i].range, cases[i].in[k]);
        for (size_t k = 0; k < 6 && cases[i].out[k]; k++)
            cr_expect(not(range_matches(&r, cases[i].out[k])), "\"%s\" has not \"%s\"",
                      cases[i].range, cases[i].out[k]);
    }
}

Test(range, that_is_wrong_is_refused_with_its_position)
{
    static const struct {
        const char *text;
        int rc;
        size_t at;
    } cases[] = {
        {"", RANGE_E_SYNTAX, 0},        {"  ", RANGE_E_SYNTAX, 2},
        {">=", RANGE_E_SYNTAX, 2},      {">=1 <", RANGE_E_SYNTAX, 5},
        {"1|2", RANGE_E_SYNTAX, 1},     {"1 ||", RANGE_E_SYNTAX, 4},
        {"||1", RANGE_E_SYNTAX, 0},     {"*1", RANGE_E_SYNTAX, 1},
        {"=>1", RANGE_E_SYNTAX, 1},     {">abc", RANGE_E_ORDER, 0},
        {"1 <=1.2a", RANGE_E_ORDER, 2}, {"1 2 3 4 5 6 7 8 9", RANGE_E_LONG, 16},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct range r;
        size_t at = 99;
        cr_expect(eq(int, range_parse(cases[i].text, &r, &at), cases[i].rc), "\"%s\"",
                  cases[i].text);
        cr_expect(eq(sz, at, cases[i].at), "\"%s\"", cases[i].text);
        cr_expect(gt(sz, strlen(range_error_text(cases[i].rc)), 0));
    }
}

Test(range, too_long_is_refused)
{
    char text[RANGE_TEXT_MAX + 2];
    struct range r;
    size_t at;
    memset(text, ' ', sizeof text);
    text[0] = '1';
    text[RANGE_TEXT_MAX + 1] = '\0';
    cr_expect(eq(int, range_parse(text, &r, &at), RANGE_E_LONG));
    memset(text, 'a', 64);
    text[64] = '\0';
    cr_expect(eq(int, range_parse(text, &r, &at), RANGE_E_LONG));
}

Test(range, that_is_zero_matches_nothing)
{
    struct range none = {.count = 0};
    cr_expect(not(range_matches(&none, "1")));
    cr_expect(not(range_matches(&none, "")));
}

Test(range, pairs_can_hold_together_or_not)
{
    static const struct {
        const char *in[3], *out[3];
        bool can;
    } cases[] = {
        {{">=1"}, {0}, true},
        {{">2 <1"}, {0}, false},
        {{">1 <1.0.0.1"}, {0}, true}, /* 1.0.0.0.1 */
        {{">1 <=1"}, {0}, false},
        {{">=1 <=1"}, {0}, true},
        {{">=2"}, {">=1"}, false},
        {{">=1"}, {">=2"}, true},
        {{"abc"}, {"abc"}, false},
        {{"*"}, {"abc"}, true},
        {{"*"}, {"*"}, false},
        {{"*"}, {">=1", "<1"}, true}, /* exact strings remain */
        {{"1", "1.0.0"}, {0}, true},
        {{"1", "2"}, {0}, false},
        {{"!=1 !=2"}, {0}, true},
        {{"1 !=1"}, {0}, false},
        {{"abc", "!=abd"}, {0}, true},
        {{"<0-a"}, {0}, true}, /* 0-0 */
        {{">=1 <2"}, {"<1.5", ">1.5"}, true},
        {{">=1 <2"}, {"<1.5", ">=1.5"}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct range r[6];
        const struct range *in[3], *out[3];
        size_t in_count = 0, out_count = 0, n = 0;
        for (; in_count < 3 && cases[i].in[in_count]; n++, in_count++) {
            r[n] = range_of(cases[i].in[in_count]);
            in[in_count] = &r[n];
        }
        for (; out_count < 3 && cases[i].out[out_count]; n++, out_count++) {
            r[n] = range_of(cases[i].out[out_count]);
            out[out_count] = &r[n];
        }
        cr_expect(eq(int, range_can_hold(in, in_count, out, out_count), cases[i].can),
                  "case %zu: %s", i, cases[i].in[0]);
    }
}
