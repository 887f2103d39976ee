/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/resources.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/json_write.h"
#include "daemon/coap/code.h"
#include "daemon/lwm2m/base64.h"
#include "daemon/lwm2m/decode.h"

static const enum lwm2m_kind kinds[RESOURCE_TYPE_COUNT] = {
    [RESOURCE_ANY] = LWM2M_NONE,      [RESOURCE_INTEGER] = LWM2M_INT,
    [RESOURCE_UNSIGNED] = LWM2M_UINT, [RESOURCE_FLOAT] = LWM2M_FLOAT,
    [RESOURCE_BOOLEAN] = LWM2M_BOOL,  [RESOURCE_STRING] = LWM2M_STRING,
    [RESOURCE_OPAQUE] = LWM2M_OPAQUE, [RESOURCE_OBJLNK] = LWM2M_OBJLNK,
    [RESOURCE_TIME] = LWM2M_TIME,
};

struct lwm2m_path resource_path(const struct resource_ask *ask)
{
    struct lwm2m_path path = {.depth = ask->depth};

    memcpy(path.id, ask->path, ask->depth * sizeof path.id[0]);
    return path;
}

/* ---- requests ---- */

/* What a value is meant to be: as declared, as registered with OMA, as it looks. */
static enum lwm2m_kind kind_of(const struct resource_ask *ask,
                               const struct lwm2m_afu_objects *afu)
{
    struct lwm2m_path path = resource_path(ask);
    enum lwm2m_kind known = lwm2m_type_of(afu, &path);

    if (ask->type != RESOURCE_ANY)
        return kinds[ask->type];
    if (known != LWM2M_NONE)
        return known;
    if (ask->form == RESOURCE_IS_NUMBER)
        return ask->number == floor(ask->number) ? LWM2M_INT : LWM2M_FLOAT;
    return ask->form == RESOURCE_IS_BOOL ? LWM2M_BOOL : LWM2M_STRING;
}

/* Beyond, a number in JSON is no longer the one that was written (RFC 8259 6). */
static const double exact_max = 0x1p53;

/* @return what is wrong, NULL if nothing */
static const char *number_value(const struct resource_ask *ask, enum lwm2m_kind kind,
                                struct lwm2m_value *out)
{
    bool is_whole = ask->number == floor(ask->number) && fabs(ask->number) <= exact_max;

    *out = (struct lwm2m_value){.kind = kind};
    if (kind == LWM2M_FLOAT)
        out->f = ask->number;
    else if (!is_whole || (kind == LWM2M_UINT && ask->number < 0))
        return "the resource takes whole numbers of its range only, up to 2^53";
    else if (kind == LWM2M_UINT)
        out->u = (uint64_t)ask->number;
    else if (kind == LWM2M_INT || kind == LWM2M_TIME)
        out->i = (int64_t)ask->number;
    else
        return "the resource does not take a number";
    return NULL;
}

static const char *text_value(const struct resource_ask *ask, enum lwm2m_kind kind,
                              uint8_t *scratch, struct lwm2m_value *out)
{
    unsigned object, instance;
    int64_t wall_ms;
    size_t len = 0;
    int end = 0;

    if (kind == LWM2M_STRING) {
        *out = lwm2m_text(ask->text);
        return NULL;
    }
    if (kind == LWM2M_OPAQUE) {
        if (base64_decode(ask->text, strlen(ask->text), scratch, LINKS_ASK_BYTES,
                          &len) != 0)
            return "an opaque value is Base64";
        *out = lwm2m_opaque(scratch, len);
        return NULL;
    }
    if (kind == LWM2M_OBJLNK) {
        if (sscanf(ask->text, "%5u:%5u%n", &object, &instance, &end) != 2 ||
            ask->text[end] != '\0' || object > UINT16_MAX || instance > UINT16_MAX)
            return "an object link is \"object:instance\"";
        *out = lwm2m_link((uint16_t)object, (uint16_t)instance);
        return NULL;
    }
    if (kind != LWM2M_TIME)
        return "the resource does not take a string";
    if (text_time_read(ask->text, &wall_ms) != 0)
        return "a time is RFC 3339, or seconds since 1970";
    *out = (struct lwm2m_value){.kind = LWM2M_TIME, .i = wall_ms / 1000};
    return NULL;
}

static const char *value_of(const struct resource_ask *ask, enum lwm2m_kind kind,
                            uint8_t *scratch, struct lwm2m_value *out)
{
    if (ask->form == RESOURCE_IS_NUMBER)
        return number_value(ask, kind, out);
    if (ask->form == RESOURCE_IS_TEXT)
        return text_value(ask, kind, scratch, out);
    *out = lwm2m_bool(ask->boolean);
    return kind == LWM2M_BOOL ? NULL : "the resource does not take true or false";
}

