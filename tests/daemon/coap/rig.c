/* SPDX-License-Identifier: Apache-2.0 */
/* rig.c - what comes out of the messenger, as lines; line.c is the other way. */
#include "tests/daemon/coap/rig.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/code.h"
#include "daemon/coap/fields.h"

static const char *const types[] = {"CON", "NON", "ACK", "RST"};
static const char *const methods[] = {"EMPTY",  "GET",   "POST",  "PUT",
                                      "DELETE", "FETCH", "PATCH", "IPATCH"};
static uint8_t pattern[200000];

uint8_t rig_pattern(size_t i)
{
    return (uint8_t)(i * 7 + (i >> 8));
}

struct coap_options rig_options(void)
{
    struct coap_options o = coap_options_default();
    o.ack_random_pct = 100;
    return o;
}

void rig_open(struct rig *r, struct coap_options options)
{
    *r = (struct rig){.now_ms = 1000000};
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = rig_pattern(i);
    int rc = net_address_parse("192.0.2.1:40000", 0, &r->peer.remote);
    rc |= net_address_parse("192.0.2.9:5683", 0, &r->peer.local);
    rc |= messenger_open(&options, 1, r->now_ms, &r->m);
    assert(rc == 0);
    (void)rc;
}

void rig_close(struct rig *r)
{
    coap_message_free(r->event.message);
    messenger_close(r->m);
}

void rig_bytes(struct rig *r, const void *bytes, size_t len)
{
    uint8_t *exact = malloc(len + 1); /* so that a sanitizer sees reads past the end */
    memcpy(exact, bytes, len);
    exact = realloc(exact, len ? len : 1);
    messenger_input(r->m, r->now_ms, &r->peer, exact, len);
    free(exact);
}

void rig_say(struct rig *r, const char *line)
{
    uint8_t bytes[2048];
    rig_bytes(r, bytes, rig_write(r, line, bytes, sizeof bytes));
}

static void add(struct rig *r, const char *format, ...)
{
    va_list args;
    size_t len = strlen(r->text);
    va_start(args, format);
    vsnprintf(r->text + len, sizeof r->text - len, format, args);
    va_end(args);
}

static void add_code(struct rig *r, uint8_t code)
{
    if (code < 8)
        add(r, "%s", methods[code]);
    else
        add(r, "%d.%02d", code >> 5, code & 31);
}

static void add_payload(struct rig *r, const uint8_t *bytes, size_t len)
{
    if (len == 0)
        return;
    bool is_text = len <= 40;
    for (size_t i = 0; i < len; i++)
        is_text = is_text && isprint(bytes[i]);
    if (is_text)
        add(r, " |%.*s", (int)len, (const char *)bytes);
    else
        add(r, " |#%zu", len);
}

static void add_option(struct rig *r, const struct option *o, uint16_t previous)
{
    struct block b = {.num = 0};
    switch (o->number) {
    case OPTION_URI_PATH:
    case OPTION_LOCATION_PATH:
        add(r, "%s%.*s",
            previous == o->number          ? "/"
            : o->number == OPTION_URI_PATH ? " path="
                                           : " location=",
            o->len, (const char *)o->value);
        break;
    case OPTION_URI_QUERY:
        add(r, " q=%.*s", o->len, (const char *)o->value);
        break;
    case OPTION_BLOCK1:
    case OPTION_BLOCK2:
        assert(block_read(o, &b) == 0);
        (void)!block_read(o, &b);
        add(r, " %s=%u/%d/%zu", o->number == OPTION_BLOCK1 ? "block1" : "block2", b.num,
            b.more, block_bytes(b.szx));
        break;
    case OPTION_ETAG:
        add(r, " etag");
        break;
    case OPTION_REQUEST_TAG:
        memcpy(r->request_tag, o->value, o->len);
        r->request_tag_len = o->len;
        add(r, " rtag");
        break;
    default: {
        const char *name = o->number == OPTION_OBSERVE          ? "observe"
                           : o->number == OPTION_CONTENT_FORMAT ? "ct"
                           : o->number == OPTION_MAX_AGE        ? "maxage"
                           : o->number == OPTION_ACCEPT         ? "accept"
                           : o->number == OPTION_SIZE1          ? "size1"
                           : o->number == OPTION_SIZE2          ? "size2"
                                                                : "other";
        add(r, " %s=%u", name, option_uint(o));
    }
    }
}

