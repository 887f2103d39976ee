/* SPDX-License-Identifier: Apache-2.0 */
/* seen.c - the last requests of a peer that must not be carried out twice, each with
 * its answer (RFC 7252 4.5). A repetition is the same datagram: a device that restarts
 * and counts its message ids from the start again is not taken for one.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/inbound_internal.h"

const uint8_t *seen_tail(const struct seen *s)
{
    return s->len > sizeof s->inside ? s->outside : s->inside;
}

void seen_forget(struct seen *s)
{
    if (s->len > sizeof s->inside)
        free(s->outside);
    *s = (struct seen){.until_ms = 0};
}

struct seen *seen_find(struct messenger *m, struct peer *p, uint16_t mid, uint32_t hash)
{
    for (size_t i = 0; i < SEEN_MAX; i++) {
        struct seen *s = &p->seen[i];
        if (s->until_ms > m->now_ms && s->mid == mid && s->hash == hash)
            return s;
    }
    return NULL;
}

/* The oldest record that is free, out of date or answered; one in progress stays. */
static struct seen *place(struct messenger *m, struct peer *p)
{
    for (size_t n = 0; n < SEEN_MAX; n++) {
        struct seen *s = &p->seen[p->seen_next];
        p->seen_next = (uint8_t)((p->seen_next + 1) % SEEN_MAX);
        if (s->is_answered || s->until_ms <= m->now_ms)
            return s;
    }
    return NULL;
}

struct seen *seen_begin(struct messenger *m, struct peer *p, const struct message *msg,
                        uint32_t hash)
{
    struct seen *s = place(m, p);
    if (!s)
        return NULL;
    int32_t life = msg->type == MESSAGE_CON ? m->options.exchange_lifetime_ms
                                            : m->options.non_lifetime_ms;
    seen_forget(s);
    *s = (struct seen){.until_ms = m->now_ms + life, .hash = hash, .mid = msg->mid};
    peer_keep(m, p, life);
    return s;
}

void seen_answer(struct seen *s, uint8_t code, const uint8_t *tail, size_t len)
{
    uint8_t *to = s->inside;
    if (len > sizeof s->inside) {
        to = malloc(len);
        if (!to) {
            seen_forget(s);
            return;
        }
        s->outside = to;
    }
    if (len > 0)
        memcpy(to, tail, len);
    s->len = (uint16_t)len;
    s->code = code;
    s->is_answered = true;
}
