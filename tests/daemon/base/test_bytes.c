/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/bytes.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(bytes, reads_big_endian_numbers_of_each_width)
{
    const uint8_t in[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const uint64_t expected[] = {
        0x01,         0x0102,         0x010203,         0x01020304,
        0x0102030405, 0x010203040506, 0x01020304050607, 0x0102030405060708};

    for (size_t width = 1; width <= 8; width++) {
        struct reader r = reader_of(in, sizeof in);
        cr_expect(eq(u64, reader_uint(&r, width), expected[width - 1]));
        cr_expect(eq(sz, reader_left(&r), sizeof in - width));
    }
}

Test(bytes, keeps_the_first_read_error)
{
    const uint8_t in[] = {1, 2, 3};
    struct reader r = reader_of(in, sizeof in);

    cr_expect(eq(u32, reader_u16(&r), 0x0102));
    cr_expect(eq(u32, reader_u16(&r), 0));
    cr_expect(r.bad);
    cr_expect(eq(u32, reader_u8(&r), 0), "nothing is read after an error");
    cr_expect(reader_take(&r, 0) == NULL);
}

Test(bytes, reads_nothing_from_nothing)
{
    struct reader r = reader_of(NULL, 0);

    cr_expect(eq(sz, reader_left(&r), 0));
    cr_expect(reader_take(&r, 0) != NULL, "an empty value is a value");
    cr_expect(not(r.bad));
    cr_expect(reader_take(&r, 1) == NULL);
    cr_expect(r.bad);
}

Test(bytes, lends_what_is_taken)
{
    const uint8_t in[] = {1, 2, 3};
    struct reader r = reader_of(in, sizeof in);

    cr_expect(reader_take(&r, 2) == in);
    cr_expect(eq(u8, reader_u8(&r), 3));
}

Test(bytes, refuses_a_length_that_would_wrap)
{
    const uint8_t in[] = {1};
    struct reader r = reader_of(in, sizeof in);

    cr_expect(reader_take(&r, SIZE_MAX) == NULL);
    cr_expect(r.bad);
}

Test(bytes, writes_what_it_reads)
{
    uint8_t out[16];
    struct writer w = writer_of(out, sizeof out);

    writer_u8(&w, 0xab);
    writer_u16(&w, 0x0102);
    writer_uint(&w, 0x030405, 3);
    writer_text(&w, "hi");
    cr_assert(not(w.bad));
    cr_assert(eq(sz, writer_len(&w), 8));
    cr_expect(zero(int, memcmp(out, "\xab\x01\x02\x03\x04\x05hi", 8)));
}

Test(bytes, keeps_the_first_write_error)
{
    uint8_t out[3] = {0};
    struct writer w = writer_of(out, sizeof out);

    writer_u16(&w, 0x0102);
    writer_u16(&w, 0x0304);
    cr_expect(w.bad);
    writer_u8(&w, 5);
    cr_expect(eq(sz, writer_len(&w), 2), "a smaller piece does not follow");
    cr_expect(eq(u8, out[2], 0));
}
