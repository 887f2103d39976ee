/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/value.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t n = 0;
    for (; *hex; hex += 2) {
        char pair[3] = {hex[0], hex[1], 0};
        out[n++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return n;
}

static struct value *add(struct values *v, uint16_t resource, enum value_kind kind)
{
    struct value *one = &v->v[v->count++];
    *one = (struct value){.path = {{33629, 0, resource}, 3}, .kind = kind};
    return one;
}

/* The instance of the published example: State 2, Result 0, Delivery 2, a name, a
 * version, one link, no conflict. */
static void fill(struct values *v)
{
    v->count = 0;
    add(v, 3, VALUE_INT)->number = 2;
    add(v, 5, VALUE_INT)->number = 0;
    add(v, 9, VALUE_INT)->number = 2;
    add(v, 14, VALUE_TEXT)->text = "application";
    add(v, 15, VALUE_TEXT)->text = "1.0";
    struct value *link = add(v, 16, VALUE_LINK);
    link->path.depth = 4;
    link->path.id[3] = 1;
    link->link[0] = 33629;
    link->link[1] = 1;
    add(v, 17, VALUE_LINK)->is_empty_multiple = true;
}

static void assert_bytes(const struct writer *w, const char *hex)
{
    uint8_t expected[400];
    size_t len = from_hex(hex, expected);
    cr_assert(!w->bad);
    cr_assert_eq(writer_len(w), len, "%zu bytes, not %zu", writer_len(w), len);
    cr_assert_arr_eq(w->start, expected, len);
}

#define INSTANCE_TLV                                                                   \
    "c10302c10500c10902c80e0b6170706c69636174696f6ec30f312e3086104401835d00018011"

Test(value, an_instance_is_the_tlv_of_the_example)
{
    static struct values v;
    uint8_t bytes[200];
    struct writer w = writer_of(bytes, sizeof(bytes));
    struct path instance = {{33629, 0}, 2};
    fill(&v);
    value_write_tlv(&w, &instance, &v);
    assert_bytes(&w, INSTANCE_TLV);
}

Test(value, an_object_wraps_its_instances)
{
    static struct values v;
    uint8_t bytes[200];
    struct writer w = writer_of(bytes, sizeof(bytes));
    struct path object = {{33629}, 1};
    fill(&v);
    value_write_tlv(&w, &object, &v);
    assert_bytes(&w, "080026" INSTANCE_TLV);
}

Test(value, senml_cbor_is_that_of_the_example)
{
    static struct values v;
    uint8_t bytes[200];
    struct writer w = writer_of(bytes, sizeof(bytes));
    fill(&v);
    v.v[2] = v.v[3]; /* State, Result, name, link */
    v.v[3] = v.v[5];
    v.count = 4;
    value_write_senml_cbor(&w, &v, "");
    assert_bytes(&w, "84a321692f33333632392f302f0061330202a20061350200a200623134036b"
                     "6170706c69636174696f6ea2006431362f3163766c6f6733333632393a31");
}

Test(value, what_was_written_as_senml_cbor_is_read_back)
{
    static struct values v, back;
    uint8_t bytes[200];
    struct writer w = writer_of(bytes, sizeof(bytes));
    struct path root = {0};
    fill(&v);
    value_write_senml_cbor(&w, &v, "/lwm2m");
    cr_assert_eq(value_read(FORMAT_SENML_CBOR, &root, bytes, writer_len(&w), &back), 0);
    cr_assert_eq(back.count, v.count - 1); /* the empty one is left out */
    cr_assert(back.v[0].path.id[0] == 33629 && back.v[0].number == 2);
    cr_assert(back.v[3].text_len == 11 && !memcmp(back.v[3].text, "application", 11));
    cr_assert(back.v[5].path.depth == 4 && back.v[5].path.id[3] == 1);
}

static const struct {
    int64_t number;
    const char *tlv, *cbor;
} numbers[] = {
    {0, "c10300", "00"},
    {-1, "c103ff", "20"},
    {127, "c1037f", "187f"},
    {128, "c2030080", "1880"},
    {-129, "c203ff7f", "3880"},
    {32768, "c40300008000", "198000"},
    {4294967295, "c8030800000000ffffffff", "1affffffff"},
    {4294967296, "c803080000000100000000", "1b0000000100000000"},
};

Test(value, numbers_take_the_width_they_need_and_come_back)
{
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        static struct values v, back;
        uint8_t tlv[32], cbor[32];
        struct writer wt = writer_of(tlv, sizeof(tlv)),
                      wc = writer_of(cbor, sizeof(cbor));
        int64_t n;
        v.count = 0;
        add(&v, 3, VALUE_INT)->number = numbers[i].number;
        value_write_tlv(&wt, &v.v[0].path, &v);
        value_write_cbor(&wc, &v.v[0]);
        assert_bytes(&wt, numbers[i].tlv);
        assert_bytes(&wc, numbers[i].cbor);
        struct path instance = {{33629, 0}, 2};
        cr_assert_eq(value_read(FORMAT_TLV, &instance, tlv, writer_len(&wt), &back), 0);
        cr_assert_eq(value_number(&back.v[0], FORMAT_TLV, &n), 0);
        cr_assert_eq(n, numbers[i].number);
        cr_assert_eq(
            value_read(FORMAT_CBOR, &v.v[0].path, cbor, writer_len(&wc), &back), 0);
        cr_assert_eq(back.v[0].number, numbers[i].number);
    }
}

