/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/daemon/lwm2m/dump.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[65536];
static size_t text_len;

static void __attribute__((format(printf, 1, 2))) add(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text + text_len, sizeof text - text_len, format, args);
    va_end(args);
    text_len += (size_t)n;
    if (text_len >= sizeof text)
        text_len = sizeof text - 1;
}

size_t unhex(const char *hex, uint8_t *out, size_t size)
{
    size_t n = 0;

    for (; *hex; hex++) {
        if (!isxdigit((unsigned char)hex[0]))
            continue;
        if (!isxdigit((unsigned char)hex[1]) || n == size)
            abort();
        char pair[3] = {hex[0], hex[1], 0};
        out[n++] = (uint8_t)strtoul(pair, NULL, 16);
        hex++;
    }
    return n;
}

const char *hex_of(const void *bytes, size_t len)
{
    static char hex[4096];

    hex[0] = '\0';
    for (size_t i = 0; i < len && i < sizeof hex / 2 - 1; i++)
        sprintf(hex + 2 * i, "%02x", ((const uint8_t *)bytes)[i]);
    return hex;
}

static void add_value(const struct lwm2m_value *v)
{
    switch (v->kind) {
    case LWM2M_NONE:
        add("none");
        return;
    case LWM2M_INT:
        add("int %lld", (long long)v->i);
        return;
    case LWM2M_UINT:
        add("uint %llu", (unsigned long long)v->u);
        return;
    case LWM2M_FLOAT:
        add("float %.17g", v->f);
        return;
    case LWM2M_BOOL:
        add("bool %d", v->b);
        return;
    case LWM2M_STRING:
        add("text %.*s", (int)v->bytes.len, (const char *)v->bytes.at);
        return;
    case LWM2M_OPAQUE:
        add("opaque %s", hex_of(v->bytes.at, v->bytes.len));
        return;
    case LWM2M_OBJLNK:
        add("link %u:%u", v->link.object, v->link.instance);
        return;
    case LWM2M_TIME:
        add("time %lld", (long long)v->i);
        return;
    case LWM2M_SKIPPED:
        add("skipped");
        return;
    }
}

const char *dump_bytes(uint16_t format, struct lwm2m_path base, const void *bytes,
                       size_t len)
{
    struct lwm2m_decoder d;
    struct lwm2m_record r;
    char path[LWM2M_PATH_TEXT_BYTES];
    uint8_t *own = malloc(len ? len : 1);
    int rc;

    text_len = 0;
    text[0] = '\0';
    memcpy(own, bytes, len);
    if (lwm2m_decode_begin(&d, format, &base, len ? own : NULL, len) != 0) {
        free(own);
        return "no such format";
    }
    while ((rc = lwm2m_decode_next(&d, &r)) == 1) {
        add("%s ", lwm2m_path_print(&r.path, path));
        add_value(&r.value);
        if (r.time_s != 0)
            add(" at %.17g", r.time_s);
        add("; ");
    }
    if (rc < 0)
        add("bad");
    if (lwm2m_decode_next(&d, &r) != rc)
        add(" and not stable");
    free(own);
    return text;
}

const char *dump_hex(uint16_t format, struct lwm2m_path base, const char *hex)
{
    uint8_t bytes[8192];

    return dump_bytes(format, base, bytes, unhex(hex, bytes, sizeof bytes));
}

const char *dump_text(uint16_t format, struct lwm2m_path base, const char *payload)
{
    return dump_bytes(format, base, payload, strlen(payload));
}
