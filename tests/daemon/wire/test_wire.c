/* SPDX-License-Identifier: Apache-2.0 */
/* test_wire.c - the thread over loopback: against itself, and against libcoap's client.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/wire/wire.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
enum { PACKAGE_BYTES = 200000 };

/* A wire on loopback and its address. */
struct end {
    struct wire *w;
    struct net_address at;
};

static struct wire_options options_at(const char *text)
{
    struct wire_options o = wire_options_default();
    cr_assert_eq(net_address_parse(text, 0, &o.binds[0]), 0);
    o.bind_count = 1;
    o.commands_max = o.events_max = 64;
    return o;
}

static struct end open_end(const struct wire_options *o)
{
    struct end e;
    cr_assert_eq(wire_open(o, &e.w), 0);
    cr_assert_eq(wire_bound(e.w, &e.at, 1), 1);
    return e;
}

/* The next event of e; a test that waits for one that never comes fails. */
static struct coap_event next_event(struct end e)
{
    struct coap_event ev;
    struct pollfd fd = {.fd = wire_fd(e.w), .events = POLLIN};
    while (wire_take(e.w, &ev, 1) == 0)
        cr_assert_eq(poll(&fd, 1, 20000), 1, "no event");
    return ev;
}

static struct coap_event event_of(struct end e, enum coap_event_kind kind)
{
    struct coap_event ev = next_event(e);
    while (ev.kind != kind) {
        coap_message_free(ev.message);
        ev = next_event(e);
    }
    return ev;
}

static struct coap_peer towards(struct end from, struct end to)
{
    return (struct coap_peer){.remote = to.at, .local = from.at};
}

static struct coap_request get_from(struct end from, struct end to, uint64_t ticket)
{
    return (struct coap_request){.ticket = ticket,
                                 .peer = towards(from, to),
                                 .method = COAP_GET,
                                 .path = "/3/0",
                                 .content_format = COAP_FORMAT_NONE,
                                 .accept = COAP_FORMAT_TLV};
}

static void ask_and_answer(const char *address)
{
    struct wire_options o = options_at(address);
    struct end a = open_end(&o), b = open_end(&o);
    struct coap_request request = get_from(a, b, 7);
    cr_assert_eq(wire_request(a.w, &request), 0);
    struct coap_event ev = event_of(b, COAP_EV_REQUEST);
    cr_assert_str_eq(ev.message->path, "/3/0");
    cr_assert_eq(ev.message->accept, COAP_FORMAT_TLV);
    cr_assert(net_address_equal(&ev.peer.remote, &a.at));
    cr_assert(net_address_equal(&ev.peer.local, &b.at));
    coap_message_free(ev.message);
    const struct coap_response response = {.code = COAP_205_CONTENT,
                                           .content_format = COAP_FORMAT_TLV,
                                           .max_age_s = -1,
                                           .payload = "value",
                                           .payload_len = 5};
    cr_assert_eq(wire_respond(b.w, ev.handle, &response), 0);
    ev = event_of(a, COAP_EV_RESPONSE);
    cr_assert_eq(ev.ticket, 7);
    cr_assert_str_eq((const char *)ev.message->payload, "value");
    coap_message_free(ev.message);
    wire_close(a.w);
    wire_close(b.w);
}

Test(wire, a_request_is_answered_over_ipv4)
{
    ask_and_answer("127.0.0.1:0");
}

Test(wire, a_request_is_answered_over_ipv6)
{
    ask_and_answer("[::1]:0");
}

Test(wire, the_answer_leaves_from_the_address_that_was_asked)
{
    struct wire_options any = options_at("0.0.0.0:0"), one = options_at("127.0.0.1:0");
    struct end a = open_end(&one), b = open_end(&any);
    cr_assert_eq(net_address_parse("127.0.0.77", b.at.port, &b.at), 0);
    struct coap_request request = get_from(a, b, 1);
    cr_assert_eq(wire_request(a.w, &request), 0);
    struct coap_event ev = event_of(b, COAP_EV_REQUEST);
    cr_assert(net_address_equal(&ev.peer.local, &b.at));
    coap_message_free(ev.message);
    const struct coap_response response = {
        .code = COAP_204_CHANGED, .content_format = COAP_FORMAT_NONE, .max_age_s = -1};
    cr_assert_eq(wire_respond(b.w, ev.handle, &response), 0);
    ev = event_of(a, COAP_EV_RESPONSE); /* from another address it would be no answer */
    coap_message_free(ev.message);
    wire_close(a.w);
    wire_close(b.w);
}

