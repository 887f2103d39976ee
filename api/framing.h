/* SPDX-License-Identifier: Apache-2.0 */
/* framing.h - header fields that two readers could frame differently, or that no client
 * of ours sends, are found here; such a request is refused and its connection closed
 * (RFC 9112 5, 6.3, 11.2).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { FRAMING_FIELDS_MAX = 100, FRAMING_BYTES_MAX = 16 << 10 };

struct framing {
    int fields, content_lengths, transfer_encodings, hosts, authorizations;
    const char *version; /* borrowed */
    const char *end;     /* of the line before, where the bytes stand as they came */
    size_t bytes;        /* of names and values */
    const char *bad;     /* the first fault; NULL: none */
    bool is_too_large;   /* it is that there are too many of them, or too long ones */
};

/**
 * @param version  "HTTP/1.1"
 * @param in_place  version, names and values stand where they came, with each byte of
 *                  the ends of lines, and the colons, made NUL: a lone CR or LF, and
 *                  lines that were unfolded, show in the gaps
 */
void framing_begin(struct framing *f, const char *version, bool in_place);

/** The next field, in their order; value may be NULL. */
void framing_field(struct framing *f, const char *name, const char *value);

/** @return what is wrong, static; NULL: nothing */
const char *framing_end(struct framing *f);

/** @return true if value is a decimal number of less than 19 digits; NULL is none */
bool framing_is_number(const char *value);
