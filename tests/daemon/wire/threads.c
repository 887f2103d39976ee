/* SPDX-License-Identifier: Apache-2.0 */
/* threads.c - two wire threads and the core's side of both, without Criterion, so that
 * ThreadSanitizer can watch: requests both ways, a push, cancels, closing in the
 * middle.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/wire/wire.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
enum { REQUESTS = 2000, PACKAGE_BYTES = 100000 };

static void must(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "failed: %s\n", what);
        exit(1);
    }
}

static void wait_for(struct wire *a, struct wire *b)
{
    struct pollfd fds[] = {{wire_fd(a), POLLIN, 0}, {wire_fd(b), POLLIN, 0}};
    must(poll(fds, 2, 20000) > 0, "something happens");
}

static void answer(struct wire *w, struct coap_event *ev)
{
    const struct coap_response r = {
        .code = COAP_204_CHANGED, .content_format = COAP_FORMAT_NONE, .max_age_s = -1};
    if (ev->kind == COAP_EV_REQUEST)
        must(wire_respond(w, ev->handle, &r) == 0, "respond");
    coap_message_free(ev->message);
}

/* @return how many of our own requests ended */
static size_t serve(struct wire *w)
{
    struct coap_event events[32];
    size_t ended = 0, count = wire_take(w, events, 32);
    for (size_t i = 0; i < count; i++) {
        ended += events[i].kind == COAP_EV_RESPONSE ||
                 events[i].kind == COAP_EV_FAILURE ||
                 events[i].kind == COAP_EV_PUSH_END;
        answer(w, &events[i]);
    }
    return ended;
}

static struct wire *open_at(struct net_address *at)
{
    struct wire_options o = wire_options_default();
    struct wire *w = NULL;
    o.bind_count = 1;
    o.commands_max = o.events_max = 128;
    o.coap.body_max_bytes = PACKAGE_BYTES;
    must(net_address_parse("127.0.0.1:0", 0, &o.binds[0]) == 0, "address");
    must(wire_open(&o, &w) == 0, "open");
    wire_bound(w, at, 1);
    return w;
}

int main(void)
{
    static uint8_t package[PACKAGE_BYTES];
    struct net_address at[2];
    struct wire *a = open_at(&at[0]), *b = open_at(&at[1]);
    struct wire_counters counters;
    struct coap_peer peer = {.remote = at[1], .local = at[0]};
    const struct coap_push push = {.ticket = 1,
                                   .peer = peer,
                                   .path = "/5/0/0",
                                   .content_format = COAP_FORMAT_OPAQUE,
                                   .digest = DIGEST};
    struct coap_request request = {.peer = peer,
                                   .method = COAP_POST,
                                   .path = "/3/0/4",
                                   .content_format = COAP_FORMAT_NONE,
                                   .accept = COAP_FORMAT_NONE};
    size_t ended = 0, sent = 1;
    must(wire_publish(a, DIGEST, package, sizeof package) == 0, "publish");
    must(wire_push(a, &push) == 0, "push");
    while (ended < REQUESTS) {
        request.ticket = sent + 1;
        if (sent < REQUESTS && wire_request(a, &request) == 0)
            sent++;
        else
            wait_for(a, b);
        if (sent % 7 == 0)
            (void)!wire_cancel(a, sent);
        ended += serve(a);
        serve(b);
        wire_counters_read(a, &counters);
    }
    must(counters.datagrams_out > 0, "counted");
    request.ticket = 5000;
    must(wire_request(a, &request) == 0, "one more, not waited for");
    wire_close(a);
    wire_close(b);
    return 0;
}
