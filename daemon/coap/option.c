/* SPDX-License-Identifier: Apache-2.0 */
/* option.c - options by libcoap's public functions on plain buffers. */
#include "daemon/coap/option.h"

#include <coap3/coap.h>
#include <errno.h>
#include <string.h>

enum { PAYLOAD_MARKER = 0xff };

bool option_next(struct option_reader *r, struct option *out)
{
    coap_option_t parsed;
    if (r->bad || r->at == r->end || *r->at == PAYLOAD_MARKER)
        return false;
    size_t used = coap_opt_parse(r->at, (size_t)(r->end - r->at), &parsed);
    if (used == 0 || parsed.delta > UINT16_MAX - r->number ||
        parsed.length > UINT16_MAX) {
        r->bad = true;
        return false;
    }
    r->at += used;
    r->number = (uint16_t)(r->number + parsed.delta);
    *out = (struct option){r->number, (uint16_t)parsed.length, parsed.value};
    return true;
}

uint32_t option_uint(const struct option *o)
{
    return coap_decode_var_bytes(o->value, o->len);
}

void option_put(struct option_writer *w, uint16_t number, const void *value, size_t len)
{
    size_t room = (size_t)(w->end - w->at);
    if (w->bad || number < w->number || room == 0) {
        w->bad = true;
        return;
    }
    size_t used =
        coap_opt_encode(w->at, room, (uint16_t)(number - w->number), value, len);
    w->bad = used == 0;
    w->at += used;
    w->number = number;
}

void option_put_uint(struct option_writer *w, uint16_t number, uint32_t value)
{
    uint8_t bytes[4];
    unsigned int len = coap_encode_var_safe(bytes, sizeof bytes, value);
    option_put(w, number, bytes, len);
}

void option_put_split(struct option_writer *w, uint16_t number, const char *text,
                      char mark)
{
    while (text && *text) {
        size_t len = strcspn(text, (const char[]){mark, '\0'});
        if (len > 0)
            option_put(w, number, text, len);
        text += len;
        text += *text == mark;
    }
}

void option_put_payload(struct option_writer *w, const void *payload, size_t len)
{
    if (w->bad || len == 0)
        return;
    if (len >= (size_t)(w->end - w->at)) {
        w->bad = true;
        return;
    }
    *w->at++ = PAYLOAD_MARKER;
    memcpy(w->at, payload, len);
    w->at += len;
}

uint8_t block_szx(size_t bytes)
{
    uint8_t szx = 0;
    while (szx < BLOCK_SZX_MAX && block_bytes((uint8_t)(szx + 1)) <= bytes)
        szx++;
    return szx;
}

int block_read(const struct option *o, struct block *out)
{
    uint32_t value = option_uint(o);
    if (o->len > 3 || (value & 7) > BLOCK_SZX_MAX)
        return -EBADMSG;
    *out = (struct block){value >> 4, (value & 8) != 0, value & 7};
    return 0;
}

void option_put_block(struct option_writer *w, uint16_t number, struct block b)
{
    option_put_uint(w, number, b.num << 4 | (uint32_t)b.more << 3 | b.szx);
}
