/* SPDX-License-Identifier: Apache-2.0 */
/* test_push.c - a package on its way to a device by Block1, message by message, with
 * what fielded clients do (standards.md 6.3, device-behaviour.md 1).
 */
#include <criterion/criterion.h>
#include <errno.h>

#include "daemon/coap/code.h"
#include "tests/daemon/coap/rig.h"

static struct rig r;

static void open_rig(void)
{
    rig_open(&r, rig_options());
}

static void close_rig(void)
{
    rig_close(&r);
}

TestSuite(push, .init = open_rig, .fini = close_rig);

#define FIRST "CON PUT path=33629/1/0 ct=42 block1=0/1/1024 size1=2500 rtag |#1024"
#define SECOND "CON PUT path=33629/1/0 ct=42 block1=1/1/1024 rtag |#1024"
#define THIRD "CON PUT path=33629/1/0 ct=42 block1=2/0/1024 rtag |#452"

static void begin(size_t size)
{
    rig_publish(&r, size);
    rig_push(&r, 1, "/33629/1/0", 0);
}

Test(push, three_blocks_with_one_token_and_one_request_tag)
{
    begin(2500);
    says(&r, FIRST);
    struct token token = r.token;
    uint8_t tag[8];
    memcpy(tag, r.request_tag, sizeof tag);
    rig_say(&r, "ACK 2.31 mid=* tok=* block1=0/1/1024");
    says(&r, SECOND);
    cr_assert(token_equal(&token, &r.token));
    cr_assert_arr_eq(tag, r.request_tag, sizeof tag);
    rig_say(&r, "ACK 2.31 mid=* tok=* block1=1/1/1024");
    says(&r, THIRD);
    rig_say(&r, "ACK 2.04 mid=* tok=* block1=2/0/1024");
    tells(&r, "progress 1 1024/2500");
    tells(&r, "end 1 answered 2.04 2500/2500 whole");
    says(&r, "");
}

Test(push, progress_is_told_at_a_limited_rate)
{
    begin(100000);
    says(&r, "CON PUT path=33629/1/0 ct=42 block1=0/1/1024 size1=100000 rtag |#1024");
    for (int i = 0; i < 10; i++) {
        rig_say(&r, "ACK 2.31 mid=* tok=*");
        rig_next(&r);
        rig_wait(&r, 300);
    }
    tells(&r, "progress 1 1024/100000");
    tells(&r, "progress 1 5120/100000");
    tells(&r, "progress 1 9216/100000");
    tells(&r, "");
}

Test(push, blocks_and_repetitions_are_counted)
{
    begin(2500);
    says(&r, FIRST);
    rig_wait(&r, 3000);
    says(&r, FIRST); /* again */
    rig_say(&r, "ACK 2.31 mid=* tok=* block1=0/1/1024");
    tells(&r, "progress 1 1024/2500");
    cr_expect_eq(r.event.sent.blocks, 1);
    cr_expect_eq(r.event.sent.repeats, 1);
    says(&r, SECOND);
    rig_say(&r, "ACK 2.31 mid=* tok=* block1=1/1/1024");
    says(&r, THIRD);
    rig_wait(&r, 3000);
    says(&r, THIRD);
    rig_say(&r, "ACK 2.04 mid=* tok=* block1=2/0/1024");
    tells(&r, "end 1 answered 2.04 2500/2500 whole");
    cr_expect_eq(r.event.sent.blocks, 3);
    cr_expect_eq(r.event.sent.repeats, 2);
    cr_expect_eq(r.event.sent.block_bytes, 1024);
}

Test(push, a_package_of_one_block_goes_without_block1)
{
    begin(1024);
    says(&r, "CON PUT path=33629/1/0 ct=42 |#1024");
    rig_say(&r, "ACK 2.04 mid=* tok=*");
    tells(&r, "end 1 answered 2.04 1024/1024 whole");
}

Test(push, an_exact_multiple_of_the_block_ends_with_a_full_last_block)
{
    begin(2048);
    rig_next(&r);
    rig_say(&r, "ACK 2.31 mid=* tok=*");
    says(&r, "CON PUT path=33629/1/0 ct=42 block1=1/0/1024 rtag |#1024");
}

Test(push, a_smaller_block_in_the_answer_holds_from_then_on)
{
    begin(2500);
    says(&r, FIRST);
    rig_say(&r, "ACK 2.31 mid=* tok=* block1=0/1/256");
    says(&r, "CON PUT path=33629/1/0 ct=42 block1=4/1/256 rtag |#256");
    rig_say(&r, "ACK 2.31 mid=* tok=* block1=4/1/1024");
    says(&r, "CON PUT path=33629/1/0 ct=42 block1=5/1/256 rtag |#256");
}

