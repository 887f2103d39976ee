/* SPDX-License-Identifier: Apache-2.0 */
/* test_notify.c - observations (RFC 7641, RFC 7959 2.6). */
#include <criterion/criterion.h>

#include "daemon/coap/code.h"
#include "daemon/coap/observe.h"
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

TestSuite(notify, .init = open_rig, .fini = close_rig);

static void observe(void)
{
    struct coap_request request = RIG_GET(1, "/5/0/3");
    request.observe = COAP_OBSERVE_START;
    rig_request(&r, request);
    says(&r, "CON GET observe=0 path=5/0/3");
}

static void establish(void)
{
    observe();
    rig_say(&r, "ACK 2.05 mid=* tok=* observe=10 ct=0 |0");
    tells(&r, "response 1 2.05 ct=0 observed |0");
}

Test(notify, newer_is_decided_on_24_bits_and_by_age)
{
    static const struct {
        uint32_t known, now;
        int64_t later_ms;
        bool is_newer;
    } cases[] = {
        {1, 2, 0, true},         {2, 1, 0, false},        {5, 5, 0, false},
        {0xffffff, 0, 0, true},  {0, 0xffffff, 0, false}, {0, 0x7fffff, 0, true},
        {0, 0x800000, 0, false}, {0x800001, 0, 0, true},  {0x800000, 0, 0, false},
        {2, 1, 128000, false},   {2, 1, 128001, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_assert_eq(observe_is_newer(
                         (struct observe_mark){cases[i].known, 1000},
                         (struct observe_mark){cases[i].now, 1000 + cases[i].later_ms}),
                     cases[i].is_newer, "case %zu", i);
}

Test(notify, notifications_come_in_order_and_old_ones_are_dropped)
{
    establish();
    rig_say(&r, "NON 2.05 mid=1 tok=* observe=12 |2");
    tells(&r, "note 1 2.05 observed |2");
    rig_say(&r, "NON 2.05 mid=2 tok=* observe=11 |1");
    tells(&r, "");
    says(&r, "");
    rig_wait(&r, 128001);
    rig_say(&r, "NON 2.05 mid=3 tok=* observe=11 |1");
    tells(&r, "note 1 2.05 observed |1");
}

Test(notify, a_confirmable_one_is_acknowledged_and_its_repetition_not_told_again)
{
    establish();
    rig_say(&r, "CON 2.05 mid=9 tok=* observe=12 |2");
    says(&r, "ACK EMPTY");
    tells(&r, "note 1 2.05 observed |2");
    rig_say(&r, "CON 2.05 mid=9 tok=* observe=12 |2");
    says(&r, "ACK EMPTY");
    tells(&r, "");
}

Test(notify, an_unknown_token_is_reset)
{
    establish();
    rig_say(&r, "NON 2.05 mid=9 tok=01020304 observe=12 |2");
    says(&r, "RST EMPTY");
    cr_assert_eq(r.mid, 9);
    tells(&r, "");
}

Test(notify, an_answer_without_observe_is_an_ordinary_one)
{
    observe();
    rig_say(&r, "ACK 2.05 mid=* tok=* |0");
    tells(&r, "response 1 2.05 |0");
    rig_say(&r, "NON 2.05 mid=9 tok=* observe=12 |2");
    says(&r, "RST EMPTY");
}

Test(notify, an_error_is_the_last_notification)
{
    establish();
    rig_say(&r, "NON 4.04 mid=9 tok=*");
    tells(&r, "note 1 4.04 final");
    rig_say(&r, "NON 2.05 mid=10 tok=* observe=13 |2");
    says(&r, "RST EMPTY");
    rig_wait(&r, 1000);
    tells(&r, "");
}

Test(notify, cancel_says_farewell_with_the_same_token)
{
    establish();
    struct token token = r.token;
    messenger_cancel(r.m, r.now_ms, 1);
    says(&r, "CON GET observe=1 path=5/0/3");
    cr_assert(token_equal(&token, &r.token));
    rig_say(&r, "NON 2.05 mid=9 tok=* observe=12 |2");
    says(&r, "");
    rig_wait(&r, 2000);
    says(&r, "CON GET observe=1 path=5/0/3");
    rig_say(&r, "ACK 2.05 mid=* tok=* |2");
    rig_wait(&r, 60000);
    says(&r, "");
    tells(&r, "");
    cr_assert_eq(messenger_counters_get(r.m).peers, 0);
}

Test(notify, the_rest_of_a_long_one_is_fetched_without_observe)
{
    establish();
    struct token token = r.token;
    rig_say(&r,
            "NON 2.05 mid=9 tok=* etag=07 observe=12 block2=0/1/16 |0123456789abcdef");
    says(&r, "CON GET path=5/0/3 block2=1/0/16");
    cr_assert_not(token_equal(&token, &r.token));
    rig_say(&r, "ACK 2.05 mid=* tok=* etag=07 block2=1/0/16 |end");
    tells(&r, "note 1 2.05 observed |0123456789abcdefend");
    cr_assert_eq(r.event.ticket, 1);
    tells(&r, "");
}

Test(notify, a_newer_one_overtakes_the_fetch)
{
    establish();
    struct token token = r.token;
    rig_say(&r, "NON 2.05 mid=9 tok=* observe=12 block2=0/1/16 |0123456789abcdef");
    says(&r, "CON GET path=5/0/3 block2=1/0/16");
    r.token = token;
    rig_say(&r, "NON 2.05 mid=10 tok=* observe=13 |short");
    tells(&r, "note 1 2.05 observed |short");
    rig_wait(&r, 60000);
    says(&r, "");
    tells(&r, "");
}

Test(notify, a_rest_that_cannot_be_had_is_told_as_a_loss)
{
    establish();
    rig_say(&r, "NON 2.05 mid=9 tok=* observe=12 block2=0/1/16 |0123456789abcdef");
    says(&r, "CON GET path=5/0/3 block2=1/0/16");
    rig_wait(&r, 62000);
    tells(&r, "note 1");
    cr_assert_null(r.event.message);
    cr_assert_not(r.event.is_final);
}

Test(notify, a_long_first_answer_is_fetched_before_it_is_told)
{
    observe();
    rig_say(&r, "ACK 2.05 mid=* tok=* observe=12 block2=0/1/16 |0123456789abcdef");
    says(&r, "CON GET path=5/0/3 block2=1/0/16");
    tells(&r, "");
    rig_say(&r, "ACK 2.05 mid=* tok=* block2=1/0/16 |end");
    tells(&r, "response 1 2.05 observed |0123456789abcdefend");
}

Test(notify, what_found_no_room_is_told_later_once)
{
    establish();
    rig_say(&r, "NON 2.05 mid=1 tok=* observe=12 |2");
    struct coap_event ev;
    cr_assert(messenger_event(r.m, &ev));
    messenger_refuse(r.m, &ev);
    rig_wait(&r, 999);
    tells(&r, "");
    rig_wait(&r, 1);
    tells(&r, "note 1");
    cr_assert_null(r.event.message);
    rig_wait(&r, 5000);
    tells(&r, "");
}

Test(notify, the_end_is_told_again_until_there_is_room)
{
    establish();
    rig_say(&r, "NON 4.04 mid=1 tok=*");
    for (int i = 0; i < 3; i++) {
        struct coap_event ev;
        cr_assert(messenger_event(r.m, &ev));
        cr_assert(ev.is_final);
        messenger_refuse(r.m, &ev);
        rig_wait(&r, 1000);
    }
    tells(&r, "note 1 final");
    rig_wait(&r, 5000);
    tells(&r, "");
    cr_assert_eq(messenger_counters_get(r.m).peers, 0);
}

Test(notify, an_observation_does_not_hold_the_place)
{
    establish();
    rig_request(&r, RIG_GET(2, "/3"));
    says(&r, "CON GET path=3");
}

Test(notify, observe_composite_is_a_fetch_and_so_is_its_farewell)
{
    struct coap_request request = {.ticket = 1,
                                   .method = COAP_FETCH,
                                   .path = "/",
                                   .content_format = 112,
                                   .accept = 112,
                                   .observe = COAP_OBSERVE_START,
                                   .payload = "paths",
                                   .payload_len = 5};
    rig_request(&r, request);
    says(&r, "CON FETCH observe=0 ct=112 accept=112 |paths");
    rig_say(&r, "ACK 2.05 mid=* tok=* observe=1 ct=112 |v");
    tells(&r, "response 1 2.05 ct=112 observed |v");
    messenger_cancel(r.m, r.now_ms, 1);
    says(&r, "CON FETCH observe=1 ct=112 accept=112 |paths");
}

Test(notify, forget_ends_it_silently)
{
    establish();
    messenger_forget(r.m, r.now_ms, &r.peer);
    tells(&r, "");
    says(&r, "");
    rig_say(&r, "NON 2.05 mid=10 tok=* observe=13 |2");
    says(&r, "RST EMPTY");
}
