/* SPDX-License-Identifier: Apache-2.0 */
/* gather.c - bodies that peers send us by Block1 (RFC 7959 2.5, RFC 9175 3). Bounded in
 * size, per peer and in all: the body that waited longest for its next block makes
 * room, so that many that are begun and left keep nobody out.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/inbound_internal.h"

enum { GATHERS_PER_PEER_MAX = 2 };

struct gather {
    struct gather *next;
    struct gather *older, *newer; /* of all peers, by their last block */
    struct peer *peer;
    struct alarm alarm;
    uint64_t key; /* hash of what all blocks have in common */
    struct assembly body;
};

const struct assembly *gather_body(const struct gather *g)
{
    return &g->body;
}

static void age_remove(struct messenger *m, struct gather *g)
{
    *(g->older ? &g->older->newer : &m->gather_oldest) = g->newer;
    *(g->newer ? &g->newer->older : &m->gather_newest) = g->older;
    g->older = g->newer = NULL;
}

static void age_append(struct messenger *m, struct gather *g)
{
    g->older = m->gather_newest;
    *(g->older ? &g->older->newer : &m->gather_oldest) = g;
    m->gather_newest = g;
}

void gather_free(struct messenger *m, struct gather *g)
{
    struct gather **at = &g->peer->gathers;
    while (*at != g)
        at = &(*at)->next;
    *at = g->next;
    age_remove(m, g);
    m->gather_count--;
    wheel_cancel(m->wheel, &g->alarm.timer);
    assembly_clear(&g->body);
    free(g);
}

void gather_expire(struct messenger *m, struct alarm *a)
{
    struct gather *g = WHEEL_OWNER(a, struct gather, alarm);
    struct peer *p = g->peer;
    gather_free(m, g);
    peer_settle(m, p);
}

static uint64_t mix(uint64_t hash, const struct messenger *m, const void *bytes,
                    size_t len)
{
    return hash * 31 + hash_bytes(&m->key, len ? bytes : "", len) + len;
}

static uint64_t key_of(const struct messenger *m, const struct message *msg,
                       const struct fields *f)
{
    uint64_t hash = mix(msg->code, m, &f->content_format, sizeof f->content_format);
    for (size_t i = 0; i < f->path_count; i++)
        hash = mix(hash, m, f->path[i].at, f->path[i].len);
    hash = mix(hash, m, "?", 1);
    for (size_t i = 0; i < f->query_count; i++)
        hash = mix(hash, m, f->query[i].at, f->query[i].len);
    return mix(hash, m, f->request_tag.at, f->request_tag.len);
}

static struct gather *find(struct peer *p, uint64_t key)
{
    struct gather *g = p->gathers;
    while (g && g->key != key)
        g = g->next;
    return g;
}

/* The newest stands first, so the last one of too many is the oldest. */
static struct gather *too_many(const struct peer *p)
{
    struct gather *g = p->gathers;
    for (size_t n = 1; g && n < GATHERS_PER_PEER_MAX; n++)
        g = g->next;
    return g;
}

/* p is settled by who looks at its message. */
static void make_room(struct messenger *m, const struct peer *p)
{
    while (m->gather_oldest && m->gather_count >= m->options.bodies_max) {
        struct gather *oldest = m->gather_oldest;
        struct peer *other = oldest->peer;
        gather_free(m, oldest);
        assert(m->gather_oldest != oldest);
        if (other != p)
            peer_settle(m, other);
    }
}

static struct gather *begin(struct messenger *m, struct peer *p, uint64_t key)
{
    struct gather *oldest = too_many(p);
    if (oldest)
        gather_free(m, oldest);
    make_room(m, p);
    struct gather *g = calloc(1, sizeof *g);
    if (!g)
        return NULL;
    g->key = key;
    g->peer = p;
    g->next = p->gathers;
    p->gathers = g;
    age_append(m, g);
    m->gather_count++;
    return g;
}

size_t gather_tail(const struct messenger *m, const struct fields *f, uint8_t code,
                   uint8_t tail[static GATHER_TAIL_MAX])
{
    struct option_writer w = option_writer_of(tail, GATHER_TAIL_MAX);
    uint8_t ours = block_szx(m->options.block_bytes);
    struct block echo = f->block1;
    if (echo.szx > ours)
        echo.szx = ours;
    if (code == COAP_231_CONTINUE)
        option_put_block(&w, OPTION_BLOCK1, echo);
    if (code == COAP_413_TOO_LARGE)
        option_put_uint(&w, OPTION_SIZE1, m->options.body_max_bytes);
    return option_writer_len(&w);
}

/* @return the code of the answer to this block; 0 if the body is whole */
static uint8_t add(struct messenger *m, struct gather *g, const struct message *msg,
                   const struct fields *f)
{
    int rc = assembly_add(&g->body, f->block1, msg->payload, msg->payload_len,
                          m->options.body_max_bytes);
    switch (rc) {
    case 0:
    case ASSEMBLY_E_AGAIN:
        return f->block1.more ? COAP_231_CONTINUE : 0;
    case ASSEMBLY_E_GAP:
        return COAP_408_INCOMPLETE;
    case ASSEMBLY_E_SIZE:
        return COAP_400_BAD_REQUEST;
    case ASSEMBLY_E_LIMIT:
        return COAP_413_TOO_LARGE;
    default:
        return COAP_500_INTERNAL;
    }
}

uint8_t gather_take(struct messenger *m, struct peer *p, const struct message *msg,
                    const struct fields *f, struct gather **whole)
{
    uint64_t key = key_of(m, msg, f);
    struct gather *g = find(p, key);
    if (f->size1 > m->options.body_max_bytes)
        return COAP_413_TOO_LARGE;
    if (f->block1.num == 0) {
        if (g)
            assembly_clear(&g->body);
        else
            g = begin(m, p, key);
        if (!g)
            return COAP_EMPTY;
    }
    if (!g)
        return COAP_408_INCOMPLETE;
    age_remove(m, g);
    age_append(m, g);
    uint8_t code = add(m, g, msg, f);
    if (code == 0)
        *whole = g;
    else if (code == COAP_231_CONTINUE || code == COAP_408_INCOMPLETE)
        alarm_set(m, &g->alarm, ALARM_GATHER, m->options.body_timeout_ms);
    else
        gather_free(m, g);
    return code;
}
