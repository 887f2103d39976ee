/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_wire.h"

#include <stdio.h>
#include <string.h>

int wire_request(struct wire *w, const struct coap_request *request)
{
    if (w->is_full)
        return WIRE_E_FULL;
    w->sent++;
    w->last = (struct fake_sent){.ticket = request->ticket,
                                 .method = request->method,
                                 .content_format = request->content_format,
                                 .accept = request->accept,
                                 .is_observe = request->observe == COAP_OBSERVE_START,
                                 .payload_len = request->payload_len};
    snprintf(w->last.path, sizeof w->last.path, "%s", request->path);
    snprintf(w->last.query, sizeof w->last.query, "%s",
             request->query ? request->query : "");
    if (request->payload_len)
        memcpy(w->last.payload, request->payload, request->payload_len);
    return 0;
}

int wire_push(struct wire *w, const struct coap_push *push)
{
    if (w->is_full)
        return WIRE_E_FULL;
    w->sent++;
    w->last = (struct fake_sent){.is_push = true,
                                 .ticket = push->ticket,
                                 .content_format = push->content_format};
    snprintf(w->last.path, sizeof w->last.path, "%s", push->path);
    memcpy(w->last.digest, push->digest, sizeof w->last.digest);
    return 0;
}

int wire_cancel(struct wire *w, uint64_t ticket)
{
    (void)ticket;
    if (w->is_full)
        return WIRE_E_FULL;
    w->cancels++;
    return 0;
}

int wire_forget(struct wire *w, const struct coap_peer *peer)
{
    (void)peer;
    w->forgets++;
    return 0;
}

static struct coap_message message;
static struct coap_event event;

struct coap_event *fake_answer(struct wire *w, uint8_t code, int32_t format,
                               const void *payload, size_t len)
{
    message = (struct coap_message){.code = code,
                                    .content_format = format,
                                    .max_age_s = -1,
                                    .is_observe = w->last.is_observe,
                                    .path = "/",
                                    .payload = payload,
                                    .payload_len = len};
    event = (struct coap_event){
        .kind = COAP_EV_RESPONSE, .ticket = w->last.ticket, .message = &message};
    return &event;
}

struct coap_event *fake_text(struct wire *w, uint8_t code, const char *text)
{
    return fake_answer(w, code, COAP_FORMAT_TEXT, text, strlen(text));
}

struct coap_event *fake_failure(struct wire *w, enum coap_outcome outcome)
{
    event = (struct coap_event){
        .kind = COAP_EV_FAILURE, .ticket = w->last.ticket, .outcome = outcome};
    return &event;
}

struct coap_event *fake_push_end(struct wire *w, enum coap_outcome outcome,
                                 uint8_t code, bool is_whole)
{
    event = (struct coap_event){.kind = COAP_EV_PUSH_END,
                                .ticket = w->last.ticket,
                                .outcome = outcome,
                                .code = code,
                                .is_whole = is_whole};
    return &event;
}