Test(value, ids_above_255_and_long_values_take_longer_headers)
{
    static struct values v, back;
    static char text[301];
    uint8_t bytes[400];
    struct writer w = writer_of(bytes, sizeof(bytes));
    struct path instance = {{33629, 0}, 2};
    memset(text, 'x', 300);
    v.count = 0;
    add(&v, 0x1ff, VALUE_INT)->number = 1;
    add(&v, 0x200, VALUE_TEXT)->text = text;
    value_write_tlv(&w, &instance, &v);
    cr_assert(!w.bad && !memcmp(bytes, "\xe1\x01\xff\x01\xf0\x02\x00\x01\x2c", 9));
    cr_assert_eq(value_read(FORMAT_TLV, &instance, bytes, writer_len(&w), &back), 0);
    cr_assert(back.count == 2 && back.v[1].path.id[2] == 0x200 &&
              back.v[1].text_len == 300);
}

Test(value, bytes_behind_the_end_are_refused)
{
    static struct values v;
    struct path root = {0}, paths[2];
    uint8_t bytes[] = {0x81, 0xa2, 0x00, 0x62, '/', '3', 0x02, 0x00, 0x00};
    size_t count;
    cr_assert_eq(value_read(FORMAT_SENML_CBOR, &root, bytes, sizeof(bytes) - 1, &v), 0);
    cr_assert_eq(value_read(FORMAT_SENML_CBOR, &root, bytes, sizeof(bytes), &v), 1);
    cr_assert_eq(value_read_paths(bytes, sizeof(bytes), paths, 2, &count), 1);
}

Test(value, the_paths_of_a_composite_are_read)
{
    struct path paths[4];
    uint8_t bytes[80];
    size_t count,
        len = from_hex("83a1006a2f33333632392f302f33a1006a2f33333632392f312f33"
                       "a100662f332f302f33",
                       bytes);
    cr_assert_eq(value_read_paths(bytes, len, paths, 4, &count), 0);
    cr_assert_eq(count, 3);
    cr_assert(paths[1].id[0] == 33629 && paths[1].id[1] == 1 && paths[1].id[2] == 3);
    cr_assert_eq(value_read_paths(bytes, len, paths, 2, &count), 1);
}

static void cut_everywhere(int format, const char *hex)
{
    static struct values v;
    struct path instance = {{33629, 0}, 2};
    uint8_t whole[400];
    size_t len = from_hex(hex, whole);
    cr_assert_eq(value_read(format, &instance, whole, len, &v), 0);
    for (size_t n = 0; n < len; n++) {
        uint8_t *part = malloc(n ? n : 1); /* the sanitizer sees a byte too far */
        memcpy(part, whole, n);
        int r = value_read(format, &instance, part, n, &v);
        cr_assert(format == FORMAT_TLV || r == 1, "%d at %zu", format, n);
        free(part);
    }
}

Test(value, a_body_cut_anywhere_is_read_within_its_bounds)
{
    cut_everywhere(FORMAT_TLV, INSTANCE_TLV);
    cut_everywhere(
        FORMAT_SENML_CBOR,
        "82a321692f33333632392f302f0061330202a2006431362f3163766c6f6733333632393a31");
}

Test(value, a_number_that_is_none_is_refused)
{
    int64_t n;
    struct value v = {.kind = VALUE_TEXT, .text = "12x", .text_len = 3};
    cr_assert_eq(value_number(&v, FORMAT_TEXT, &n), 1);
    cr_assert_eq(value_number(&v, FORMAT_TLV, &n), 1);
    v.text_len = 2;
    cr_assert_eq(value_number(&v, FORMAT_TEXT, &n), 0);
    cr_assert_eq(n, 12);
    v.text_len = 0;
    cr_assert_eq(value_number(&v, FORMAT_TEXT, &n), 1);
}
