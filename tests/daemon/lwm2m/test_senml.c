/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "daemon/lwm2m/format.h"
#include "tests/daemon/lwm2m/dump.h"

static const struct lwm2m_path root;

struct senml_case {
    const char *name, *payload, *records;
};

static void check_cbor(const struct senml_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = dump_hex(LWM2M_CT_SENML_CBOR, root, cases[i].payload);
        cr_expect(eq(str, (char *)got, (char *)cases[i].records), "%s", cases[i].name);
    }
}

static void check_json(const struct senml_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = dump_text(LWM2M_CT_SENML_JSON, root, cases[i].payload);
        cr_expect(eq(str, (char *)got, (char *)cases[i].records), "%s", cases[i].name);
    }
}
#define CHECK(kind, cases) check_##kind(cases, sizeof(cases) / sizeof(cases)[0])

#define FOUR                                                                           \
    "84 a3 21 692f33333632392f302f 00 6133 02 02  a2 00 6135 02 00"                    \
    "a2 00 623134 03 6b6170706c69636174696f6e"                                         \
    "a2 00 6431362f31 63766c6f 6733333632393a31"
#define FOUR_RECORDS                                                                   \
    "/33629/0/3 int 2; /33629/0/5 int 0; /33629/0/14 text application; "               \
    "/33629/0/16/1 link 33629:1; "

Test(senml, reads_cbor)
{
    static const struct senml_case cases[] = {
        {"four values", FOUR, FOUR_RECORDS},
        {"nothing", "80", ""},
        {"nothing, indefinite", "9fff", ""},
        {"indefinite", "9fbf 00 6a2f33333632392f302f33 02 02 ff ff",
         "/33629/0/3 int 2; "},
        {"name behind value", "81a2 02 02 00 6a2f33333632392f302f33",
         "/33629/0/3 int 2; "},
        {"base name alone", "82a1 21 692f33333632392f302f a2 00 6133 02 02",
         "/33629/0/3 int 2; "},
        {"base time, double",
         "81a3 00 6a2f33333632392f302f33 02 02 22 fb41d954fc40000000",
         "/33629/0/3 int 2 at 1700000000; "},
        {"base time and time",
         "81a4 00 6a2f33333632392f302f33 02 02 22 1a6553f100 06 20",
         "/33629/0/3 int 2 at 1699999999; "},
        {"half time", "81a3 00 6a2f33333632392f302f33 02 02 06 f9c000",
         "/33629/0/3 int 2 at -2; "},
        {"opaque", "81a2 00 662f332f302f33 08 43010203", "/3/0/3 opaque 010203; "},
        {"bool", "81a2 00 672f352f302f3134 04 f5", "/5/0/14 bool 1; "},
        {"null", "81a2 00 662f332f302f33 02 f6", "/3/0/3 none; "},
        {"undefined", "81a2 00 662f332f302f33 02 f7", "/3/0/3 none; "},
        {"another simple value", "81a2 00 662f332f302f33 02 e0", "/3/0/3 skipped; "},
        {"base value and a large number",
         "81a3 24 01 00 672f342f302f3939 02 1bffffffffffffffff",
         "/4/0/99 float 1.8446744073709552e+19; "},
        {"path alone", "81a1 00 662f332f302f33", "/3/0/3 none; "},
        {"tagged time", "81a2 00 672f332f302f3133 02 c11a6553f100",
         "/3/0/13 time 1700000000; "},
        {"date",
         "81a2 00 672f332f302f3133 02 c074323032332d31312d31345432323a31333a32305a",
         "/3/0/13 time 1700000000; "},
        {"float where an integer is expected", "81a2 00 662f332f302f39 02 f95640",
         "/3/0/9 int 100; "},
        {"text in one piece", "81a2 00 662f332f302f33 03 7f63312e30ff",
         "/3/0/3 text 1.0; "},
        {"text in two pieces", "81a2 00 662f332f302f33 03 7f61316130ff",
         "/3/0/3 skipped; "},
        {"unknown labels", "81a4 00 662f332f302f39 02 05 18c8 82 01a10203 6178 f6",
         "/3/0/9 int 5; "},
        {"unit, sum and version", "81a5 20 0a 00 662f332f302f39 01 615b 05 02 02 05",
         "/3/0/9 int 5; "},
        {"base value", "82a3 24 0a 00 662f332f302f39 02 05 a2 00 662f332f302f39 02 06",
         "/3/0/9 int 15; /3/0/9 int 16; "},
        {"the same path twice",
         "82a2 00 662f332f302f39 02 05 a2 00 662f332f302f39 02 06",
         "/3/0/9 int 5; /3/0/9 int 6; "},
        {"64 bits", "81a2 00 662f332f302f39 02 3b7fffffffffffffff",
         "/3/0/9 int -9223372036854775808; "},
        {"beyond 64 bits", "81a2 00 662f332f302f39 02 3bffffffffffffffff",
         "/3/0/9 float -1.8446744073709552e+19; "},
    };

    CHECK(cbor, cases);
}

