/* SPDX-License-Identifier: Apache-2.0 */
/* option.h - reading and writing CoAP options on plain buffers (RFC 7252 3.1,
 * 7959 2.2). The encoding itself is libcoap's; option.c is the only file that includes
 * it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_number {
    OPTION_IF_MATCH = 1,
    OPTION_URI_HOST = 3,
    OPTION_ETAG = 4,
    OPTION_IF_NONE_MATCH = 5,
    OPTION_OBSERVE = 6,
    OPTION_URI_PORT = 7,
    OPTION_LOCATION_PATH = 8,
    OPTION_URI_PATH = 11,
    OPTION_CONTENT_FORMAT = 12,
    OPTION_MAX_AGE = 14,
    OPTION_URI_QUERY = 15,
    OPTION_ACCEPT = 17,
    OPTION_LOCATION_QUERY = 20,
    OPTION_BLOCK2 = 23,
    OPTION_BLOCK1 = 27,
    OPTION_SIZE2 = 28,
    OPTION_PROXY_URI = 35,
    OPTION_PROXY_SCHEME = 39,
    OPTION_SIZE1 = 60,
    OPTION_REQUEST_TAG = 292,
};

struct option {
    uint16_t number;
    uint16_t len;
    const uint8_t *value; /* inside the datagram */
};

struct option_reader {
    const uint8_t *at, *end;
    uint16_t number;
    bool bad; /* not well-formed; no more options come */
};

/** Bytes after the token. */
static inline struct option_reader option_reader_of(const uint8_t *bytes, size_t len)
{
    return (struct option_reader){.at = bytes, .end = bytes + len};
}

/**
 * Take the next option.
 *
 * @return false at the end, at the payload marker (r->at stays on it), or when r->bad
 */
bool option_next(struct option_reader *r, struct option *out);

/** @return the value of an uint option; more than 4 bytes keep the low ones */
uint32_t option_uint(const struct option *o);

struct option_writer {
    uint8_t *start, *at, *end;
    uint16_t number; /* of the last option; the next may not be smaller */
    bool bad;        /* did not fit; nothing is written any more */
};

static inline struct option_writer option_writer_of(uint8_t *bytes, size_t size)
{
    return (struct option_writer){.start = bytes, .at = bytes, .end = bytes + size};
}

static inline size_t option_writer_len(const struct option_writer *w)
{
    return (size_t)(w->at - w->start);
}

void option_put(struct option_writer *w, uint16_t number, const void *value,
                size_t len);
void option_put_uint(struct option_writer *w, uint16_t number, uint32_t value);

/** One option per segment of text, parted by mark; empty segments are left out. */
void option_put_split(struct option_writer *w, uint16_t number, const char *text,
                      char mark);

/** Marker and payload; nothing when len is 0. */
void option_put_payload(struct option_writer *w, const void *payload, size_t len);

/** The value of Block1 and Block2. */
struct block {
    uint32_t num; /* 0..1048575 */
    bool more;
    uint8_t szx; /* size is 16 << szx; 7 is reserved */
};

enum { BLOCK_SZX_MAX = 6, BLOCK_NUM_MAX = 0xfffff };

static inline size_t block_bytes(uint8_t szx)
{
    return (size_t)16 << szx;
}

/** @return the largest SZX whose size is at most bytes; 0 for less than 16 */
uint8_t block_szx(size_t bytes);

/** @return 0, -EBADMSG: longer than 3 bytes or SZX 7 */
[[nodiscard]] int block_read(const struct option *o, struct block *out);

void option_put_block(struct option_writer *w, uint16_t number, struct block b);