Test(push, 413_with_a_smaller_block_starts_again_with_it)
{
    begin(2500);
    says(&r, FIRST);
    struct token token = r.token;
    rig_say(&r, "ACK 4.13 mid=* tok=* block1=0/1/128");
    says(&r, "CON PUT path=33629/1/0 ct=42 block1=0/1/128 size1=2500 rtag |#128");
    cr_assert_not(token_equal(&token, &r.token));
}

Test(push, 413_without_a_hint_tries_every_smaller_block_then_gives_up)
{
    begin(2500);
    says(&r, FIRST);
    rig_say(&r, "ACK 4.13 mid=* tok=*");
    says(&r, "CON PUT path=33629/1/0 ct=42 block1=0/1/512 size1=2500 rtag |#512");
    for (int i = 0; i < 5; i++) {
        rig_say(&r, "ACK 4.13 mid=* tok=*");
        rig_next(&r);
    }
    rig_say(&r, "ACK 4.13 mid=* tok=*");
    tells(&r, "end 1 answered 4.13 0/2500");
    says(&r, "");
}

Test(push, 413_with_the_size_it_can_take_is_the_end)
{
    begin(2500);
    says(&r, FIRST);
    rig_say(&r, "ACK 4.13 mid=* tok=* size1=2000");
    tells(&r, "end 1 answered 4.13 0/2500");
}

Test(push, 408_starts_again_with_a_new_request_tag_a_bounded_number_of_times)
{
    begin(2500);
    says(&r, FIRST);
    uint8_t tag[8];
    memcpy(tag, r.request_tag, sizeof tag);
    for (int i = 0; i < 3; i++) {
        rig_say(&r, "ACK 2.31 mid=* tok=*");
        says(&r, SECOND);
        rig_say(&r, "ACK 4.08 mid=* tok=*");
        says(&r, FIRST);
        cr_assert_arr_neq(tag, r.request_tag, 4);
    }
    rig_say(&r, "ACK 4.08 mid=* tok=*");
    tells(&r, "progress 1 1024/2500");
    tells(&r, "end 1 answered 4.08 0/2500");
}

Test(push, 503_waits_max_age_then_sends_the_same_block)
{
    begin(2500);
    says(&r, FIRST);
    uint16_t mid = r.mid;
    rig_say(&r, "ACK 5.03 mid=* tok=* maxage=5");
    rig_wait(&r, 4999);
    says(&r, "");
    rig_wait(&r, 1);
    says(&r, FIRST);
    cr_assert_neq(r.mid, mid);
}

Test(push, 503_without_max_age_is_tried_a_bounded_number_of_times)
{
    begin(2500);
    says(&r, FIRST);
    for (int i = 0; i < 6; i++) {
        rig_say(&r, "ACK 5.03 mid=* tok=*");
        rig_wait(&r, 10000);
        says(&r, FIRST);
    }
    rig_say(&r, "ACK 5.03 mid=* tok=*");
    tells(&r, "end 1 answered 5.03 0/2500");
}

Test(push, 503_to_a_repeated_block_means_the_next_one_is_wanted)
{
    begin(2500);
    says(&r, FIRST);
    rig_wait(&r, 2000);
    says(&r, FIRST);
    rig_say(&r, "ACK 5.03 mid=* tok=*");
    says(&r, SECOND);
    rig_say(&r, "ACK 2.31 mid=* tok=*");
    says(&r, THIRD);
    rig_say(&r, "ACK 2.04 mid=* tok=*");
    rig_event(&r);
    rig_event(&r);
    cr_assert_str_eq(r.text, "end 1 answered 2.04 2500/2500 whole");
}

Test(push, 503_to_the_next_block_too_goes_back_and_waits)
{
    begin(2500);
    says(&r, FIRST);
    rig_wait(&r, 2000);
    says(&r, FIRST);
    rig_say(&r, "ACK 5.03 mid=* tok=*");
    says(&r, SECOND);
    rig_say(&r, "ACK 5.03 mid=* tok=* maxage=1");
    rig_wait(&r, 1000);
    says(&r, FIRST);
}

Test(push, 408_to_the_repeated_last_block_is_unsure_and_whole)
{
    begin(2500);
    rig_next(&r);
    rig_say(&r, "ACK 2.31 mid=* tok=*");
    rig_next(&r);
    rig_say(&r, "ACK 2.31 mid=* tok=*");
    says(&r, THIRD);
    rig_wait(&r, 2000);
    says(&r, THIRD);
    rig_say(&r, "ACK 4.08 mid=* tok=*");
    tells(&r, "progress 1 1024/2500");
    tells(&r, "end 1 unsure 4.08 2048/2500 whole");
}

Test(push, an_early_success_without_block1_is_not_whole)
{
    begin(2500);
    says(&r, FIRST);
    rig_say(&r, "ACK 2.04 mid=* tok=*");
    tells(&r, "end 1 answered 2.04 0/2500");
}

