/* SPDX-License-Identifier: Apache-2.0 */
/* test_block.c - bodies in blocks: to us by Block1, from us and to us by Block2. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "daemon/coap/code.h"
#include "tests/daemon/coap/rig.h"

static struct rig r;

static void open_rig(void)
{
    struct coap_options o = rig_options();
    o.body_max_bytes = 256;
    rig_open(&r, o);
}

static void close_rig(void)
{
    rig_close(&r);
}

TestSuite(block, .init = open_rig, .fini = close_rig);

Test(block, a_registration_in_blocks_arrives_whole_and_its_answer_is_repeated)
{
    rig_say(
        &r,
        "CON POST mid=1 tok=01 path=rd ct=40 q=ep=a block1=0/1/16 |</1/0>,</3/0>,</");
    says(&r, "ACK 2.31 block1=0/1/16");
    rig_say(
        &r,
        "CON POST mid=1 tok=01 path=rd ct=40 q=ep=a block1=0/1/16 |</1/0>,</3/0>,</");
    says(&r, "ACK 2.31 block1=0/1/16");
    rig_say(&r, "CON POST mid=2 tok=02 path=rd ct=40 q=ep=a block1=1/0/16 |5/0>");
    tells(&r, "request POST /rd q=ep=a ct=40 |</1/0>,</3/0>,</5/0>");
    rig_respond(&r, COAP_201_CREATED, "rd/1", NULL);
    says(&r, "ACK 2.01 location=rd/1 block1=1/0/16");
    rig_say(&r, "CON POST mid=2 tok=02 path=rd ct=40 q=ep=a block1=1/0/16 |5/0>");
    says(&r, "ACK 2.01 location=rd/1 block1=1/0/16");
    tells(&r, "");
}

Test(block, what_is_wrong_with_a_body_is_said)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"CON POST mid=1 path=rd block1=1/0/16 |x", "ACK 4.08"},
        {"CON POST mid=2 path=rd block1=0/1/16 |short", "ACK 4.00"},
        {"CON POST mid=3 path=rd block1=0/1/16 size1=257 |0123456789abcdef",
         "ACK 4.13 size1=256"},
        {"CON POST mid=4 path=rd block1=0/1/512 |#512", "ACK 4.13 size1=256"},
        {"CON POST mid=5 path=rd block1=0/1/256 |#256", "ACK 2.31 block1=0/1/256"},
        {"CON POST mid=6 path=rd block1=1/0/256 |x", "ACK 4.13 size1=256"},
        {"CON POST mid=7 path=dp block1=0/1/16 |0123456789abcdef",
         "ACK 2.31 block1=0/1/16"},
        {"CON POST mid=8 path=dp block1=2/0/16 |x", "ACK 4.08"},
        {"CON POST mid=9 path=rd block1=1/1/16 |0123456789abcdef", "ACK 4.08"},
        {"NON POST mid=10 path=dp block1=0/1/16 |0123456789abcdef",
         "NON 2.31 block1=0/1/16"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rig_say(&r, cases[i].in);
        cr_assert_str_eq(rig_next(&r), cases[i].out, "%s: %s", cases[i].in, r.text);
        tells(&r, "");
    }
}

Test(block, size_seven_is_a_bad_request)
{
    static const uint8_t bytes[] = {0x40, 2,    0, 1,    0xb2, 'r',
                                    'd',  0xd1, 3, 0x0f, 0xff, 'x'};
    rig_bytes(&r, bytes, sizeof bytes);
    says(&r, "ACK 4.00");
}

Test(block, a_block_that_came_already_changes_nothing)
{
    rig_say(&r, "CON POST mid=1 path=rd block1=0/1/16 |0123456789abcdef");
    says(&r, "ACK 2.31 block1=0/1/16");
    rig_say(&r, "CON POST mid=2 path=rd block1=1/1/16 |0123456789abcdef");
    says(&r, "ACK 2.31 block1=1/1/16");
    rig_say(&r, "CON POST mid=3 path=rd block1=1/1/16 |0123456789abcdef");
    says(&r, "ACK 2.31 block1=1/1/16");
    rig_say(&r, "CON POST mid=4 path=rd block1=2/0/16 |x");
    tells(&r, "request POST /rd |0123456789abcdef0123456789abcdefx");
}

Test(block, bodies_with_other_request_tags_are_kept_apart)
{
    rig_say(&r, "CON POST mid=1 path=rd block1=0/1/16 rtag=01 |aaaaaaaaaaaaaaaa");
    rig_say(&r, "CON POST mid=2 path=rd block1=0/1/16 rtag=02 |bbbbbbbbbbbbbbbb");
    rig_say(&r, "CON POST mid=3 path=rd block1=1/0/16 rtag=01 |a");
    tells(&r, "request POST /rd |aaaaaaaaaaaaaaaaa");
}

Test(block, an_abandoned_body_is_forgotten)
{
    rig_say(&r, "CON POST mid=1 path=rd block1=0/1/16 |0123456789abcdef");
    says(&r, "ACK 2.31 block1=0/1/16");
    rig_wait(&r, 93000);
    rig_say(&r, "CON POST mid=2 path=rd block1=1/0/16 |x");
    says(&r, "ACK 4.08");
}

Test(block, a_long_answer_is_cut_at_any_block_that_is_asked_for)
{
    char text[1101];
    memset(text, 'x', 1100);
    text[1100] = '\0';
    rig_say(&r, "CON GET mid=1 path=.well-known/core");
    rig_event(&r);
    rig_respond(&r, COAP_205_CONTENT, NULL, text);
    says(&r, "ACK 2.05 etag block2=0/1/1024 size2=1100 |#1024");
    rig_say(&r, "CON GET mid=2 path=.well-known/core block2=1/0/1024");
    rig_event(&r);
    rig_respond(&r, COAP_205_CONTENT, NULL, text);
    says(&r, "ACK 2.05 etag block2=1/0/1024 size2=1100 |#76");
    rig_say(&r, "CON GET mid=3 path=.well-known/core block2=3/0/256");
    rig_event(&r);
    rig_respond(&r, COAP_205_CONTENT, NULL, text);
    says(&r, "ACK 2.05 etag block2=3/1/256 size2=1100 |#256");
    rig_say(&r, "CON GET mid=4 path=.well-known/core block2=5/0/256");
    rig_event(&r);
    rig_respond(&r, COAP_205_CONTENT, NULL, text);
    says(&r, "ACK 4.00");
}

Test(block, an_answer_in_blocks_is_fetched_whole)
{
    rig_request(&r, RIG_GET(1, "/33629"));
    says(&r, "CON GET path=33629");
    rig_say(&r, "ACK 2.05 mid=* tok=* etag=01 ct=112 block2=0/1/16 |0123456789abcdef");
    says(&r, "CON GET path=33629 block2=1/0/16");
    rig_wait(&r, 2000);
    says(&r, "CON GET path=33629 block2=1/0/16");
    rig_say(&r, "ACK 2.05 mid=* tok=* etag=01 ct=112 block2=1/1/16 |0123456789abcdef");
    says(&r, "CON GET path=33629 block2=2/0/16");
    rig_say(&r, "ACK 2.05 mid=* tok=* etag=01 ct=112 block2=2/0/16 |end");
    tells(&r, "response 1 2.05 ct=112 |0123456789abcdef0123456789abcdefend");
}

Test(block, an_answer_that_changes_meanwhile_is_fetched_from_the_start)
{
    rig_request(&r, RIG_GET(1, "/3"));
    says(&r, "CON GET path=3");
    rig_say(&r, "ACK 2.05 mid=* tok=* etag=01 block2=0/1/16 |0123456789abcdef");
    says(&r, "CON GET path=3 block2=1/0/16");
    rig_say(&r, "ACK 2.05 mid=* tok=* etag=02 block2=1/0/16 |end");
    says(&r, "CON GET path=3 block2=0/0/16");
    rig_say(&r, "ACK 2.05 mid=* tok=* etag=02 block2=0/1/16 |ABCDEFGHIJKLMNOP");
    says(&r, "CON GET path=3 block2=1/0/16");
    rig_say(&r, "ACK 2.05 mid=* tok=* etag=02 block2=1/0/16 |end");
    tells(&r, "response 1 2.05 |ABCDEFGHIJKLMNOPend");
}

Test(block, an_answer_that_never_settles_or_fits_is_broken)
{
    static const char *const seconds[] = {
        "ACK 2.05 mid=* tok=* block2=2/0/16 |gap",
        "ACK 2.05 mid=* tok=* |no block at all",
        "ACK 2.05 mid=* tok=* block2=1/1/16 |short",
        "ACK 2.05 mid=* tok=* block2=0/1/16 |0123456789abcdef",
    };
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        rig_request(&r, RIG_GET(1, "/3"));
        rig_next(&r);
        rig_say(&r, "ACK 2.05 mid=* tok=* block2=0/1/16 |0123456789abcdef");
        rig_next(&r);
        rig_say(&r, seconds[i]);
        cr_assert_str_eq(rig_event(&r), "failure 1 broken", "%s", seconds[i]);
    }
}

Test(block, an_answer_larger_than_allowed_is_broken)
{
    rig_request(&r, RIG_GET(1, "/3"));
    rig_next(&r);
    rig_say(&r, "ACK 2.05 mid=* tok=* block2=0/1/256 |#256");
    says(&r, "CON GET path=3 block2=1/0/256");
    rig_say(&r, "ACK 2.05 mid=* tok=* block2=1/0/256 |x");
    tells(&r, "failure 1 broken");
}

Test(block, an_error_in_the_middle_is_the_answer)
{
    rig_request(&r, RIG_GET(1, "/3"));
    rig_next(&r);
    rig_say(&r, "ACK 2.05 mid=* tok=* block2=0/1/16 |0123456789abcdef");
    rig_next(&r);
    rig_say(&r, "ACK 5.03 mid=* tok=*");
    tells(&r, "response 1 5.03");
}

Test(block, bodies_that_are_left_make_room_for_others)
{
    rig_close(&r);
    struct coap_options o = rig_options();
    o.bodies_max = 2;
    rig_open(&r, o);
    const uint16_t own = r.peer.remote.port;

    rig_say(&r, "CON POST mid=1 path=rd q=ep=a block1=0/1/16 |0123456789abcdef");
    says(&r, "ACK 2.31 block1=0/1/16");
    for (uint16_t other = 1; other <= 3; other++) {
        r.peer.remote.port = (uint16_t)(own + other);
        rig_say(&r, "CON POST mid=1 path=rd q=ep=b block1=0/1/16 |0123456789abcdef");
        says(&r, "ACK 2.31 block1=0/1/16");
        if (other > 1)
            continue;
        r.peer.remote.port = own; /* not the oldest any more */
        rig_say(&r, "CON POST mid=2 path=rd q=ep=a block1=1/1/16 |0123456789abcdef");
        says(&r, "ACK 2.31 block1=1/1/16");
    }
    rig_say(&r, "CON POST mid=2 path=rd q=ep=b block1=1/0/16 |x");
    tells(&r, "request POST /rd q=ep=b |0123456789abcdefx");
    rig_respond(&r, COAP_204_CHANGED, NULL, NULL);
    says(&r, "ACK 2.04 block1=1/0/16");
    r.peer.remote.port = own;
    rig_say(&r, "CON POST mid=3 path=rd q=ep=a block1=2/0/16 |x");
    says(&r, "ACK 4.08");
}
