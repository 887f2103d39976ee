/* SPDX-License-Identifier: Apache-2.0 */
/* message.h - the four-byte header, token and payload of a message (RFC 7252 3). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "daemon/coap/option.h"

enum message_type { MESSAGE_CON, MESSAGE_NON, MESSAGE_ACK, MESSAGE_RST };

enum { MESSAGE_TOKEN_MAX = 8, MESSAGE_HEADER_BYTES = 4 };

struct token {
    uint8_t len;
    uint8_t bytes[MESSAGE_TOKEN_MAX]; /* zero after len */
};

struct message {
    enum message_type type;
    uint8_t code;
    uint16_t mid;
    struct token token;
    const uint8_t *options; /* inside the datagram */
    size_t options_len;     /* without the payload marker */
    const uint8_t *payload;
    size_t payload_len;
};

/** Positive returns of message_parse(). */
enum {
    MESSAGE_E_IGNORE =
        1,            /* too short for a header, or of another version: say nothing */
    MESSAGE_E_FORMAT, /* out->type and out->mid are set: reset it if confirmable */
};

/**
 * Take a datagram apart. Every option is checked to be well-formed.
 *
 * @return 0, MESSAGE_E_IGNORE, MESSAGE_E_FORMAT
 */
[[nodiscard]] int message_parse(const uint8_t *bytes, size_t len, struct message *out);

/**
 * Write header and token and return a writer for options and payload behind them.
 *
 * @param bytes  at least MESSAGE_HEADER_BYTES + MESSAGE_TOKEN_MAX
 */
struct option_writer message_begin(uint8_t *bytes, size_t size,
                                   const struct message *m);

/** An empty message: acknowledgement, reset. @return its length, 4 */
size_t message_empty(uint8_t bytes[static MESSAGE_HEADER_BYTES], enum message_type type,
                     uint16_t mid);

bool token_equal(const struct token *a, const struct token *b);
