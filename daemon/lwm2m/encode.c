/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/encode.h"

#include <stdio.h>
#include <string.h>

#include "daemon/lwm2m/cbor.h"
#include "daemon/lwm2m/format.h"

enum { SENML_N = 0, SENML_V = 2, SENML_VS = 3, SENML_VB = 4, SENML_VD = 8 };
enum { NAME_BYTES = LWM2M_ROOT_BYTES + LWM2M_PATH_TEXT_BYTES };

static void name_of(char name[NAME_BYTES], const char *root, const struct lwm2m_path *p)
{
    char path[LWM2M_PATH_TEXT_BYTES];

    snprintf(name, NAME_BYTES, "%s%s", root ? root : "", lwm2m_path_print(p, path));
}

static void print_number(struct writer *w, const struct lwm2m_value *v)
{
    char text[32] = "";

    if (v->kind == LWM2M_INT || v->kind == LWM2M_TIME)
        snprintf(text, sizeof text, "%lld", (long long)v->i);
    else if (v->kind == LWM2M_UINT)
        snprintf(text, sizeof text, "%llu", (unsigned long long)v->u);
    else if (v->kind == LWM2M_FLOAT)
        snprintf(text, sizeof text, "%.17g", v->f);
    else
        snprintf(text, sizeof text, "%u:%u", v->link.object, v->link.instance);
    writer_text(w, text);
}

static int encode_text(struct writer *w, const struct lwm2m_value *v)
{
    switch (v->kind) {
    case LWM2M_INT:
    case LWM2M_UINT:
    case LWM2M_FLOAT:
    case LWM2M_TIME:
    case LWM2M_OBJLNK:
        print_number(w, v);
        return 0;
    case LWM2M_BOOL:
        writer_text(w, v->b ? "1" : "0");
        return 0;
    case LWM2M_STRING:
        writer_put(w, v->bytes.at, v->bytes.len);
        return 0;
    case LWM2M_OPAQUE: /* would be Base64; opaque has a format of its own */
    case LWM2M_NONE:
    case LWM2M_SKIPPED:
        break;
    }
    return LWM2M_E_FORMAT;
}

static int encode_opaque(struct writer *w, const struct lwm2m_value *v)
{
    if (v->kind != LWM2M_OPAQUE)
        return LWM2M_E_FORMAT;
    writer_put(w, v->bytes.at, v->bytes.len);
    return 0;
}

static void tlv_head(struct writer *w, uint8_t type, uint16_t id, size_t len)
{
    unsigned length_bytes = len < 8 ? 0 : len <= 0xff ? 1 : len <= 0xffff ? 2 : 3;

    if (len > 0xffffff)
        w->bad = true;
    if (id > 0xff)
        type |= 0x20;
    writer_u8(w, (uint8_t)(type | length_bytes << 3 | (length_bytes ? 0 : len)));
    writer_uint(w, id, id > 0xff ? 2 : 1);
    if (length_bytes)
        writer_uint(w, len, length_bytes);
}

static size_t int_width(int64_t i)
{
    return i == (int8_t)i ? 1 : i == (int16_t)i ? 2 : i == (int32_t)i ? 4 : 8;
}

static size_t uint_width(uint64_t u)
{
    return u <= UINT8_MAX ? 1 : u <= UINT16_MAX ? 2 : u <= UINT32_MAX ? 4 : 8;
}

/* The value alone. */
static int tlv_value(struct writer *w, const struct lwm2m_value *v)
{
    uint64_t bits;

    switch (v->kind) {
    case LWM2M_INT:
    case LWM2M_TIME:
        writer_uint(w, (uint64_t)v->i, int_width(v->i));
        return 0;
    case LWM2M_UINT:
        writer_uint(w, v->u, uint_width(v->u));
        return 0;
    case LWM2M_FLOAT:
        memcpy(&bits, &v->f, sizeof bits);
        writer_uint(w, bits, 8);
        return 0;
    case LWM2M_BOOL:
        writer_u8(w, v->b);
        return 0;
    case LWM2M_OBJLNK:
        writer_u16(w, v->link.object);
        writer_u16(w, v->link.instance);
        return 0;
    case LWM2M_STRING:
    case LWM2M_OPAQUE:
        writer_put(w, v->bytes.at, v->bytes.len);
        return 0;
    case LWM2M_NONE:
    case LWM2M_SKIPPED:
        break;
    }
    return LWM2M_E_FORMAT;
}

static int encode_tlv(struct writer *w, const struct lwm2m_record *record)
{
    const struct lwm2m_value *v = &record->value;
    uint8_t short_value[8];
    struct writer sw = writer_of(short_value, sizeof short_value);
    bool is_long = v->kind == LWM2M_STRING || v->kind == LWM2M_OPAQUE;
    uint8_t type = record->path.depth == 4 ? 0x40 : 0xc0;
    uint16_t id = record->path.id[record->path.depth - 1];

    if (is_long) {
        tlv_head(w, type, id, v->bytes.len);
        return tlv_value(w, v);
    }
    int rc = tlv_value(&sw, v);
    tlv_head(w, type, id, writer_len(&sw));
    writer_put(w, short_value, writer_len(&sw));
    return rc;
}

static int encode_cbor(struct writer *w, const struct lwm2m_value *v)
{
    cbor_write_value(w, v);
    return 0;
}

static int encode_lwm2m_cbor(struct writer *w, const struct lwm2m_record *record)
{
    cbor_write_head(w, CBOR_MAP, 1);
    cbor_write_head(w, CBOR_ARRAY, record->path.depth);
    for (int i = 0; i < record->path.depth; i++)
        cbor_write_head(w, CBOR_UINT, record->path.id[i]);
    cbor_write_value(w, &record->value);
    return 0;
}

