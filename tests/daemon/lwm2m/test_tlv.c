/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "daemon/lwm2m/format.h"
#include "tests/daemon/lwm2m/dump.h"

struct tlv_case {
    const char *name;
    struct lwm2m_path base;
    const char *hex, *records;
};

/* Read of /33629/0 as a device sends it. */
#define INSTANCE                                                                       \
    "c10302 c10500 c10902 c80e0b6170706c69636174696f6e c30f312e30 861044 01835d0001 "  \
    "8011"
#define INSTANCE_RECORDS                                                               \
    "/33629/0/3 int 2; /33629/0/5 int 0; /33629/0/9 int 2; "                           \
    "/33629/0/14 text application; /33629/0/15 text 1.0; "                             \
    "/33629/0/16/1 link 33629:1; /33629/0/17 none; "

static void check(const struct tlv_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = dump_hex(LWM2M_CT_TLV, cases[i].base, cases[i].hex);
        cr_expect(eq(str, (char *)got, (char *)cases[i].records), "%s", cases[i].name);
    }
}
#define CHECK(cases) check(cases, sizeof(cases) / sizeof(cases)[0])

Test(tlv, reads_instances_and_objects)
{
    static const struct tlv_case cases[] = {
        {"instance", {2, {33629, 0}}, INSTANCE, INSTANCE_RECORDS},
        {"object", {1, {33629}}, "080026" INSTANCE, INSTANCE_RECORDS},
        {"wrapped instance", {2, {33629, 0}}, "080026" INSTANCE, INSTANCE_RECORDS},
        {"two instances",
         {1, {33629}},
         "0300 c10302 0301 c10300",
         "/33629/0/3 int 2; /33629/1/3 int 0; "},
        {"no wrapping", {1, {33629}}, "c10302", "/33629/0/3 int 2; "},
        {"empty instance", {1, {33629}}, "0005", "/33629/5 none; "},
        {"16-bit instance", {1, {33629}}, "23 0100 c10301", "/33629/256/3 int 1; "},
        {"nothing", {1, {33629}}, "", ""},
    };

    CHECK(cases);
}

Test(tlv, reads_resources_and_their_instances)
{
    static const struct tlv_case cases[] = {
        {"resource", {3, {33629, 0, 3}}, "c10302", "/33629/0/3 int 2; "},
        {"multiple",
         {3, {33629, 0, 16}},
         "861044 01835d0001",
         "/33629/0/16/1 link 33629:1; "},
        {"empty multiple", {3, {33629, 0, 17}}, "8011", "/33629/0/17 none; "},
        {"two empty",
         {2, {33629, 0}},
         "8010 8011",
         "/33629/0/16 none; /33629/0/17 none; "},
        {"resource instance",
         {4, {33629, 0, 16, 1}},
         "4401835d0001",
         "/33629/0/16/1 link 33629:1; "},
        {"instances alone",
         {3, {33629, 0, 8}},
         "410000 410102",
         "/33629/0/8/0 int 0; /33629/0/8/1 int 2; "},
        {"two values",
         {2, {5, 0}},
         "8608 410000 410101",
         "/5/0/8/0 int 0; /5/0/8/1 int 1; "},
    };

    CHECK(cases);
}

Test(tlv, reads_values_by_the_type_of_their_resource)
{
    static const struct tlv_case cases[] = {
        {"i8", {2, {3, 0}}, "c109ff", "/3/0/9 int -1; "},
        {"i16", {2, {3, 0}}, "c2098000", "/3/0/9 int -32768; "},
        {"i32", {2, {3, 0}}, "c40900010000", "/3/0/9 int 65536; "},
        {"i64", {2, {3, 0}}, "c80908ffffffffffffffff", "/3/0/9 int -1; "},
        {"time", {2, {3, 0}}, "c40d6553f100", "/3/0/13 time 1700000000; "},
        {"unsigned", {2, {5, 0}}, "c40dffffffff", "/5/0/13 uint 4294967295; "},
        {"bool", {2, {5, 0}}, "c10e01", "/5/0/14 bool 1; "},
        {"no bool", {2, {5, 0}}, "c10e02", "/5/0/14 opaque 02; "},
        {"int without bytes", {2, {5, 0}}, "c003", "/5/0/3 opaque ; "},
        {"int of 9 bytes",
         {2, {5, 0}},
         "c80309000000000000000001",
         "/5/0/3 opaque 000000000000000001; "},
        {"link of 3 bytes",
         {2, {33629, 0}},
         "8510 4301835d00",
         "/33629/0/16/1 opaque 835d00; "},
        {"unknown", {2, {4711, 0}}, "c1012a", "/4711/0/1 opaque 2a; "},
        {"empty text", {2, {33629, 0}}, "c001", "/33629/0/1 text ; "},
    };

    CHECK(cases);
}