Test(push, 204_with_block1_to_each_block_goes_on)
{
    begin(2500);
    says(&r, FIRST);
    rig_say(&r, "ACK 2.04 mid=* tok=* block1=0/0/1024");
    says(&r, SECOND);
}

Test(push, a_refused_write_ends_with_its_code)
{
    begin(2500);
    says(&r, FIRST);
    rig_say(&r, "ACK 4.05 mid=* tok=*");
    tells(&r, "end 1 answered 4.05 0/2500");
}

Test(push, silence_ends_with_what_was_acknowledged)
{
    begin(2500);
    rig_next(&r);
    rig_say(&r, "ACK 2.31 mid=* tok=*");
    rig_wait(&r, 62000);
    tells(&r, "progress 1 1024/2500");
    tells(&r, "end 1 timeout 2.31 1024/2500");
}

Test(push, separate_answers_move_it_and_old_ones_are_ignored)
{
    begin(2500);
    says(&r, FIRST);
    rig_say(&r, "ACK EMPTY mid=*");
    rig_say(&r, "CON 2.31 mid=50 tok=* block1=0/1/1024");
    says(&r, "ACK EMPTY");
    says(&r, SECOND);
    rig_say(&r, "NON 2.31 mid=51 tok=* block1=0/1/1024");
    says(&r, "");
    rig_say(&r, "NON 2.31 mid=52 tok=* block1=1/1/1024");
    says(&r, THIRD);
}

Test(push, a_request_waits_for_the_end_of_the_transfer)
{
    begin(2500);
    says(&r, FIRST);
    rig_request(&r, RIG_GET(2, "/33629/1/3"));
    rig_say(&r, "ACK EMPTY mid=*");
    says(&r, "");
    rig_say(&r, "NON 2.31 mid=52 tok=* block1=0/1/1024");
    says(&r, SECOND);
    rig_say(&r, "ACK 4.00 mid=* tok=*");
    says(&r, "CON GET path=33629/1/3");
}

Test(push, cancel_stops_it)
{
    begin(2500);
    says(&r, FIRST);
    messenger_cancel(r.m, r.now_ms, 1);
    tells(&r, "end 1 canceled 0/2500");
    rig_wait(&r, 5000);
    says(&r, "");
}

Test(push, withdraw_ends_it_first)
{
    begin(2500);
    messenger_withdraw(r.m, RIG_DIGEST, 9);
    messenger_tick(r.m, r.now_ms);
    tells(&r, "end 1 no-package 0/2500");
    tells(&r, "withdrawn 9");
    says(&r, "");
}

Test(push, an_unreadable_mapping_ends_it)
{
    begin(2500);
    messenger_output_failed(r.m, 0, -EFAULT);
    messenger_tick(r.m, r.now_ms);
    tells(&r, "damaged");
    tells(&r, "end 1 no-package 0/2500");
}

Test(push, a_datagram_too_large_for_the_path_is_sent_in_smaller_blocks)
{
    begin(2500);
    says(&r, FIRST);
    messenger_output_failed(r.m, 0, -EMSGSIZE);
    says(&r, "");
    messenger_tick(r.m, r.now_ms);
    says(&r, "CON PUT path=33629/1/0 ct=42 block1=0/1/512 size1=2500 rtag |#512");
}

Test(push, an_unknown_package_is_said_so)
{
    rig_push(&r, 1, "/5/0/0", 0);
    tells(&r, "end 1 no-package");
}

Test(push, a_large_payload_of_a_request_goes_by_block1_and_gets_its_answer)
{
    struct coap_request request = {.ticket = 4,
                                   .method = COAP_FETCH,
                                   .path = "/",
                                   .content_format = 112,
                                   .accept = 112,
                                   .payload = "0123456789abcdefghijklmnopqrstuvwxyz",
                                   .payload_len = 36,
                                   .block_bytes = 16};
    rig_request(&r, request);
    says(&r, "CON FETCH ct=112 accept=112 block2=0/0/16 block1=0/1/16 size1=36 rtag "
             "|0123456789abcdef");
    rig_say(&r, "ACK 2.31 mid=* tok=* block1=0/1/16");
    says(&r, "CON FETCH ct=112 accept=112 block2=0/0/16 block1=1/1/16 rtag "
             "|ghijklmnopqrstuv");
    rig_say(&r, "ACK 2.31 mid=* tok=* block1=1/1/16");
    says(&r, "CON FETCH ct=112 accept=112 block2=0/0/16 block1=2/0/16 rtag |wxyz");
    rig_say(
        &r,
        "ACK 2.05 mid=* tok=* ct=112 block2=0/1/16 block1=2/0/16 |0123456789abcdef");
    says(&r, "CON FETCH accept=112 block2=1/0/16");
    rig_say(&r, "ACK 2.05 mid=* tok=* ct=112 block2=1/0/16 |rest");
    tells(&r, "response 4 2.05 ct=112 |0123456789abcdefrest");
}
