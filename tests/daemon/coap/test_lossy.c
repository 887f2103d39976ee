/* SPDX-License-Identifier: Apache-2.0 */
/* test_lossy.c - two messengers over a link that loses, repeats and delays datagrams;
 * the clock is turned by hand, so it takes no time. Whatever the seed, every request is
 * answered once and right, and the other side carries it out once.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/random.h"
#include "daemon/coap/code.h"
#include "daemon/coap/messenger.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
enum { FLIGHT_MAX = 512, PACKAGE_BYTES = 20000, REQUESTS = 40 };

struct flight {
    int64_t at_ms;
    int to;
    size_t len;
    uint8_t bytes[1500];
};

struct link {
    struct messenger *end[2];
    struct coap_peer peer[2]; /* how end[i] sees the other */
    int64_t now_ms;
    struct random_state chance;
    int loss_pct;
    struct flight flights[FLIGHT_MAX];
    size_t count;
};

static void link_open(struct link *l, uint64_t seed, int loss_pct)
{
    struct coap_options o = coap_options_default();
    *l = (struct link){.now_ms = 1, .chance.s = seed, .loss_pct = loss_pct};
    o.max_retransmit = 12; /* at this loss the last of many tries comes late */
    o.exchange_lifetime_ms = o.response_timeout_ms = 100000000;
    cr_assert_eq(net_address_parse("192.0.2.1:1", 0, &l->peer[1].remote), 0);
    cr_assert_eq(net_address_parse("192.0.2.2:2", 0, &l->peer[0].remote), 0);
    l->peer[0].local = l->peer[1].remote;
    l->peer[1].local = l->peer[0].remote;
    for (int i = 0; i < 2; i++)
        cr_assert_eq(messenger_open(&o, seed + (uint64_t)i, 1, &l->end[i]), 0);
}

static void link_close(struct link *l)
{
    messenger_close(l->end[0]);
    messenger_close(l->end[1]);
}

static void fly(struct link *l, int to, const struct datagram *d)
{
    if (random_between(&l->chance, 0, 99) < l->loss_pct || l->count == FLIGHT_MAX)
        return;
    struct flight *f = &l->flights[l->count++];
    f->at_ms = l->now_ms + random_between(&l->chance, 1, 200);
    f->to = to;
    f->len = d->head_len + d->body_len;
    memcpy(f->bytes, d->head, d->head_len);
    if (d->body_len)
        memcpy(f->bytes + d->head_len, d->body, d->body_len);
}

static void drain(struct link *l)
{
    for (int i = 0; i < 2; i++) {
        size_t count;
        const struct datagram *d = messenger_output(l->end[i], &count);
        for (size_t n = 0; n < count; n++) {
            if (d[n].head_len == 0)
                continue;
            fly(l, 1 - i, &d[n]);
            if (random_between(&l->chance, 0, 9) == 0)
                fly(l, 1 - i, &d[n]); /* networks repeat datagrams, too */
        }
        messenger_output_clear(l->end[i]);
    }
}

static void land(struct link *l)
{
    for (size_t i = 0; i < l->count;) {
        struct flight f = l->flights[i];
        if (f.at_ms > l->now_ms) {
            i++;
            continue;
        }
        l->flights[i] = l->flights[--l->count];
        messenger_input(l->end[f.to], l->now_ms, &l->peer[f.to], f.bytes, f.len);
        drain(l);
    }
}

static void pass_ms(struct link *l)
{
    l->now_ms++;
    land(l);
    for (int i = 0; i < 2; i++)
        messenger_tick(l->end[i], l->now_ms);
    drain(l);
}

/* End 1 answers POST /n by n as text, after a while that is sometimes long. */
struct late {
    uint64_t handle;
    int64_t at_ms;
    char text[16];
};

struct answerer {
    struct late late[64];
    size_t count;
    int carried_out[REQUESTS + 1];
};

static void answer_due(struct link *l, struct answerer *a)
{
    for (size_t i = 0; i < a->count;) {
        if (a->late[i].at_ms > l->now_ms) {
            i++;
            continue;
        }
        const struct coap_response response = {.code = COAP_204_CHANGED,
                                               .content_format = COAP_FORMAT_NONE,
                                               .max_age_s = -1,
                                               .payload = a->late[i].text,
                                               .payload_len = strlen(a->late[i].text)};
        messenger_respond(l->end[1], l->now_ms, a->late[i].handle, &response);
        a->late[i] = a->late[--a->count];
    }
}

