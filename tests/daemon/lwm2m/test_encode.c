/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/encode.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "daemon/lwm2m/format.h"
#include "tests/daemon/lwm2m/dump.h"

static const uint16_t formats[] = {
    LWM2M_CT_TEXT,       LWM2M_CT_OPAQUE,     LWM2M_CT_CBOR,      LWM2M_CT_TLV,
    LWM2M_CT_SENML_JSON, LWM2M_CT_SENML_CBOR, LWM2M_CT_LWM2M_CBOR};
enum { FORMATS = sizeof formats / sizeof formats[0] };

Test(encode, lists_paths_for_composite_reads)
{
    const struct lwm2m_path paths[] = {LWM2M_PATH(33629, 0, 3), LWM2M_PATH(33629, 1, 3),
                                       LWM2M_PATH(3, 0, 3)};
    uint8_t out[128];
    struct writer w = writer_of(out, sizeof out);

    cr_assert(
        zero(int, lwm2m_encode_paths(&w, 112, NULL, (struct lwm2m_paths){paths, 3})));
    cr_expect(eq(str, (char *)hex_of(out, writer_len(&w)),
                 "83a1006a2f33333632392f302f33a1006a2f33333632392f312f33"
                 "a100662f332f302f33"));
    w = writer_of(out, sizeof out);
    cr_assert(
        zero(int, lwm2m_encode_paths(&w, 110, "/a", (struct lwm2m_paths){paths, 2})));
    writer_u8(&w, 0);
    cr_expect(
        eq(str, (char *)out, "[{\"n\":\"/a/33629/0/3\"},{\"n\":\"/a/33629/1/3\"}]"));
    cr_expect(eq(int, lwm2m_encode_paths(&w, 60, NULL, (struct lwm2m_paths){paths, 2}),
                 LWM2M_E_FORMAT));
}

Test(encode, writes_the_argument_of_update_exactly)
{
    static const struct {
        uint16_t instances[3];
        size_t count;
        const char *args;
    } cases[] = {
        {{0}, 0, "0"},
        {{1}, 1, "0='</33629/1>'"},
        {{1, 2}, 2, "0='</33629/1>,</33629/2>'"},
        {{3, 0, 65534}, 3, "0='</33629/3>,</33629/0>,</33629/65534>'"},
    };
    char out[128];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct writer w = writer_of(out, sizeof out);
        lwm2m_encode_update_args(&w, 33629, cases[i].instances, cases[i].count);
        writer_u8(&w, 0);
        cr_assert(not(w.bad));
        cr_expect(eq(str, out, (char *)cases[i].args));
    }
}

static const char *encoded(uint16_t format, struct lwm2m_path path,
                           struct lwm2m_value v)
{
    static uint8_t out[512];
    struct writer w = writer_of(out, sizeof out);
    const struct lwm2m_record record = {.path = path, .value = v};

    if (lwm2m_encode_value(&w, format, NULL, &record) != 0)
        return "no such form";
    return w.bad ? "does not fit" : hex_of(out, writer_len(&w));
}

Test(encode, writes_text)
{
    const struct lwm2m_path severity = LWM2M_PATH(33629, 0, 11);

    cr_expect(eq(str, (char *)encoded(0, severity, lwm2m_int(-2)), "2d32"));
    cr_expect(
        eq(str, (char *)encoded(0, LWM2M_PATH(5, 0, 14), lwm2m_bool(false)), "30"));
    cr_expect(eq(str, (char *)encoded(0, LWM2M_PATH(5, 0, 1), lwm2m_text("")), ""));
    cr_expect(eq(str, (char *)encoded(0, LWM2M_PATH(5, 0, 1), lwm2m_text("a")), "61"));
    cr_expect(eq(str, (char *)encoded(0, LWM2M_PATH(5, 0, 0), lwm2m_opaque("", 1)),
                 "no such form"));
}

