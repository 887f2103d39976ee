/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openapi_types.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *type, *key, *value; /* NULL: any */
} words[] = {
    {"text", "string", NULL, NULL},
    {"id", "string", "pattern", "^[0-9]+$"},
    {"int", "integer", NULL, NULL},
    {"number", "number", NULL, NULL},
    {"bool", "boolean", NULL, NULL},
    {"time", "string", "format", "date-time"},
    {"date", "string", "format", "date"},
    {"sha256", "string", "pattern", "^[0-9a-f]{64}$"},
    {"null", "null", NULL, NULL},
    {"any", NULL, NULL, NULL},
};

/* @return bytes before the first mark that stands in no bracket, or len */
static size_t until(const char *type, size_t len, char mark)
{
    int depth = 0;

    for (size_t i = 0; i < len; i++) {
        if (type[i] == mark && depth == 0)
            return i;
        depth += strchr("[{(", type[i]) != NULL;
        depth -= strchr("]})", type[i]) != NULL;
    }
    return len;
}

static void put_word(struct json *j, const char *type, size_t len)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].name) != len || memcmp(words[i].name, type, len) != 0)
            continue;
        if (words[i].type)
            json_text(j, "type", words[i].type);
        if (words[i].key)
            json_text(j, words[i].key, words[i].value);
        return;
    }
    assert(!"a type of shapes.h");
}

static void put_reference(struct json *j, const char *name, size_t len)
{
    char path[64];

    snprintf(path, sizeof path, "#/components/schemas/%.*s", (int)len, name);
    json_text(j, "$ref", path);
}

/* "int(1..9)", either end may lack. */
static void put_range(struct json *j, const char *type, size_t len)
{
    size_t open = until(type, len, '(');
    const char *low = type + open + 1, *high = strstr(low, "..") + 2;

    put_word(j, type, open);
    if (*low != '.')
        json_int(j, "minimum", strtoll(low, NULL, 10));
    if (*high != ')')
        json_int(j, "maximum", strtoll(high, NULL, 10));
}

static void put_choice(struct json *j, const char *type, size_t len)
{
    json_text(j, "type", "string");
    json_array(j, "enum");
    for (size_t at = 0; at < len;) {
        size_t n = until(type + at, len - at, '|');
        json_text_n(j, NULL, type + at, n);
        at += n + 1;
    }
    json_end(j);
}

// NOLINTBEGIN(misc-no-recursion): types are constants, a few levels deep
static void put_either(struct json *j, const char *type, size_t len)
{
    json_array(j, "anyOf");
    for (size_t at = 0; at < len;) {
        size_t n = until(type + at, len - at, ',');
        openapi_type(j, NULL, type + at, n);
        at += n + 1;
    }
    json_end(j);
}

static void put_type(struct json *j, const char *type, size_t len)
{
    if (until(type, len, ',') < len) {
        put_either(j, type, len);
    } else if (until(type, len, '|') < len) {
        put_choice(j, type, len);
    } else if (*type == '[' || *type == '{') {
        json_text(j, "type", *type == '[' ? "array" : "object");
        openapi_type(j, *type == '[' ? "items" : "additionalProperties", type + 1,
                     len - 2);
    } else if (*type >= 'A' && *type <= 'Z') {
        put_reference(j, type, len);
    } else if (type[len - 1] == ')') {
        put_range(j, type, len);
    } else {
        put_word(j, type, len);
    }
}

void openapi_type(struct json *j, const char *key, const char *type, size_t len)
{
    json_object(j, key);
    put_type(j, type, len);
    json_end(j);
}
// NOLINTEND(misc-no-recursion)

void openapi_described(struct json *j, const char *key, const char *type,
                       const char *text)
{
    json_object(j, key);
    put_type(j, type, strlen(type));
    json_text(j, "description", text);
    json_end(j);
}

struct member {
    const char *name, *type;
    size_t name_len, type_len;
    bool is_optional;
};

/* @return false: there is none at *at */
static bool next_member(const char **at, struct member *m)
{
    *at += strspn(*at, " ");
    m->name = *at;
    m->name_len = strcspn(*at, "?:");
    m->is_optional = m->name[m->name_len] == '?';
    m->type = m->name + m->name_len + (m->is_optional ? 2 : 1);
    if (*m->name == '\0')
        return false;
    m->type_len = strcspn(m->type, " ");
    *at = m->type + m->type_len;
    return true;
}

static void put_members(struct json *j, const char *members)
{
    char name[64];
    struct member m;

    json_object(j, "properties");
    while (next_member(&members, &m)) {
        snprintf(name, sizeof name, "%.*s", (int)m.name_len, m.name);
        openapi_type(j, name, m.type, m.type_len);
    }
    json_end(j);
}

static void put_required(struct json *j, const char *members)
{
    struct member m;

    json_array(j, "required");
    while (next_member(&members, &m))
        if (!m.is_optional)
            json_text_n(j, NULL, m.name, m.name_len);
    json_end(j);
}

void openapi_shape(struct json *j, const struct shape *shape)
{
    json_object(j, shape->name);
    json_text(j, "type", "object");
    put_members(j, shape->members);
    put_required(j, shape->members);
    json_bool(j, "additionalProperties", false);
    if (shape->example) {
        json_array(j, "examples");
        json_raw(j, NULL, shape->example);
        json_end(j);
    }
    json_end(j);
}
