/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/value.h"

#include <stdlib.h>
#include <string.h>

static struct value *value_add(struct values *out, const struct path *path)
{
    if (out->count == VALUES_MAX) {
        return NULL;
    }
    struct value *v = &out->v[out->count++];
    *v = (struct value){.path = *path};
    return v;
}

static int text_add(struct values *out, const struct path *path, const uint8_t *bytes,
                    size_t len)
{
    struct value *v = value_add(out, path);
    if (!v) {
        return 1;
    }
    v->kind = VALUE_TEXT;
    v->text = (const char *)bytes;
    v->text_len = len;
    return 0;
}

struct tlv {
    unsigned type; /* 0..3, as in LwM2M TLV */
    uint16_t id;
    const uint8_t *bytes;
    size_t len;
};

enum { TLV_INSTANCE = 1, TLV_INSTANCES = 2 };

static bool tlv_take(struct reader *r, struct tlv *out)
{
    uint8_t head = reader_u8(r);
    size_t width = head >> 3 & 3;
    out->type = head >> 6;
    out->id = (uint16_t)reader_uint(r, head & 0x20 ? 2 : 1);
    out->len = width ? reader_uint(r, width) : head & 7u;
    out->bytes = reader_take(r, out->len);
    return !r->bad && out->type != 0;
}

static int tlv_add(struct values *out, struct path path, const struct tlv *t)
{
    path.depth = t->type == TLV_INSTANCE ? 4 : 3;
    path.id[path.depth - 1] = t->id;
    return text_add(out, &path, t->bytes, t->len);
}

/* The resource instances in one resource. */
static int tlv_instances(struct values *out, struct path path, const struct tlv *list)
{
    struct reader r = reader_of(list->bytes, list->len);
    struct tlv t;
    path.id[2] = list->id;
    while (reader_left(&r)) {
        if (!tlv_take(&r, &t) || t.type != TLV_INSTANCE || tlv_add(out, path, &t)) {
            return 1;
        }
    }
    return r.bad;
}

/* Resources and resource instances, as a Write of an instance or resource carries them.
 */
static int tlv_read(struct reader *r, struct path path, struct values *out)
{
    struct tlv t;
    while (reader_left(r)) {
        if (!tlv_take(r, &t) || (t.type == TLV_INSTANCES ? tlv_instances(out, path, &t)
                                                         : tlv_add(out, path, &t))) {
            return 1;
        }
    }
    return r->bad;
}

struct item {
    unsigned major;
    uint64_t n;
    const uint8_t *text; /* of text and byte strings, n bytes */
};

static bool cbor_take(struct reader *r, struct item *out)
{
    uint8_t head = reader_u8(r);
    unsigned bits = head & 31;
    *out = (struct item){.major = head >> 5};
    out->n = bits < 24    ? bits
             : bits <= 27 ? reader_uint(r, (size_t)1 << (bits - 24))
                          : 0;
    r->bad |= bits > 27;
    if (out->major == 2 || out->major == 3) {
        out->text = reader_take(r, out->n);
    }
    return !r->bad;
}

static int cbor_value(const struct item *item, struct value *v)
{
    switch (item->major) {
    case 0:
        v->number = (int64_t)item->n;
        return item->n > INT64_MAX;
    case 1:
        v->number = -1 - (int64_t)item->n;
        return item->n > INT64_MAX;
    case 2:
    case 3:
        v->kind = VALUE_TEXT;
        v->text = (const char *)item->text;
        v->text_len = item->n;
        return 0;
    case 7:
        v->kind = VALUE_BOOL;
        v->number = item->n == 21;
        return item->n != 20 && item->n != 21;
    default:
        return 1;
    }
}

struct senml {
    char base[80];
    struct path path;
    struct item value;
    bool has_value;
};

static int name_join(const struct senml *s, const struct item *name, struct path *out)
{
    char full[160];
    size_t len = strlen(s->base), more = name->text ? name->n : 0;
    if (len + more >= sizeof(full)) {
        return 1;
    }
    memcpy(full, s->base, len);
    if (more) {
        memcpy(full + len, name->text, more);
    }
    const char *at = full, *end = full + len + more;
    if (at + 1 < end && *at == '/' &&
        (at[1] < '0' || at[1] > '9')) { /* alternate path */
        for (at++; at < end && *at != '/'; at++) {
        }
    }
    return path_parse(at, (size_t)(end - at), out);
}