Test(wire, a_package_is_pushed_whole_through_losses)
{
    static uint8_t bytes[PACKAGE_BYTES];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31 + (i >> 9));
    struct wire_options o = options_at("127.0.0.1:0");
    o.coap.ack_timeout_ms = 20;
    o.coap.max_retransmit = 8;
    o.coap.body_max_bytes = PACKAGE_BYTES;
    struct end b = open_end(&o);
    o.drop_in_pct = o.drop_out_pct = 10;
    o.seed = 5;
    struct end a = open_end(&o);
    struct coap_push push = {.ticket = 3,
                             .peer = towards(a, b),
                             .path = "/33629/0/0",
                             .content_format = COAP_FORMAT_OPAQUE,
                             .digest = DIGEST};
    cr_assert_eq(wire_publish(a.w, DIGEST, bytes, sizeof bytes), 0);
    cr_assert_eq(wire_push(a.w, &push), 0);
    struct coap_event ev = event_of(b, COAP_EV_REQUEST);
    cr_assert_eq(ev.message->payload_len, sizeof bytes);
    cr_assert_arr_eq(ev.message->payload, bytes, sizeof bytes);
    coap_message_free(ev.message);
    const struct coap_response response = {
        .code = COAP_204_CHANGED, .content_format = COAP_FORMAT_NONE, .max_age_s = -1};
    cr_assert_eq(wire_respond(b.w, ev.handle, &response), 0);
    ev = event_of(a, COAP_EV_PUSH_END);
    cr_assert_eq(ev.outcome, COAP_ANSWERED);
    cr_assert(ev.is_whole);
    cr_assert_eq(ev.bytes, sizeof bytes);
    cr_assert_eq(wire_withdraw(a.w, DIGEST, 4), 0);
    cr_assert_eq(event_of(a, COAP_EV_WITHDRAWN).ticket, 4);
    wire_close(a.w);
    wire_close(b.w);
}

Test(wire, nobody_there_is_told_before_the_last_retransmission)
{
    struct wire_options o = options_at("127.0.0.1:0");
    o.coap.ack_timeout_ms = 10;
    o.coap.max_retransmit = 20;
    struct end a = open_end(&o), b = open_end(&o);
    wire_close(b.w);
    struct coap_request request = get_from(a, b, 1);
    cr_assert_eq(wire_request(a.w, &request), 0);
    struct coap_event ev = event_of(a, COAP_EV_FAILURE);
    cr_assert_eq(ev.outcome, COAP_UNREACHABLE);
    wire_close(a.w);
}

Test(wire, a_page_that_cannot_be_read_takes_the_package_out_of_service)
{
    FILE *file = tmpfile();
    cr_assert_eq(ftruncate(fileno(file), 8192), 0);
    void *bytes = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fileno(file), 0);
    cr_assert_neq(bytes, MAP_FAILED);
    cr_assert_eq(ftruncate(fileno(file), 0), 0); /* now reading it would be SIGBUS */
    struct wire_options o = options_at("127.0.0.1:0");
    struct end a = open_end(&o), b = open_end(&o);
    struct coap_push push = {.ticket = 3,
                             .peer = towards(a, b),
                             .path = "/5/0/0",
                             .content_format = COAP_FORMAT_OPAQUE,
                             .digest = DIGEST};
    cr_assert_eq(wire_publish(a.w, DIGEST, bytes, 8192), 0);
    cr_assert_eq(wire_push(a.w, &push), 0);
    cr_assert_str_eq(event_of(a, COAP_EV_DAMAGED).digest, DIGEST);
    cr_assert_eq(event_of(a, COAP_EV_PUSH_END).outcome, COAP_NO_PACKAGE);
    wire_close(a.w);
    wire_close(b.w);
    munmap(bytes, 8192);
    fclose(file);
}

Test(wire, without_room_a_command_is_refused_and_answers_still_fit)
{
    struct wire_options o = options_at("127.0.0.1:0");
    struct end a = open_end(&o);
    struct coap_request request = get_from(a, a, 1);
    request.peer.remote.port = 9;
    int rc = 0;
    for (request.ticket = 1; rc == 0; request.ticket++)
        rc = wire_request(a.w, &request);
    cr_assert_eq(rc, WIRE_E_FULL);
    for (uint64_t ticket = 1; ticket < request.ticket - 1; ticket++)
        while (wire_cancel(a.w, ticket) == WIRE_E_FULL)
            sched_yield();
    for (uint64_t ticket = 1; ticket < request.ticket - 1; ticket++)
        event_of(a, COAP_EV_FAILURE);
    wire_close(a.w);
}