Test(senml, refuses_bad_cbor)
{
    static const struct senml_case cases[] = {
        {"empty", "", "bad"},
        {"no array", "a0", "bad"},
        {"no map inside", "8101", "bad"},
        {"rest", "8000", "bad"},
        {"name is no path", "81a2 00 6133 02 02", "bad"},
        {"name is a number", "81a2 00 03 02 02", "bad"},
        {"must be understood", "81a3 00 662f332f302f39 02 05 62785f 01", "bad"},
        {"link is none", "81a2 00 6431362f31 63766c6f 6133", "bad"},
        {"count beyond the end", "9b7fffffffffffffff", "bad"},
        {"map count beyond the end", "81bb7fffffffffffffff", "bad"},
        {"text beyond the end", "81a1 00 7b7fffffffffffffff", "bad"},
        {"break in a definite map", "81a1 00 ff", "bad"},
        {"break for a value", "81a2 00 662f332f302f39 02 ff", "bad"},
        {"reserved length", "81a2 00 662f332f302f39 02 1c", "bad"},
        {"nested too deep",
         "81a2 00 662f332f302f39 18c8 8181818181818181818181818181818100", "bad"},
        {"bytes in a text", "81a2 00 662f332f302f33 03 7f4131ff", "bad"},
        {"pieces in pieces", "81a2 00 662f332f302f33 03 7f7f6131ffff", "bad"},
        {"float as label", "81a1 f90000 00", "bad"},
    };

    CHECK(cbor, cases);
}

