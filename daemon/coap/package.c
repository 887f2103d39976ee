/* SPDX-License-Identifier: Apache-2.0 */
/* package.c - published packages: served at /p/<digest> at any block, without any state
 * (RFC 7959 2.4; standards.md 6.4), and read by pushes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/exchange_internal.h"
#include "daemon/coap/inbound_internal.h"

enum { DIGEST_LEN = COAP_DIGEST_MAX - 1, MAX_AGE_S = 86400 };

/* A damaged package is replaced by an operator; its devices ask again meanwhile. */
enum { RETRY_AFTER_S = 10 };

static uint64_t hash_digest(const struct messenger *m, const char *digest)
{
    return hash_bytes(&m->key, digest, DIGEST_LEN);
}

/* @return -1: not a digit */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_digest(const char *digest)
{
    size_t n = 0;
    while (n < DIGEST_LEN && hex_value(digest[n]) >= 0)
        n++;
    return n == DIGEST_LEN && digest[n] == '\0';
}

struct package *package_find(const struct messenger *m, const char *digest)
{
    return strlen(digest) == DIGEST_LEN
               ? table_get(m->packages, hash_digest(m, digest), digest)
               : NULL;
}

int messenger_publish(struct messenger *m, const char *digest, const void *bytes,
                      uint64_t size)
{
    if (!is_digest(digest))
        return -EINVAL;
    struct package *known = package_find(m, digest);
    if (known)
        return known->withdraw_ticket ? -EBUSY : 0;
    struct package *p = calloc(1, sizeof *p);
    if (!p)
        return -ENOMEM;
    memcpy(p->digest, digest, sizeof p->digest);
    for (size_t i = 0; i < sizeof p->etag; i++)
        p->etag[i] =
            (uint8_t)(hex_value(digest[2 * i]) * 16 + hex_value(digest[2 * i + 1]));
    p->bytes = bytes;
    p->size = size;
    if (table_put(m->packages, hash_digest(m, digest), p) != 0) {
        free(p);
        return -ENOMEM;
    }
    return 0;
}

void package_use(struct package *p, struct exchange *x)
{
    x->package = p;
    x->package_next = p->users;
    if (p->users)
        p->users->package_prev = x;
    p->users = x;
}

void package_unuse(struct exchange *x)
{
    if (!x->package)
        return;
    *(x->package_prev ? &x->package_prev->package_next : &x->package->users) =
        x->package_next;
    if (x->package_next)
        x->package_next->package_prev = x->package_prev;
    x->package = NULL;
}

static struct coap_event *tell(struct messenger *m, enum coap_event_kind kind,
                               const char *digest)
{
    struct coap_event *ev = event_add(m, kind, NULL);
    snprintf(ev->digest, sizeof ev->digest, "%s", digest);
    return ev;
}

/* Put p on the list of those whose pushes must end. */
static void drain_later(struct messenger *m, struct package *p)
{
    if (p->is_draining)
        return;
    p->is_draining = true;
    p->next_draining = m->draining;
    m->draining = p;
}

void messenger_withdraw(struct messenger *m, const char *digest, uint64_t ticket)
{
    struct package *p = package_find(m, digest);
    if (!p || p->withdraw_ticket) {
        tell(m, COAP_EV_WITHDRAWN, digest)->ticket = ticket;
        return;
    }
    p->withdraw_ticket = ticket;
    outbox_drop_package(m, p);
    drain_later(m, p);
}

void package_damaged(struct messenger *m, struct package *p)
{
    p->is_damaged = true;
    drain_later(m, p);
}

static void release(struct messenger *m, struct package *p)
{
    tell(m, COAP_EV_WITHDRAWN, p->digest)->ticket = p->withdraw_ticket;
    table_remove(m->packages, hash_digest(m, p->digest), p->digest);
    free(p);
}

static void drain_one(struct messenger *m, struct package *p)
{
    if (p->is_damaged && !p->is_damage_told) {
        tell(m, COAP_EV_DAMAGED, p->digest);
        p->is_damage_told = true;
        return;
    }
    if (p->users) {
        struct peer *peer = p->users->peer;
        exchange_fail(m, p->users, COAP_NO_PACKAGE);
        peer_settle(m, peer);
        return;
    }
    m->draining = p->next_draining;
    p->is_draining = false;
    if (p->withdraw_ticket)
        release(m, p);
}

void package_drain(struct messenger *m)
{
    while (m->draining && messenger_has_room(m))
        drain_one(m, m->draining);
}

static bool has_etag(const struct piece *etags, size_t count, const struct package *p)
{
    for (size_t i = 0; i < count; i++)
        if (etags[i].len == sizeof p->etag &&
            memcmp(etags[i].at, p->etag, sizeof p->etag) == 0)
            return true;
    return false;
}

