/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - what the core wants: requests, pushes, cancels. */
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/exchange_internal.h"
#include "daemon/coap/inbound_internal.h"

static uint8_t first_szx(const struct messenger *m, const struct coap_request *r)
{
    return block_szx(r->block_bytes ? r->block_bytes : m->options.block_bytes);
}

static void refuse(struct messenger *m, const struct coap_request *r, bool is_push,
                   enum coap_outcome outcome)
{
    struct coap_event *ev =
        event_add(m, is_push ? COAP_EV_PUSH_END : COAP_EV_FAILURE, &r->peer);
    ev->ticket = r->ticket;
    ev->outcome = outcome;
}

/* An exchange that the core can name by its ticket, or NULL when there is no place. */
static struct exchange *exchange_for(struct messenger *m, const struct coap_request *r,
                                     enum exchange_kind kind)
{
    uint64_t hash = hash_number(m, r->ticket);
    if (table_get(m->tickets, hash, &r->ticket))
        return NULL;
    struct peer *p = peer_need(m, &r->peer);
    if (!p || p->exchange_count >= PEER_EXCHANGES_MAX)
        return NULL;
    struct exchange *x = coap_exchange_new(m, p, kind);
    if (!x) {
        peer_settle(m, p);
        return NULL;
    }
    x->ticket = r->ticket;
    if (table_put(m->tickets, hash, x) != 0) {
        x->ticket = 0;
        coap_exchange_free(m, x);
        peer_settle(m, p);
        return NULL;
    }
    exchange_renew_token(m, x);
    return x;
}

static void start(struct messenger *m, struct exchange *x, struct coap_request *request,
                  uint64_t size)
{
    uint8_t szx = first_szx(m, request);
    x->request = request;
    x->fetch_szx = szx;
    x->is_uploading = x->package || size > block_bytes(szx);
    x->transfer = transfer_begin(size, szx, m->next_tag);
    m->next_tag += TRANSFER_RESTARTS_MAX + BLOCK_SZX_MAX + 1;
    exchange_queue(m, x);
}

void messenger_request(struct messenger *m, int64_t now_ms,
                       struct coap_request *request)
{
    m->now_ms = now_ms;
    struct exchange *x = exchange_for(m, request, EXCHANGE_REQUEST);
    if (x) {
        start(m, x, request, request->payload_len);
        return;
    }
    refuse(m, request, false, COAP_BUSY);
    free(request);
}

void messenger_push(struct messenger *m, int64_t now_ms, struct coap_request *request,
                    const char *digest)
{
    m->now_ms = now_ms;
    struct package *package = package_find(m, digest);
    bool is_there = package && !package->is_damaged && !package->withdraw_ticket &&
                    transfer_fits(package->size, first_szx(m, request));
    struct exchange *x = is_there ? exchange_for(m, request, EXCHANGE_PUSH) : NULL;
    if (x) {
        package_use(package, x);
        start(m, x, request, package->size);
        return;
    }
    refuse(m, request, true, is_there ? COAP_BUSY : COAP_NO_PACKAGE);
    free(request);
}

static struct exchange *by_ticket(const struct messenger *m, uint64_t ticket)
{
    return table_get(m->tickets, hash_number(m, ticket), &ticket);
}

/* The observation becomes a GET with Observe 1 and the same token (RFC 7641 3.6). */
static void say_farewell(struct messenger *m, struct exchange *x)
{
    table_remove(m->tickets, hash_number(m, x->ticket), &x->ticket);
    x->ticket = 0;
    if (x->rest)
        coap_exchange_free(m, x->rest);
    x->kind = EXCHANGE_FAREWELL;
    x->is_fetching = false;
    assembly_clear(&x->answer);
    exchange_queue(m, x);
}

void messenger_cancel(struct messenger *m, int64_t now_ms, uint64_t ticket)
{
    m->now_ms = now_ms;
    struct exchange *x = by_ticket(m, ticket);
    if (!x)
        return;
    struct peer *p = x->peer;
    if (x->stage == STAGE_OBSERVING && x->is_answered)
        say_farewell(m, x);
    else
        exchange_fail(m, x, COAP_CANCELED);
    peer_settle(m, p);
}

/* Late answers of ours still go out; the rest of a notification goes with its parent.
 */
static struct exchange *next_to_forget(const struct peer *p)
{
    struct exchange *x = p->first;
    while (x && (x->kind == EXCHANGE_SEPARATE || x->kind == EXCHANGE_REST))
        x = x->next;
    return x;
}

void messenger_forget(struct messenger *m, int64_t now_ms, const struct coap_peer *peer)
{
    m->now_ms = now_ms;
    struct peer *p = peer_find(m, peer);
    if (!p)
        return;
    for (struct exchange *x = p->first; x; x = x->next)
        if (x->stage == STAGE_WAITING)
            x->stage = STAGE_OVER; /* so that the end of one does not start the next */
    for (struct exchange *x; (x = next_to_forget(p)) != NULL;)
        exchange_fail(m, x, COAP_CANCELED);
    peer_settle(m, p);
}

void messenger_refuse(struct messenger *m, struct coap_event *event)
{
    coap_message_free(event->message);
    event->message = NULL;
    if (event->kind == COAP_EV_REQUEST) {
        struct inbound *in =
            table_get(m->handles, hash_number(m, event->handle), &event->handle);
        if (in)
            inbound_forget(m, in);
    } else if (event->kind == COAP_EV_NOTIFICATION) {
        struct exchange *x = by_ticket(m, event->ticket);
        if (x)
            notify_untold(m, x);
    } else if (event->kind == COAP_EV_DAMAGED) {
        struct package *p = package_find(m, event->digest);
        if (p)
            p->is_damaged = p->is_damage_told = false; /* found out again */
    }
}
