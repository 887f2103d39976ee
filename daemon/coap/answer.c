/* SPDX-License-Identifier: Apache-2.0 */
/* answer.c - what peers say to our exchanges. */
#include <string.h>

#include "daemon/coap/exchange_internal.h"

static struct exchange *by_token(const struct peer *p, const struct token *token)
{
    for (struct exchange *x = p->first; x; x = x->next)
        if (x->kind != EXCHANGE_SEPARATE && x->stage != STAGE_OVER &&
            token_equal(&x->token, token))
            return x;
    return NULL;
}

/* A piggybacked answer is found by its message id, a separate one by its token. */
static struct exchange *find(struct peer *p, const struct message *msg)
{
    if (msg->type != MESSAGE_ACK)
        return by_token(p, &msg->token);
    struct exchange *x = exchange_by_mid(p, msg->mid);
    bool is_its_answer =
        x && x->kind != EXCHANGE_SEPARATE && token_equal(&x->token, &msg->token);
    return is_its_answer ? x : NULL;
}

/* Message id and token together, since a device may restart its message ids. */
static uint32_t acked_mark(const struct message *msg)
{
    return (uint32_t)msg->mid << 16 | (uint32_t)msg->token.bytes[0] << 8 |
           msg->token.bytes[1];
}

static bool was_acked(const struct peer *p, const struct message *msg)
{
    for (size_t i = 0; i < p->acked_count; i++)
        if (p->acked[i] == acked_mark(msg))
            return true;
    return false;
}

static void acknowledge(struct messenger *m, struct peer *p, const struct message *msg)
{
    p->acked[p->acked_next] = acked_mark(msg);
    p->acked_next = (uint8_t)((p->acked_next + 1) % ACKED_MAX);
    if (p->acked_count < ACKED_MAX)
        p->acked_count++;
    peer_keep(m, p, m->options.exchange_lifetime_ms);
    outbox_empty(m, &p->key, MESSAGE_ACK, msg->mid);
}

void push_end(struct messenger *m, struct exchange *x, enum coap_outcome outcome,
              bool is_whole)
{
    struct coap_event *ev = event_add(m, COAP_EV_PUSH_END, &x->peer->key);
    ev->ticket = x->ticket;
    ev->outcome = outcome;
    ev->code = x->code;
    ev->is_whole = is_whole;
    ev->bytes = is_whole && coap_code_is_success(x->code) ? x->transfer.size
                                                          : x->transfer.offset;
    ev->total = x->transfer.size;
    ev->sent = x->sent;
    memcpy(ev->digest, x->package->digest, sizeof ev->digest);
    exchange_finish(m, x);
}

static void tell_progress(struct messenger *m, struct exchange *x)
{
    if (x->kind != EXCHANGE_PUSH || m->now_ms < x->progress_ms)
        return;
    x->progress_ms = m->now_ms + PROGRESS_EVERY_MS;
    struct coap_event *ev = event_add(m, COAP_EV_PROGRESS, &x->peer->key);
    ev->ticket = x->ticket;
    ev->bytes = x->transfer.offset;
    ev->total = x->transfer.size;
    ev->sent = x->sent;
}

static int64_t busy_ms(const struct messenger *m, const struct fields *f)
{
    int64_t ms = f->max_age_s >= 0 ? f->max_age_s * 1000 : m->options.busy_wait_ms;
    return ms < m->options.busy_wait_max_ms ? ms : m->options.busy_wait_max_ms;
}

static void wait_busy(struct messenger *m, struct exchange *x, int64_t ms)
{
    x->stage = STAGE_PAUSED;
    alarm_set(m, &x->alarm, ALARM_EXCHANGE, ms);
}

static void deliver(struct messenger *m, struct exchange *x, const struct message *msg,
                    const struct fields *f)
{
    bool is_whole = x->is_fetching && coap_code_is_success(msg->code);
    struct coap_message *c =
        is_whole ? content_build(msg, f, x->answer.bytes, x->answer.len)
                 : content_build(msg, f, msg->payload, msg->payload_len);
    if (!c) {
        exchange_fail(m, x, COAP_BUSY);
        return;
    }
    c->is_observe = false;
    if (x->kind == EXCHANGE_REST) {
        notify_rest_done(m, x, c);
        return;
    }
    struct coap_event *ev = event_add(m, COAP_EV_RESPONSE, &x->peer->key);
    ev->ticket = x->ticket;
    ev->message = c;
    ev->sent = x->sent;
    exchange_finish(m, x);
}