Test(senml, reads_json)
{
    static const struct senml_case cases[] = {
        {"four values",
         "[{\"bn\":\"/33629/0/\",\"n\":\"3\",\"v\":2},{\"n\":\"5\",\"v\":0},"
         "{\"n\":\"14\",\"vs\":\"application\"},{\"n\":\"16/1\",\"vlo\":\"33629:1\"}]",
         FOUR_RECORDS},
        {"nothing", "[]", ""},
        {"white space", " [ { \"n\" : \"/3/0/9\" ,\n\t\"v\" : 5 } ]\r\n",
         "/3/0/9 int 5; "},
        {"escapes",
         "[{\"n\":\"\\/3\\/0\\/3\",\"vs\":\"a\\\"b\\u00e9\\ud83d\\ude00\\n\"}]",
         "/3/0/3 text a\"b\xc3\xa9\xf0\x9f\x98\x80\n; "},
        {"data", "[{\"n\":\"/3/0/3\",\"vd\":\"-_8\"}]", "/3/0/3 opaque fbff; "},
        {"data, padded and escaped", "[{\"n\":\"/3/0/3\",\"vd\":\"+\\/8=\"}]",
         "/3/0/3 opaque fbff; "},
        {"longest and shortest of each length",
         "[{\"n\":\"/3/0/"
         "3\",\"vs\":\"\\u0080\\u07ff\\u0800\\uffff\\ud800\\udc00\\udbff\\udfff\"}]",
         "/3/0/3 text "
         "\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf; "},
        {"bool", "[{\"n\":\"/5/0/14\",\"vb\":true},{\"n\":\"/5/0/14\",\"vb\":false}]",
         "/5/0/14 bool 1; /5/0/14 bool 0; "},
        {"null", "[{\"n\":\"/33629/0/16/1\",\"v\":null}]", "/33629/0/16/1 none; "},
        {"float as integer", "[{\"n\":\"/3/0/9\",\"v\":5.0}]", "/3/0/9 int 5; "},
        {"exponent", "[{\"n\":\"/3/0/9\",\"v\":1e2}]", "/3/0/9 int 100; "},
        {"float", "[{\"n\":\"/3303/0/5700\",\"v\":-22.5}]",
         "/3303/0/5700 float -22.5; "},
        {"64 bits exactly", "[{\"n\":\"/3/0/9\",\"v\":-9223372036854775807}]",
         "/3/0/9 int -9223372036854775807; "},
        {"more than int64", "[{\"n\":\"/4711/0/9\",\"v\":18446744073709551615}]",
         "/4711/0/9 uint 18446744073709551615; "},
        {"base time", "[{\"bt\":1700000000.5,\"n\":\"/3/0/9\",\"v\":5,\"t\":-1}]",
         "/3/0/9 int 5 at 1699999999.5; "},
        {"unknown members",
         "[{\"x\":[1,{\"y\":[]}],\"n\":\"/3/0/9\",\"v\":5,\"u\":\"%\"}]",
         "/3/0/9 int 5; "},
        {"base name last", "[{\"n\":\"9\",\"v\":5,\"bn\":\"/3/0/\"}]",
         "/3/0/9 int 5; "},
    };

    CHECK(json, cases);
}

Test(senml, refuses_bad_json)
{
    static const char *const payloads[] = {
        "",
        "{}",
        "[",
        "[]x",
        "[}",
        "[{]",
        "[{}",
        "[{},]",
        "[,{}]",
        "[{\"n\"}]",
        "[{\"n\":}]",
        "[{\"n\":\"/3/0/9\",}]",
        "[{\"n\":\"/3/0/9\" \"v\":1}]",
        "[{\"n\":\"/3/0/9\",\"v\":01}]",
        "[{\"n\":\"/3/0/9\",\"v\":1.}]",
        "[{\"n\":\"/3/0/9\",\"v\":1e}]",
        "[{\"n\":\"/3/0/9\",\"v\":-}]",
        "[{\"n\":\"/3/0/9\",\"v\":+1}]",
        "[{\"n\":\"/3/0/9\",\"v\":.5}]",
        "[{\"n\":\"/3/0/9\",\"v\":NaN}]",
        "[{\"n\":\"/3/0/9\",\"v\":\"5\"}]",
        "[{\"n\":\"/3/0/9\",\"vb\":1}]",
        "[{\"n\":\"/3/0/9\",\"vb\":tru}]",
        "[{\"n\":\"/3/0/3\",\"vs\":\"a\nb\"}]",
        "[{\"n\":\"/3/0/3\",\"vs\":\"\\x\"}]",
        "[{\"n\":\"/3/0/3\",\"vs\":\"\\ud83d\"}]",
        "[{\"n\":\"/3/0/3\",\"vs\":\"\\udc00\"}]",
        "[{\"n\":\"/3/0/3\",\"vs\":\"\\ud83d\\u0041\"}]",
        "[{\"n\":\"/3/0/3\",\"vs\":\"\\u12\"}]",
        "[{\"n\":\"/3/0/3\",\"vs\":\"abc}]",
        "[{\"n\":\"/3/0/3\",\"vd\":\"a\"}]",
        "[{\"n\":\"/3/0/3\",\"vd\":\"a b=\"}]",
        "[{\"n\":\"3\",\"v\":1}]",
        "[{\"n\":\"/3/0/9\",\"v\":1,\"x_\":1}]",
        "[{\"n\":\"/33629/0/16/0\",\"vlo\":\"33629\"}]",
        "[{\"n\":\"/33629/0/16/0\",\"vlo\":\"33629:70000\"}]",
        "[{\"x\":[[[[[[[[[[1]]]]]]]]]]}]",
        "[{\"x\":{\"y\" 1}}]",
        "[{\"n\":\"/3/0/9\",\"vb\":trux}]",
        "[{\"x\":nulx}]",
        "[{\"n\":\"/3/0/3\",\"vs\":\"\\ud800\"}]",
        "[{\"n\":\"/3/0/3\",\"vs\":\"\\udfff\"}]",
        "[{\"x\":nul}]",
        "[null]",
        "[{\"n\":\"/3/0/9\",\"v\":"
        "1111111111111111111111111111111111111111111111111111111111111111}]",
    };

    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++)
        cr_expect(
            eq(str, (char *)dump_text(LWM2M_CT_SENML_JSON, root, payloads[i]), "bad"),
            "%s", payloads[i]);
}

