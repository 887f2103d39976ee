/* SPDX-License-Identifier: Apache-2.0 */
/* message.c - header and token are ours, options are option.c's. */
#include "daemon/coap/message.h"

#include <string.h>

#include "daemon/coap/code.h"

enum { VERSION = 1 };

/* Find the payload behind well-formed options. */
static int split_options(struct message *m, const uint8_t *at, size_t len)
{
    struct option_reader r = option_reader_of(at, len);
    struct option o;
    while (option_next(&r, &o))
        ;
    if (r.bad)
        return MESSAGE_E_FORMAT;
    m->options = at;
    m->options_len = (size_t)(r.at - at);
    if (r.at == r.end)
        return 0;
    m->payload = r.at + 1;
    m->payload_len = (size_t)(r.end - m->payload);
    return m->payload_len ? 0 : MESSAGE_E_FORMAT;
}

/* Classes 1, 6 and 7 mean nothing over UDP (RFC 7252 4.2, 5.1). */
static bool is_known_class(uint8_t code)
{
    unsigned class = coap_code_class(code);
    return class == 0 || class == 2 || class == 4 || class == 5;
}

int message_parse(const uint8_t *bytes, size_t len, struct message *out)
{
    if (len < MESSAGE_HEADER_BYTES || bytes[0] >> 6 != VERSION)
        return MESSAGE_E_IGNORE;
    *out = (struct message){
        .type = (enum message_type)(bytes[0] >> 4 & 3),
        .code = bytes[1],
        .mid = (uint16_t)(bytes[2] << 8 | bytes[3]),
        .token.len = bytes[0] & 15,
        .options = bytes,
    };
    size_t head = MESSAGE_HEADER_BYTES + (size_t)out->token.len;
    if (out->token.len > MESSAGE_TOKEN_MAX || head > len) {
        out->token.len = 0;
        return MESSAGE_E_FORMAT;
    }
    if (out->code == COAP_EMPTY)
        return len == MESSAGE_HEADER_BYTES ? 0 : MESSAGE_E_FORMAT;
    if (!is_known_class(out->code))
        return MESSAGE_E_FORMAT;
    memcpy(out->token.bytes, bytes + MESSAGE_HEADER_BYTES, out->token.len);
    return split_options(out, bytes + head, len - head);
}

struct option_writer message_begin(uint8_t *bytes, size_t size, const struct message *m)
{
    struct option_writer w = option_writer_of(bytes, size);
    bytes[0] = (uint8_t)(VERSION << 6 | (int)m->type << 4 | m->token.len);
    bytes[1] = m->code;
    bytes[2] = (uint8_t)(m->mid >> 8);
    bytes[3] = (uint8_t)m->mid;
    memcpy(bytes + MESSAGE_HEADER_BYTES, m->token.bytes, m->token.len);
    w.at += MESSAGE_HEADER_BYTES + m->token.len;
    return w;
}

size_t message_empty(uint8_t bytes[static MESSAGE_HEADER_BYTES], enum message_type type,
                     uint16_t mid)
{
    bytes[0] = (uint8_t)(VERSION << 6 | (int)type << 4);
    bytes[1] = COAP_EMPTY;
    bytes[2] = (uint8_t)(mid >> 8);
    bytes[3] = (uint8_t)mid;
    return MESSAGE_HEADER_BYTES;
}

bool token_equal(const struct token *a, const struct token *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}