/* Each form of header: with 8 or 16 bits of id, and each width of length. */
Test(tlv, reads_every_form_of_header)
{
    static const struct {
        const char *head;
        unsigned id, len;
    } cases[] = {
        {"c101", 1, 1},
        {"c8ff08", 255, 8},
        {"d02a03e8", 42, 1000},
        {"d84501 86a0", 69, 100000},
        {"e7a410", 0xa410, 7},
        {"e8fffe08", 0xfffe, 8},
        {"f0a5b403e8", 0xa5b4, 1000},
        {"f8010201 86a0", 0x102, 100000},
    };
    static uint8_t bytes[100100];
    char path[64], *got;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memset(bytes, 0, sizeof bytes);
        size_t n = unhex(cases[i].head, bytes, sizeof bytes);
        got = (char *)dump_bytes(LWM2M_CT_TLV, LWM2M_PATH(4711, 0), bytes,
                                 n + cases[i].len);
        sprintf(path, "/4711/0/%u opaque 00", cases[i].id);
        cr_expect(zero(int, strncmp(got, path, strlen(path))), "%s", cases[i].head);
        got = (char *)dump_bytes(LWM2M_CT_TLV, LWM2M_PATH(4711, 0), bytes,
                                 n + cases[i].len - 1);
        cr_expect(eq(str, got, "bad"), "%s", cases[i].head);
    }
}

Test(tlv, refuses_what_cannot_be)
{
    static const struct tlv_case cases[] = {
        {"root", {0, {0}}, "c10302", "bad"},
        {"nested instance", {1, {5}}, "0300 010001", "bad"},
        {"another instance", {2, {5, 0}}, "0301 c10302", "bad"},
        {"loose resource instance", {2, {5, 0}}, "410000", "bad"},
        {"resource in multiple", {2, {5, 0}}, "8308 c10302", "bad"},
        {"multiple in multiple", {2, {5, 0}}, "8208 8008", "bad"},
        {"multiple that ends early", {2, {5, 0}}, "8208 410000", "bad"},
        {"instance that ends early", {1, {5}}, "0200 c10302", "bad"},
        {"id 65535", {2, {5, 0}}, "e1ffff00", "bad"},
        {"good, then bad", {2, {5, 0}}, "c10302 c1", "/5/0/3 int 2; bad"},
    };

    CHECK(cases);
}

/* A cut is noticed unless it falls between two entries. */
Test(tlv, survives_truncation_at_each_length)
{
    uint8_t bytes[64];
    size_t len = unhex("080026" INSTANCE, bytes, sizeof bytes);

    for (size_t n = 1; n < len; n++) {
        const char *got = dump_bytes(LWM2M_CT_TLV, LWM2M_PATH(33629), bytes, n);
        cr_expect(strstr(got, "bad") != NULL, "%zu bytes: %s", n, got);
    }
    for (size_t n = 1; n < len - 3; n++)
        dump_bytes(LWM2M_CT_TLV, LWM2M_PATH(33629, 0), bytes + 3, n);
}

Test(tlv, has_an_older_number)
{
    cr_expect(eq(str, (char *)dump_hex(1542, LWM2M_PATH(33629, 0), INSTANCE),
                 INSTANCE_RECORDS));
}