/* One field of a record; base names stick from one record to the next. */
static int senml_field(struct senml *s, const struct item *key,
                       const struct item *value, struct item *name)
{
    bool is_label = key->major == 0;
    if (key->major == 1 && key->n == 1 && value->major == 3) { /* -2, base name */
        if (value->n >= sizeof(s->base)) {
            return 1;
        }
        memcpy(s->base, value->text, value->n);
        s->base[value->n] = 0;
    } else if (is_label && key->n == 0 && value->major == 3) {
        *name = *value;
    } else if (key->major == 3 || (is_label && (key->n <= 4 || key->n == 8))) {
        s->value = *value;
        s->has_value = true;
    }
    return 0;
}

static int senml_record(struct reader *r, struct senml *s)
{
    struct item map, key, value, name = {0};
    s->has_value = false;
    if (!cbor_take(r, &map) || map.major != 5) {
        return 1;
    }
    for (uint64_t i = 0; i < map.n; i++) {
        if (!cbor_take(r, &key) || !cbor_take(r, &value) || value.major == 4 ||
            value.major == 5 || senml_field(s, &key, &value, &name)) {
            return 1;
        }
    }
    return name_join(s, &name, &s->path);
}

static int senml_read(struct reader *r, struct values *out)
{
    struct senml s = {0};
    struct item array;
    if (!cbor_take(r, &array) || array.major != 4) {
        return 1;
    }
    for (uint64_t i = 0; i < array.n; i++) {
        struct value *v = NULL;
        if (senml_record(r, &s) || !s.has_value || !(v = value_add(out, &s.path)) ||
            cbor_value(&s.value, v)) {
            return 1;
        }
    }
    return reader_left(r) != 0;
}

int value_read(int format, const struct path *path, const uint8_t *bytes, size_t len,
               struct values *out)
{
    struct reader r = reader_of(bytes, len);
    struct item item;
    struct value *v;
    out->count = 0;
    switch (format) {
    case FORMAT_TEXT:
        return text_add(out, path, bytes, len);
    case FORMAT_TLV:
        return tlv_read(&r, *path, out);
    case FORMAT_CBOR:
        v = value_add(out, path);
        return !v || !cbor_take(&r, &item) || cbor_value(&item, v);
    case FORMAT_SENML_CBOR:
        return senml_read(&r, out);
    default:
        return 1;
    }
}

int value_read_paths(const uint8_t *bytes, size_t len, struct path *out, size_t max,
                     size_t *count)
{
    struct reader r = reader_of(bytes, len);
    struct senml s = {0};
    struct item array;
    if (!cbor_take(&r, &array) || array.major != 4 || array.n > max) {
        return 1;
    }
    for (uint64_t i = 0; i < array.n; i++) {
        if (senml_record(&r, &s)) {
            return 1;
        }
        out[i] = s.path;
    }
    *count = array.n;
    return reader_left(&r) != 0;
}

static int64_t big_endian(const uint8_t *bytes, size_t len)
{
    uint64_t n = bytes[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < len; i++) {
        n = n << 8 | bytes[i];
    }
    return (int64_t)n;
}

int value_number(const struct value *v, int format, int64_t *out)
{
    char text[24], *end;
    if (v->kind == VALUE_INT || v->kind == VALUE_BOOL) {
        *out = v->number;
        return 0;
    }
    size_t len = v->text_len;
    if (format == FORMAT_TLV) {
        if (len != 1 && len != 2 && len != 4 && len != 8) {
            return 1;
        }
        *out = big_endian((const uint8_t *)v->text, len);
        return 0;
    }
    if (!len || len >= sizeof(text)) {
        return 1;
    }
    memcpy(text, v->text, len);
    text[len] = 0;
    *out = strtoll(text, &end, 10);
    return *end != 0;
}
