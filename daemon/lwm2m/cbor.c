/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/cbor.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 8, ONE_BYTE = 24, EIGHT_BYTES = 27, INDEFINITE = 31 };

/* Major types in the order of their numbers on the wire. */
enum { MAJOR_SIMPLE = 7 };
static const enum cbor_type majors[] = {
    CBOR_UINT, CBOR_NEGATIVE, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_TAG};

static double half_to_double(uint64_t half)
{
    int exponent = (int)(half >> 10 & 0x1f);
    double mantissa = (double)(half & 0x3ff), f;

    if (exponent == 0)
        f = ldexp(mantissa, -24);
    else if (exponent == 31)
        f = mantissa == 0 ? INFINITY : NAN;
    else
        f = ldexp(mantissa + 1024, exponent - 25);
    return half & 0x8000 ? -f : f;
}

static double bits_to_double(uint64_t bits, size_t width)
{
    double f;
    float narrow;
    uint32_t narrow_bits = (uint32_t)bits;

    if (width == 2)
        return half_to_double(bits);
    if (width == 4) {
        memcpy(&narrow, &narrow_bits, sizeof narrow);
        return (double)narrow;
    }
    memcpy(&f, &bits, sizeof f);
    return f;
}

static struct cbor_item simple(uint8_t info, uint64_t n)
{
    if (info > ONE_BYTE && info <= EIGHT_BYTES)
        return (struct cbor_item){
            .type = CBOR_FLOAT,
            .f = bits_to_double(n, (size_t)1 << (info - ONE_BYTE)),
        };
    if (info == INDEFINITE)
        return (struct cbor_item){.type = CBOR_BREAK};
    if (n == 20 || n == 21)
        return (struct cbor_item){.type = CBOR_BOOL, .n = n - 20};
    return (struct cbor_item){.type = n == 22 || n == 23 ? CBOR_NULL : CBOR_OTHER};
}

static struct cbor_item failed(struct reader *r)
{
    r->bad = true;
    return (struct cbor_item){.type = CBOR_NULL};
}

struct head {
    uint8_t major, info;
    uint64_t n; /* 0 if .info is INDEFINITE */
};

static struct head read_head(struct reader *r)
{
    uint8_t byte = reader_u8(r);
    struct head h = {.major = byte >> 5, .info = byte & 0x1f};

    if (h.info < ONE_BYTE)
        h.n = h.info;
    else if (h.info <= EIGHT_BYTES)
        h.n = reader_uint(r, (size_t)1 << (h.info - ONE_BYTE));
    else if (h.info != INDEFINITE)
        r->bad = true;
    return h;
}

static const uint8_t *take(struct reader *r, uint64_t n)
{
    if (n > reader_left(r))
        r->bad = true;
    return r->bad ? NULL : reader_take(r, (size_t)n);
}

/* The pieces of an indefinite string, up to the break; a single one can be lent. */
static void read_pieces(struct reader *r, struct cbor_item *item)
{
    static const uint8_t nothing[1];

    item->is_indefinite = false;
    item->bytes = nothing;
    while (!r->bad) {
        struct head piece = read_head(r);
        if (piece.major == MAJOR_SIMPLE && piece.info == INDEFINITE)
            return;
        if (majors[piece.major % MAJOR_SIMPLE] != item->type ||
            piece.info == INDEFINITE)
            r->bad = true;
        const uint8_t *bytes = take(r, piece.n);
        if (piece.n > 0)
            item->bytes = item->n == 0 ? bytes : NULL;
        item->n += piece.n;
    }
}

static uint64_t smallest_bytes(const struct cbor_item *item)
{
    return item->type == CBOR_MAP ? 2 : 1;
}

static void read_content(struct reader *r, struct cbor_item *item)
{
    switch (item->type) {
    case CBOR_BYTES:
    case CBOR_TEXT:
        if (item->is_indefinite)
            read_pieces(r, item);
        else
            item->bytes = take(r, item->n);
        return;
    case CBOR_ARRAY:
    case CBOR_MAP:
        if (item->n > reader_left(r) / smallest_bytes(item))
            r->bad = true;
        return;
    case CBOR_UINT:
    case CBOR_NEGATIVE:
    case CBOR_TAG:
        if (item->is_indefinite)
            r->bad = true;
        return;
    case CBOR_FLOAT:
    case CBOR_BOOL:
    case CBOR_NULL:
    case CBOR_OTHER:
    case CBOR_BREAK:
        return;
    }
}

struct cbor_item cbor_read(struct reader *r)
{
    struct head h = read_head(r);

    if (r->bad)
        return failed(r);
    if (h.major == MAJOR_SIMPLE)
        return simple(h.info, h.n);

    struct cbor_item item = {
        .type = majors[h.major], .n = h.n, .is_indefinite = h.info == INDEFINITE};
    read_content(r, &item);
    return r->bad ? failed(r) : item;
}

struct cbor_item cbor_read_untagged(struct reader *r)
{
    struct cbor_item item = cbor_read(r);

    while (item.type == CBOR_TAG)
        item = cbor_read(r);
    return item;
}

bool cbor_more(struct reader *r, bool is_indefinite, uint64_t *left)
{
    if (r->bad)
        return false;
    if (!is_indefinite) {
        if (*left == 0)
            return false;
        (*left)--;
        return true;
    }
    if (reader_left(r) > 0 && *r->at == 0xff) {
        r->at++;
        return false;
    }
    return true;
}

struct open {
    uint64_t left;
    bool is_indefinite;
};

