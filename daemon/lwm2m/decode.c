/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/decode.h"

#include <errno.h>
#include <string.h>

#include "daemon/lwm2m/base64.h"
#include "daemon/lwm2m/cbor.h"
#include "daemon/lwm2m/codecs.h"
#include "daemon/lwm2m/format.h"
#include "daemon/lwm2m/json.h"
#include "daemon/lwm2m/time.h"

typedef int next_function(struct lwm2m_decoder *d, struct lwm2m_record *out);

bool objlnk_parse(const void *text, size_t len, struct lwm2m_value *out)
{
    struct reader r = reader_of(text, len);
    uint32_t ids[2] = {0};

    for (int i = 0; i < 2; i++) {
        size_t digits = 0;
        for (; reader_left(&r) > 0 && *r.at >= '0' && *r.at <= '9'; digits++) {
            ids[i] = ids[i] * 10 + (uint32_t)(*r.at++ - '0');
            if (ids[i] > UINT16_MAX)
                return false;
        }
        if (digits == 0 || (i == 0 && reader_u8(&r) != ':'))
            return false;
    }
    if (reader_left(&r) > 0)
        return false;
    *out = lwm2m_link((uint16_t)ids[0], (uint16_t)ids[1]);
    return true;
}

bool value_unbase64(struct lwm2m_decoder *d, struct lwm2m_value *v)
{
    size_t len;
    int rc = base64_decode((const char *)v->bytes.at, v->bytes.len, d->scratch,
                           sizeof d->scratch, &len);
    if (rc == -EBADMSG)
        return false;
    if (rc == 0)
        *v = lwm2m_opaque(d->scratch, len);
    else
        *v = (struct lwm2m_value){.kind = LWM2M_SKIPPED};
    return true;
}

static void settle_integer(enum lwm2m_kind kind, struct lwm2m_value *v)
{
    int64_t i;

    if (kind == LWM2M_TIME && v->kind == LWM2M_STRING &&
        rfc3339_parse(v->bytes.at, v->bytes.len, &i))
        *v = lwm2m_int(i);
    if (v->kind == LWM2M_BOOL || !lwm2m_value_int(v, &i))
        return;
    if (kind != LWM2M_UINT)
        *v = (struct lwm2m_value){.kind = kind, .i = i};
    else if (i >= 0)
        *v = (struct lwm2m_value){.kind = kind, .u = (uint64_t)i};
}

static void settle_float(struct lwm2m_value *v)
{
    if (v->kind == LWM2M_INT)
        *v = (struct lwm2m_value){.kind = LWM2M_FLOAT, .f = (double)v->i};
    else if (v->kind == LWM2M_UINT)
        *v = (struct lwm2m_value){.kind = LWM2M_FLOAT, .f = (double)v->u};
}

void value_settle(struct lwm2m_decoder *d, const struct lwm2m_path *p,
                  struct lwm2m_value *v)
{
    enum lwm2m_kind kind = lwm2m_type_of(d->afu, p);

    switch (kind) {
    case LWM2M_INT:
    case LWM2M_UINT:
    case LWM2M_TIME:
        settle_integer(kind, v);
        return;
    case LWM2M_FLOAT:
        settle_float(v);
        return;
    case LWM2M_BOOL:
        if (v->kind == LWM2M_INT && (v->i == 0 || v->i == 1))
            *v = lwm2m_bool(v->i == 1);
        return;
    case LWM2M_OPAQUE:
        if (v->kind == LWM2M_STRING)
            value_unbase64(d, v);
        return;
    case LWM2M_OBJLNK:
        if (v->kind == LWM2M_STRING)
            objlnk_parse(v->bytes.at, v->bytes.len, v);
        return;
    case LWM2M_STRING:
    case LWM2M_NONE:
    case LWM2M_SKIPPED:
        return;
    }
}

static bool is_numeric(enum lwm2m_kind kind)
{
    return kind == LWM2M_INT || kind == LWM2M_UINT || kind == LWM2M_FLOAT ||
           kind == LWM2M_TIME || kind == LWM2M_BOOL;
}