static void take_requests(struct link *l, struct answerer *a)
{
    struct coap_event ev;
    while (messenger_event(l->end[1], &ev)) {
        cr_assert_eq(ev.kind, COAP_EV_REQUEST);
        struct late *late = &a->late[a->count++];
        *late = (struct late){.handle = ev.handle};
        late->at_ms = l->now_ms + random_between(&l->chance, 0, 1) *
                                      random_between(&l->chance, 0, 3000);
        strncpy(late->text, ev.message->path + 1, sizeof late->text - 1);
        a->carried_out[atoi(late->text)]++;
        coap_message_free(ev.message);
    }
}

Test(lossy, every_request_is_carried_out_and_answered_once)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        static struct link l;
        static struct answerer a;
        int answered = 0;
        link_open(&l, seed, 30);
        a = (struct answerer){.count = 0};
        for (uint64_t t = 1; t <= REQUESTS; t++) {
            char path[16];
            snprintf(path, sizeof path, "/%u", (unsigned)t);
            struct coap_request request = {.ticket = t,
                                           .peer = l.peer[0],
                                           .method = COAP_POST,
                                           .path = path,
                                           .content_format = -1,
                                           .accept = -1};
            messenger_request(l.end[0], l.now_ms, coap_request_copy(&request));
        }
        drain(&l);
        for (struct coap_event ev; answered < REQUESTS && l.now_ms < 10000000;) {
            pass_ms(&l);
            take_requests(&l, &a);
            answer_due(&l, &a);
            while (messenger_event(l.end[0], &ev)) {
                cr_assert_eq(ev.kind, COAP_EV_RESPONSE, "seed %d", (int)seed);
                cr_assert_eq((uint64_t)atoi((const char *)ev.message->payload),
                             ev.ticket);
                answered++;
                coap_message_free(ev.message);
            }
        }
        cr_assert_eq(answered, REQUESTS, "seed %d: %d", (int)seed, answered);
        for (int t = 1; t <= REQUESTS; t++)
            cr_assert_eq(a.carried_out[t], 1, "seed %d request %d", (int)seed, t);
        link_close(&l);
    }
}

Test(lossy, a_package_arrives_whole_and_once)
{
    static uint8_t bytes[PACKAGE_BYTES];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 13 + (i >> 8));
    for (uint64_t seed = 1; seed <= 40; seed++) {
        static struct link l;
        int arrived = 0;
        bool is_over = false;
        link_open(&l, seed, 20);
        cr_assert_eq(messenger_publish(l.end[0], DIGEST, bytes, sizeof bytes), 0);
        struct coap_request request = {.ticket = 1,
                                       .peer = l.peer[0],
                                       .method = COAP_PUT,
                                       .path = "/5/0/0",
                                       .content_format = 42,
                                       .accept = -1,
                                       .block_bytes = 256};
        messenger_push(l.end[0], l.now_ms, coap_request_copy(&request), DIGEST);
        drain(&l);
        for (struct coap_event ev; !is_over && l.now_ms < 10000000;) {
            pass_ms(&l);
            while (messenger_event(l.end[1], &ev)) {
                cr_assert_eq(ev.message->payload_len, sizeof bytes, "seed %d",
                             (int)seed);
                cr_assert_arr_eq(ev.message->payload, bytes, sizeof bytes);
                const struct coap_response response = {
                    .code = COAP_204_CHANGED, .content_format = -1, .max_age_s = -1};
                messenger_respond(l.end[1], l.now_ms, ev.handle, &response);
                arrived++;
                coap_message_free(ev.message);
            }
            while (messenger_event(l.end[0], &ev)) {
                if (ev.kind == COAP_EV_PROGRESS)
                    continue;
                cr_assert_eq(ev.kind, COAP_EV_PUSH_END);
                cr_assert_eq(ev.outcome, COAP_ANSWERED, "seed %d", (int)seed);
                cr_assert(ev.is_whole);
                is_over = true;
            }
        }
        cr_assert(is_over);
        cr_assert_eq(arrived, 1, "seed %d", (int)seed);
        link_close(&l);
    }
}
