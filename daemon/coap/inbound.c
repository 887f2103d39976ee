/* SPDX-License-Identifier: Apache-2.0 */
/* inbound.c - requests of peers: what the message layer answers itself, what has been
 * seen before, and what goes to the core.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/inbound_internal.h"

enum { INBOUND_PER_PEER_MAX = 16 };

/* Our own refusal: RFC 7252 5.4.1 wants silence for non-confirmable ones. */
static void refuse(struct messenger *m, const struct coap_peer *key,
                   const struct message *msg, uint8_t code)
{
    if (msg->type == MESSAGE_CON || code != COAP_402_BAD_OPTION)
        reply_code(m, key, msg, code);
}

static bool has_bad_text(const struct piece *pieces, size_t count, const char *marks)
{
    for (size_t i = 0; i < count; i++)
        for (const char *c = marks;; c++) {
            if (pieces[i].len && memchr(pieces[i].at, *c, pieces[i].len))
                return true;
            if (*c == '\0')
                break;
        }
    return false;
}

/* @return the code that refuses the request, 0 if the core shall see it */
static uint8_t check(const struct message *msg, const struct fields *f)
{
    if (msg->code > COAP_IPATCH)
        return COAP_405_METHOD_NOT_ALLOWED;
    if (f->has_if_match || f->has_if_none_match)
        return COAP_402_BAD_OPTION;
    if (has_bad_text(f->path, f->path_count, "/") ||
        has_bad_text(f->query, f->query_count, ""))
        return COAP_400_BAD_REQUEST;
    return 0;
}

static struct inbound *in_progress(struct peer *p, uint16_t mid, uint32_t hash)
{
    for (struct inbound *in = p->inbounds; in; in = in->next)
        if (in->head.mid == mid && in->hash == hash)
            return in;
    return NULL;
}

/* @return true if msg came before and has been dealt with */
static bool take_repetition(struct messenger *m, struct peer *p,
                            const struct message *msg, uint32_t hash)
{
    struct inbound *in = in_progress(p, msg->mid, hash);
    struct seen *s = in ? NULL : seen_find(m, p, msg->mid, hash);
    if (!in && !s)
        return false;
    m->counters.duplicates++;
    if (in && in->is_acked)
        outbox_empty(m, &p->key, MESSAGE_ACK, msg->mid);
    if (s && s->is_answered && msg->type == MESSAGE_CON) {
        struct message head = reply_head(m, &p->key, msg, s->code);
        reply_tail(m, &p->key, &head, seen_tail(s), s->len);
    }
    return true;
}

static struct inbound *inbound_new(struct messenger *m, struct peer *p,
                                   const struct message *msg, const struct fields *f)
{
    struct inbound *in = calloc(1, sizeof *in);
    if (!in)
        return NULL;
    in->handle = ++m->next_handle;
    if (table_put(m->handles, hash_number(m, in->handle), in) != 0) {
        free(in);
        return NULL;
    }
    in->peer = p;
    in->head = *msg;
    in->head.options = in->head.payload = NULL;
    in->has_block1 = f->has_block1;
    in->has_block2 = f->has_block2;
    in->block1 = f->block1;
    in->block2 = f->block2;
    in->next = p->inbounds;
    p->inbounds = in;
    p->inbound_count++;
    if (msg->type == MESSAGE_CON)
        alarm_set(m, &in->alarm, ALARM_INBOUND, m->options.processing_delay_ms);
    return in;
}

void inbound_free(struct messenger *m, struct inbound *in)
{
    struct inbound **at = &in->peer->inbounds;
    while (*at != in)
        at = &(*at)->next;
    *at = in->next;
    in->peer->inbound_count--;
    wheel_cancel(m->wheel, &in->alarm.timer);
    table_remove(m->handles, hash_number(m, in->handle), &in->handle);
    free(in);
}

void inbound_forget(struct messenger *m, struct inbound *in)
{
    struct peer *p = in->peer;
    struct seen *s = seen_find(m, p, in->head.mid, in->hash);
    if (s)
        seen_forget(s);
    inbound_free(m, in);
    peer_settle(m, p);
}

void inbound_expire(struct messenger *m, struct inbound *in)
{
    in->is_acked = true;
    outbox_empty(m, &in->peer->key, MESSAGE_ACK, in->head.mid);
}

struct origin {
    const struct gather *body; /* NULL: the datagram's own payload */
    uint32_t hash;
};

/* Hand the request to the core. Without memory it is as if it had been lost. */
static void submit(struct messenger *m, struct peer *p, const struct message *msg,
                   const struct fields *f, struct origin from)
{
    const struct assembly *a = from.body ? gather_body(from.body) : NULL;
    struct coap_message *c = a ? content_build(msg, f, a->bytes, a->len)
                               : content_build(msg, f, msg->payload, msg->payload_len);
    struct inbound *in = c ? inbound_new(m, p, msg, f) : NULL;
    if (!in) {
        coap_message_free(c);
        struct seen *s = seen_find(m, p, msg->mid, from.hash);
        if (s)
            seen_forget(s);
        return;
    }
    in->hash = from.hash;
    struct coap_event *ev = event_add(m, COAP_EV_REQUEST, &p->key);
    ev->handle = in->handle;
    ev->message = c;
}

/* One block of a body: answered here until it is the last. */
static void take_block(struct messenger *m, struct peer *p, const struct message *msg,
                       const struct fields *f, struct seen *s)
{
    uint8_t tail[GATHER_TAIL_MAX];
    struct gather *whole = NULL;
    uint8_t code = gather_take(m, p, msg, f, &whole);
    if (whole) {
        submit(m, p, msg, f, (struct origin){whole, s->hash});
        gather_free(m, whole);
    } else if (code == COAP_EMPTY) {
        seen_forget(s);
    } else {
        size_t len = gather_tail(m, f, code, tail);
        struct message head = reply_head(m, &p->key, msg, code);
        reply_tail(m, &p->key, &head, tail, len);
        seen_answer(s, code, tail, len);
    }
}

static void take_new(struct messenger *m, struct peer *p, const struct message *msg,
                     const struct fields *f, uint32_t hash)
{
    if (p->inbound_count >= INBOUND_PER_PEER_MAX)
        return;
    if (msg->code == COAP_GET) {
        submit(m, p, msg, f, (struct origin){NULL, hash});
        return;
    }
    struct seen *s = seen_begin(m, p, msg, hash);
    if (s && f->has_block1)
        take_block(m, p, msg, f, s);
    else if (s)
        submit(m, p, msg, f, (struct origin){NULL, hash});
}

void inbound_take(struct messenger *m, const struct coap_peer *key,
                  const struct message *msg, struct piece datagram)
{
    struct fields f;
    int code = fields_read(msg, &f);
    if (code == 0 && f.path_count > 0 && piece_is(&f.path[0], "p")) {
        package_serve(m, key, msg, &f);
        return;
    }
    if (code == 0)
        code = check(msg, &f);
    if (code != 0) {
        refuse(m, key, msg, (uint8_t)code);
        return;
    }
    struct peer *p = peer_admit(m, key);
    if (!p)
        return;
    uint32_t hash = (uint32_t)hash_bytes(&m->key, datagram.at, datagram.len);
    if (!take_repetition(m, p, msg, hash))
        take_new(m, p, msg, &f, hash);
    peer_settle(m, p);
}
