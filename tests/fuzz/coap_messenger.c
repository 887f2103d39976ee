/* SPDX-License-Identifier: Apache-2.0 */
/* coap_messenger.c - any bytes as what happens to a messenger: datagrams of two peers,
 * time, orders of the core. A step is one byte that says what, one that says how much,
 * and for a datagram that many bytes. "Fit" patches the last message id and token that
 * came out into a datagram, so that answers reach what they answer.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/bytes.h"
#include "daemon/coap/code.h"
#include "daemon/coap/messenger.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PACKAGE_BYTES = 5000 };

struct world {
    struct messenger *m;
    int64_t now_ms;
    struct coap_peer peers[2];
    uint64_t ticket;
    uint8_t head[12]; /* of the last datagram that came out: header and token */
    size_t head_len;
};

static void answer(struct world *w, const struct coap_event *ev)
{
    const struct coap_response r = {.code = COAP_201_CREATED,
                                    .location = "rd/1",
                                    .content_format = COAP_FORMAT_NONE,
                                    .max_age_s = -1,
                                    .payload = ev->message->payload,
                                    .payload_len = ev->message->payload_len};
    messenger_respond(w->m, w->now_ms, ev->handle, &r);
}

static void take_outputs(struct world *w)
{
    struct coap_event ev;
    while (messenger_event(w->m, &ev)) {
        if (ev.kind == COAP_EV_REQUEST && ev.message->payload_len % 3 == 1)
            answer(w, &ev);
        else if (ev.kind == COAP_EV_REQUEST && ev.message->payload_len % 3 == 2)
            messenger_refuse(w->m, &ev), ev.message = NULL;
        coap_message_free(ev.message);
    }
    size_t count = 0;
    const struct datagram *d = messenger_output(w->m, &count);
    for (size_t i = 0; i < count; i++)
        if (d[i].head_len >= 4) {
            w->head_len = 4 + (d[i].head[0] & 15u);
            memcpy(w->head, d[i].head, w->head_len);
        }
    messenger_output_clear(w->m);
}

static void request(struct world *w, uint8_t what, uint8_t how)
{
    static const uint8_t payload[100];
    const struct coap_request r = {
        .ticket = ++w->ticket,
        .peer = w->peers[how & 1],
        .method = how & 2 ? COAP_FETCH : COAP_GET,
        .path = "/33629/0",
        .query = how & 4 ? "pmin=0" : NULL,
        .content_format = COAP_FORMAT_NONE,
        .accept = COAP_FORMAT_SENML_CBOR,
        .observe = how & 8 ? COAP_OBSERVE_START : COAP_OBSERVE_NOT,
        .payload = payload,
        .payload_len = how & 2 && what == 3 ? sizeof payload : 0,
        .block_bytes = how & 16 ? 16 : 0,
    };
    if (what == 3)
        messenger_request(w->m, w->now_ms, coap_request_copy(&r));
    else
        messenger_push(w->m, w->now_ms, coap_request_copy(&r), DIGEST);
}

/* The bytes behind the four of the header and the token that the datagram claims. */
static void datagram(struct world *w, uint8_t what, const uint8_t *bytes, size_t len)
{
    uint8_t fitted[300];
    if (what == 1 && len >= 4 && w->head_len > 0) {
        size_t rest = len - 4;
        memcpy(fitted, w->head, w->head_len);
        fitted[0] = (uint8_t)((bytes[0] & 0x70) | 0x40 | (w->head_len - 4));
        fitted[1] = bytes[1];
        memcpy(fitted + w->head_len, bytes + 4, rest);
        messenger_input(w->m, w->now_ms, &w->peers[0], fitted, w->head_len + rest);
        return;
    }
    uint8_t *exact = malloc(len ? len : 1);
    if (!exact)
        abort();
    memcpy(exact, bytes, len);
    messenger_input(w->m, w->now_ms, &w->peers[what & 1], exact, len);
    free(exact);
}

static void step(struct world *w, struct reader *r)
{
    static uint8_t package[PACKAGE_BYTES];
    uint8_t what = reader_u8(r) % 10, how = reader_u8(r);
    switch (what) {
    case 0:
    case 1: {
        const uint8_t *bytes = reader_take(r, how);
        if (bytes)
            datagram(w, what, bytes, how);
        break;
    }
    case 2:
        w->now_ms += 16 * how;
        while (messenger_tick(w->m, w->now_ms))
            take_outputs(w);
        break;
    case 3:
    case 4:
        request(w, what, how);
        break;
    case 5:
        messenger_cancel(w->m, w->now_ms, how);
        break;
    case 6:
        messenger_forget(w->m, w->now_ms, &w->peers[how & 1]);
        break;
    case 7:
        (void)!messenger_publish(w->m, DIGEST, package, sizeof package);
        break;
    case 8:
        messenger_withdraw(w->m, DIGEST, ++w->ticket);
        break;
    case 9:
        messenger_unreachable(w->m, &w->peers[how & 1]);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world w = {.now_ms = 1000};
    struct coap_options o = coap_options_default();
    struct reader r = reader_of(data, size);
    o.body_max_bytes = 2000;
    if (messenger_open(&o, 1, w.now_ms, &w.m) != 0)
        abort();
    if (net_address_parse("192.0.2.1:1", 0, &w.peers[0].remote) != 0 ||
        net_address_parse("[2001:db8::1]:2", 0, &w.peers[1].remote) != 0)
        abort();
    while (reader_left(&r) > 0 && !r.bad) {
        step(&w, &r);
        take_outputs(&w);
    }
    messenger_close(w.m);
    return 0;
}
