/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/traces.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json_write.h"
#include "daemon/core_internal.h"

struct exchange {
    int64_t at_ms;   /* wall clock, when it ended */
    int64_t took_ms; /* -1: not known */
    uint64_t request_bytes, bytes;
    uint8_t kind; /* enum coap_event_kind */
    uint8_t method, code, outcome;
    bool is_push;
    char path[LWM2M_PATH_TEXT_BYTES];
};

struct trace {
    struct device *dev;
    uint64_t used; /* when it was wanted last */
    size_t count;  /* all there ever were */
    struct exchange ring[TRACE_EXCHANGES];
};

struct traces {
    uint64_t uses;
    struct trace *slots[TRACES_MAX]; /* owned */
};

int traces_open(struct traces **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? 0 : -ENOMEM;
}

void traces_close(struct traces *t)
{
    for (size_t i = 0; t && i < TRACES_MAX; i++)
        free(t->slots[i]);
    free(t);
}

/* @return a free slot, or that of the device that was not wanted for longest */
static size_t choose(const struct traces *t)
{
    size_t best = 0;

    for (size_t i = 0; i < TRACES_MAX; i++) {
        if (!t->slots[i])
            return i;
        if (t->slots[i]->used < t->slots[best]->used)
            best = i;
    }
    return best;
}

void traces_want(struct traces *t, struct device *dev)
{
    if (dev->trace == 0) {
        size_t slot = choose(t);
        if (t->slots[slot])
            t->slots[slot]->dev->trace = 0;
        else
            t->slots[slot] = malloc(sizeof *t->slots[slot]);
        if (!t->slots[slot])
            return;
        memset(t->slots[slot], 0, sizeof *t->slots[slot]);
        t->slots[slot]->dev = dev;
        dev->trace = (uint16_t)(slot + 1);
    }
    t->slots[dev->trace - 1]->used = ++t->uses;
}

void traces_drop(struct traces *t, struct device *dev)
{
    if (dev->trace == 0)
        return;
    free(t->slots[dev->trace - 1]);
    t->slots[dev->trace - 1] = NULL;
    dev->trace = 0;
}

static struct exchange *add(struct core *core, const struct device *dev)
{
    struct trace *trace = core->traces->slots[dev->trace - 1];
    struct exchange *x = &trace->ring[trace->count++ % TRACE_EXCHANGES];

    *x = (struct exchange){.at_ms = core->now.wall_ms, .took_ms = -1};
    return x;
}

static void take_request(struct core *core, const struct coap_event *event)
{
    const struct device *dev = registry_by_remote(core->registry, &event->peer.remote);

    if (!dev || dev->trace == 0)
        return;
    struct exchange *x = add(core, dev);
    x->kind = COAP_EV_REQUEST;
    x->method = event->message->code;
    x->request_bytes = event->message->payload_len;
    snprintf(x->path, sizeof x->path, "%.*s", (int)sizeof x->path - 1,
             event->message->path);
}

static void take_answer(struct core *core, const struct coap_event *event)
{
    struct links_sent sent;

    if (!links_sent(core->links, event->ticket, &sent) || sent.dev->trace == 0)
        return;
    struct exchange *x = add(core, sent.dev);
    x->kind = (uint8_t)event->kind;
    x->method = sent.method;
    x->is_push = sent.is_push;
    x->request_bytes = sent.is_push ? event->bytes : sent.bytes;
    x->outcome = (uint8_t)event->outcome;
    x->code = event->code;
    lwm2m_path_print(&sent.path, x->path);
    if (sent.sent_ms != 0)
        x->took_ms = core->now.mono_ms - sent.sent_ms;
    if (event->message) {
        x->code = event->message->code;
        x->bytes = event->message->payload_len;
    }
}

void traces_event(struct core *core, const struct coap_event *event)
{
    switch (event->kind) {
    case COAP_EV_REQUEST:
        take_request(core, event);
        break;
    case COAP_EV_RESPONSE:
    case COAP_EV_NOTIFICATION:
    case COAP_EV_FAILURE:
    case COAP_EV_PUSH_END:
        take_answer(core, event);
        break;
    case COAP_EV_PROGRESS:
    case COAP_EV_SERVED:
    case COAP_EV_WITHDRAWN:
    case COAP_EV_DAMAGED:
        break;
    }
}

/* ---- as JSON ---- */

static const char *outcome_of(const struct exchange *x)
{
    static const char *const outcomes[] = {
        [COAP_ANSWERED] = "answered",
        [COAP_UNSURE] = "unsure",
        [COAP_TIMEOUT] = "timed-out",
        [COAP_RESET] = "reset",
        [COAP_UNREACHABLE] = "unreachable",
        [COAP_CANCELED] = "canceled",
        [COAP_NO_PACKAGE] = "no-package",
        [COAP_BROKEN] = "broken",
        [COAP_BUSY] = "busy",
    };

    if (x->kind == COAP_EV_REQUEST)
        return "received";
    if (x->kind == COAP_EV_NOTIFICATION)
        return "notified";
    return x->kind == COAP_EV_RESPONSE ? "answered" : outcomes[x->outcome];
}

static const char *method_of(const struct exchange *x)
{
    static const char *const methods[] = {"OBSERVE", "GET",   "POST",  "PUT",
                                          "DELETE",  "FETCH", "PATCH", "iPATCH"};

    return x->method < sizeof methods / sizeof methods[0] ? methods[x->method] : "?";
}

static void print(struct json *j, const struct exchange *x)
{
    char code[8];

    json_object(j, NULL);
    json_time(j, "at", x->at_ms);
    json_text(j, "from", x->kind == COAP_EV_REQUEST ? "device" : "server");
    json_text(j, "method", method_of(x));
    json_text(j, "path", x->path);
    json_text(j, "outcome", outcome_of(x));
    json_int(j, "request_bytes", (int64_t)x->request_bytes);
    if (x->code != 0) {
        snprintf(code, sizeof code, "%u.%02u", x->code >> 5, x->code & 31u);
        json_text(j, "code", code);
        json_int(j, "bytes", (int64_t)x->bytes);
    }
    if (x->is_push)
        json_bool(j, "blockwise", true);
    if (x->took_ms >= 0)
        json_int(j, "took_ms", x->took_ms);
    json_end(j);
}

void traces_print(const struct traces *t, const struct device *dev, struct text *out)
{
    const struct trace *trace = dev->trace ? t->slots[dev->trace - 1] : NULL;
    size_t count = trace ? trace->count : 0;
    struct json j = json_to(out);

    json_object(&j, NULL);
    json_array(&j, "items");
    for (size_t n = 0; n < count && n < TRACE_EXCHANGES; n++)
        print(&j, &trace->ring[(count - 1 - n) % TRACE_EXCHANGES]);
    json_end(&j);
    json_null(&j, "next");
    json_end(&j);
}
