/* SPDX-License-Identifier: Apache-2.0 */
/* served.c - how far a device has come with the package it fetches, if its GET says by
 * Uri-Query d which device it is. Kept with the peer, told at a limited rate.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/messenger_internal.h"

struct download {
    char digest[COAP_DIGEST_MAX];
    char device[COAP_DEVICE_MAX];
    bool is_told_whole;
    uint64_t end; /* of the furthest block that was sent */
    struct coap_sent sent;
    int64_t tell_ms;
};

static bool device_of(const struct piece *query, char device[COAP_DEVICE_MAX])
{
    size_t len = (size_t)query->len - 2; /* behind "d=" */
    if (len >= COAP_DEVICE_MAX || memchr(query->at, 0, query->len))
        return false;
    memcpy(device, query->at + 2, len);
    memset(device + len, 0, COAP_DEVICE_MAX - len);
    return true;
}

static struct download *begin(struct peer *p, const char *digest, const char *device)
{
    struct download *d = p->download;
    if (d && strcmp(d->digest, digest) == 0 && strcmp(d->device, device) == 0)
        return d;
    if (!d)
        d = p->download = malloc(sizeof *d);
    if (d) {
        *d = (struct download){.end = 0};
        memcpy(d->digest, digest, sizeof d->digest);
        memcpy(d->device, device, sizeof d->device);
    }
    return d;
}

static void note(struct messenger *m, const struct package *p, struct peer *peer,
                 struct download *d, struct block b)
{
    uint64_t end = b.more ? (b.num + UINT64_C(1)) * block_bytes(b.szx) : p->size;
    if (end > d->end) {
        d->end = end;
        d->sent.blocks++;
    } else {
        d->sent.repeats++;
    }
    d->sent.block_bytes = block_bytes(b.szx);
    bool is_whole = end == p->size && !d->is_told_whole;
    if (m->now_ms < d->tell_ms && !is_whole)
        return;
    d->is_told_whole |= is_whole;
    d->tell_ms = m->now_ms + PROGRESS_EVERY_MS;
    struct coap_event *ev = event_add(m, COAP_EV_SERVED, &peer->key);
    ev->bytes = d->end;
    ev->total = p->size;
    ev->is_whole = d->is_told_whole;
    ev->sent = d->sent;
    memcpy(ev->digest, d->digest, sizeof ev->digest);
    memcpy(ev->device, d->device, sizeof ev->device);
}

void served_note(struct messenger *m, const struct coap_peer *key,
                 const struct package *p, const struct piece *query, struct block b)
{
    char device[COAP_DEVICE_MAX];
    struct peer *peer = device_of(query, device) ? peer_admit(m, key) : NULL;
    if (!peer)
        return;
    struct download *d = begin(peer, p->digest, device);
    if (d)
        note(m, p, peer, d, b);
    peer_keep(m, peer, m->options.body_timeout_ms);
    peer_settle(m, peer);
}
