/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/bytes.h"

#include <assert.h>
#include <string.h>

const uint8_t *reader_take(struct reader *r, size_t len)
{
    static const uint8_t nothing[1];

    if (r->bad || len > reader_left(r)) {
        r->bad = true;
        r->at = r->end;
        return NULL;
    }
    const uint8_t *taken = r->at ? r->at : nothing;
    if (r->at)
        r->at += len;
    return taken;
}

uint64_t reader_uint(struct reader *r, size_t width)
{
    assert(width >= 1 && width <= 8);
    const uint8_t *bytes = reader_take(r, width);
    uint64_t value = 0;

    for (size_t i = 0; bytes && i < width; i++)
        value = value << 8 | bytes[i];
    return value;
}

uint8_t reader_u8(struct reader *r)
{
    return (uint8_t)reader_uint(r, 1);
}

uint16_t reader_u16(struct reader *r)
{
    return (uint16_t)reader_uint(r, 2);
}

void writer_put(struct writer *w, const void *bytes, size_t len)
{
    if (w->bad || len > (size_t)(w->end - w->at)) {
        w->bad = true;
        return;
    }
    if (len > 0)
        memcpy(w->at, bytes, len);
    w->at += len;
}

void writer_uint(struct writer *w, uint64_t value, size_t width)
{
    uint8_t bytes[8];

    assert(width >= 1 && width <= 8);
    for (size_t i = width; i > 0; i--, value >>= 8)
        bytes[i - 1] = (uint8_t)value;
    writer_put(w, bytes, width);
}

void writer_u8(struct writer *w, uint8_t value)
{
    writer_put(w, &value, 1);
}

void writer_u16(struct writer *w, uint16_t value)
{
    writer_uint(w, value, 2);
}

void writer_text(struct writer *w, const char *text)
{
    writer_put(w, text, strlen(text));
}