/* The answer to a body that went out whole, or to a request without one. */
static void take_final(struct messenger *m, struct exchange *x,
                       const struct message *msg, const struct fields *f)
{
    bool success = coap_code_is_success(msg->code);
    bool begins = f->has_block2 && f->block2.more && f->block2.num == 0;
    bool observes = x->kind == EXCHANGE_REQUEST && !x->is_fetching && f->has_observe &&
                    x->request->observe == COAP_OBSERVE_START;
    if (success && observes) {
        notify_establish(m, x, msg, f);
        return;
    }
    if (!success || !(x->is_fetching || begins)) {
        deliver(m, x, msg, f);
        return;
    }
    switch (fetch_take(m, x, msg, f)) {
    case FETCH_MORE:
        exchange_continue(m, x);
        break;
    case FETCH_WHOLE:
        deliver(m, x, msg, f);
        break;
    case FETCH_BROKEN:
        exchange_fail(m, x, COAP_BROKEN);
        break;
    case FETCH_IGNORE: /* late; but not if it is the answer to this very request */
        if (msg->type == MESSAGE_ACK)
            exchange_fail(m, x, COAP_BROKEN);
        break;
    }
}

static void end_upload(struct messenger *m, struct exchange *x,
                       const struct message *msg, const struct fields *f,
                       enum transfer_step step)
{
    bool was_last = !transfer_block(&x->transfer).more;
    bool is_taken = coap_code_is_success(msg->code) || step == TRANSFER_UNSURE;
    if (x->kind == EXCHANGE_PUSH)
        push_end(m, x, step == TRANSFER_UNSURE ? COAP_UNSURE : COAP_ANSWERED,
                 was_last && is_taken);
    else
        take_final(m, x, msg, f);
}

static void take_upload(struct messenger *m, struct exchange *x,
                        const struct message *msg, const struct fields *f)
{
    const struct transfer_answer a = {msg->code, f->has_block1, f->block1, f->size1};
    x->code = msg->code;
    enum transfer_step step = transfer_take(&x->transfer, &a, m->options.busy_tries);
    switch (step) {
    case TRANSFER_RESTART:
        exchange_renew_token(m, x);
        exchange_continue(m, x);
        break;
    case TRANSFER_SEND:
        tell_progress(m, x);
        exchange_continue(m, x);
        break;
    case TRANSFER_WAIT:
        wait_busy(m, x, busy_ms(m, f));
        break;
    case TRANSFER_END:
    case TRANSFER_UNSURE:
        end_upload(m, x, msg, f, step);
        break;
    }
}

/* All blocks of a transfer have one token: a late answer may belong to an older one. */
static bool is_stale(const struct exchange *x, const struct message *msg,
                     const struct fields *f)
{
    return msg->type != MESSAGE_ACK && x->is_uploading && !x->is_fetching &&
           f->has_block1 && f->block1.num != transfer_block(&x->transfer).num;
}

static void take_answer(struct messenger *m, struct exchange *x,
                        const struct message *msg, const struct fields *f)
{
    bool is_waited_for = x->stage == STAGE_SENT || x->stage == STAGE_ACKED;
    if (x->stage == STAGE_OBSERVING)
        notify_take(m, x, msg, f);
    else if (!is_waited_for || is_stale(x, msg, f))
        return;
    else if (x->kind == EXCHANGE_FAREWELL) {
        if (!f->has_observe)
            exchange_finish(m, x);
    } else if (x->is_uploading && !x->is_fetching)
        take_upload(m, x, msg, f);
    else
        take_final(m, x, msg, f);
}

void answer_take(struct messenger *m, struct peer *p, const struct coap_peer *key,
                 const struct message *msg)
{
    struct fields f;
    bool is_ack = msg->type == MESSAGE_ACK;
    if (msg->type == MESSAGE_RST)
        return;
    if (p && msg->type == MESSAGE_CON && was_acked(p, msg)) {
        m->counters.duplicates++;
        outbox_empty(m, key, MESSAGE_ACK, msg->mid);
        return;
    }
    struct exchange *x = p ? find(p, msg) : NULL;
    bool is_readable = fields_read(msg, &f) == 0;
    if (!is_ack && (!x || !is_readable))
        messenger_reset(m, key, msg->mid);
    else if (msg->type == MESSAGE_CON)
        acknowledge(m, p, msg);
    if (x && is_readable)
        take_answer(m, x, msg, &f);
    else if (x && x->stage != STAGE_OBSERVING)
        exchange_fail(m, x, COAP_BROKEN);
}

/* An empty acknowledgement or a reset. */
void answer_empty(struct messenger *m, struct peer *p, const struct message *msg)
{
    struct exchange *x = exchange_by_mid(p, msg->mid);
    if (!x)
        return;
    if (x->kind == EXCHANGE_SEPARATE) {
        exchange_finish(m, x);
    } else if (msg->type == MESSAGE_RST) {
        exchange_fail(m, x, COAP_RESET);
    } else if (x->stage == STAGE_SENT) {
        x->stage = STAGE_ACKED;
        alarm_set(m, &x->alarm, ALARM_EXCHANGE, m->options.response_timeout_ms);
        if (!x->is_uploading && !x->is_fetching)
            exchange_release_place(m, x);
    }
}
