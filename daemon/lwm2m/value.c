/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/value.h"

#include <math.h>
#include <string.h>

#include "daemon/lwm2m/utf8.h"

/* 2^63 and -2^63 are doubles, INT64_MAX is not. */
static bool float_to_int(double f, int64_t *out)
{
    if (!(f >= -0x1p63 && f < 0x1p63) || f != (double)(int64_t)f)
        return false;
    *out = (int64_t)f;
    return true;
}

bool lwm2m_value_int(const struct lwm2m_value *v, int64_t *out)
{
    switch (v->kind) {
    case LWM2M_INT:
    case LWM2M_TIME:
        *out = v->i;
        return true;
    case LWM2M_UINT:
        if (v->u > INT64_MAX)
            return false;
        *out = (int64_t)v->u;
        return true;
    case LWM2M_FLOAT:
        return float_to_int(v->f, out);
    case LWM2M_BOOL:
        *out = v->b;
        return true;
    case LWM2M_NONE:
    case LWM2M_STRING:
    case LWM2M_OPAQUE:
    case LWM2M_OBJLNK:
    case LWM2M_SKIPPED:
        break;
    }
    return false;
}

bool lwm2m_value_text(const struct lwm2m_value *v, char *out, size_t size)
{
    out[0] = '\0';
    if (v->kind != LWM2M_STRING || v->bytes.len >= size ||
        memchr(v->bytes.at, 0, v->bytes.len) ||
        !utf8_is_valid(v->bytes.at, v->bytes.len))
        return false;
    memcpy(out, v->bytes.at, v->bytes.len);
    out[v->bytes.len] = '\0';
    return true;
}

bool lwm2m_value_equal(const struct lwm2m_value *a, const struct lwm2m_value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case LWM2M_NONE:
    case LWM2M_SKIPPED:
        return true;
    case LWM2M_INT:
    case LWM2M_TIME:
        return a->i == b->i;
    case LWM2M_UINT:
        return a->u == b->u;
    case LWM2M_FLOAT:
        return a->f == b->f || (isnan(a->f) && isnan(b->f));
    case LWM2M_BOOL:
        return a->b == b->b;
    case LWM2M_STRING:
    case LWM2M_OPAQUE:
        return a->bytes.len == b->bytes.len &&
               memcmp(a->bytes.at, b->bytes.at, a->bytes.len) == 0;
    case LWM2M_OBJLNK:
        return a->link.object == b->link.object && a->link.instance == b->link.instance;
    }
    return false;
}

struct lwm2m_value lwm2m_int(int64_t i)
{
    return (struct lwm2m_value){.kind = LWM2M_INT, .i = i};
}

struct lwm2m_value lwm2m_bool(bool b)
{
    return (struct lwm2m_value){.kind = LWM2M_BOOL, .b = b};
}

struct lwm2m_value lwm2m_text(const char *text)
{
    return (struct lwm2m_value){
        .kind = LWM2M_STRING,
        .bytes = {(const uint8_t *)text, strlen(text)},
    };
}

struct lwm2m_value lwm2m_opaque(const void *bytes, size_t len)
{
    return (struct lwm2m_value){
        .kind = LWM2M_OPAQUE,
        .bytes = {bytes ? bytes : "", len},
    };
}

struct lwm2m_value lwm2m_link(uint16_t object, uint16_t instance)
{
    return (struct lwm2m_value){.kind = LWM2M_OBJLNK, .link = {object, instance}};
}
