/* SPDX-License-Identifier: Apache-2.0 */
/* tlv.c - LwM2M TLV (Core 1.2.2, 7.4.3): type byte, id, length, value, nested.
 *
 * The request says where we are; its path opens the first level. Lenient where clients
 * differ: an object that is answered without instance wrapping means instance 0, and an
 * instance may be wrapped although it was asked for.
 */
#include <errno.h>
#include <string.h>

#include "daemon/lwm2m/codecs.h"

/* Bits 7-6 of the type byte. */
enum entry_type {
    ENTRY_INSTANCE,
    ENTRY_RESOURCE_INSTANCE,
    ENTRY_MULTIPLE,
    ENTRY_RESOURCE
};

struct entry {
    enum entry_type type;
    uint16_t id;
    const uint8_t *value;
    size_t len;
};

static struct entry entry_read(struct reader *r)
{
    uint8_t head = reader_u8(r), length_bytes = head >> 3 & 3;
    struct entry e = {.type = (enum entry_type)(head >> 6)};

    e.id = head & 0x20 ? reader_u16(r) : reader_u8(r);
    e.len = length_bytes ? (size_t)reader_uint(r, length_bytes) : head & 7U;
    e.value = reader_take(r, e.len);
    if (e.id > LWM2M_ID_MAX)
        r->bad = true;
    return e;
}

static int64_t signed_of(const struct entry *e)
{
    uint64_t n = e->value[0] & 0x80 ? UINT64_MAX : 0;

    for (size_t i = 0; i < e->len; i++)
        n = n << 8 | e->value[i];
    return (int64_t)n;
}

static uint64_t unsigned_of(const struct entry *e)
{
    struct reader r = reader_of(e->value, e->len);

    return reader_uint(&r, e->len);
}

static double float_of(const struct entry *e)
{
    uint64_t bits = unsigned_of(e);
    uint32_t narrow_bits = (uint32_t)bits;
    double f;
    float narrow;

    if (e->len == 4) {
        memcpy(&narrow, &narrow_bits, sizeof narrow);
        return (double)narrow;
    }
    memcpy(&f, &bits, sizeof f);
    return f;
}

static bool has_width(enum lwm2m_kind kind, size_t len)
{
    switch (kind) {
    case LWM2M_INT:
    case LWM2M_UINT:
    case LWM2M_TIME:
        return len >= 1 && len <= 8;
    case LWM2M_FLOAT:
        return len == 4 || len == 8;
    case LWM2M_BOOL:
        return len == 1;
    case LWM2M_OBJLNK:
        return len == 4;
    case LWM2M_NONE:
    case LWM2M_STRING:
    case LWM2M_OPAQUE:
    case LWM2M_SKIPPED:
        break;
    }
    return true;
}

/* TLV is untyped: what has no known type, or not its width, stays a row of bytes. */
static struct lwm2m_value value_of(const struct entry *e, enum lwm2m_kind kind)
{
    struct lwm2m_value v = lwm2m_opaque(e->value, e->len);

    if (!has_width(kind, e->len))
        return v;
    switch (kind) {
    case LWM2M_INT:
    case LWM2M_TIME:
        return (struct lwm2m_value){.kind = kind, .i = signed_of(e)};
    case LWM2M_UINT:
        return (struct lwm2m_value){.kind = kind, .u = unsigned_of(e)};
    case LWM2M_FLOAT:
        return (struct lwm2m_value){.kind = kind, .f = float_of(e)};
    case LWM2M_BOOL:
        return e->value[0] <= 1 ? lwm2m_bool(e->value[0]) : v;
    case LWM2M_OBJLNK:
        return lwm2m_link((uint16_t)(e->value[0] << 8 | e->value[1]),
                          (uint16_t)(e->value[2] << 8 | e->value[3]));
    case LWM2M_STRING:
        v.kind = LWM2M_STRING;
        return v;
    case LWM2M_OPAQUE:
    case LWM2M_NONE:
    case LWM2M_SKIPPED:
        break;
    }
    return v;
}

static bool in_multiple(const struct lwm2m_decoder *d)
{
    return d->depth > 1 && d->levels[d->depth - 1].path.depth == 3;
}

/* A resource instance without its multiple resource answers a request for it. */
static struct lwm2m_path loose_instance(const struct lwm2m_decoder *d, uint16_t id)
{
    struct lwm2m_path at = d->base;

    if (d->depth > 1 || at.depth < 3)
        return (struct lwm2m_path){0};
    at.depth = 3;
    return lwm2m_path_child(&at, id);
}

/* @return the path of e in the level that d is in; of depth 0 if it may not be there */
static struct lwm2m_path path_of(const struct lwm2m_decoder *d, const struct entry *e)
{
    struct lwm2m_path at = d->levels[d->depth - 1].path, none = {0};
    bool is_outermost = d->depth == 1;

    switch (e->type) {
    case ENTRY_INSTANCE:
        if (!is_outermost || (d->base.depth > 1 && e->id != d->base.id[1]))
            return none;
        return at.depth == 1 ? lwm2m_path_child(&at, e->id) : at;
    case ENTRY_MULTIPLE:
    case ENTRY_RESOURCE:
        if (in_multiple(d))
            return none;
        if (at.depth == 1)
            at = lwm2m_path_child(&at, 0);
        return lwm2m_path_child(&at, e->id);
    case ENTRY_RESOURCE_INSTANCE:
        return in_multiple(d) ? lwm2m_path_child(&at, e->id) : loose_instance(d, e->id);
    }
    return none;
}

static void push(struct lwm2m_decoder *d, const struct lwm2m_path *path,
                 const uint8_t *start, const uint8_t *end)
{
    d->levels[d->depth++] =
        (struct lwm2m_level){.path = *path, .end = end, .is_empty = true};
    d->in.at = start;
}

static void begin(struct lwm2m_decoder *d)
{
    struct lwm2m_path at = d->base;

    if (at.depth > 2) {
        at.depth = 2;
        at.id[2] = at.id[3] = 0;
    }
    d->is_begun = true;
    if (at.depth == 0)
        d->in.bad = true;
    push(d, &at, d->in.at, d->in.end);
}

/* Leave every level that ends here. @return true if one of them held nothing, which is
 * then the record */
static bool pop(struct lwm2m_decoder *d, struct lwm2m_record *out)
{
    while (d->depth > 1 && d->in.at == d->levels[d->depth - 1].end) {
        const struct lwm2m_level *ended = &d->levels[--d->depth];
        if (ended->is_empty) {
            *out = (struct lwm2m_record){.path = ended->path};
            return true;
        }
    }
    return false;
}

int tlv_next(struct lwm2m_decoder *d, struct lwm2m_record *out)
{
    if (!d->is_begun)
        begin(d);
    while (!d->in.bad) {
        if (pop(d, out))
            return 1;
        if (reader_left(&d->in) == 0)
            return 0;

        struct lwm2m_level *level = &d->levels[d->depth - 1];
        struct reader inner = reader_of(d->in.at, (size_t)(level->end - d->in.at));
        struct entry e = entry_read(&inner);
        if (inner.bad)
            return -EBADMSG;
        struct lwm2m_path path = path_of(d, &e);
        if (path.depth == 0)
            return -EBADMSG;
        level->is_empty = false;
        d->in.at = inner.at;
        if (e.type == ENTRY_RESOURCE || e.type == ENTRY_RESOURCE_INSTANCE) {
            *out = (struct lwm2m_record){
                .path = path, .value = value_of(&e, lwm2m_type_of(d->afu, &path))};
            return 1;
        }
        push(d, &path, e.value, e.value + e.len);
    }
    return -EBADMSG;
}
