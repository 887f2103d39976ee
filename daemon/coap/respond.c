/* SPDX-License-Identifier: Apache-2.0 */
/* respond.c - our answers: piggybacked while the request is not acknowledged, separate
 * after that, cut into blocks when they are longer than one.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/exchange_internal.h"
#include "daemon/coap/inbound_internal.h"

enum { TAIL_MAX = 1536 }; /* a block and the options of an answer */

struct message reply_head(struct messenger *m, const struct coap_peer *key,
                          const struct message *request, uint8_t code)
{
    struct message head = {MESSAGE_ACK, code, request->mid, request->token,
                           NULL,        0,    NULL,         0};
    if (request->type == MESSAGE_NON) {
        struct peer *p = peer_find(m, key);
        head.type = MESSAGE_NON;
        head.mid = p ? p->next_mid++ : (uint16_t)random_next(&m->jitter);
    }
    return head;
}

void reply_tail(struct messenger *m, const struct coap_peer *key,
                const struct message *head, const uint8_t *tail, size_t len)
{
    struct option_writer w = outbox_begin(m, key, head);
    if (len > 0)
        memcpy(w.at, tail, len);
    w.at += len;
    outbox_end(m, &w);
}

void reply_code(struct messenger *m, const struct coap_peer *key,
                const struct message *request, uint8_t code)
{
    struct message head = reply_head(m, key, request, code);
    reply_tail(m, key, &head, NULL, 0);
}

/* The part of the payload that this answer carries. */
struct slice {
    bool is_block;
    struct block block;
    size_t offset, len;
};

/* @return 0, -1 if the block that was asked for is beyond the end */
static int slice_choose(const struct messenger *m, const struct inbound *in,
                        const struct coap_response *r, struct slice *out)
{
    uint8_t ours = block_szx(m->options.block_bytes);
    uint8_t asked = in->has_block2 ? in->block2.szx : ours;
    uint8_t szx = asked < ours ? asked : ours;
    size_t offset = (size_t)in->block2.num * block_bytes(asked);
    size_t size = block_bytes(szx);
    if (offset >= r->payload_len && offset > 0)
        return -1;
    bool more = r->payload_len - offset > size;
    *out = (struct slice){
        .is_block = more || offset > 0,
        .block = {(uint32_t)(offset >> (szx + 4)), more, szx},
        .offset = offset,
        .len = more ? size : r->payload_len - offset,
    };
    return 0;
}

/* The blocks of one answer belong together: so the same bytes have the same tag. */
static void put_etag(struct option_writer *w, const struct coap_response *r)
{
    static const struct hash_key key = {1, 2};
    uint64_t hash = hash_bytes(&key, r->payload, r->payload_len);
    option_put(w, OPTION_ETAG, &hash, 4);
}

static void put_options(struct option_writer *w, const struct inbound *in,
                        const struct coap_response *r, const struct slice *part)
{
    if (part->is_block)
        put_etag(w, r);
    option_put_split(w, OPTION_LOCATION_PATH, r->location, '/');
    if (r->content_format != COAP_FORMAT_NONE)
        option_put_uint(w, OPTION_CONTENT_FORMAT, (uint32_t)r->content_format);
    if (r->max_age_s >= 0)
        option_put_uint(w, OPTION_MAX_AGE, (uint32_t)r->max_age_s);
    if (part->is_block)
        option_put_block(w, OPTION_BLOCK2, part->block);
    if (in->has_block1)
        option_put_block(w, OPTION_BLOCK1,
                         (struct block){in->block1.num, false, in->block1.szx});
    if (part->is_block)
        option_put_uint(w, OPTION_SIZE2, (uint32_t)r->payload_len);
    if (part->len > 0)
        option_put_payload(w, (const uint8_t *)r->payload + part->offset, part->len);
}

/* @return the code of the answer; its options and payload are in w */
static uint8_t write_tail(const struct messenger *m, const struct inbound *in,
                          const struct coap_response *r, struct option_writer *w)
{
    struct slice part;
    if (slice_choose(m, in, r, &part) != 0)
        return COAP_400_BAD_REQUEST;
    put_options(w, in, r, &part);
    if (!w->bad)
        return r->code;
    *w = option_writer_of(w->start, (size_t)(w->end - w->start));
    return COAP_500_INTERNAL;
}

/* Confirmable on its own, until it is acknowledged. */
static void send_separate(struct messenger *m, struct inbound *in, uint8_t code,
                          const uint8_t *tail, size_t len)
{
    struct exchange *x = coap_exchange_new(m, in->peer, EXCHANGE_SEPARATE);
    if (!x)
        return;
    x->token = in->head.token;
    x->late_code = code;
    x->late_len = len;
    x->late = malloc(len + 1);
    if (!x->late) {
        coap_exchange_free(m, x);
        return;
    }
    memcpy(x->late, tail, len);
    exchange_transmit(m, x);
}

void messenger_respond(struct messenger *m, int64_t now_ms, uint64_t handle,
                       const struct coap_response *response)
{
    uint8_t tail[TAIL_MAX];
    struct option_writer w = option_writer_of(tail, sizeof tail);
    struct inbound *in = table_get(m->handles, hash_number(m, handle), &handle);
    m->now_ms = now_ms;
    if (!in)
        return;
    if (response->code == COAP_EMPTY) {
        inbound_forget(m, in);
        return;
    }
    struct peer *p = in->peer;
    uint8_t code = write_tail(m, in, response, &w);
    size_t len = option_writer_len(&w);
    struct seen *s = seen_find(m, p, in->head.mid, in->hash);
    if (s)
        seen_answer(s, code, tail, len);
    if (in->is_acked) {
        send_separate(m, in, code, tail, len);
    } else {
        struct message head = reply_head(m, &p->key, &in->head, code);
        reply_tail(m, &p->key, &head, tail, len);
    }
    inbound_free(m, in);
    peer_settle(m, p);
}
