/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "daemon/lwm2m/format.h"
#include "tests/daemon/lwm2m/dump.h"

static const struct lwm2m_path root;

#define FOUR                                                                           \
    "a1 19835d a1 00 a4 03 02 05 00 0e 6b6170706c69636174696f6e 10 a1 01 "             \
    "6733333632393a31"

static const struct {
    const char *name, *hex, *records;
} cases[] = {
    {"four values", FOUR,
     "/33629/0/3 int 2; /33629/0/5 int 0; /33629/0/14 text application; "
     "/33629/0/16/1 link 33629:1; "},
    {"key of three", "bf 830d181a01 182a ff", "/13/26/1 int 42; "},
    {"key of two", "bf 820d181a bf 01182a 0215 ff ff",
     "/13/26/1 int 42; /13/26/2 int 21; "},
    {"one key each", "a1 03 a1 00 a1 09 05", "/3/0/9 int 5; "},
    {"mixed", "a1 820300 a1 09 05", "/3/0/9 int 5; "},
    {"instances in a key", "a1 8419835d001001 6733333632393a31",
     "/33629/0/16/1 link 33629:1; "},
    {"indefinite key", "a1 9f030009ff 05", "/3/0/9 int 5; "},
    {"two objects", "a2 820300 a1 0905 820500 a1 0300", "/3/0/9 int 5; /5/0/3 int 0; "},
    {"empty resource", "a1 19835d a1 00 a1 11 a0", "/33629/0/17 none; "},
    {"empty instance", "a1 820500 bfff", "/5/0 none; "},
    {"nothing", "a0", ""},
    {"nothing, indefinite", "bfff", ""},
    {"null", "a1 83050003 f6", "/5/0/3 none; "},
    {"half float", "a1 83030009 f95640", "/3/0/9 int 100; "},
    {"float", "a1 8319 0ce7 00 191644 fa41b40000", "/3303/0/5700 float 22.5; "},
    {"double", "a1 83190ce700191644 fb4036800000000000", "/3303/0/5700 float 22.5; "},
    {"time", "a1 8303000d c11a6553f100", "/3/0/13 time 1700000000; "},
    {"bool", "a1 8305000e f5", "/5/0/14 bool 1; "},
    {"opaque", "a1 83190ce70001 420102", "/3303/0/1 opaque 0102; "},
    {"gateway", "a2 8261781905dc a1 0005 83030009 05", "/3/0/9 int 5; "},
    {"gateway, text key", "a2 6178 a1 05 00 83030009 05", "/3/0/9 int 5; "},
    {"array for a value", "a1 83030009 820102", "/3/0/9 skipped; "},
    {"empty", "", "bad"},
    {"no map", "80", "bad"},
    {"rest", "a000", "bad"},
    {"value of an instance", "a1 820300 05", "bad"},
    {"five levels", "a1 8403000901 a1 00 05", "bad"},
    {"key of five", "a1 850300090102 05", "bad"},
    {"key of none", "a1 80 a1 80 a0", "bad"},
    {"negative id", "a1 83030020 05", "bad"},
    {"id 65534", "a1 830319fffe09 05", "/3/65534/9 int 5; "},
    {"id 65535", "a1 830319ffff09 05", "bad"},
    {"text inside a key", "a1 8303617809 05", "bad"},
    {"count beyond the end", "bb0fffffffffffffff", "bad"},
    {"map without value", "a1 83030009", "bad"},
    {"break for a value", "bf 83030009 ff", "bad"},
};

Test(lwm2m_cbor, reads_every_form_and_refuses_the_rest)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(eq(str, (char *)dump_hex(LWM2M_CT_LWM2M_CBOR, root, cases[i].hex),
                     (char *)cases[i].records),
                  "%s", cases[i].name);
}

Test(lwm2m_cbor, notices_truncation_at_each_length)
{
    uint8_t bytes[256];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len = unhex(cases[i].hex, bytes, sizeof bytes);
        for (size_t n = 0; n < len && !strstr(cases[i].records, "bad"); n++)
            cr_expect(strstr(dump_bytes(LWM2M_CT_LWM2M_CBOR, root, bytes, n), "bad") !=
                          NULL,
                      "%s, %zu bytes", cases[i].name, n);
    }
}
