/* SPDX-License-Identifier: Apache-2.0 */
/* test_exchange.c - requests both ways: retransmission, places, separate answers,
 * repetitions, refusals (RFC 7252 4, 5).
 */
#include <criterion/criterion.h>
#include <stdio.h>

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

TestSuite(exchange, .init = open_rig, .fini = close_rig);

Test(exchange, a_request_gets_its_piggybacked_answer)
{
    rig_request(&r, RIG_GET(1, "/33629/0/3"));
    says(&r, "CON GET path=33629/0/3");
    cr_assert_geq(r.token.len, 4);
    rig_say(&r, "ACK 2.05 mid=* tok=* ct=0 |2");
    says(&r, "");
    tells(&r, "response 1 2.05 ct=0 |2");
    tells(&r, "");
}

Test(exchange, a_request_is_repeated_four_times_with_doubled_waits)
{
    rig_request(&r, RIG_GET(1, "/3"));
    says(&r, "CON GET path=3");
    uint16_t mid = r.mid;
    for (int64_t wait = 2000; wait <= 16000; wait *= 2) {
        rig_wait(&r, wait - 1);
        says(&r, "");
        rig_wait(&r, 1);
        says(&r, "CON GET path=3");
        cr_assert_eq(r.mid, mid);
    }
    rig_wait(&r, 31999);
    tells(&r, "");
    rig_wait(&r, 1);
    tells(&r, "failure 1 timeout");
    cr_expect_eq(r.event.sent.blocks, 1);
    cr_expect_eq(r.event.sent.repeats, 4);
    says(&r, "");
}

Test(exchange, a_separate_answer_is_acknowledged_and_its_repetition_too)
{
    rig_request(&r, RIG_GET(1, "/3"));
    says(&r, "CON GET path=3");
    rig_say(&r, "ACK EMPTY mid=*");
    rig_wait(&r, 10000);
    says(&r, "");
    rig_say(&r, "CON 2.05 mid=77 tok=* |x");
    rig_say(&r, "CON 2.05 mid=77 tok=* |x");
    tells(&r, "response 1 2.05 |x");
    tells(&r, "");
    says(&r, "ACK EMPTY");
    cr_assert_eq(r.mid, 77);
    says(&r, "ACK EMPTY");
    says(&r, "");
}

Test(exchange, a_separate_answer_counts_though_the_acknowledgement_was_lost)
{
    rig_request(&r, RIG_GET(1, "/3"));
    says(&r, "CON GET path=3");
    rig_say(&r, "NON 2.05 mid=5 tok=* |x");
    tells(&r, "response 1 2.05 |x");
    rig_wait(&r, 100000);
    says(&r, "");
}

Test(exchange, an_acknowledged_request_without_answer_times_out)
{
    rig_request(&r, RIG_GET(1, "/3"));
    says(&r, "CON GET path=3");
    rig_say(&r, "ACK EMPTY mid=*");
    rig_wait(&r, 93000);
    tells(&r, "failure 1 timeout");
}

Test(exchange, one_request_at_a_time_per_peer)
{
    rig_request(&r, RIG_GET(1, "/1"));
    rig_request(&r, RIG_GET(2, "/2"));
    says(&r, "CON GET path=1");
    says(&r, "");
    rig_say(&r, "ACK 4.04 mid=* tok=*");
    says(&r, "CON GET path=2");
    tells(&r, "response 1 4.04");
}

Test(exchange, an_empty_acknowledgement_lets_the_next_request_go)
{
    rig_request(&r, RIG_GET(1, "/1"));
    rig_request(&r, RIG_GET(2, "/2"));
    says(&r, "CON GET path=1");
    rig_say(&r, "ACK EMPTY mid=*");
    says(&r, "CON GET path=2");
}

Test(exchange, other_peers_do_not_wait)
{
    struct rig other = r;
    other.peer.remote.port++;
    rig_request(&r, RIG_GET(1, "/1"));
    says(&r, "CON GET path=1");
    says(&r, "");
    rig_request(&other, RIG_GET(2, "/2"));
    says(&other, "CON GET path=2");
}

Test(exchange, a_reset_ends_a_request)
{
    rig_request(&r, RIG_GET(1, "/1"));
    says(&r, "CON GET path=1");
    rig_say(&r, "RST EMPTY mid=*");
    tells(&r, "failure 1 reset");
}

Test(exchange, two_icmp_errors_end_a_request_one_does_not)
{
    rig_request(&r, RIG_GET(1, "/1"));
    says(&r, "CON GET path=1");
    messenger_unreachable(r.m, &r.peer);
    tells(&r, "");
    rig_wait(&r, 2000);
    says(&r, "CON GET path=1");
    messenger_unreachable(r.m, &r.peer);
    tells(&r, "failure 1 unreachable");
}

Test(exchange, cancel_ends_a_request_and_its_late_answer_is_reset)
{
    rig_request(&r, RIG_GET(1, "/1"));
    says(&r, "CON GET path=1");
    messenger_cancel(r.m, r.now_ms, 1);
    tells(&r, "failure 1 canceled");
    rig_say(&r, "CON 2.05 mid=9 tok=* |x");
    says(&r, "RST EMPTY");
    cr_assert_eq(r.mid, 9);
}

