/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/senml.h"

#include <errno.h>
#include <string.h>

struct senml_label {
    const char *name;
    int64_t label; /* in CBOR; TEXT_ONLY if it has none */
    enum senml_field field;
};

enum { TEXT_ONLY = 127 };

/* RFC 8428 table 4; vlo is from LwM2M Core 1.2.2, 7.4.4. */
static const struct senml_label labels[] = {
    {"bver", -1, SENML_IGNORED},  {"bn", -2, SENML_BASE_NAME},
    {"bt", -3, SENML_BASE_TIME},  {"bu", -4, SENML_IGNORED},
    {"bv", -5, SENML_BASE_VALUE}, {"bs", -6, SENML_IGNORED},
    {"n", 0, SENML_NAME},         {"u", 1, SENML_IGNORED},
    {"v", 2, SENML_VALUE},        {"vs", 3, SENML_TEXT},
    {"vb", 4, SENML_BOOL},        {"s", 5, SENML_IGNORED},
    {"t", 6, SENML_TIME},         {"ut", 7, SENML_IGNORED},
    {"vd", 8, SENML_DATA},        {"vlo", TEXT_ONLY, SENML_LINK},
};
enum { LABELS = sizeof labels / sizeof labels[0] };

enum senml_field senml_field_of_name(const void *name, size_t len)
{
    for (size_t i = 0; i < LABELS; i++)
        if (len == strlen(labels[i].name) && memcmp(name, labels[i].name, len) == 0)
            return labels[i].field;
    if (len > 0 && ((const char *)name)[len - 1] == '_')
        return SENML_MUST_UNDERSTAND;
    return SENML_IGNORED;
}

enum senml_field senml_field_of_label(int64_t label)
{
    for (size_t i = 0; i < LABELS; i++)
        if (labels[i].label == label && label != TEXT_ONLY)
            return labels[i].field;
    return SENML_IGNORED;
}

void senml_read_field(const struct senml_syntax *syntax, struct lwm2m_decoder *d,
                      enum senml_field field, struct senml_record *s)
{
    switch (field) {
    case SENML_NAME:
    case SENML_BASE_NAME:
        s->has_name |= field == SENML_NAME;
        syntax->name(d, field);
        return;
    case SENML_BASE_TIME:
        d->base_time_s = syntax->number(d);
        return;
    case SENML_TIME:
        s->time_s = syntax->number(d);
        return;
    case SENML_BASE_VALUE:
        d->base_value = syntax->number(d);
        return;
    case SENML_LINK:
    case SENML_VALUE:
    case SENML_TEXT:
    case SENML_BOOL:
    case SENML_DATA:
        s->is_link |= field == SENML_LINK;
        s->value = syntax->value(d, field);
        return;
    case SENML_IGNORED:
        (void)syntax->value(d, field);
        return;
    case SENML_MUST_UNDERSTAND:
        d->in.bad = true;
        return;
    }
}

void senml_set_name(struct lwm2m_decoder *d, enum senml_field field, const void *name,
                    size_t len)
{
    bool is_base = field == SENML_BASE_NAME;

    if (len > LWM2M_NAME_BYTES) {
        d->in.bad = true;
        return;
    }
    memcpy(is_base ? d->base_name : d->name, name, len);
    *(is_base ? &d->base_name_len : &d->name_len) = len;
}

/* The name with its base. A device with an alternate path should put it there, not all
 * do. */
static int path_of(const struct lwm2m_decoder *d, bool has_name, struct lwm2m_path *out)
{
    char name[2 * LWM2M_NAME_BYTES];
    size_t len = d->base_name_len;

    memcpy(name, d->base_name, len);
    if (has_name) {
        memcpy(name + len, d->name, d->name_len);
        len += d->name_len;
    }
    if (lwm2m_path_parse(d->root, name, len, out) == 0)
        return 0;
    return lwm2m_path_parse(NULL, name, len, out);
}

static bool add_would_overflow(int64_t a, int64_t b, int64_t *sum)
{
    return __builtin_add_overflow(a, b, sum);
}

static void add_base_value(double base, struct lwm2m_value *v)
{
    if (base == 0)
        return;
    struct lwm2m_value whole = {.kind = LWM2M_FLOAT, .f = base};
    int64_t base_int, sum;
    if (v->kind == LWM2M_INT && lwm2m_value_int(&whole, &base_int) &&
        !add_would_overflow(v->i, base_int, &sum)) {
        v->i = sum;
        return;
    }
    if (v->kind == LWM2M_INT)
        *v = (struct lwm2m_value){.kind = LWM2M_FLOAT, .f = (double)v->i};
    if (v->kind == LWM2M_UINT)
        *v = (struct lwm2m_value){.kind = LWM2M_FLOAT, .f = (double)v->u};
    if (v->kind == LWM2M_FLOAT)
        v->f += base;
}

int senml_resolve(struct lwm2m_decoder *d, struct senml_record *s,
                  struct lwm2m_record *out)
{
    if (d->in.bad)
        return -EBADMSG;
    if (!s->has_name && s->value.kind == LWM2M_NONE)
        return 0;
    int rc = path_of(d, s->has_name, &out->path);
    if (rc != 0)
        return rc;
    out->value = s->value;
    out->time_s = d->base_time_s + s->time_s;
    if (s->is_link && s->value.kind == LWM2M_STRING &&
        !objlnk_parse(s->value.bytes.at, s->value.bytes.len, &out->value))
        return -EBADMSG;
    add_base_value(d->base_value, &out->value);
    value_settle(d, &out->path, &out->value);
    return 1;
}