/* Headers from the encoder tests of another implementation (standards 5.3). */
Test(encode, writes_tlv_with_the_smallest_header)
{
    static const uint8_t bytes[100000];
    static uint8_t out[100100];
    static const struct {
        uint16_t id;
        size_t len;
        const char *head;
    } cases[] = {
        {1, 7, "c701"},
        {255, 8, "c8ff08"},
        {42, 1000, "d02a03e8"},
        {69, 100000, "d8450186a0"},
        {0xa410, 7, "e7a410"},
        {0xfffe, 8, "e8fffe08"},
        {0xa5b4, 1000, "f0a5b403e8"},
        {0x102, 100000, "f801020186a0"},
        {1, 255, "c801ff"},
        {1, 256, "d0010100"},
        {1, 65535, "d001ffff"},
        {255, 65536, "d8ff010000"},
        {256, 0, "e00100"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct writer w = writer_of(out, sizeof out);
        const struct lwm2m_record record = {.path = LWM2M_PATH(4711, 0, cases[i].id),
                                            .value = lwm2m_opaque(bytes, cases[i].len)};
        cr_assert(zero(int, lwm2m_encode_value(&w, LWM2M_CT_TLV, NULL, &record)));
        cr_assert(not(w.bad));
        size_t head = writer_len(&w) - cases[i].len;
        cr_expect(eq(str, (char *)hex_of(out, head), (char *)cases[i].head));
    }
    cr_expect(eq(str, (char *)encoded(LWM2M_CT_TLV, LWM2M_PATH(1, 0, 1), lwm2m_int(42)),
                 "c1012a"));
    cr_expect(eq(str,
                 (char *)encoded(LWM2M_CT_TLV, LWM2M_PATH(33629, 0, 16, 1),
                                 lwm2m_link(33629, 1)),
                 "4401835d0001"));
    const struct lwm2m_value half = {.kind = LWM2M_FLOAT, .f = 0.5};
    cr_expect(eq(str, (char *)encoded(LWM2M_CT_TLV, LWM2M_PATH(3303, 0, 1), half),
                 "c801083fe0000000000000"));
    cr_expect(eq(str, (char *)encoded(60, LWM2M_PATH(3303, 0, 1), half),
                 "fb3fe0000000000000"));
    cr_expect(eq(str, (char *)encoded(0, LWM2M_PATH(3303, 0, 1), half), "302e35"));
}

Test(encode, writes_senml_and_lwm2m_cbor)
{
    const struct lwm2m_path uri = LWM2M_PATH(5, 0, 1), severity = LWM2M_PATH(5, 0, 11);

    cr_expect(eq(str, (char *)encoded(112, severity, lwm2m_int(2)),
                 "81a200672f352f302f31310202"));
    cr_expect(eq(str, (char *)encoded(11544, severity, lwm2m_int(2)), "a18305000b02"));
    cr_expect(eq(str, (char *)encoded(60, severity, lwm2m_int(-2)), "21"));
    const char *json = "[{\"n\":\"/5/0/1\",\"vs\":\"a\\\"\\\\\\u000a\"}]";
    cr_expect(eq(str, (char *)encoded(110, uri, lwm2m_text("a\"\\\n")),
                 (char *)hex_of(json, strlen(json))));
}

/* What is written is read back as it was, in every format that has a form for it. */
Test(encode, is_read_back)
{
    const struct lwm2m_record records[] = {
        {.path = LWM2M_PATH(33629, 0, 11), .value = lwm2m_int(2)},
        {.path = LWM2M_PATH(3, 0, 9), .value = lwm2m_int(INT64_MIN)},
        {.path = LWM2M_PATH(3, 0, 9), .value = lwm2m_int(-129)},
        {.path = LWM2M_PATH(3, 0, 9), .value = lwm2m_int(65536)},
        {.path = LWM2M_PATH(33629, 0, 13), .value = {.kind = LWM2M_UINT, .u = 255}},
        {.path = LWM2M_PATH(33629, 0, 13),
         .value = {.kind = LWM2M_UINT, .u = 1U << 31}},
        {.path = LWM2M_PATH(3, 0, 13), .value = {.kind = LWM2M_TIME, .i = 1700000000}},
        {.path = LWM2M_PATH(1, 0, 23), .value = lwm2m_bool(false)},
        {.path = LWM2M_PATH(5, 0, 1), .value = lwm2m_text("coap://[::1]/p/\"x\"\n")},
        {.path = LWM2M_PATH(5, 0, 1), .value = lwm2m_text("")},
        {.path = LWM2M_PATH(5, 0, 0), .value = lwm2m_opaque("\0\1\2\3\4\5\6\7", 8)},
        {.path = LWM2M_PATH(33629, 2, 16, 7), .value = lwm2m_link(33629, 7)},
    };

    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
        for (size_t f = 0; f < FORMATS; f++) {
            uint8_t out[256];
            struct writer w = writer_of(out, sizeof out);
            struct lwm2m_decoder d;
            struct lwm2m_record got;
            if (lwm2m_encode_value(&w, formats[f], NULL, &records[i]) == LWM2M_E_FORMAT)
                continue;
            cr_assert(not(w.bad));
            cr_assert(zero(int, lwm2m_decode_begin(&d, formats[f], &records[i].path,
                                                   out, writer_len(&w))));
            cr_assert(eq(int, lwm2m_decode_next(&d, &got), 1), "%zu in %u", i,
                      formats[f]);
            cr_expect(lwm2m_path_equal(&got.path, &records[i].path));
            cr_expect(lwm2m_value_equal(&got.value, &records[i].value), "%zu in %u", i,
                      formats[f]);
            cr_expect(zero(int, lwm2m_decode_next(&d, &got)));
        }
}

Test(encode, says_when_it_does_not_fit)
{
    const struct lwm2m_record record = {.path = LWM2M_PATH(5, 0, 1),
                                        .value = lwm2m_text("coap://host/p/abc")};
    uint8_t out[256];

    for (size_t f = 0; f < FORMATS; f++) {
        struct writer w = writer_of(out, sizeof out);
        if (lwm2m_encode_value(&w, formats[f], NULL, &record) != 0)
            continue;
        size_t len = writer_len(&w);
        for (size_t n = 0; n < len; n++) {
            w = writer_of(out, n);
            cr_expect(zero(int, lwm2m_encode_value(&w, formats[f], NULL, &record)));
            cr_expect(w.bad, "format %u in %zu bytes", formats[f], n);
        }
    }
}

Test(encode, refuses_what_has_no_value_or_no_resource)
{
    cr_expect(eq(str,
                 (char *)encoded(112, LWM2M_PATH(5, 0, 1), (struct lwm2m_value){0}),
                 "no such form"));
    cr_expect(
        eq(str, (char *)encoded(112, LWM2M_PATH(5, 0), lwm2m_int(1)), "no such form"));
    cr_expect(eq(str, (char *)encoded(40, LWM2M_PATH(5, 0, 1), lwm2m_int(1)),
                 "no such form"));
}
