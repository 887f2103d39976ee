/* SPDX-License-Identifier: Apache-2.0 */
/* fields.h - what the options of a message mean, in one pass. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/coap/message.h"

enum {
    FIELDS_PATH_MAX = 16,  /* segments of Uri-Path or Location-Path */
    FIELDS_QUERY_MAX = 32, /* Uri-Query options */
    FIELDS_ETAG_MAX = 4,   /* more are ignored */
};

/** A piece of the datagram; not NUL-terminated. */
struct piece {
    const uint8_t *at;
    uint16_t len;
};

struct fields {
    size_t path_count, query_count, etag_count;
    int32_t content_format, accept; /* -1: absent */
    int64_t max_age_s;              /* -1: absent */
    int64_t size1, size2;           /* -1: absent */
    uint32_t observe;               /* 24 bits, if has_observe */
    bool has_observe, has_block1, has_block2;
    bool has_if_match, has_if_none_match;
    struct block block1, block2;
    struct piece request_tag; /* len 0: absent or empty */
    struct piece path[FIELDS_PATH_MAX];
    struct piece query[FIELDS_QUERY_MAX];
    struct piece etag[FIELDS_ETAG_MAX];
    struct piece if_match[FIELDS_ETAG_MAX]; /* if_match_count of them */
    size_t if_match_count;
};

/**
 * Read all options of m. Unknown elective options are ignored, and so are known ones of
 * a wrong length or repeated when they may not be (RFC 7252 5.4).
 *
 * @return 0; else the code that refuses the message: 4.02 a critical option that is
 *         unknown or wrong, 4.00 a block option of size 7 or too many path segments or
 *         queries, 5.05 a request for a proxy
 */
[[nodiscard]] int fields_read(const struct message *m, struct fields *out);

/** @return true if p is exactly the text */
bool piece_is(const struct piece *p, const char *text);