const char *rig_next(struct rig *r)
{
    size_t count = 0;
    const struct datagram *d = messenger_output(r->m, &count);
    uint8_t bytes[4096];
    struct message msg;
    r->text[0] = '\0';
    while (r->next < count && d[r->next].head_len == 0)
        r->next++;
    if (r->next >= count) {
        messenger_output_clear(r->m);
        r->next = 0;
        return r->text;
    }
    d += r->next++;
    memcpy(bytes, d->head, d->head_len);
    if (d->body_len)
        memcpy(bytes + d->head_len, d->body, d->body_len);
    assert(memcmp(&d->peer, &r->peer, sizeof r->peer) == 0);
    int rc = message_parse(bytes, d->head_len + d->body_len, &msg);
    assert(rc == 0);
    (void)rc;
    r->mid = msg.mid;
    if (msg.code != COAP_EMPTY)
        r->token = msg.token;
    add(r, "%s ", types[msg.type]);
    add_code(r, msg.code);
    struct option_reader reader = option_reader_of(msg.options, msg.options_len);
    struct option o;
    for (uint16_t previous = 0; option_next(&reader, &o); previous = o.number)
        add_option(r, &o, previous);
    add_payload(r, msg.payload, msg.payload_len);
    return r->text;
}

static const char *const outcomes[] = {[COAP_ANSWERED] = "answered",
                                       [COAP_UNSURE] = "unsure",
                                       [COAP_TIMEOUT] = "timeout",
                                       [COAP_RESET] = "reset",
                                       [COAP_UNREACHABLE] = "unreachable",
                                       [COAP_CANCELED] = "canceled",
                                       [COAP_NO_PACKAGE] = "no-package",
                                       [COAP_BROKEN] = "broken",
                                       [COAP_BUSY] = "busy"};

static void add_message(struct rig *r, const struct coap_message *c)
{
    add(r, " ");
    add_code(r, c->code);
    if (strcmp(c->path, "/") != 0)
        add(r, " %s", c->path);
    for (size_t i = 0; i < c->query_count; i++)
        add(r, " q=%s", c->queries[i]);
    if (c->content_format >= 0)
        add(r, " ct=%d", c->content_format);
    if (c->is_observe)
        add(r, " observed");
    add_payload(r, c->payload, c->payload_len);
}

const char *rig_event(struct rig *r)
{
    static const char *const kinds[] = {
        [COAP_EV_REQUEST] = "request",   [COAP_EV_RESPONSE] = "response",
        [COAP_EV_NOTIFICATION] = "note", [COAP_EV_FAILURE] = "failure",
        [COAP_EV_PROGRESS] = "progress", [COAP_EV_PUSH_END] = "end",
        [COAP_EV_SERVED] = "served",     [COAP_EV_WITHDRAWN] = "withdrawn",
        [COAP_EV_DAMAGED] = "damaged"};
    coap_message_free(r->event.message);
    r->event.message = NULL;
    r->text[0] = '\0';
    if (!messenger_event(r->m, &r->event))
        return r->text;
    const struct coap_event *ev = &r->event;
    add(r, "%s", kinds[ev->kind]);
    if (ev->ticket)
        add(r, " %u", (unsigned)ev->ticket);
    if (ev->kind == COAP_EV_FAILURE || ev->kind == COAP_EV_PUSH_END)
        add(r, " %s", outcomes[ev->outcome]);
    if (ev->code) {
        add(r, " ");
        add_code(r, ev->code);
    }
    if (ev->message)
        add_message(r, ev->message);
    if (ev->device[0])
        add(r, " d=%s", ev->device);
    if (ev->total)
        add(r, " %u/%u", (unsigned)ev->bytes, (unsigned)ev->total);
    if (ev->is_whole)
        add(r, " whole");
    if (ev->is_final)
        add(r, " final");
    return r->text;
}

void rig_wait(struct rig *r, int64_t ms)
{
    for (int64_t end = r->now_ms + ms; r->now_ms < end;) {
        int64_t step = messenger_wait_ms(r->m, r->now_ms, end - r->now_ms);
        r->now_ms += step ? step : 1;
        messenger_tick(r->m, r->now_ms);
    }
}

void rig_request(struct rig *r, struct coap_request request)
{
    request.peer = r->peer;
    messenger_request(r->m, r->now_ms, coap_request_copy(&request));
}

void rig_push(struct rig *r, uint64_t ticket, const char *path, uint16_t block_bytes)
{
    struct coap_request request = {.ticket = ticket,
                                   .peer = r->peer,
                                   .method = COAP_PUT,
                                   .path = path,
                                   .content_format = COAP_FORMAT_OPAQUE,
                                   .accept = COAP_FORMAT_NONE,
                                   .block_bytes = block_bytes};
    messenger_push(r->m, r->now_ms, coap_request_copy(&request), RIG_DIGEST);
}

void rig_respond(struct rig *r, uint8_t code, const char *location, const char *payload)
{
    struct coap_response response = {.code = code,
                                     .location = location,
                                     .content_format = COAP_FORMAT_NONE,
                                     .max_age_s = -1,
                                     .payload = payload,
                                     .payload_len = payload ? strlen(payload) : 0};
    messenger_respond(r->m, r->now_ms, r->event.handle, &response);
}

void rig_publish(struct rig *r, size_t size)
{
    assert(size <= sizeof pattern);
    int rc = messenger_publish(r->m, RIG_DIGEST, pattern, size);
    assert(rc == 0);
    (void)rc;
}
