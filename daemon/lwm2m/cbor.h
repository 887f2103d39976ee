/* SPDX-License-Identifier: Apache-2.0 */
/* cbor.h - one CBOR item (RFC 8949) at a time, lent from the message; internal to
 * daemon/lwm2m. README.md says why this is not libcbor.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/bytes.h"
#include "daemon/lwm2m/value.h"

enum cbor_type {
    CBOR_UINT,     /* .n */
    CBOR_NEGATIVE, /* -1 - .n */
    CBOR_BYTES,    /* .bytes, .n */
    CBOR_TEXT,
    CBOR_ARRAY, /* .n items follow, or .is_indefinite until a break */
    CBOR_MAP,   /* .n pairs */
    CBOR_TAG,   /* .n; the tagged item follows */
    CBOR_FLOAT, /* .f */
    CBOR_BOOL,  /* .n */
    CBOR_NULL,  /* undefined too */
    CBOR_OTHER, /* another simple value */
    CBOR_BREAK,
};

struct cbor_item {
    enum cbor_type type;
    bool is_indefinite;
    uint64_t n;
    double f;
    const uint8_t *bytes; /* NULL for a string in several pieces, which is not joined */
};

/** Read one item's head, and a string's content. Errors set r->bad and give CBOR_NULL;
 * counts that cannot fit in what is left are errors. */
struct cbor_item cbor_read(struct reader *r);

/** As cbor_read(), but without the tags before it. */
struct cbor_item cbor_read_untagged(struct reader *r);

/** Pass over what belongs to item, which cbor_read() just gave: members of an array or
 * map, or the item that a tag stands before. */
void cbor_skip_rest(struct reader *r, const struct cbor_item *item);

/** Read one whole item as a value. Text, bytes and numbers have their natural kinds;
 * arrays, maps and what cannot be lent are LWM2M_SKIPPED. */
struct lwm2m_value cbor_read_value(struct reader *r);

/** Takes one of left members. @return false when an array or map has no more */
bool cbor_more(struct reader *r, bool is_indefinite, uint64_t *left);

/** A number as double, for times. Anything else sets r->bad. */
double cbor_read_number(struct reader *r);

void cbor_write_head(struct writer *w, enum cbor_type type, uint64_t n);
void cbor_write_int(struct writer *w, int64_t i);
void cbor_write_text(struct writer *w, const char *text);
void cbor_write_value(struct writer *w, const struct lwm2m_value *v);
