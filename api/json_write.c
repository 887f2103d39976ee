/* SPDX-License-Identifier: Apache-2.0 */
#include "api/json_write.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void escaped(struct text *out, unsigned char c)
{
    static const char *const short_form[0x20] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};

    if (c == '"')
        text_put(out, "\\\"");
    else if (c == '\\')
        text_put(out, "\\\\");
    else if (short_form[c])
        text_put(out, short_form[c]);
    else
        text_printf(out, "\\u%04x", (unsigned)c);
}

/* @return bytes at s that were written: one character, or what is none */
static size_t other(struct text *out, const char *s, size_t len)
{
    size_t n = text_utf8(s, len);

    if (n > 1)
        text_append(out, s, n);
    else if (n == 0)
        text_put(out, "\xef\xbf\xbd");
    else if (*s == 0x7f)
        text_put(out, "\\u007f");
    else
        escaped(out, (unsigned char)*s);
    return n > 1 ? n : 1;
}

static void quoted(struct text *out, const char *s, size_t len)
{
    text_char(out, '"');
    for (;;) {
        size_t n = text_plain(out, s, len);
        if (n == len)
            break;
        n += other(out, s + n, len - n);
        s += n;
        len -= n;
    }
    text_char(out, '"');
}

static void lead(struct json *j, const char *key)
{
    if (j->needs_comma)
        text_char(j->out, ',');
    j->needs_comma = true;
    if (key) {
        quoted(j->out, key, strlen(key));
        text_char(j->out, ':');
    }
}

static void enter(struct json *j, const char *key, bool is_array)
{
    assert(j->depth < JSON_NESTING_MAX);
    lead(j, key);
    text_char(j->out, is_array ? '[' : '{');
    uint64_t bit = (uint64_t)1 << j->depth++;
    j->is_array = is_array ? j->is_array | bit : j->is_array & ~bit;
    j->needs_comma = false;
}

void json_object(struct json *j, const char *key)
{
    enter(j, key, false);
}

void json_array(struct json *j, const char *key)
{
    enter(j, key, true);
}

void json_end(struct json *j)
{
    assert(j->depth > 0);
    bool is_array = (j->is_array >> --j->depth) & 1;
    text_char(j->out, is_array ? ']' : '}');
    j->needs_comma = true;
}

void json_text_n(struct json *j, const char *key, const char *value, size_t len)
{
    lead(j, key);
    quoted(j->out, value, len);
}

void json_text(struct json *j, const char *key, const char *value)
{
    if (value)
        json_text_n(j, key, value, strlen(value));
    else
        json_null(j, key);
}

void json_text_if(struct json *j, const char *key, const char *value)
{
    if (value && *value)
        json_text(j, key, value);
}

void json_int(struct json *j, const char *key, int64_t value)
{
    lead(j, key);
    text_int(j->out, value);
}

void json_bool(struct json *j, const char *key, bool value)
{
    lead(j, key);
    text_put(j->out, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
    lead(j, key);
    text_put(j->out, "null");
}

void json_number(struct json *j, const char *key, double value)
{
    lead(j, key);
    if (isfinite(value))
        text_printf(j->out, "%.6g", value);
    else
        text_put(j->out, "null");
}

void json_id(struct json *j, const char *key, int64_t id)
{
    lead(j, key);
    text_char(j->out, '"');
    text_int(j->out, id);
    text_char(j->out, '"');
}

void json_time(struct json *j, const char *key, int64_t wall_ms)
{
    if (wall_ms == 0)
        return;
    lead(j, key);
    text_char(j->out, '"');
    text_time(j->out, wall_ms);
    text_char(j->out, '"');
}

void json_raw(struct json *j, const char *key, const char *value)
{
    if (!value || !*value) {
        json_null(j, key);
        return;
    }
    lead(j, key);
    text_put(j->out, value);
}