Test(exchange, forget_ends_everything_of_a_peer_and_sends_nothing)
{
    rig_request(&r, RIG_GET(1, "/1"));
    rig_request(&r, RIG_GET(2, "/2"));
    says(&r, "CON GET path=1");
    says(&r, "");
    messenger_forget(r.m, r.now_ms, &r.peer);
    tells(&r, "failure 1 canceled");
    tells(&r, "failure 2 canceled");
    says(&r, "");
    cr_assert_eq(messenger_counters_get(r.m).peers, 0);
}

Test(exchange, a_ticket_in_use_and_a_full_peer_are_busy)
{
    rig_request(&r, RIG_GET(1, "/1"));
    rig_request(&r, RIG_GET(1, "/2"));
    tells(&r, "failure 1 busy");
    for (uint64_t t = 2; t <= 64; t++)
        rig_request(&r, RIG_GET(t, "/2"));
    tells(&r, "");
    rig_request(&r, RIG_GET(65, "/2"));
    tells(&r, "failure 65 busy");
}

Test(exchange, a_registration_is_answered_once_and_repeated_the_same)
{
    rig_say(&r, "CON POST mid=7 tok=0a0b path=rd ct=40 q=ep=a q=lt=60 |</1/0>");
    tells(&r, "request POST /rd q=ep=a q=lt=60 ct=40 |</1/0>");
    rig_respond(&r, COAP_201_CREATED, "rd/5a3f", NULL);
    says(&r, "ACK 2.01 location=rd/5a3f");
    cr_assert_eq(r.mid, 7);
    cr_assert_eq(r.token.len, 2);
    rig_wait(&r, 100000);
    rig_say(&r, "CON POST mid=7 tok=0a0b path=rd ct=40 q=ep=a q=lt=60 |</1/0>");
    says(&r, "ACK 2.01 location=rd/5a3f");
    tells(&r, "");
}

Test(exchange, a_repetition_counts_as_new_after_exchange_lifetime)
{
    rig_say(&r, "CON POST mid=7 path=rd");
    tells(&r, "request POST /rd");
    rig_respond(&r, COAP_400_BAD_REQUEST, NULL, NULL);
    says(&r, "ACK 4.00");
    rig_wait(&r, 247000);
    cr_assert_eq(messenger_counters_get(r.m).peers, 0, "an idle peer costs nothing");
    rig_say(&r, "CON POST mid=7 path=rd");
    tells(&r, "request POST /rd");
}

Test(exchange, the_same_message_id_with_other_bytes_is_another_request)
{
    rig_say(&r, "CON POST mid=7 tok=01 path=rd");
    tells(&r, "request POST /rd");
    rig_respond(&r, COAP_204_CHANGED, NULL, NULL);
    says(&r, "ACK 2.04");
    rig_say(&r, "CON POST mid=7 tok=02 path=rd");
    tells(&r, "request POST /rd");
}

Test(exchange, a_repetition_in_progress_is_ignored_then_acknowledged_empty)
{
    rig_say(&r, "CON POST mid=7 path=rd");
    tells(&r, "request POST /rd");
    rig_say(&r, "CON POST mid=7 path=rd");
    says(&r, "");
    rig_wait(&r, 1000);
    says(&r, "ACK EMPTY");
    rig_say(&r, "CON POST mid=7 path=rd");
    says(&r, "ACK EMPTY");
    tells(&r, "");
}

Test(exchange, a_late_answer_is_separate_and_repeated_until_acknowledged)
{
    rig_say(&r, "CON POST mid=7 tok=aa path=rd");
    tells(&r, "request POST /rd");
    rig_wait(&r, 1500);
    says(&r, "ACK EMPTY");
    rig_respond(&r, COAP_201_CREATED, "rd/1", NULL);
    says(&r, "CON 2.01 location=rd/1");
    cr_assert_eq(r.token.bytes[0], 0xaa);
    rig_wait(&r, 2000);
    says(&r, "CON 2.01 location=rd/1");
    rig_say(&r, "ACK EMPTY mid=*");
    rig_wait(&r, 60000);
    says(&r, "");
}

Test(exchange, four_answers_are_remembered_a_fifth_pushes_the_oldest_out)
{
    char line[64];
    for (int mid = 1; mid <= 5; mid++) {
        snprintf(line, sizeof line, "CON POST mid=%d path=dp", mid);
        rig_say(&r, line);
        tells(&r, "request POST /dp");
        rig_respond(&r, COAP_204_CHANGED, NULL, NULL);
        says(&r, "ACK 2.04");
    }
    rig_say(&r, "CON POST mid=2 path=dp");
    says(&r, "ACK 2.04");
    tells(&r, "");
    rig_say(&r, "CON POST mid=1 path=dp");
    tells(&r, "request POST /dp");
}