const char *resource_request(const struct resource_ask *ask,
                             const struct config_objects *afu, uint8_t *scratch,
                             struct links_ask *out)
{
    static const uint8_t methods[] = {[RESOURCE_READ] = COAP_GET,
                                      [RESOURCE_WRITE] = COAP_PUT,
                                      [RESOURCE_EXECUTE] = COAP_POST};
    const struct lwm2m_afu_objects objects = {afu->id, afu->count};

    out->method = methods[ask->method];
    out->path = resource_path(ask);
    out->value = (struct lwm2m_value){0};
    out->arguments = ask->method == RESOURCE_EXECUTE && ask->text[0] ? ask->text : NULL;
    if (ask->method != RESOURCE_WRITE)
        return NULL;
    return value_of(ask, kind_of(ask, &objects), scratch, &out->value);
}

/* ---- answers ---- */

static void put_base64(struct json *j, const uint8_t *bytes, size_t len)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct text text = {0};

    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t n = (uint32_t)bytes[i] << 16 |
                     (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                     (left > 2 ? bytes[i + 2] : 0);
        char four[4] = {digits[n >> 18], digits[n >> 12 & 63],
                        (char)(left > 1 ? digits[n >> 6 & 63] : '='),
                        (char)(left > 2 ? digits[n & 63] : '=')};
        text_append(&text, four, sizeof four);
    }
    json_text(j, "value", text.at ? text.at : "");
    text_fini(&text);
}

static void put_value(struct json *j, const struct lwm2m_value *v)
{
    static const char *const types[] = {
        [LWM2M_NONE] = "none",     [LWM2M_INT] = "integer",
        [LWM2M_UINT] = "unsigned", [LWM2M_FLOAT] = "float",
        [LWM2M_BOOL] = "boolean",  [LWM2M_STRING] = "string",
        [LWM2M_OPAQUE] = "opaque", [LWM2M_OBJLNK] = "objlnk",
        [LWM2M_TIME] = "time",     [LWM2M_SKIPPED] = "too-long",
    };
    char link[16];

    json_text(j, "type", types[v->kind]);
    switch (v->kind) {
    case LWM2M_INT:
        json_int(j, "value", v->i);
        break;
    case LWM2M_UINT:
        if (v->u <= INT64_MAX)
            json_int(j, "value", (int64_t)v->u);
        else
            json_number(j, "value", (double)v->u);
        break;
    case LWM2M_FLOAT:
        json_number(j, "value", v->f);
        break;
    case LWM2M_BOOL:
        json_bool(j, "value", v->b);
        break;
    case LWM2M_STRING:
        json_text_n(j, "value", (const char *)v->bytes.at, v->bytes.len);
        break;
    case LWM2M_OPAQUE:
        put_base64(j, v->bytes.at, v->bytes.len);
        break;
    case LWM2M_OBJLNK:
        snprintf(link, sizeof link, "%u:%u", v->link.object, v->link.instance);
        json_text(j, "value", link);
        break;
    case LWM2M_TIME:
        if (v->i > 0 && v->i < INT64_C(253402300800)) /* year 10000 */
            json_time(j, "value", v->i * 1000);
        else
            json_int(j, "value", v->i);
        break;
    case LWM2M_NONE:
    case LWM2M_SKIPPED:
        json_null(j, "value");
        break;
    }
}

static void put_path(struct json *j, const struct lwm2m_path *path)
{
    char text[LWM2M_PATH_TEXT_BYTES];

    json_text(j, "path", lwm2m_path_print(path, text));
}

static int put_values(struct json *j, const struct lwm2m_path *asked,
                      const struct link_report *report,
                      const struct lwm2m_afu_objects *afu)
{
    int32_t format = report->answer.format;
    struct lwm2m_decoder d;
    struct lwm2m_record record;
    int rc;

    if (lwm2m_decode_begin(&d, (uint16_t)(format < 0 ? 0 : format), asked,
                           report->answer.bytes, report->answer.len) != 0)
        return -EBADMSG;
    lwm2m_decode_for(&d, report->answer.root, afu);
    json_array(j, "values");
    while ((rc = lwm2m_decode_next(&d, &record)) == 1) {
        json_object(j, NULL);
        put_path(j, &record.path);
        put_value(j, &record.value);
        json_end(j);
    }
    json_end(j);
    return rc;
}

int resource_answer(const struct resource_ask *ask, const struct link_report *report,
                    const struct config_objects *afu, struct text *out)
{
    const struct lwm2m_afu_objects objects = {afu->id, afu->count};
    struct lwm2m_path path = resource_path(ask);
    struct json j = json_to(out);
    uint8_t code = report->outcome.code;
    char word[8];
    int rc = 0;

    snprintf(word, sizeof word, "%u.%02u", code >> 5, code & 31u);
    json_object(&j, NULL);
    put_path(&j, &path);
    json_text(&j, "coap_code", word);
    if (ask->method == RESOURCE_READ)
        rc = put_values(&j, &path, report, &objects);
    json_end(&j);
    return rc;
}
