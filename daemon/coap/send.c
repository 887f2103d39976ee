/* SPDX-License-Identifier: Apache-2.0 */
/* send.c - the bytes of an exchange. Nothing is kept of a message: a repetition is
 * written anew, and comes out the same.
 */
#include <string.h>

#include "daemon/coap/exchange_internal.h"

enum { TOKEN_BYTES = 4 };

static bool is_token_used(const struct peer *p, const struct token *token)
{
    for (const struct exchange *x = p->first; x; x = x->next)
        if (token_equal(&x->token, token))
            return true;
    return false;
}

void exchange_renew_token(struct messenger *m, struct exchange *x)
{
    struct token token = {.len = TOKEN_BYTES};
    do {
        if (m->tokens_left < TOKEN_BYTES) {
            random_fill(m->tokens, sizeof m->tokens);
            m->tokens_left = sizeof m->tokens;
        }
        m->tokens_left -= TOKEN_BYTES;
        memcpy(token.bytes, m->tokens + m->tokens_left, TOKEN_BYTES);
    } while (is_token_used(x->peer, &token));
    x->token = token;
}

/* Once the answer comes in blocks, the body is not sent again (RFC 7959 3.3). */
static bool sends_body(const struct exchange *x)
{
    return !x->is_fetching || x->answer.len == 0;
}

static bool sends_block1(const struct exchange *x)
{
    return x->is_uploading && sends_body(x) && !transfer_is_single(&x->transfer);
}

static void put_observe(const struct exchange *x, struct option_writer *w)
{
    bool starts = x->kind == EXCHANGE_REQUEST && !x->is_fetching &&
                  x->request->observe == COAP_OBSERVE_START;
    if (starts || x->kind == EXCHANGE_FAREWELL)
        option_put_uint(w, OPTION_OBSERVE, starts ? 0 : 1);
}

static void put_format(struct option_writer *w, uint16_t number, int32_t format)
{
    if (format != COAP_FORMAT_NONE)
        option_put_uint(w, number, (uint32_t)format);
}

/* The next block of the answer, or the size that it should have from the start on. */
static void put_block2(const struct messenger *m, const struct exchange *x,
                       struct option_writer *w)
{
    bool reads = x->request->method == COAP_GET || x->request->method == COAP_FETCH;
    bool is_small = x->request->block_bytes || m->options.block_bytes < 1024;
    if (x->is_fetching)
        option_put_block(w, OPTION_BLOCK2,
                         (struct block){
                             .num = (uint32_t)(x->answer.len >> (x->fetch_szx + 4)),
                             .szx = x->fetch_szx,
                         });
    else if (reads && is_small)
        option_put_block(w, OPTION_BLOCK2, (struct block){.szx = x->fetch_szx});
}

static void put_block1(const struct exchange *x, struct option_writer *w)
{
    uint8_t tag[4];
    const struct transfer *t = &x->transfer;
    for (int i = 0; i < 4; i++)
        tag[i] = (uint8_t)(t->tag >> (24 - 8 * i));
    option_put_block(w, OPTION_BLOCK1, transfer_block(t));
    if (t->offset == 0)
        option_put_uint(w, OPTION_SIZE1, (uint32_t)t->size);
    option_put(w, OPTION_REQUEST_TAG, tag, sizeof tag);
}

static void put_payload(struct messenger *m, struct exchange *x,
                        struct option_writer *w)
{
    const struct coap_request *r = x->request;
    if (x->package) {
        uint32_t len = transfer_len(&x->transfer);
        outbox_body(m, w, x->package, x->transfer.offset, len);
        m->counters.blocks_pushed++;
        m->counters.bytes_pushed += len;
    } else if (x->is_uploading)
        option_put_payload(w, (const uint8_t *)r->payload + x->transfer.offset,
                           transfer_len(&x->transfer));
    else
        option_put_payload(w, r->payload, r->payload_len);
}

static void write_request(struct messenger *m, struct exchange *x)
{
    const struct coap_request *r = x->request;
    struct message head = {MESSAGE_CON, r->method, x->mid, x->token, NULL, 0, NULL, 0};
    struct option_writer w = outbox_begin(m, &x->peer->key, &head);
    put_observe(x, &w);
    option_put_split(&w, OPTION_URI_PATH, r->path, '/');
    if (sends_body(x))
        put_format(&w, OPTION_CONTENT_FORMAT, r->content_format);
    option_put_split(&w, OPTION_URI_QUERY, r->query, '&');
    put_format(&w, OPTION_ACCEPT, r->accept);
    put_block2(m, x, &w);
    if (sends_block1(x))
        put_block1(x, &w);
    if (sends_body(x))
        put_payload(m, x, &w);
    outbox_end(m, &w);
}

static void write_late(struct messenger *m, struct exchange *x)
{
    struct message head = {MESSAGE_CON, x->late_code, x->mid, x->token, NULL,
                           0,           NULL,         0};
    struct option_writer w = outbox_begin(m, &x->peer->key, &head);
    memcpy(w.at, x->late, x->late_len);
    w.at += x->late_len;
    outbox_end(m, &w);
}

void exchange_repeat(struct messenger *m, struct exchange *x)
{
    if (x->kind == EXCHANGE_SEPARATE)
        write_late(m, x);
    else
        write_request(m, x);
    alarm_set(m, &x->alarm, ALARM_EXCHANGE, x->timeout_ms);
}

void exchange_transmit(struct messenger *m, struct exchange *x)
{
    int64_t first = m->options.ack_timeout_ms;
    x->mid = x->peer->next_mid++;
    x->repeats = x->refusals = 0;
    x->timeout_ms = (int32_t)random_between(&m->jitter, first,
                                            first * m->options.ack_random_pct / 100);
    x->stage = STAGE_SENT;
    x->sent.blocks++;
    if (x->package)
        x->sent.block_bytes = block_bytes(x->transfer.szx);
    exchange_repeat(m, x);
}