/* Formats whose whole payload is one value, of the resource that was asked for. */
static int single(struct lwm2m_decoder *d, struct lwm2m_value v,
                  struct lwm2m_record *out)
{
    if (d->in.bad || reader_left(&d->in) > 0 || d->base.depth < 3)
        return -EBADMSG;
    *out = (struct lwm2m_record){.path = d->base, .value = v};
    value_settle(d, &out->path, &out->value);
    d->is_done = true;
    return 1;
}

static struct lwm2m_value take_all(struct lwm2m_decoder *d)
{
    size_t len = reader_left(&d->in);

    return lwm2m_opaque(reader_take(&d->in, len), len);
}

static int text_next(struct lwm2m_decoder *d, struct lwm2m_record *out)
{
    enum lwm2m_kind kind = lwm2m_type_of(d->afu, &d->base);

    if (is_numeric(kind))
        return single(d, json_read_number(&d->in), out);
    struct lwm2m_value v = take_all(d);
    v.kind = LWM2M_STRING;
    int rc = single(d, v, out);
    if (rc == 1 && kind == LWM2M_OPAQUE && out->value.kind == LWM2M_STRING)
        return -EBADMSG; /* was no Base64 */
    return rc;
}

static int opaque_next(struct lwm2m_decoder *d, struct lwm2m_record *out)
{
    return single(d, take_all(d), out);
}

/* An empty array stands for a multiple resource without instances. */
static int cbor_next(struct lwm2m_decoder *d, struct lwm2m_record *out)
{
    if (reader_left(&d->in) == 1 && *d->in.at == 0x80) {
        d->in.at++;
        return single(d, (struct lwm2m_value){.kind = LWM2M_NONE}, out);
    }
    return single(d, cbor_read_value(&d->in), out);
}

static next_function *next_of(uint16_t format)
{
    const struct lwm2m_format_row *row = lwm2m_format_find(format);

    switch (row ? (enum lwm2m_format)row->same_as : LWM2M_CT_LINKS) {
    case LWM2M_CT_TEXT:
    case LWM2M_CT_OLD_TEXT:
        return text_next;
    case LWM2M_CT_OPAQUE:
        return opaque_next;
    case LWM2M_CT_CBOR:
        return cbor_next;
    case LWM2M_CT_SENML_JSON:
    case LWM2M_CT_SENML_ETCH_JSON:
        return senml_json_next;
    case LWM2M_CT_SENML_CBOR:
    case LWM2M_CT_SENML_ETCH_CBOR:
        return senml_cbor_next;
    case LWM2M_CT_OLD_TLV:
    case LWM2M_CT_TLV:
        return tlv_next;
    case LWM2M_CT_OLD_JSON_1543:
    case LWM2M_CT_OLD_JSON:
        return old_json_next;
    case LWM2M_CT_LWM2M_CBOR:
        return lwm2m_cbor_next;
    case LWM2M_CT_LINKS:
        break;
    }
    return NULL;
}

int lwm2m_decode_begin(struct lwm2m_decoder *d, uint16_t format,
                       const struct lwm2m_path *base, const void *bytes, size_t len)
{
    if (!next_of(format))
        return LWM2M_E_FORMAT;
    memset(d, 0, offsetof(struct lwm2m_decoder, scratch));
    d->in = reader_of(bytes, len);
    d->base = *base;
    d->format = format;
    return 0;
}

void lwm2m_decode_for(struct lwm2m_decoder *d, const char *root,
                      const struct lwm2m_afu_objects *afu)
{
    d->root = root;
    d->afu = afu;
}

int lwm2m_decode_next(struct lwm2m_decoder *d, struct lwm2m_record *out)
{
    struct lwm2m_record record = {0};

    if (d->in.bad)
        return -EBADMSG;
    if (d->is_done)
        return 0;
    int rc = next_of(d->format)(d, &record);
    if (rc < 0 || d->in.bad) {
        d->in.bad = true;
        return -EBADMSG;
    }
    if (rc == 0)
        d->is_done = true;
    else
        *out = record;
    return rc;
}