static void senml_cbor_label(struct writer *w, enum lwm2m_kind kind)
{
    if (kind == LWM2M_OBJLNK)
        cbor_write_text(w, "vlo");
    else
        cbor_write_int(w, kind == LWM2M_STRING   ? SENML_VS
                          : kind == LWM2M_BOOL   ? SENML_VB
                          : kind == LWM2M_OPAQUE ? SENML_VD
                                                 : SENML_V);
}

static int encode_senml_cbor(struct writer *w, const char *root,
                             const struct lwm2m_record *record)
{
    char name[NAME_BYTES];

    name_of(name, root, &record->path);
    cbor_write_head(w, CBOR_ARRAY, 1);
    cbor_write_head(w, CBOR_MAP, 2);
    cbor_write_int(w, SENML_N);
    cbor_write_text(w, name);
    senml_cbor_label(w, record->value.kind);
    cbor_write_value(w, &record->value);
    return 0;
}

static void json_string(struct writer *w, const uint8_t *at, size_t len)
{
    char escaped[8];

    writer_u8(w, '"');
    for (size_t i = 0; i < len; i++) {
        if (at[i] == '"' || at[i] == '\\')
            writer_u8(w, '\\');
        if (at[i] < 0x20) {
            snprintf(escaped, sizeof escaped, "\\u%04x", at[i]);
            writer_text(w, escaped);
        } else {
            writer_u8(w, at[i]);
        }
    }
    writer_u8(w, '"');
}

static int senml_json_value(struct writer *w, const struct lwm2m_value *v)
{
    switch (v->kind) {
    case LWM2M_INT:
    case LWM2M_UINT:
    case LWM2M_FLOAT:
    case LWM2M_TIME:
        writer_text(w, ",\"v\":");
        print_number(w, v);
        return 0;
    case LWM2M_BOOL:
        writer_text(w, v->b ? ",\"vb\":true" : ",\"vb\":false");
        return 0;
    case LWM2M_STRING:
        writer_text(w, ",\"vs\":");
        json_string(w, v->bytes.at, v->bytes.len);
        return 0;
    case LWM2M_OBJLNK:
        writer_text(w, ",\"vlo\":\"");
        print_number(w, v);
        writer_u8(w, '"');
        return 0;
    case LWM2M_OPAQUE:
    case LWM2M_NONE:
    case LWM2M_SKIPPED:
        break;
    }
    return LWM2M_E_FORMAT;
}

static void senml_json_name(struct writer *w, const char *root,
                            const struct lwm2m_path *p)
{
    char name[NAME_BYTES];

    name_of(name, root, p);
    writer_text(w, "{\"n\":");
    json_string(w, (const uint8_t *)name, strlen(name));
}

static int encode_senml_json(struct writer *w, const char *root,
                             const struct lwm2m_record *record)
{
    writer_u8(w, '[');
    senml_json_name(w, root, &record->path);
    int rc = senml_json_value(w, &record->value);
    writer_text(w, "}]");
    return rc;
}

int lwm2m_encode_value(struct writer *w, uint16_t format, const char *root,
                       const struct lwm2m_record *record)
{
    enum lwm2m_kind kind = record->value.kind;

    if (kind == LWM2M_NONE || kind == LWM2M_SKIPPED || record->path.depth < 3)
        return LWM2M_E_FORMAT;
    switch (format) {
    case LWM2M_CT_TEXT:
        return encode_text(w, &record->value);
    case LWM2M_CT_OPAQUE:
        return encode_opaque(w, &record->value);
    case LWM2M_CT_CBOR:
        return encode_cbor(w, &record->value);
    case LWM2M_CT_TLV:
    case LWM2M_CT_OLD_TLV:
        return encode_tlv(w, record);
    case LWM2M_CT_SENML_JSON:
        return encode_senml_json(w, root, record);
    case LWM2M_CT_SENML_CBOR:
        return encode_senml_cbor(w, root, record);
    case LWM2M_CT_LWM2M_CBOR:
        return encode_lwm2m_cbor(w, record);
    default: /* any number may be asked for */
        return LWM2M_E_FORMAT;
    }
}

static void paths_cbor(struct writer *w, const char *root, struct lwm2m_paths paths)
{
    char name[NAME_BYTES];

    cbor_write_head(w, CBOR_ARRAY, paths.count);
    for (size_t i = 0; i < paths.count; i++) {
        name_of(name, root, &paths.at[i]);
        cbor_write_head(w, CBOR_MAP, 1);
        cbor_write_int(w, SENML_N);
        cbor_write_text(w, name);
    }
}

static void paths_json(struct writer *w, const char *root, struct lwm2m_paths paths)
{
    writer_u8(w, '[');
    for (size_t i = 0; i < paths.count; i++) {
        if (i > 0)
            writer_u8(w, ',');
        senml_json_name(w, root, &paths.at[i]);
        writer_u8(w, '}');
    }
    writer_u8(w, ']');
}

int lwm2m_encode_paths(struct writer *w, uint16_t format, const char *root,
                       struct lwm2m_paths paths)
{
    if (format == LWM2M_CT_SENML_CBOR)
        paths_cbor(w, root, paths);
    else if (format == LWM2M_CT_SENML_JSON)
        paths_json(w, root, paths);
    else
        return LWM2M_E_FORMAT;
    return 0;
}

void lwm2m_encode_update_args(struct writer *w, uint16_t object,
                              const uint16_t *instances, size_t count)
{
    char link[24];

    writer_text(w, count > 0 ? "0='" : "0");
    for (size_t i = 0; i < count; i++) {
        snprintf(link, sizeof link, "%s</%u/%u>", i > 0 ? "," : "", object,
                 instances[i]);
        writer_text(w, link);
    }
    if (count > 0)
        writer_u8(w, '\'');
}