/* @return true if items belong to item, which *out then counts */
static bool opens(const struct cbor_item *item, struct open *out)
{
    bool is_map = item->type == CBOR_MAP, is_tag = item->type == CBOR_TAG;

    *out = (struct open){
        .left = is_map   ? item->n * 2
                : is_tag ? 1
                         : item->n,
        .is_indefinite = item->is_indefinite,
    };
    return is_map || is_tag || item->type == CBOR_ARRAY;
}

void cbor_skip_rest(struct reader *r, const struct cbor_item *item)
{
    struct open stack[DEPTH_MAX];
    size_t depth = opens(item, &stack[0]);

    if (item->type == CBOR_BREAK)
        r->bad = true;
    while (depth > 0 && !r->bad) {
        struct open inner;
        if (!cbor_more(r, stack[depth - 1].is_indefinite, &stack[depth - 1].left)) {
            depth--;
            continue;
        }
        struct cbor_item next = cbor_read(r);
        bool is_open = opens(&next, &inner);
        if (next.type == CBOR_BREAK || (is_open && depth == DEPTH_MAX))
            r->bad = true;
        else if (is_open)
            stack[depth++] = inner;
    }
}

static struct lwm2m_value integer(const struct cbor_item *item)
{
    if (item->type == CBOR_NEGATIVE && item->n > INT64_MAX)
        return (struct lwm2m_value){.kind = LWM2M_FLOAT, .f = -1.0 - (double)item->n};
    if (item->type == CBOR_NEGATIVE)
        return lwm2m_int(-1 - (int64_t)item->n);
    if (item->n > INT64_MAX)
        return (struct lwm2m_value){.kind = LWM2M_UINT, .u = item->n};
    return lwm2m_int((int64_t)item->n);
}

struct lwm2m_value cbor_read_value(struct reader *r)
{
    struct cbor_item item = cbor_read_untagged(r);
    struct lwm2m_value v = {.kind = LWM2M_SKIPPED};

    switch (item.type) {
    case CBOR_UINT:
    case CBOR_NEGATIVE:
        return integer(&item);
    case CBOR_BYTES:
    case CBOR_TEXT:
        if (item.bytes) {
            v = lwm2m_opaque(item.bytes, (size_t)item.n);
            v.kind = item.type == CBOR_TEXT ? LWM2M_STRING : LWM2M_OPAQUE;
        }
        return v;
    case CBOR_FLOAT:
        return (struct lwm2m_value){.kind = LWM2M_FLOAT, .f = item.f};
    case CBOR_BOOL:
        return lwm2m_bool(item.n != 0);
    case CBOR_NULL:
        return (struct lwm2m_value){.kind = LWM2M_NONE};
    case CBOR_ARRAY:
    case CBOR_MAP:
    case CBOR_TAG:
    case CBOR_OTHER:
    case CBOR_BREAK:
        cbor_skip_rest(r, &item);
        return v;
    }
    return v;
}

double cbor_read_number(struct reader *r)
{
    struct lwm2m_value v = cbor_read_value(r);

    if (v.kind == LWM2M_INT)
        return (double)v.i;
    if (v.kind == LWM2M_UINT)
        return (double)v.u;
    if (v.kind != LWM2M_FLOAT)
        r->bad = true;
    return v.kind == LWM2M_FLOAT ? v.f : 0;
}

void cbor_write_head(struct writer *w, enum cbor_type type, uint64_t n)
{
    assert(type <= CBOR_TAG);
    uint8_t major = (uint8_t)(type << 5);

    if (n < ONE_BYTE) {
        writer_u8(w, (uint8_t)(major | n));
        return;
    }
    int power = n <= UINT8_MAX ? 0 : n <= UINT16_MAX ? 1 : n <= UINT32_MAX ? 2 : 3;
    writer_u8(w, (uint8_t)(major | (ONE_BYTE + power)));
    writer_uint(w, n, (size_t)1 << power);
}

void cbor_write_int(struct writer *w, int64_t i)
{
    if (i < 0)
        cbor_write_head(w, CBOR_NEGATIVE, (uint64_t)(-1 - i));
    else
        cbor_write_head(w, CBOR_UINT, (uint64_t)i);
}

static void write_text(struct writer *w, const void *text, size_t len)
{
    cbor_write_head(w, CBOR_TEXT, len);
    writer_put(w, text, len);
}

void cbor_write_text(struct writer *w, const char *text)
{
    write_text(w, text, strlen(text));
}

static void write_float(struct writer *w, double f)
{
    uint64_t bits;

    memcpy(&bits, &f, sizeof bits);
    writer_u8(w, MAJOR_SIMPLE << 5 | EIGHT_BYTES);
    writer_uint(w, bits, 8);
}

static void write_link(struct writer *w, const struct lwm2m_value *v)
{
    char text[12];

    snprintf(text, sizeof text, "%u:%u", v->link.object, v->link.instance);
    cbor_write_text(w, text);
}

void cbor_write_value(struct writer *w, const struct lwm2m_value *v)
{
    switch (v->kind) {
    case LWM2M_INT:
    case LWM2M_TIME:
        cbor_write_int(w, v->i);
        return;
    case LWM2M_UINT:
        cbor_write_head(w, CBOR_UINT, v->u);
        return;
    case LWM2M_FLOAT:
        write_float(w, v->f);
        return;
    case LWM2M_BOOL:
        writer_u8(w, v->b ? 0xf5 : 0xf4);
        return;
    case LWM2M_STRING:
        write_text(w, v->bytes.at, v->bytes.len);
        return;
    case LWM2M_OPAQUE:
        cbor_write_head(w, CBOR_BYTES, v->bytes.len);
        writer_put(w, v->bytes.at, v->bytes.len);
        return;
    case LWM2M_OBJLNK:
        write_link(w, v);
        return;
    case LWM2M_NONE:
    case LWM2M_SKIPPED:
        writer_u8(w, 0xf6);
        return;
    }
}