Test(senml, skips_text_that_is_too_long_to_be_unescaped)
{
    static char payload[4096], text[2000];

    memset(text, 'a', sizeof text - 1);
    snprintf(payload, sizeof payload,
             "[{\"n\":\"/3/0/3\",\"vs\":\"\\n%s\"},"
             "{\"n\":\"/3/0/9\",\"v\":5}]",
             text);
    cr_expect(eq(str, (char *)dump_text(LWM2M_CT_SENML_JSON, root, payload),
                 "/3/0/3 skipped; /3/0/9 int 5; "));
    text[1600] = '\0';
    snprintf(payload, sizeof payload, "[{\"n\":\"/3/0/3\",\"vd\":\"%s\"}]", text);
    cr_expect(eq(str, (char *)dump_text(LWM2M_CT_SENML_JSON, root, payload),
                 "/3/0/3 skipped; "));
}

Test(senml, refuses_names_that_are_too_long)
{
    char payload[400], name[200];

    memset(name, '1', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(payload, sizeof payload, "[{\"n\":\"/%s\",\"v\":1}]", name);
    cr_expect(eq(str, (char *)dump_text(LWM2M_CT_SENML_JSON, root, payload), "bad"));
}

Test(senml, reads_names_below_an_alternate_root)
{
    static const char payload[] =
        "[{\"n\":\"/lwm2m/3/0/9\",\"v\":5},{\"n\":\"/3/0/9\",\"v\":6}]";
    struct lwm2m_decoder d;
    struct lwm2m_record r;

    cr_assert(zero(int, lwm2m_decode_begin(&d, LWM2M_CT_SENML_JSON, &root, payload,
                                           sizeof payload - 1)));
    lwm2m_decode_for(&d, "/lwm2m", NULL);
    cr_assert(eq(int, lwm2m_decode_next(&d, &r), 1));
    cr_expect(lwm2m_path_equal(&r.path, &LWM2M_PATH(3, 0, 9)));
    cr_assert(eq(int, lwm2m_decode_next(&d, &r), 1), "some leave the root out");
    cr_expect(lwm2m_path_equal(&r.path, &LWM2M_PATH(3, 0, 9)));
}

Test(senml, notices_truncation_at_each_length)
{
    static const char json[] =
        "[{\"bn\":\"/33629/0/\",\"n\":\"3\",\"v\":2,\"t\":-1.5e1},"
        "{\"n\":\"14\",\"vs\":\"a\\u00e9\"},{\"n\":\"2\",\"vb\":true}]";
    uint8_t cbor[128];
    size_t len = unhex(FOUR, cbor, sizeof cbor);

    for (size_t n = 0; n < len; n++)
        cr_expect(strstr(dump_bytes(LWM2M_CT_SENML_CBOR, root, cbor, n), "bad") != NULL,
                  "%zu", n);
    for (size_t n = 0; n < sizeof json - 1; n++)
        cr_expect(strstr(dump_bytes(LWM2M_CT_SENML_JSON, root, json, n), "bad") != NULL,
                  "%zu", n);
}
