/* SPDX-License-Identifier: Apache-2.0 */
/* rig.c - lines to messages and back. */
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

static int index_of(const char *word, size_t len, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0)
            return i;
    return -1;
}

static uint8_t code_of(const char *word, size_t len)
{
    int method = index_of(word, len, methods, 8);
    if (method >= 0)
        return (uint8_t)method;
    return (uint8_t)COAP_CODE(word[0] - '0', atoi(word + 2));
}

static size_t unhex(const char *hex, uint8_t *out)
{
    size_t n = 0;
    for (unsigned byte; isxdigit((unsigned char)hex[2 * n]); n++) {
        sscanf(hex + 2 * n, "%2x", &byte);
        out[n] = (uint8_t)byte;
    }
    return n;
}

struct put {
    uint16_t number;
    char kind; /* s segments, u uint, b block, x hex, q text */
};

static struct put put_of(const char *name, size_t len)
{
    static const struct {
        const char *name;
        struct put put;
    } table[] = {
        {"observe", {OPTION_OBSERVE, 'u'}},
        {"path", {OPTION_URI_PATH, 's'}},
        {"location", {OPTION_LOCATION_PATH, 's'}},
        {"ct", {OPTION_CONTENT_FORMAT, 'u'}},
        {"maxage", {OPTION_MAX_AGE, 'u'}},
        {"q", {OPTION_URI_QUERY, 'q'}},
        {"accept", {OPTION_ACCEPT, 'u'}},
        {"block2", {OPTION_BLOCK2, 'b'}},
        {"block1", {OPTION_BLOCK1, 'b'}},
        {"size1", {OPTION_SIZE1, 'u'}},
        {"size2", {OPTION_SIZE2, 'u'}},
        {"etag", {OPTION_ETAG, 'x'}},
        {"rtag", {OPTION_REQUEST_TAG, 'x'}},
        {"ifmatch", {OPTION_IF_MATCH, 'x'}},
        {"ifnone", {OPTION_IF_NONE_MATCH, 'x'}},
        {"proxy", {OPTION_PROXY_URI, 'q'}},
        {"critical", {9, 'x'}},
        {"elective", {2048, 'x'}},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0)
            return table[i].put;
    assert(!"known option");
    abort();
}

static void put_value(struct option_writer *w, struct put p, const char *value)
{
    uint8_t bytes[64];
    unsigned num, more, size;
    switch (p.kind) {
    case 's':
        option_put_split(w, p.number, value, '/');
        break;
    case 'u':
        option_put_uint(w, p.number, (uint32_t)strtoul(value, NULL, 10));
        break;
    case 'b':
        sscanf(value, "%u/%u/%u", &num, &more, &size);
        option_put_block(w, p.number, (struct block){num, more != 0, block_szx(size)});
        break;
    case 'q':
        option_put(w, p.number, value, strlen(value));
        break;
    case 'x':
        option_put(w, p.number, bytes, unhex(value, bytes));
        break;
    }
}

static void put_payload(struct option_writer *w, const char *text)
{
    if (text[0] == '#') {
        char *end;
        size_t len = strtoul(text + 1, &end, 10);
        size_t from = *end == '@' ? strtoul(end + 1, NULL, 10) : 0;
        option_put_payload(w, pattern + from, len);
    } else {
        option_put_payload(w, text, strlen(text));
    }
}

size_t rig_write(const struct rig *r, const char *line, uint8_t *bytes, size_t size)
{
    char copy[2048];
    char *save = NULL;
    snprintf(copy, sizeof copy, "%s", line);
    char *payload = strchr(copy, '|');
    if (payload)
        *payload++ = '\0';
    char *type = strtok_r(copy, " ", &save), *code = strtok_r(NULL, " ", &save);
    struct message head = {.type = (enum message_type)index_of(type, 3, types, 4),
                           .code = code_of(code, strlen(code))};
    char *word = strtok_r(NULL, " ", &save);
    for (; word && (!strncmp(word, "mid=", 4) || !strncmp(word, "tok=", 4));
         word = strtok_r(NULL, " ", &save)) {
        if (word[0] == 'm')
            head.mid = word[4] == '*' ? r->mid : (uint16_t)atoi(word + 4);
        else if (word[4] == '*')
            head.token = r->token;
        else
            head.token.len = (uint8_t)unhex(word + 4, head.token.bytes);
    }
    struct option_writer w = message_begin(bytes, size, &head);
    for (; word; word = strtok_r(NULL, " ", &save)) {
        size_t len = strcspn(word, "=");
        put_value(&w, put_of(word, len), word + len + (word[len] == '='));
    }
    if (payload)
        put_payload(&w, payload);
    assert(!w.bad && "options in order");
    return option_writer_len(&w);
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
