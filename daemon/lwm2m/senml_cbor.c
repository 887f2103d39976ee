/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "daemon/lwm2m/cbor.h"
#include "daemon/lwm2m/senml.h"

static enum senml_field read_label(struct reader *r)
{
    struct cbor_item item = cbor_read(r);

    switch (item.type) {
    case CBOR_UINT:
        return senml_field_of_label(item.n > INT8_MAX ? INT8_MAX : (int64_t)item.n);
    case CBOR_NEGATIVE:
        return senml_field_of_label(item.n > INT8_MAX ? INT8_MIN
                                                      : -1 - (int64_t)item.n);
    case CBOR_TEXT:
        if (item.bytes)
            return senml_field_of_name(item.bytes, (size_t)item.n);
        break;
    case CBOR_BYTES:
    case CBOR_ARRAY:
    case CBOR_MAP:
    case CBOR_TAG:
    case CBOR_FLOAT:
    case CBOR_BOOL:
    case CBOR_NULL:
    case CBOR_OTHER:
    case CBOR_BREAK:
        break;
    }
    r->bad = true;
    return SENML_IGNORED;
}

static void read_name(struct lwm2m_decoder *d, enum senml_field field)
{
    struct cbor_item item = cbor_read(&d->in);

    if (item.type == CBOR_TEXT && item.bytes)
        senml_set_name(d, field, item.bytes, (size_t)item.n);
    else
        d->in.bad = true;
}

static double read_number(struct lwm2m_decoder *d)
{
    return cbor_read_number(&d->in);
}

/* The item says what it is. */
static struct lwm2m_value read_value(struct lwm2m_decoder *d, enum senml_field field)
{
    (void)field;
    return cbor_read_value(&d->in);
}

static const struct senml_syntax syntax = {read_name, read_number, read_value};

static struct senml_record read_record(struct lwm2m_decoder *d)
{
    struct senml_record s = {0};
    struct cbor_item map = cbor_read_untagged(&d->in);
    uint64_t left = map.n;

    if (map.type != CBOR_MAP)
        d->in.bad = true;
    while (cbor_more(&d->in, map.is_indefinite, &left))
        senml_read_field(&syntax, d, read_label(&d->in), &s);
    return s;
}

static void begin(struct lwm2m_decoder *d)
{
    struct cbor_item array = cbor_read_untagged(&d->in);

    d->is_begun = true;
    if (array.type != CBOR_ARRAY)
        d->in.bad = true;
    d->levels[0].left = array.n;
    d->levels[0].is_indefinite = array.is_indefinite;
}

int senml_cbor_next(struct lwm2m_decoder *d, struct lwm2m_record *out)
{
    int rc = 0;

    if (!d->is_begun)
        begin(d);
    while (rc == 0 &&
           cbor_more(&d->in, d->levels[0].is_indefinite, &d->levels[0].left)) {
        struct senml_record s = read_record(d);
        rc = senml_resolve(d, &s, out);
    }
    if (rc == 0 && reader_left(&d->in) > 0)
        return -EBADMSG;
    return rc;
}