Test(exchange, a_refused_event_is_forgotten_so_that_the_repetition_is_new)
{
    rig_say(&r, "CON POST mid=7 path=rd");
    struct coap_event ev;
    cr_assert(messenger_event(r.m, &ev));
    messenger_refuse(r.m, &ev);
    rig_wait(&r, 2000);
    says(&r, "");
    rig_say(&r, "CON POST mid=7 path=rd");
    tells(&r, "request POST /rd");
}

Test(exchange, an_empty_answer_says_nothing_and_the_repetition_is_new)
{
    rig_say(&r, "CON POST mid=7 path=rd");
    tells(&r, "request POST /rd");
    rig_respond(&r, COAP_EMPTY, NULL, NULL);
    rig_wait(&r, 2000);
    says(&r, "");
    rig_say(&r, "CON POST mid=7 path=rd");
    tells(&r, "request POST /rd");
}

Test(exchange, a_get_is_served_again)
{
    for (int i = 0; i < 2; i++) {
        rig_say(&r, "CON GET mid=7 path=.well-known/core");
        tells(&r, "request GET /.well-known/core");
        rig_respond(&r, COAP_205_CONTENT, NULL, "</rd>");
        says(&r, "ACK 2.05 |</rd>");
    }
}

Test(exchange, a_non_confirmable_request_gets_a_non_confirmable_answer)
{
    rig_say(&r, "NON POST mid=7 tok=0102 path=dp |x");
    tells(&r, "request POST /dp |x");
    rig_wait(&r, 5000);
    says(&r, "");
    rig_respond(&r, COAP_204_CHANGED, NULL, NULL);
    says(&r, "NON 2.04");
    rig_say(&r, "NON POST mid=7 tok=0102 path=dp |x");
    says(&r, "");
    tells(&r, "");
}

Test(exchange, what_the_message_layer_refuses_itself)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"CON EMPTY mid=3", "RST EMPTY"},
        {"CON GET mid=3 critical=01 path=rd", "ACK 4.02"},
        {"NON GET mid=3 critical=01 path=rd", ""},
        {"CON GET mid=3 ifmatch=01 path=rd", "ACK 4.02"},
        {"CON GET mid=3 proxy=coap://x/", "ACK 5.05"},
        {"NON GET mid=3 proxy=coap://x/", "NON 5.05"},
        {"CON 0.08 mid=3 path=rd", "ACK 4.05"},
        {"CON 2.05 mid=3 tok=01 |x", "RST EMPTY"},
        {"NON 2.05 mid=3 tok=01 |x", "RST EMPTY"},
        {"ACK 2.05 mid=3 tok=01 |x", ""},
        {"ACK EMPTY mid=3", ""},
        {"RST EMPTY mid=3", ""},
        {"ACK GET mid=3 path=rd", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rig_say(&r, cases[i].in);
        cr_assert_str_eq(rig_next(&r), cases[i].out, "%s: %s", cases[i].in, r.text);
        cr_assert_str_empty(rig_next(&r), "%s", cases[i].in);
        tells(&r, "");
    }
    cr_assert_eq(messenger_counters_get(r.m).peers, 0);
}

Test(exchange, fetch_and_patch_are_the_cores_to_answer)
{
    rig_say(&r, "CON FETCH mid=3 path=rd");
    tells(&r, "request FETCH /rd");
    rig_respond(&r, COAP_405_METHOD_NOT_ALLOWED, NULL, NULL);
    says(&r, "ACK 4.05");
    rig_say(&r, "CON IPATCH mid=4 path=rd");
    tells(&r, "request IPATCH /rd");
}

Test(exchange, an_unknown_elective_option_is_ignored)
{
    rig_say(&r, "CON POST mid=3 path=rd elective=0102");
    tells(&r, "request POST /rd");
}

Test(exchange, no_request_longer_than_its_place_is_lost_when_core_answers_in_any_order)
{
    rig_say(&r, "CON POST mid=1 tok=01 path=a");
    rig_say(&r, "CON POST mid=2 tok=02 path=b");
    tells(&r, "request POST /a");
    uint64_t first = r.event.handle;
    tells(&r, "request POST /b");
    rig_respond(&r, COAP_204_CHANGED, NULL, NULL);
    says(&r, "ACK 2.04");
    cr_assert_eq(r.mid, 2);
    r.event.handle = first;
    rig_respond(&r, COAP_204_CHANGED, NULL, NULL);
    says(&r, "ACK 2.04");
    cr_assert_eq(r.mid, 1);
}

Test(exchange, requests_of_too_many_peers_are_dropped)
{
    struct coap_options options = rig_options();

    rig_close(&r);
    options.peers_max = 1;
    rig_open(&r, options);
    rig_say(&r, "CON POST mid=1 tok=01 path=dp |x");
    tells(&r, "request POST /dp |x");
    rig_respond(&r, COAP_204_CHANGED, NULL, NULL);
    says(&r, "ACK 2.04");
    r.peer.remote.port++;
    rig_say(&r, "CON POST mid=2 tok=02 path=dp |x");
    tells(&r, "");
    rig_request(&r, RIG_GET(1, "/3"));
    says(&r, "CON GET path=3");
}
