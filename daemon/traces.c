/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/traces.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json_write.h"
#include "daemon/coap/code.h"
#include "daemon/core_internal.h"
#include "daemon/link/link_report.h"
#include "daemon/requests.h"

enum way { WAY_SINGLE, WAY_PUSH, WAY_PULL };

/* A transfer of a package is one of these, whatever its blocks. */
struct exchange {
    int64_t at_ms;    /* wall clock, when it ended or was told of last */
    int64_t began_ms; /* mono; 0: not known */
    int64_t took_ms;  /* -1: not known */
    uint64_t request_bytes, bytes;
    uint64_t total; /* of the package */
    struct coap_sent sent;
    uint8_t kind; /* enum coap_event_kind */
    uint8_t way;  /* enum way */
    uint8_t method, code, outcome;
    bool is_observe, is_final;
    bool is_going; /* a transfer that may go on */
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

static void took(const struct core *core, struct exchange *x)
{
    x->at_ms = core->now.wall_ms;
    if (x->began_ms != 0)
        x->took_ms = core->now.mono_ms - x->began_ms;
}

static void take_answer(struct core *core, const struct coap_event *event)
{
    struct links_sent sent;

    if (!links_sent(core->links, event->ticket, &sent) || sent.dev->trace == 0)
        return;
    struct exchange *x = add(core, sent.dev);
    x->kind = (uint8_t)event->kind;
    x->method = sent.method;
    x->is_observe = sent.is_observe;
    x->is_final = event->is_final;
    x->request_bytes = sent.bytes;
    x->outcome = (uint8_t)event->outcome;
    x->sent = event->sent;
    x->began_ms = sent.sent_ms;
    lwm2m_path_print(&sent.path, x->path);
    took(core, x);
    if (event->message) {
        x->code = event->message->code;
        x->bytes = event->message->payload_len;
    }
}

/* @return the line of the transfer that goes on, or a new one */
static struct exchange *transfer_of(struct core *core, const struct device *dev,
                                    enum way way, const char *path)
{
    struct trace *trace = core->traces->slots[dev->trace - 1];
    size_t count = trace->count < TRACE_EXCHANGES ? trace->count : TRACE_EXCHANGES;

