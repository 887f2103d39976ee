/* SPDX-License-Identifier: Apache-2.0 */
/* Formats whose payload is one value: text, opaque, CBOR. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "daemon/lwm2m/format.h"
#include "tests/daemon/lwm2m/dump.h"

static const struct {
    uint16_t format;
    struct lwm2m_path base;
    const char *hex, *records;
} cases[] = {
    {LWM2M_CT_TEXT, {3, {33629, 0, 3}}, "32", "/33629/0/3 int 2; "},
    {LWM2M_CT_TEXT, {3, {3, 0, 9}}, "2d3132", "/3/0/9 int -12; "},
    {LWM2M_CT_TEXT,
     {3, {3, 0, 13}},
     "31373030303030303030",
     "/3/0/13 time 1700000000; "},
    {LWM2M_CT_TEXT, {3, {5, 0, 14}}, "31", "/5/0/14 bool 1; "},
    {LWM2M_CT_TEXT,
     {4, {33629, 0, 16, 1}},
     "33333632393a31",
     "/33629/0/16/1 link 33629:1; "},
    {LWM2M_CT_TEXT, {3, {33629, 0, 15}}, "312e30", "/33629/0/15 text 1.0; "},
    {LWM2M_CT_TEXT, {3, {33629, 0, 1}}, "", "/33629/0/1 text ; "},
    {LWM2M_CT_TEXT, {3, {5, 0, 0}}, "5a6d3976", "/5/0/0 opaque 666f6f; "},
    {LWM2M_CT_TEXT, {3, {5, 0, 0}}, "5a", "bad"},
    {LWM2M_CT_TEXT, {3, {3, 0, 9}}, "", "bad"},
    {LWM2M_CT_TEXT, {3, {3, 0, 9}}, "3578", "bad"},
    {LWM2M_CT_TEXT, {3, {3, 0, 9}}, "78", "bad"},
    {LWM2M_CT_TEXT, {2, {3, 0}}, "35", "bad"},
    {1541, {3, {3, 0, 9}}, "35", "/3/0/9 int 5; "},
    {LWM2M_CT_OPAQUE, {3, {5, 0, 0}}, "00ff", "/5/0/0 opaque 00ff; "},
    {LWM2M_CT_OPAQUE, {3, {5, 0, 0}}, "", "/5/0/0 opaque ; "},
    {LWM2M_CT_CBOR, {3, {33629, 0, 3}}, "02", "/33629/0/3 int 2; "},
    {LWM2M_CT_CBOR, {3, {33629, 0, 15}}, "63312e30", "/33629/0/15 text 1.0; "},
    {LWM2M_CT_CBOR,
     {4, {33629, 0, 16, 1}},
     "6733333632393a31",
     "/33629/0/16/1 link 33629:1; "},
    {LWM2M_CT_CBOR,
     {3, {3, 0, 13}},
     "c0 7819323032332d31312d31345432333a31333a32302b30313a3030",
     "/3/0/13 time 1700000000; "},
    {LWM2M_CT_CBOR, {3, {33629, 0, 17}}, "80", "/33629/0/17 none; "},
    {LWM2M_CT_CBOR, {3, {33629, 0, 3}}, "", "bad"},
    {LWM2M_CT_CBOR, {3, {33629, 0, 3}}, "0202", "bad"},
    {LWM2M_CT_CBOR, {3, {33629, 0, 3}}, "ff", "bad"},
    {LWM2M_CT_CBOR, {2, {33629, 0}}, "02", "bad"},
    {LWM2M_CT_LINKS, {3, {33629, 0, 3}}, "32", "no such format"},
    {9999, {3, {33629, 0, 3}}, "32", "no such format"},
};

Test(single, gives_one_typed_value)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(eq(str,
                     (char *)dump_hex(cases[i].format, cases[i].base, cases[i].hex),
                     (char *)cases[i].records),
                  "format %u, %s", cases[i].format, cases[i].hex);
}

Test(single, refuses_dates_that_are_none)
{
    static const char *const dates[] = {
        "2023-11-14T22:13:20",  "2023-11-14 22:13:20Z",  "2023-13-14T22:13:20Z",
        "2023-00-14T22:13:20Z", "2023-11-14T24:13:20Z",  "2023-11-14T22:13:20Zx",
        "23-11-14T22:13:20Z",   "2023-11-14T22:13:20+1", ""};

    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        uint8_t bytes[40] = {0xc0, (uint8_t)(0x60 | 0x18), (uint8_t)strlen(dates[i])};
        char expected[64];
        memcpy(bytes + 3, dates[i], strlen(dates[i]));
        sprintf(expected, "/3/0/13 text %s; ", dates[i]);
        cr_expect(eq(str,
                     (char *)dump_bytes(LWM2M_CT_CBOR, LWM2M_PATH(3, 0, 13), bytes,
                                        3 + strlen(dates[i])),
                     expected));
    }
}
