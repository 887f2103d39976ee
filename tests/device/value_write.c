/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/value.h"

#include <stdio.h>
#include <string.h>

enum { TLV_INSTANCE = 0x00, TLV_ITEM = 0x40, TLV_MULTIPLE = 0x80, TLV_RESOURCE = 0xc0 };

static void tlv_put(struct writer *w, unsigned type, uint16_t id, const void *bytes,
                    size_t len)
{
    unsigned width = len < 8 ? 0 : len < 0x100 ? 1 : len < 0x10000 ? 2 : 3;
    unsigned head = type | (id > 0xff ? 0x20u : 0) | width << 3;
    writer_u8(w, (uint8_t)(head | (width ? 0 : (unsigned)len)));
    writer_uint(w, id, id > 0xff ? 2 : 1);
    if (width) {
        writer_uint(w, len, width);
    }
    writer_put(w, bytes, len);
}

static size_t number_width(int64_t n)
{
    return n >= INT8_MIN && n <= INT8_MAX     ? 1
           : n >= INT16_MIN && n <= INT16_MAX ? 2
           : n >= INT32_MIN && n <= INT32_MAX ? 4
                                              : 8;
}

static void tlv_value(struct writer *w, unsigned type, uint16_t id,
                      const struct value *v)
{
    uint8_t small[8];
    struct writer s = writer_of(small, sizeof(small));
    switch (v->kind) {
    case VALUE_TEXT:
        tlv_put(w, type, id, v->text, strlen(v->text));
        return;
    case VALUE_INT:
        writer_uint(&s, (uint64_t)v->number, number_width(v->number));
        break;
    case VALUE_BOOL:
        writer_u8(&s, v->number != 0);
        break;
    case VALUE_LINK:
        writer_u16(&s, v->link[0]);
        writer_u16(&s, v->link[1]);
        break;
    }
    tlv_put(w, type, id, small, writer_len(&s));
}

/* How many values from i on belong to the same path as v[i] down to depth. */
static size_t run(const struct values *values, size_t i, unsigned depth)
{
    size_t n = 1;
    while (i + n < values->count &&
           memcmp(values->v[i].path.id, values->v[i + n].path.id, (size_t)depth * 2) ==
               0) {
        n++;
    }
    return n;
}

static void tlv_resources(struct writer *w, const struct values *values, size_t from,
                          size_t to)
{
    for (size_t i = from, n; i < to; i += n) {
        const struct value *v = &values->v[i];
        n = run(values, i, 3);
        if (v->path.depth == 3 && !v->is_empty_multiple) {
            tlv_value(w, TLV_RESOURCE, v->path.id[2], v);
            continue;
        }
        uint8_t inner[512];
        struct writer items = writer_of(inner, sizeof(inner));
        for (size_t k = 0; k < n && !v->is_empty_multiple; k++) {
            tlv_value(&items, TLV_ITEM, v[k].path.id[3], &v[k]);
        }
        tlv_put(w, TLV_MULTIPLE, v->path.id[2], inner, writer_len(&items));
    }
}

void value_write_tlv(struct writer *w, const struct path *path,
                     const struct values *values)
{
    if (path->depth == 4 && values->count == 1) {
        tlv_value(w, TLV_ITEM, path->id[3], &values->v[0]);
        return;
    }
    if (path->depth >= 2) {
        tlv_resources(w, values, 0, values->count);
        return;
    }
    for (size_t i = 0, n; i < values->count; i += n) {
        uint8_t inner[4096];
        struct writer instance = writer_of(inner, sizeof(inner));
        n = run(values, i, 2);
        tlv_resources(&instance, values, i, i + n);
        w->bad |= instance.bad;
        tlv_put(w, TLV_INSTANCE, values->v[i].path.id[1], inner, writer_len(&instance));
    }
}

enum { CBOR_UINT = 0, CBOR_NEGATIVE = 1, CBOR_TEXT = 3, CBOR_ARRAY = 4, CBOR_MAP = 5 };

static void cbor_head(struct writer *w, unsigned major, uint64_t n)
{
    unsigned bits = n < 24            ? (unsigned)n
                    : n < 0x100       ? 24
                    : n < 0x10000     ? 25
                    : n < 0x100000000 ? 26
                                      : 27;
    writer_u8(w, (uint8_t)(major << 5 | bits));
    if (bits >= 24) {
        writer_uint(w, n, (size_t)1 << (bits - 24));
    }
}

static void cbor_int(struct writer *w, int64_t n)
{
    cbor_head(w, n < 0 ? CBOR_NEGATIVE : CBOR_UINT, (uint64_t)(n < 0 ? -1 - n : n));
}

static void cbor_text(struct writer *w, const char *text)
{
    cbor_head(w, CBOR_TEXT, strlen(text));
    writer_text(w, text);
}

static const char *link_text(const struct value *v, char out[static 16])
{
    (void)snprintf(out, 16, "%u:%u", v->link[0], v->link[1]);
    return out;
}

void value_write_cbor(struct writer *w, const struct value *v)
{
    char link[16];
    switch (v->kind) {
    case VALUE_INT:
        cbor_int(w, v->number);
        return;
    case VALUE_BOOL:
        writer_u8(w, v->number ? 0xf5 : 0xf4);
        return;
    case VALUE_TEXT:
        cbor_text(w, v->text);
        return;
    case VALUE_LINK:
        cbor_text(w, link_text(v, link));
        return;
    }
}

void value_write_text(struct writer *w, const struct value *v)
{
    char text[24];
    switch (v->kind) {
    case VALUE_INT:
    case VALUE_BOOL:
        (void)snprintf(text, sizeof(text), "%lld", (long long)v->number);
        writer_text(w, text);
        return;
    case VALUE_TEXT:
        writer_text(w, v->text);
        return;
    case VALUE_LINK:
        writer_text(w, link_text(v, text));
        return;
    }
}

/* Label of the value's kind: v, vs, vb, and the text label "vlo" of a link. */
static void senml_value(struct writer *w, const struct value *v)
{
    switch (v->kind) {
    case VALUE_INT:
        cbor_int(w, 2);
        break;
    case VALUE_TEXT:
        cbor_int(w, 3);
        break;
    case VALUE_BOOL:
        cbor_int(w, 4);
        break;
    case VALUE_LINK:
        cbor_text(w, "vlo");
        break;
    }
    value_write_cbor(w, v);
}

void value_write_senml_cbor(struct writer *w, const struct values *values,
                            const char *prefix)
{
    size_t records = 0;
    for (size_t i = 0; i < values->count; i++) {
        records += !values->v[i].is_empty_multiple;
    }
    cbor_head(w, CBOR_ARRAY, records);
    const struct path *base = NULL;
    for (size_t i = 0; i < values->count; i++) {
        const struct value *v = &values->v[i];
        char name[80];
        if (v->is_empty_multiple) {
            continue;
        }
        bool is_based = base && memcmp(base->id, v->path.id, 4) == 0;
        cbor_head(w, CBOR_MAP, is_based ? 2 : 3);
        if (!is_based) {
            base = &v->path;
            (void)snprintf(name, sizeof(name), "%s/%u/%u/", prefix, base->id[0],
                           base->id[1]);
            cbor_int(w, -2);
            cbor_text(w, name);
        }
        (void)snprintf(name, sizeof(name), v->path.depth == 4 ? "%u/%u" : "%u",
                       v->path.id[2], v->path.id[3]);
        cbor_int(w, 0);
        cbor_text(w, name);
        senml_value(w, v);
    }
}