/* @return the package's answer without a block, or 0 if a block is to be sent */
static uint8_t check(const struct package *p, const struct message *msg,
                     const struct fields *f)
{
    if (!p || p->withdraw_ticket)
        return COAP_404_NOT_FOUND; /* whatever the method */
    if (msg->code != COAP_GET)
        return COAP_405_METHOD_NOT_ALLOWED;
    if (p->is_damaged)
        return COAP_503_UNAVAILABLE;
    if (f->has_if_none_match)
        return COAP_412_PRECONDITION_FAILED;
    if (f->has_if_match && !has_etag(f->if_match, f->if_match_count, p))
        return COAP_412_PRECONDITION_FAILED;
    if (f->accept != COAP_FORMAT_NONE && f->accept != COAP_FORMAT_OPAQUE)
        return COAP_406_NOT_ACCEPTABLE;
    return has_etag(f->etag, f->etag_count, p) ? COAP_203_VALID : 0;
}

static struct package *by_path(const struct messenger *m, const struct fields *f)
{
    char digest[COAP_DIGEST_MAX];
    if (f->path_count != 2 || f->path[1].len != DIGEST_LEN)
        return NULL;
    memcpy(digest, f->path[1].at, DIGEST_LEN);
    digest[DIGEST_LEN] = '\0';
    return package_find(m, digest);
}

/* Our size, or the smallest whose block numbers reach the end of the package. */
static uint8_t own_szx(const struct messenger *m, const struct package *p)
{
    uint8_t szx = block_szx(m->options.block_bytes);

    while (szx < BLOCK_SZX_MAX && !transfer_fits(p->size, szx))
        szx++;
    return szx;
}

/* The block that was asked for, in our size if that is smaller. */
static struct block choose(const struct messenger *m, const struct package *p,
                           const struct fields *f, uint64_t *offset)
{
    uint8_t ours = own_szx(m, p);
    uint8_t asked = f->has_block2 ? f->block2.szx : ours;
    uint8_t szx = asked < ours ? asked : ours;
    *offset = (uint64_t)f->block2.num * block_bytes(asked);
    return (struct block){
        .num = (uint32_t)(*offset >> (szx + 4)),
        .more = *offset + block_bytes(szx) < p->size,
        .szx = szx,
    };
}

static void send_block(struct messenger *m, const struct coap_peer *key,
                       const struct message *head, struct package *p, struct block b)
{
    uint64_t offset = (uint64_t)b.num * block_bytes(b.szx);
    size_t len = b.more ? block_bytes(b.szx) : (size_t)(p->size - offset);
    struct option_writer w = outbox_begin(m, key, head);
    option_put(&w, OPTION_ETAG, p->etag, sizeof p->etag);
    option_put_uint(&w, OPTION_CONTENT_FORMAT, COAP_FORMAT_OPAQUE);
    option_put_uint(&w, OPTION_MAX_AGE, MAX_AGE_S);
    option_put_block(&w, OPTION_BLOCK2, b);
    option_put_uint(&w, OPTION_SIZE2, (uint32_t)p->size);
    outbox_body(m, &w, p, offset, len);
    outbox_end(m, &w);
    m->counters.blocks_served++;
    m->counters.bytes_served += len;
}

static const struct piece *device_query(const struct fields *f)
{
    for (size_t i = 0; i < f->query_count; i++)
        if (f->query[i].len > 2 && memcmp(f->query[i].at, "d=", 2) == 0)
            return &f->query[i];
    return NULL;
}

/* An answer about the package without any of its bytes. */
static void send_code(struct messenger *m, const struct coap_peer *key,
                      const struct message *head, const struct package *p)
{
    struct option_writer w = outbox_begin(m, key, head);
    if (head->code == COAP_203_VALID) {
        option_put(&w, OPTION_ETAG, p->etag, sizeof p->etag);
        option_put_uint(&w, OPTION_MAX_AGE, MAX_AGE_S);
    } else if (head->code == COAP_503_UNAVAILABLE) {
        option_put_uint(&w, OPTION_MAX_AGE, RETRY_AFTER_S);
    }
    outbox_end(m, &w);
}

void package_serve(struct messenger *m, const struct coap_peer *key,
                   const struct message *msg, const struct fields *f)
{
    struct package *p = by_path(m, f);
    struct message head = reply_head(m, key, msg, COAP_205_CONTENT);
    uint64_t offset = 0;
    uint8_t code = check(p, msg, f);
    m->counters.package_gets += msg->code == COAP_GET;
    struct block b = {.num = 0};
    if (code == 0) {
        b = choose(m, p, f, &offset);
        if (offset >= p->size && offset > 0)
            code = COAP_400_BAD_REQUEST;
    }
    if (code != 0) {
        head.code = code;
        send_code(m, key, &head, p);
        return;
    }
    send_block(m, key, &head, p, b);
    const struct piece *device = device_query(f);
    if (device)
        served_note(m, key, p, device, b);
}
