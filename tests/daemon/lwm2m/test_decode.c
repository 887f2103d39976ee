/* SPDX-License-Identifier: Apache-2.0 */
/* The same state of one component in every format gives the same records. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "daemon/lwm2m/format.h"
#include "tests/daemon/lwm2m/dump.h"

#define RECORDS                                                                        \
    "/33629/0/3 int 2; /33629/0/5 int 0; /33629/0/8/0 int 0; /33629/0/8/1 int 1; "     \
    "/33629/0/9 int 2; /33629/0/12 time 1700000000; /33629/0/13 uint 4294967295; "     \
    "/33629/0/14 text application; /33629/0/15 text 1.0; "                             \
    "/33629/0/16/1 link 33629:1; "

static const struct {
    uint16_t format;
    const char *hex;
} cases[] = {
    {LWM2M_CT_TLV, "c10302 c10500 8608410000410101 c10902 c40c6553f100 c40dffffffff"
                   "c80e0b6170706c69636174696f6e c30f312e30 86104401835d0001"},
    {LWM2M_CT_SENML_CBOR, "8a a321692f33333632392f302f 0061330202 a20061350200 "
                          "a20063382f300200 a20063382f310201"
                          "a20061390202 a200623132021a6553f100 a200623133021affffffff"
                          "a200623134036b6170706c69636174696f6e a2006231350363312e30"
                          "a2006431362f3163766c6f6733333632393a31"},
    {LWM2M_CT_LWM2M_CBOR,
     "a1 8219835d00 a9 0302 0500 08a200000101 0902 0c1a6553f100 0d1affffffff"
     "0e6b6170706c69636174696f6e 0f63312e30 10a1016733333632393a31"},
};

Test(decode, gives_equal_records_for_equal_state)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(
            eq(str,
               (char *)dump_hex(cases[i].format, LWM2M_PATH(33629, 0), cases[i].hex),
               RECORDS),
            "format %u", cases[i].format);
}

Test(decode, gives_equal_records_from_json)
{
    static const char senml[] =
        "[{\"bn\":\"/33629/0/\",\"n\":\"3\",\"v\":2},{\"n\":\"5\",\"v\":0},"
        "{\"n\":\"8/0\",\"v\":0},{\"n\":\"8/1\",\"v\":1},{\"n\":\"9\",\"v\":2},"
        "{\"n\":\"12\",\"v\":1700000000},{\"n\":\"13\",\"v\":4294967295},"
        "{\"n\":\"14\",\"vs\":\"application\"},{\"n\":\"15\",\"vs\":\"1.0\"},"
        "{\"n\":\"16/1\",\"vlo\":\"33629:1\"}]";
    static const char old[] =
        "{\"bn\":\"/33629/0/\",\"e\":[{\"n\":\"3\",\"v\":2},{\"n\":\"5\",\"v\":0},"
        "{\"n\":\"8/0\",\"v\":0},{\"n\":\"8/1\",\"v\":1},{\"n\":\"9\",\"v\":2},"
        "{\"n\":\"12\",\"v\":1700000000},{\"n\":\"13\",\"v\":4294967295},"
        "{\"n\":\"14\",\"sv\":\"application\"},{\"n\":\"15\",\"sv\":\"1.0\"},"
        "{\"n\":\"16/1\",\"ov\":\"33629:1\"}]}";

    cr_expect(eq(str,
                 (char *)dump_text(LWM2M_CT_SENML_JSON, LWM2M_PATH(33629, 0), senml),
                 RECORDS));
    cr_expect(eq(str, (char *)dump_text(LWM2M_CT_OLD_JSON, LWM2M_PATH(33629, 0), old),
                 RECORDS));
}

Test(decode, types_a_configured_object_like_33629)
{
    const uint16_t id = 26260;
    const struct lwm2m_afu_objects afu = {&id, 1};
    const uint8_t tlv[] = {0xc1, 0x03, 0x02};
    struct lwm2m_decoder d;
    struct lwm2m_record r;

    cr_assert(zero(int, lwm2m_decode_begin(&d, LWM2M_CT_TLV, &LWM2M_PATH(26260, 0), tlv,
                                           sizeof tlv)));
    lwm2m_decode_for(&d, "", &afu);
    cr_assert(eq(int, lwm2m_decode_next(&d, &r), 1));
    cr_expect(eq(int, r.value.kind, LWM2M_INT));
    cr_expect(eq(i64, r.value.i, 2));
}
