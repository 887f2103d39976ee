/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "daemon/lwm2m/json.h"
#include "daemon/lwm2m/json_value.h"
#include "daemon/lwm2m/senml.h"

static void read_field(struct lwm2m_decoder *d, enum senml_field field,
                       struct senml_record *s)
{
    switch (field) {
    case SENML_NAME:
        s->has_name = true;
        json_read_into_name(d, field);
        return;
    case SENML_BASE_NAME:
        json_read_into_name(d, field);
        return;
    case SENML_BASE_TIME:
        d->base_time_s = json_read_double(&d->in);
        return;
    case SENML_TIME:
        s->time_s = json_read_double(&d->in);
        return;
    case SENML_BASE_VALUE:
        d->base_value = json_read_double(&d->in);
        return;
    case SENML_LINK:
        s->is_link = true;
        s->value = json_read_text(d);
        return;
    case SENML_VALUE:
        s->value = json_read_number_or_null(&d->in);
        return;
    case SENML_TEXT:
        s->value = json_read_text(d);
        return;
    case SENML_BOOL:
        s->value = lwm2m_bool(json_read_bool(&d->in));
        return;
    case SENML_DATA:
        s->value = json_read_base64(d);
        return;
    case SENML_IGNORED:
        json_skip(&d->in);
        return;
    case SENML_MUST_UNDERSTAND:
        d->in.bad = true;
        return;
    }
}

static struct senml_record read_record(struct lwm2m_decoder *d)
{
    struct senml_record s = {0};

    json_expect(&d->in, '{');
    for (bool is_first = true; json_more(&d->in, is_first, '}'); is_first = false) {
        struct json_string name = json_read_name(&d->in);
        read_field(d, senml_field_of_name(name.at, name.len), &s);
    }
    return s;
}

int senml_json_next(struct lwm2m_decoder *d, struct lwm2m_record *out)
{
    bool is_first = !d->is_begun;
    int rc = 0;

    if (is_first)
        json_expect(&d->in, '[');
    d->is_begun = true;
    for (; rc == 0 && json_more(&d->in, is_first, ']'); is_first = false) {
        struct senml_record s = read_record(d);
        rc = senml_resolve(d, &s, out);
    }
    if (rc == 0 && (json_peek(&d->in) != 0 || reader_left(&d->in) > 0))
        return -EBADMSG;
    return rc;
}