/* The wire has two places for commands, and one is set aside for stopping; the other is
 * taken by the answer that we owe to b. */
Test(wire, a_peer_is_forgotten_when_there_is_room_and_nothing_goes_before)
{
    struct wire_options o = options_at("127.0.0.1:0"), narrow = o;
    narrow.commands_max = 2;
    struct end a = open_end(&narrow), b = open_end(&o);
    struct coap_request request = get_from(a, b, 1), theirs = get_from(b, a, 9);
    const struct coap_peer peer = towards(a, b);
    const struct coap_response response = {
        .code = COAP_204_CHANGED, .content_format = COAP_FORMAT_NONE, .max_age_s = -1};
    cr_assert_eq(wire_request(a.w, &request), 0);
    coap_message_free(event_of(b, COAP_EV_REQUEST).message);
    cr_assert_eq(wire_request(b.w, &theirs), 0);
    struct coap_event ev = event_of(a, COAP_EV_REQUEST);
    coap_message_free(ev.message);
    cr_assert_eq(wire_forget(a.w, &peer), 0);
    request.ticket = 2;
    cr_assert_eq(wire_request(a.w, &request), WIRE_E_FULL);
    cr_assert_eq(wire_respond(a.w, ev.handle, &response), 0);
    int rc;
    while ((rc = wire_request(a.w, &request)) == WIRE_E_FULL)
        sched_yield();
    cr_assert_eq(rc, 0);
    ev = event_of(a, COAP_EV_FAILURE);
    cr_assert_eq(ev.ticket, 1);
    cr_assert_eq(ev.outcome, COAP_CANCELED);
    coap_message_free(event_of(b, COAP_EV_REQUEST).message);
    wire_close(a.w);
    wire_close(b.w);
}

Test(wire, bad_commands_are_refused_at_once)
{
    struct wire_options o = options_at("127.0.0.1:0");
    struct end a = open_end(&o);
    struct coap_request request = get_from(a, a, 0);
    cr_assert_eq(wire_request(a.w, &request), -EINVAL);
    request.ticket = 1;
    request.block_bytes = 100;
    cr_assert_eq(wire_request(a.w, &request), -EINVAL);
    request.block_bytes = 0;
    request.method = COAP_205_CONTENT;
    cr_assert_eq(wire_request(a.w, &request), -EINVAL);
    cr_assert_eq(wire_publish(a.w, "abc", "", 0), -EINVAL);
    wire_close(a.w);
    o.binds[0].port = 1;
    o.binds[0].ip[0] = 203;
    struct wire *w = NULL;
    cr_assert_lt(wire_open(&o, &w), 0);
}

/* Run libcoap's own client for url. @return bytes it wrote to out */
static size_t download(const char *arguments, const char *url, uint8_t *out, size_t max)
{
    char command[512];
    snprintf(command, sizeof command, "coap-client-notls -B 20 -o - %s '%s'", arguments,
             url);
    FILE *pipe = popen(command, "r");
    cr_assert_not_null(pipe);
    size_t len = fread(out, 1, max, pipe);
    pclose(pipe);
    return len;
}

Test(wire, libcoap_downloads_a_package_byte_for_byte)
{
    static uint8_t bytes[PACKAGE_BYTES], got[PACKAGE_BYTES + 1];
    static const char *const arguments[] = {"", "-b 64", "-b 1024"};
    char url[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31 + (i >> 9));
    struct wire_options o = options_at("127.0.0.1:0");
    struct end a = open_end(&o);
    cr_assert_eq(wire_publish(a.w, DIGEST, bytes, sizeof bytes), 0);
    snprintf(url, sizeof url, "coap://127.0.0.1:%u/p/%s?d=dev1", a.at.port, DIGEST);
    for (size_t i = 0; i < 3; i++) {
        size_t len = download(arguments[i], url, got, sizeof got);
        cr_assert_eq(len, sizeof bytes, "%s: %zu", arguments[i], len);
        cr_assert_arr_eq(got, bytes, sizeof bytes);
        struct coap_event ev = event_of(a, COAP_EV_SERVED);
        while (!ev.is_whole)
            ev = event_of(a, COAP_EV_SERVED);
        cr_assert_str_eq(ev.device, "dev1");
        cr_assert_eq(ev.bytes, sizeof bytes);
    }
    wire_close(a.w);
}
