/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/json_value.h"

#include <errno.h>

#include "daemon/lwm2m/json.h"

void json_read_into_name(struct lwm2m_decoder *d, enum senml_field field)
{
    struct json_string s = json_read_string(&d->in);
    bool is_base = field == SENML_BASE_NAME;

    if (json_unescape(&s, is_base ? d->base_name : d->name, LWM2M_NAME_BYTES,
                      is_base ? &d->base_name_len : &d->name_len) != 0)
        d->in.bad = true;
}

double json_read_double(struct reader *r)
{
    struct lwm2m_value v = json_read_number(r);

    if (v.kind == LWM2M_INT)
        return (double)v.i;
    return v.kind == LWM2M_UINT ? (double)v.u : v.f;
}

struct lwm2m_value json_read_number_or_null(struct reader *r)
{
    if (json_peek(r) != 'n')
        return json_read_number(r);
    json_skip(r);
    return (struct lwm2m_value){.kind = LWM2M_NONE};
}

struct lwm2m_value json_read_text(struct lwm2m_decoder *d)
{
    struct json_string s = json_read_string(&d->in);
    struct lwm2m_value v = lwm2m_opaque(s.at, s.len);

    v.kind = LWM2M_STRING;
    if (!s.is_escaped)
        return v;
    int rc = json_unescape(&s, d->scratch, sizeof d->scratch, &v.bytes.len);
    v.bytes.at = d->scratch;
    if (rc == -EMSGSIZE)
        return (struct lwm2m_value){.kind = LWM2M_SKIPPED};
    if (rc != 0)
        d->in.bad = true;
    return v;
}

struct lwm2m_value json_read_base64(struct lwm2m_decoder *d)
{
    struct lwm2m_value v = json_read_text(d);

    if (v.kind == LWM2M_STRING && !d->in.bad && !value_unbase64(d, &v))
        d->in.bad = true;
    return v;
}
