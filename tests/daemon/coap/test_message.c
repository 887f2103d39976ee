/* SPDX-License-Identifier: Apache-2.0 */
/* test_message.c - the bytes of standards.md 1.9, malformed datagrams, truncation. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/code.h"
#include "daemon/coap/fields.h"
#include "tests/daemon/coap/rig.h"

static size_t unhex(const char *hex, uint8_t *out)
{
    size_t n = 0;
    for (; *hex; hex++)
        if (isxdigit((unsigned char)*hex)) {
            unsigned byte;
            sscanf(hex++, "%2x", &byte);
            out[n++] = (uint8_t)byte;
        }
    return n;
}

/* What the standard's examples say, as hex and as a line of the rig. */
static const struct {
    const char *hex, *line;
} vectors[] = {
    {"42 03 1001 0a0b b5 3333363239 01 31 01 30 11 2a d1 02 0e d3 14 030d40 d1 db 01 "
     "ff 78",
     "CON PUT mid=4097 tok=0a0b path=33629/1/0 ct=42 block1=0/1/1024 size1=200000 "
     "rtag=01 "
     "|x"},
    {"62 5f 1001 0a0b d1 0e 0e", "ACK 2.31 mid=4097 tok=0a0b block1=0/1/1024"},
    {"42 02 1003 0a0b b5 3333363239 01 30 01 32 10 ff 303d273c2f33333632392f313e27",
     "CON POST mid=4099 tok=0a0b path=33629/0/2 ct=0 |0='</33629/1>'"},
    {"42 01 1004 0a0b 60 55 3333363239 01 30 01 33",
     "CON GET mid=4100 tok=0a0b observe=0 path=33629/0/3"},
    {"62 41 0001 0a0b 82 7264 04 35613366", "ACK 2.01 mid=1 tok=0a0b location=rd/5a3f"},
};

Test(message, the_examples_of_the_standards_are_written_byte_by_byte)
{
    struct rig r = {.mid = 0};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t want[128], got[128];
        size_t len = unhex(vectors[i].hex, want);
        cr_assert_eq(rig_write(&r, vectors[i].line, got, sizeof got), len, "%s",
                     vectors[i].line);
        cr_assert_arr_eq(got, want, len, "%s", vectors[i].line);
    }
}

Test(message, block_number_195_is_0c36)
{
    uint8_t bytes[8];
    struct option_writer w = option_writer_of(bytes, sizeof bytes);
    option_put_block(&w, OPTION_BLOCK1, (struct block){195, false, 6});
    const uint8_t want[] = {0xd2, 0x0e, 0x0c, 0x36};
    cr_assert_arr_eq(bytes, want, sizeof want);
}

Test(message, a_datagram_cut_at_any_byte_is_read_in_bounds_and_never_the_same)
{
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t bytes[128];
        size_t len = unhex(vectors[i].hex, bytes);
        struct message whole, cut;
        cr_assert_eq(message_parse(bytes, len, &whole), 0);
        for (size_t n = 0; n < len; n++) {
            uint8_t *exact = malloc(n ? n : 1);
            memcpy(exact, bytes, n);
            int rc = message_parse(exact, n, &cut);
            cr_assert(rc != 0 || cut.options_len + cut.payload_len <
                                     whole.options_len + whole.payload_len);
            free(exact);
        }
    }
}

