/* SPDX-License-Identifier: Apache-2.0 */
/* value.h - resource values and their encodings, written apart from the daemon's codecs
 * so that each proves the other.
 */
#pragma once

#include "daemon/base/bytes.h"
#include "tests/device/path.h"

enum value_kind { VALUE_INT, VALUE_TEXT, VALUE_BOOL, VALUE_LINK };

/** One resource, or one instance of a multiple resource. */
struct value {
    struct path path; /* depth 3, or 4 in a multiple resource */
    enum value_kind kind;
    bool is_empty_multiple; /* a multiple resource without instances; depth 3 */
    int64_t number;         /* also of a boolean */
    uint16_t link[2];       /* object, instance */
    const char *text;       /* borrowed */
    size_t text_len;        /* of what was decoded; not NUL-terminated then */
};

/** 32 components, each linked with all others. */
enum { VALUES_MAX = 3000 };

struct values {
    struct value v[VALUES_MAX];
    size_t count;
};

/** CoAP content formats. */
enum {
    FORMAT_NONE = -1,
    FORMAT_TEXT = 0,
    FORMAT_LINK = 40,
    FORMAT_OPAQUE = 42,
    FORMAT_CBOR = 60,
    FORMAT_SENML_CBOR = 112,
    FORMAT_SENML_ETCH_CBOR = 322,
    FORMAT_TLV = 11542,
};

/** Write the values that were read at path as TLV, in its nesting. */
void value_write_tlv(struct writer *w, const struct path *path,
                     const struct values *values);

/** @param prefix  alternate path with its slash, or "" */
void value_write_senml_cbor(struct writer *w, const struct values *values,
                            const char *prefix);

/** One value as text/plain, or as one CBOR item. */
void value_write_text(struct writer *w, const struct value *value);
void value_write_cbor(struct writer *w, const struct value *value);

/**
 * Read what a Write to path carries. Texts are borrowed from bytes. TLV and text
 * numbers have no type of their own: kind is VALUE_TEXT then and value_number() reads
 * them.
 *
 * @return 0, 1 if it is malformed or the format is none of ours
 */
[[nodiscard]] int value_read(int format, const struct path *path, const uint8_t *bytes,
                             size_t len, struct values *out);

/** The paths of a composite request (SenML CBOR). @return 0, 1 malformed */
[[nodiscard]] int value_read_paths(const uint8_t *bytes, size_t len, struct path *out,
                                   size_t max, size_t *count);

/** @param format  what value was read from. @return 0, 1 if it is no number */
[[nodiscard]] int value_number(const struct value *value, int format, int64_t *out);
