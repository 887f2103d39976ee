/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.h - reading and writing bytes with bounds; the first error sticks.
 *
 * After an error every read gives 0 or NULL and every write does nothing, so a codec
 * checks .bad once at its end.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
    const uint8_t *at, *end;
    bool bad; /* something was asked for that is not there */
};

static inline struct reader reader_of(const void *bytes, size_t len)
{
    return (struct reader){.at = bytes,
                           .end = bytes ? (const uint8_t *)bytes + len : 0};
}

static inline size_t reader_left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

/** Big-endian, width 1..8 bytes. */
uint64_t reader_uint(struct reader *r, size_t width);
uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r);

/** @return len bytes inside the buffer, borrowed; NULL and .bad if they are not there
 */
const uint8_t *reader_take(struct reader *r, size_t len);

struct writer {
    uint8_t *start, *at, *end;
    bool bad; /* did not fit */
};

static inline struct writer writer_of(void *bytes, size_t size)
{
    return (struct writer){.start = bytes, .at = bytes, .end = (uint8_t *)bytes + size};
}

static inline size_t writer_len(const struct writer *w)
{
    return (size_t)(w->at - w->start);
}

void writer_uint(struct writer *w, uint64_t value, size_t width);
void writer_u8(struct writer *w, uint8_t value);
void writer_u16(struct writer *w, uint16_t value);
void writer_put(struct writer *w, const void *bytes, size_t len);
void writer_text(struct writer *w, const char *text);