Test(message, malformed_datagrams_are_reset_or_ignored)
{
    static const struct {
        const char *what, *hex;
        int rc;
    } cases[] = {
        {"empty", "", MESSAGE_E_IGNORE},
        {"three bytes", "40 01 00", MESSAGE_E_IGNORE},
        {"version 0", "00 01 0001", MESSAGE_E_IGNORE},
        {"version 2", "80 01 0001", MESSAGE_E_IGNORE},
        {"token length 9", "49 01 0001 010203040506070809", MESSAGE_E_FORMAT},
        {"token length 15", "4f 01 0001 0102030405060708090a0b0c0d0e0f",
         MESSAGE_E_FORMAT},
        {"token cut", "44 01 0001 010203", MESSAGE_E_FORMAT},
        {"empty with token", "41 00 0001 01", MESSAGE_E_FORMAT},
        {"empty with more", "40 00 0001 ff 01", MESSAGE_E_FORMAT},
        {"class 1", "40 21 0001", MESSAGE_E_FORMAT},
        {"class 6", "40 c1 0001", MESSAGE_E_FORMAT},
        {"class 7 is TCP's", "40 e1 0001", MESSAGE_E_FORMAT},
        {"marker without payload", "40 01 0001 ff", MESSAGE_E_FORMAT},
        {"delta 15", "40 01 0001 f1 00", MESSAGE_E_FORMAT},
        {"length 15", "40 01 0001 1f 00", MESSAGE_E_FORMAT},
        {"value cut", "40 01 0001 b5 33 33", MESSAGE_E_FORMAT},
        {"delta byte missing", "40 01 0001 d0", MESSAGE_E_FORMAT},
        {"delta word cut", "40 01 0001 e0 00", MESSAGE_E_FORMAT},
        {"length word cut", "40 01 0001 0e 00", MESSAGE_E_FORMAT},
        {"number beyond 65535", "40 01 0001 e0 fef2 e0 fef2", MESSAGE_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[64];
        struct message m;
        size_t len = unhex(cases[i].hex, bytes);
        cr_assert_eq(message_parse(bytes, len, &m), cases[i].rc, "%s", cases[i].what);
    }
}

Test(message, a_malformed_confirmable_message_is_reset_others_are_not)
{
    struct rig r;
    rig_open(&r, rig_options());
    rig_bytes(&r, "\x49\x01\x00\x07", 4);
    says(&r, "RST EMPTY");
    cr_assert_eq(r.mid, 7);
    rig_bytes(&r, "\x59\x01\x00\x07", 4);
    rig_bytes(&r, "\x69\x01\x00\x07", 4);
    rig_bytes(&r, "\x80\x01\x00\x07", 4);
    says(&r, "");
    cr_assert_eq(messenger_counters_get(r.m).malformed, 4);
    rig_close(&r);
}

static int resets_of(struct rig *r, int times)
{
    int resets = 0;
    for (int i = 0; i < times; i++) {
        rig_say(r, "CON EMPTY mid=7");
        resets += strcmp(rig_next(r), "RST EMPTY") == 0;
        messenger_output_clear(r->m);
        r->next = 0;
    }
    return resets;
}

Test(message, strangers_are_reset_so_often_a_second_those_we_know_always)
{
    enum { PER_S = 1000 };
    struct rig r;
    rig_open(&r, rig_options());
    cr_expect_eq(resets_of(&r, PER_S + 50), PER_S);
    rig_wait(&r, 10);
    cr_expect_eq(resets_of(&r, 50), PER_S / 100);
    rig_say(&r, "CON 2.05 mid=3 tok=01 |x");
    says(&r, "");
    rig_bytes(&r, "\x49\x01\x00\x07", 4);
    says(&r, "");
    rig_request(&r, RIG_GET(1, "/1"));
    says(&r, "CON GET path=1");
    cr_expect_eq(resets_of(&r, 50), 50, "one we talk to");
    rig_close(&r);
}

static int fields_of(const char *line, struct fields *f, uint8_t bytes[512])
{
    struct rig r = {.mid = 0};
    struct message m;
    size_t len = rig_write(&r, line, bytes, 512);
    cr_assert_eq(message_parse(bytes, len, &m), 0);
    return fields_read(&m, f);
}

Test(message, options_mean_what_they_say)
{
    struct fields f;
    uint8_t bytes[512];
    cr_assert_eq(fields_of("ACK 2.05 etag=0102 observe=16777215 location=a/b ct=11542 "
                           "maxage=60 accept=112 block2=1048575/1/16 block1=0/0/1024 "
                           "size2=7 size1=200000 rtag=0a",
                           &f, bytes),
                 0);
    cr_assert_eq(f.observe, 16777215);
    cr_assert_eq(f.path_count, 2);
    cr_assert(piece_is(&f.path[1], "b"));
    cr_assert_eq(f.content_format, 11542);
    cr_assert_eq(f.max_age_s, 60);
    cr_assert_eq(f.accept, 112);
    cr_assert_eq(f.block2.num, 1048575);
    cr_assert(f.block2.more);
    cr_assert_eq(f.block1.szx, 6);
    cr_assert_eq(f.size1, 200000);
    cr_assert_eq(f.size2, 7);
    cr_assert_eq(f.request_tag.len, 1);
    cr_assert_eq(f.etag[0].len, 2);
}

Test(message, wrong_options_are_refused_if_critical_ignored_if_elective)
{
    static const struct {
        const char *line;
        int code;
    } cases[] = {
        {"CON GET accept=1 accept=2", COAP_402_BAD_OPTION},
        {"CON GET accept=16777216", COAP_402_BAD_OPTION},
        {"CON GET critical=01", COAP_402_BAD_OPTION},
        {"CON GET ct=16777216", 0},
        {"CON GET etag=010203040506070809", 0},
        {"CON GET elective=01", 0},
        {"CON GET path=a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p", 0},
        {"CON GET path=a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", COAP_400_BAD_REQUEST},
        {"CON GET path=a proxy=coap://b", COAP_505_PROXYING},
    };
    struct fields f;
    uint8_t bytes[512];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_assert_eq(fields_of(cases[i].line, &f, bytes), cases[i].code, "%s",
                     cases[i].line);
}

Test(message, a_writer_without_room_says_so_and_stays_inside)
{
    for (size_t size = 0; size < 20; size++) {
        uint8_t *bytes = malloc(size + 1);
        struct option_writer w = option_writer_of(bytes, size);
        option_put(&w, OPTION_URI_PATH, "0123456789", 10);
        option_put_uint(&w, OPTION_SIZE1, 70000);
        option_put_payload(&w, "abc", 3);
        cr_assert_eq(w.bad, size < 20, "%zu", size);
        cr_assert_leq(option_writer_len(&w), size);
        free(bytes);
    }
}
