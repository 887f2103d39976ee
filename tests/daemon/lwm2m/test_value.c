/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/value.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

Test(value, knows_the_types_of_an_advanced_update_object)
{
    const uint16_t ids[] = {33629, 26260};
    const struct lwm2m_afu_objects afu = {ids, 2};

    cr_expect(eq(int, lwm2m_type_of(NULL, &LWM2M_PATH(33629, 0, 3)), LWM2M_INT));
    cr_expect(eq(int, lwm2m_type_of(&afu, &LWM2M_PATH(26260, 4, 16, 2)), LWM2M_OBJLNK));
    cr_expect(eq(int, lwm2m_type_of(NULL, &LWM2M_PATH(26260, 4, 16, 2)), LWM2M_NONE));
    cr_expect(eq(int, lwm2m_type_of(NULL, &LWM2M_PATH(33629, 0, 2)), LWM2M_NONE));
    cr_expect(eq(int, lwm2m_type_of(NULL, &LWM2M_PATH(33629, 0)), LWM2M_NONE));
    cr_expect(eq(int, lwm2m_type_of(NULL, &LWM2M_PATH(1, 0, 0)), LWM2M_INT));
    cr_expect(eq(int, lwm2m_type_of(NULL, &LWM2M_PATH(5, 0, 14)), LWM2M_BOOL));
    cr_expect(eq(int, lwm2m_type_of(NULL, &LWM2M_PATH(9, 0, 17)), LWM2M_OBJLNK));
}

Test(value, gives_whole_numbers_of_any_kind)
{
    const struct {
        struct lwm2m_value v;
        bool is_int;
        int64_t i;
    } cases[] = {
        {{.kind = LWM2M_INT, .i = -5}, true, -5},
        {{.kind = LWM2M_TIME, .i = 1700000000}, true, 1700000000},
        {{.kind = LWM2M_UINT, .u = 7}, true, 7},
        {{.kind = LWM2M_UINT, .u = UINT64_MAX}, false, 0},
        {{.kind = LWM2M_FLOAT, .f = 3.0}, true, 3},
        {{.kind = LWM2M_FLOAT, .f = 3.5}, false, 0},
        {{.kind = LWM2M_FLOAT, .f = 0x1p63}, false, 0},
        {{.kind = LWM2M_FLOAT, .f = -0x1p63}, true, INT64_MIN},
        {{.kind = LWM2M_FLOAT, .f = __builtin_nan("")}, false, 0},
        {{.kind = LWM2M_FLOAT, .f = 1e300}, false, 0},
        {{.kind = LWM2M_BOOL, .b = true}, true, 1},
        {{.kind = LWM2M_NONE}, false, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t got = 0;
        cr_expect(eq(int, lwm2m_value_int(&cases[i].v, &got), cases[i].is_int), "%zu",
                  i);
        cr_expect(eq(i64, got, cases[i].i), "%zu", i);
    }
}

Test(value, copies_text_only_if_it_is_text_and_fits)
{
    struct lwm2m_value v = lwm2m_text("1.0.2");
    char out[6];

    cr_expect(lwm2m_value_text(&v, out, sizeof out));
    cr_expect(eq(str, out, "1.0.2"));
    cr_expect(not(lwm2m_value_text(&v, out, 5)), "no room for the NUL");
    cr_expect(eq(str, out, ""));
    v.kind = LWM2M_OPAQUE;
    cr_expect(not(lwm2m_value_text(&v, out, sizeof out)));

    static const struct {
        const char *bytes;
        size_t len;
        bool is_text;
    } cases[] = {
        {"a\0b", 3, false},
        {"\xc3\xa9", 2, true},
        {"\xc3", 1, false},
        {"\xc0\x80", 2, false},
        {"\xed\xa0\x80", 3, false},
        {"\xf0\x9f\x98\x80", 4, true},
        {"\xf4\x90\x80\x80", 4, false},
        {"\xe2\x82\xac", 3, true},
        {"\x80", 1, false},
        {"\xe0\xa0\x80", 3, true},
        {"\xe0\x9f\xbf", 3, false},
        {"\xf0\x8f\xbf\xbf", 4, false},
        {"\xf4\x8f\xbf\xbf", 4, true},
        {"\xed\x9f\xbf", 3, true},
        {"\xf5\x80\x80\x80", 4, false},
        {"\xe0\x80\x80", 3, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        v = lwm2m_opaque(cases[i].bytes, cases[i].len);
        v.kind = LWM2M_STRING;
        cr_expect(eq(int, lwm2m_value_text(&v, out, sizeof out), cases[i].is_text),
                  "%zu", i);
    }
}

Test(value, is_equal_only_to_its_like)
{
    struct lwm2m_value one = lwm2m_int(1), truth = lwm2m_bool(true),
                       link = lwm2m_link(33629, 1), a = lwm2m_text("a"),
                       b = lwm2m_text("b"), a_bytes = lwm2m_opaque("a", 1);

    cr_expect(lwm2m_value_equal(&one, &one));
    cr_expect(not(lwm2m_value_equal(&one, &truth)));
    cr_expect(not(lwm2m_value_equal(&a, &b)));
    cr_expect(not(lwm2m_value_equal(&a, &a_bytes)));
    cr_expect(lwm2m_value_equal(
        &link, &(struct lwm2m_value){.kind = LWM2M_OBJLNK, .link = {33629, 1}}));
}
