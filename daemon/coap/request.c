/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - the life of our exchanges: the queue for a peer's one place (NSTART 1,
 * RFC 7252 4.7), retransmission, the end.
 */
#include <stdlib.h>

#include "daemon/coap/exchange_internal.h"

/* One refusal may be a device that restarts; it is tried again before it counts. */
enum { REFUSALS_MAX = 2 };

struct exchange *coap_exchange_new(struct messenger *m, struct peer *p,
                                   enum exchange_kind kind)
{
    (void)m;
    struct exchange *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->kind = kind;
    x->peer = p;
    x->prev = p->last;
    *(p->last ? &p->last->next : &p->first) = x;
    p->last = x;
    p->exchange_count++;
    return x;
}

static void release(struct messenger *m, struct exchange *x)
{
    struct peer *p = x->peer;
    if (x->parent)
        x->parent->rest = NULL;
    if (x->ticket)
        table_remove(m->tickets, hash_number(m, x->ticket), &x->ticket);
    package_unuse(x);
    wheel_cancel(m->wheel, &x->alarm.timer);
    *(x->prev ? &x->prev->next : &p->first) = x->next;
    *(x->next ? &x->next->prev : &p->last) = x->prev;
    p->exchange_count--;
    if (p->current == x)
        p->current = NULL;
    assembly_clear(&x->answer);
    if (x->kind != EXCHANGE_REST)
        free(x->request);
    free(x->late);
    free(x);
}

void coap_exchange_free(struct messenger *m, struct exchange *x)
{
    if (x->rest)
        release(m, x->rest);
    release(m, x);
}

static void start_next(struct messenger *m, struct peer *p)
{
    struct exchange *x = p->first;
    while (!p->current && x) {
        if (x->stage == STAGE_WAITING) {
            p->current = x;
            exchange_transmit(m, x);
        }
        x = x->next;
    }
}

void exchange_queue(struct messenger *m, struct exchange *x)
{
    x->stage = STAGE_WAITING;
    wheel_cancel(m->wheel, &x->alarm.timer);
    start_next(m, x->peer);
}

void exchange_continue(struct messenger *m, struct exchange *x)
{
    if (x->peer->current == x)
        exchange_transmit(m, x);
    else
        exchange_queue(m, x);
}

void exchange_release_place(struct messenger *m, struct exchange *x)
{
    if (x->peer->current != x)
        return;
    x->peer->current = NULL;
    start_next(m, x->peer);
}

void exchange_finish(struct messenger *m, struct exchange *x)
{
    struct peer *p = x->peer;
    coap_exchange_free(m, x);
    start_next(m, p);
}

static void tell_failure(struct messenger *m, const struct exchange *x,
                         enum coap_outcome outcome)
{
    struct coap_event *ev = event_add(m, COAP_EV_FAILURE, &x->peer->key);
    ev->ticket = x->ticket;
    ev->outcome = outcome;
    ev->sent = x->sent;
}

/* The rest of a notification cannot be had: the observation tells its loss, or ends if
 * it was the first answer. */
static void fail_rest(struct messenger *m, struct exchange *rest,
                      enum coap_outcome outcome)
{
    struct exchange *x = rest->parent;
    exchange_finish(m, rest);
    if (x->is_answered) {
        notify_missed(m, x);
    } else {
        tell_failure(m, x, outcome);
        exchange_finish(m, x);
    }
}

void exchange_fail(struct messenger *m, struct exchange *x, enum coap_outcome outcome)
{
    switch (x->kind) {
    case EXCHANGE_PUSH:
        push_end(m, x, outcome, false);
        return;
    case EXCHANGE_REST:
        fail_rest(m, x, outcome);
        return;
    case EXCHANGE_REQUEST:
        if (!x->is_answered)
            tell_failure(m, x, outcome);
        break;
    case EXCHANGE_FAREWELL:
    case EXCHANGE_SEPARATE:
        break;
    }
    exchange_finish(m, x);
}

struct exchange *exchange_by_mid(struct peer *p, uint16_t mid)
{
    for (struct exchange *x = p->first; x; x = x->next)
        if (x->mid == mid && (x->stage == STAGE_SENT || x->stage == STAGE_ACKED))
            return x;
    return NULL;
}

static void expire_sent(struct messenger *m, struct exchange *x)
{
    if (x->repeats >= m->options.max_retransmit) {
        exchange_fail(m, x, COAP_TIMEOUT);
        return;
    }
    x->repeats++;
    x->sent.repeats++;
    x->timeout_ms *= 2;
    x->transfer.is_repeated = true;
    m->counters.retransmissions++;
    exchange_repeat(m, x);
}

void exchange_expire(struct messenger *m, struct exchange *x)
{
    switch (x->stage) {
    case STAGE_SENT:
        expire_sent(m, x);
        break;
    case STAGE_ACKED:
        exchange_fail(m, x, COAP_TIMEOUT);
        break;
    case STAGE_PAUSED:
        exchange_continue(m, x);
        break;
    case STAGE_OBSERVING:
    case STAGE_OVER:
        notify_expire(m, x);
        break;
    case STAGE_WAITING:
        break;
    }
}

void exchange_refused(struct messenger *m, struct exchange *x)
{
    if (x->stage == STAGE_SENT && ++x->refusals >= REFUSALS_MAX)
        exchange_fail(m, x, COAP_UNREACHABLE);
}

void exchange_too_large(struct messenger *m, struct exchange *x)
{
    if (x->is_uploading && transfer_shrink(&x->transfer))
        exchange_continue(m, x);
    else
        exchange_refused(m, x);
}

void messenger_unreachable(struct messenger *m, const struct coap_peer *peer)
{
    struct peer *p = peer_find(m, peer);
    if (!p)
        return;
    if (p->current)
        exchange_refused(m, p->current);
    peer_settle(m, p);
}