    for (size_t i = 0; i < count; i++) {
        struct exchange *x = &trace->ring[i];
        if (x->is_going && x->way == way && strcmp(x->path, path) == 0)
            return x;
    }
    struct exchange *x = add(core, dev);
    x->way = (uint8_t)way;
    x->is_going = true;
    x->began_ms = core->now.mono_ms;
    snprintf(x->path, sizeof x->path, "%s", path);
    return x;
}

static void take_push(struct core *core, const struct coap_event *event)
{
    struct links_sent sent;
    char path[LWM2M_PATH_TEXT_BYTES];

    if (!links_sent(core->links, event->ticket, &sent) || sent.dev->trace == 0)
        return;
    lwm2m_path_print(&sent.path, path);
    struct exchange *x = transfer_of(core, sent.dev, WAY_PUSH, path);
    x->kind = (uint8_t)event->kind;
    x->is_going = event->kind == COAP_EV_PROGRESS;
    x->method = sent.method;
    x->outcome = (uint8_t)event->outcome;
    x->code = event->code;
    x->request_bytes = event->bytes;
    x->total = event->total;
    x->sent = event->sent;
    x->began_ms = sent.sent_ms;
    took(core, x);
}

/* What the device fetches itself is known by the location in its request. */
static void take_pull(struct core *core, const struct coap_event *event)
{
    const struct device *dev = requests_served_to(core, event);
    char path[LWM2M_PATH_TEXT_BYTES];

    if (!dev || dev->trace == 0)
        return;
    snprintf(path, sizeof path, "/p/%.12s", event->digest);
    struct exchange *x = transfer_of(core, dev, WAY_PULL, path);
    if (event->bytes < x->bytes) { /* from the start again */
        x->is_going = false;
        x = transfer_of(core, dev, WAY_PULL, path);
    }
    x->kind = COAP_EV_SERVED;
    x->method = COAP_GET;
    x->code = COAP_205_CONTENT;
    x->is_final = event->is_whole;
    x->bytes = event->bytes;
    x->total = event->total;
    x->sent = event->sent;
    took(core, x);
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
        take_answer(core, event);
        break;
    case COAP_EV_PROGRESS:
    case COAP_EV_PUSH_END:
        take_push(core, event);
        break;
    case COAP_EV_SERVED:
        take_pull(core, event);
        break;
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

    switch ((enum coap_event_kind)x->kind) {
    case COAP_EV_REQUEST:
        return "received";
    case COAP_EV_NOTIFICATION:
        return "notified";
    case COAP_EV_RESPONSE:
        return "answered";
    case COAP_EV_PROGRESS:
        return "under-way";
    case COAP_EV_SERVED:
        return x->is_final ? "served" : "under-way";
    case COAP_EV_FAILURE:
    case COAP_EV_PUSH_END:
    case COAP_EV_WITHDRAWN:
    case COAP_EV_DAMAGED:
        break;
    }
    return outcomes[x->outcome];
}

static const char *method_of(const struct exchange *x)
{
    static const char *const methods[] = {"OBSERVE", "GET",   "POST",  "PUT",
                                          "DELETE",  "FETCH", "PATCH", "iPATCH"};

    return x->method < sizeof methods / sizeof methods[0] ? methods[x->method] : "?";
}

static void print_transfer(struct json *j, const struct exchange *x)
{
    uint64_t bytes = x->way == WAY_PUSH ? x->request_bytes : x->bytes;

    if (x->way == WAY_SINGLE)
        return;
    json_bool(j, "blockwise", true);
    json_int(j, "total_bytes", (int64_t)x->total);
    if (x->sent.block_bytes > 0 && bytes > 0) {
        json_int(j, "block_bytes", (int64_t)x->sent.block_bytes);
        json_int(j, "last_block", (int64_t)((bytes - 1) / x->sent.block_bytes));
    }
    if (x->took_ms > 0)
        json_int(j, "bytes_per_s", (int64_t)(1000 * bytes / (uint64_t)x->took_ms));
}

static void print(struct json *j, const struct exchange *x)
{
    bool is_devices = x->kind == COAP_EV_REQUEST || x->way == WAY_PULL;
    char code[8];

    json_object(j, NULL);
    json_time(j, "at", x->at_ms);
    json_text(j, "from", is_devices ? "device" : "server");
    json_text(j, "method", method_of(x));
    json_text(j, "path", x->path);
    json_text(j, "outcome", outcome_of(x));
    json_int(j, "request_bytes", (int64_t)x->request_bytes);
    if (x->code != 0) {
        snprintf(code, sizeof code, "%u.%02u", x->code >> 5, x->code & 31u);
        json_text(j, "code", code);
        json_int(j, "bytes", (int64_t)x->bytes);
    }
    if (x->is_observe)
        json_bool(j, "observe", true);
    if (x->kind == COAP_EV_NOTIFICATION && x->is_final)
        json_bool(j, "final", true);
    if (x->sent.blocks > 1)
        json_int(j, "blocks", x->sent.blocks);
    if (x->sent.repeats > 0)
        json_int(j, "repeats", x->sent.repeats);
    print_transfer(j, x);
    if (x->took_ms >= 0)
        json_int(j, "took_ms", x->took_ms);
    json_end(j);
}

/* Newest first. */
static size_t sort(const struct trace *trace, const struct exchange **out)
{
    size_t count = trace->count < TRACE_EXCHANGES ? trace->count : TRACE_EXCHANGES;

    for (size_t n = 0; n < count; n++) {
        const struct exchange *x =
            &trace->ring[(trace->count - 1 - n) % TRACE_EXCHANGES];
        size_t at = n;
        for (; at > 0 && out[at - 1]->at_ms < x->at_ms; at--)
            out[at] = out[at - 1];
        out[at] = x;
    }
    return count;
}

void traces_print(const struct traces *t, const struct device *dev, struct text *out)
{
    const struct exchange *sorted[TRACE_EXCHANGES];
    size_t count = dev->trace ? sort(t->slots[dev->trace - 1], sorted) : 0;
    struct json j = json_to(out);

    json_object(&j, NULL);
    json_array(&j, "items");
    for (size_t n = 0; n < count; n++)
        print(&j, sorted[n]);
    json_end(&j);
    json_null(&j, "next");
    json_end(&j);
}
