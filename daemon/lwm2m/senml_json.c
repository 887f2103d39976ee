/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "daemon/lwm2m/json.h"
#include "daemon/lwm2m/json_value.h"
#include "daemon/lwm2m/senml.h"

static double read_number(struct lwm2m_decoder *d)
{
    return json_read_double(&d->in);
}

static struct lwm2m_value read_value(struct lwm2m_decoder *d, enum senml_field field)
{
    if (field == SENML_VALUE)
        return json_read_number_or_null(&d->in);
    if (field == SENML_TEXT || field == SENML_LINK)
        return json_read_text(d);
    if (field == SENML_BOOL)
        return lwm2m_bool(json_read_bool(&d->in));
    if (field == SENML_DATA)
        return json_read_base64(d);
    json_skip(&d->in);
    return (struct lwm2m_value){.kind = LWM2M_NONE};
}

static const struct senml_syntax syntax = {json_read_into_name, read_number,
                                           read_value};

static struct senml_record read_record(struct lwm2m_decoder *d)
{
    struct senml_record s = {0};

    json_expect(&d->in, '{');
    for (bool is_first = true; json_more(&d->in, is_first, '}'); is_first = false) {
        struct json_string name = json_read_name(&d->in);
        senml_read_field(&syntax, d, senml_field_of_name(name.at, name.len), &s);
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
