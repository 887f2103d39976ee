/* SPDX-License-Identifier: Apache-2.0 */
/* peer.c - peers come with the first thing to keep and go with the last. */
#include <stdlib.h>

#include "daemon/coap/exchange_internal.h"
#include "daemon/coap/inbound_internal.h"

static uint64_t hash_peer(const struct messenger *m, const struct coap_peer *key)
{
    return hash_bytes(&m->key, key, sizeof *key);
}

struct peer *peer_find(struct messenger *m, const struct coap_peer *key)
{
    return table_get(m->peers, hash_peer(m, key), key);
}

struct peer *peer_need(struct messenger *m, const struct coap_peer *key)
{
    struct peer *p = peer_find(m, key);
    if (p)
        return p;
    p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->key = *key;
    p->next_mid = (uint16_t)random_next(&m->jitter);
    if (table_put(m->peers, hash_peer(m, key), p) != 0) {
        free(p);
        return NULL;
    }
    return p;
}

struct peer *peer_admit(struct messenger *m, const struct coap_peer *key)
{
    struct peer *p = peer_find(m, key);

    if (p || table_count(m->peers) >= m->options.peers_max)
        return p;
    return peer_need(m, key);
}

void peer_keep(struct messenger *m, struct peer *p, int64_t for_ms)
{
    if (m->now_ms + for_ms > p->keep_until_ms)
        p->keep_until_ms = m->now_ms + for_ms;
}

void peer_settle(struct messenger *m, struct peer *p)
{
    if (p->first || p->inbounds || p->gathers)
        return;
    if (p->keep_until_ms <= m->now_ms)
        peer_free(m, p);
    else if (!wheel_is_set(&p->alarm.timer)) /* keep_until_ms only grows */
        alarm_set(m, &p->alarm, ALARM_PEER, p->keep_until_ms - m->now_ms);
}

void peer_free(struct messenger *m, struct peer *p)
{
    while (p->first)
        coap_exchange_free(m, p->first);
    while (p->inbounds)
        inbound_free(m, p->inbounds);
    while (p->gathers)
        gather_free(m, p->gathers);
    for (size_t i = 0; i < SEEN_MAX; i++)
        seen_forget(&p->seen[i]);
    free(p->download);
    wheel_cancel(m->wheel, &p->alarm.timer);
    table_remove(m->peers, hash_peer(m, &p->key), &p->key);
    free(p);
}
