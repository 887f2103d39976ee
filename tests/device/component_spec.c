/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/component_spec.h"

#include <stdlib.h>
#include <string.h>

static int text_copy(const char *from, char *to, size_t size)
{
    size_t len = strlen(from);
    if (!len || len >= size) {
        return OPTIONS_E_BAD;
    }
    memcpy(to, from, len + 1);
    return 0;
}

static int number_read(const char *text, unsigned long max, unsigned long *out)
{
    char *end;
    *out = strtoul(text, &end, 10);
    return end == text || *end || *out > max ? OPTIONS_E_BAD : 0;
}

static int attribute_set(struct component_spec *c, const char *name, const char *value)
{
    unsigned long n;
    if (strcmp(name, "links") == 0) {
        c->has_links = true;
        return *value ? text_copy(value, c->links, sizeof(c->links)) : 0;
    }
    if (strcmp(name, "requires") == 0) {
        return text_copy(value, c->requires, sizeof(c->requires));
    }
    if (strcmp(name, "hidden") == 0) {
        c->is_hidden = strcmp(value, "yes") == 0;
        return c->is_hidden || strcmp(value, "no") == 0 ? 0 : OPTIONS_E_BAD;
    }
    if (number_read(value, UINT32_MAX, &n)) {
        return OPTIONS_E_BAD;
    }
    if (strcmp(name, "after-ms") == 0) {
        c->after_ms = (uint32_t)n;
        return 0;
    }
    if (strcmp(name, "instance") == 0 && n < UINT16_MAX) {
        c->instance = (uint16_t)n;
        c->has_instance = true;
        return 0;
    }
    if (strcmp(name, "object") == 0 && n < UINT16_MAX) {
        c->object = (uint16_t)n;
        return 0;
    }
    return OPTIONS_E_BAD;
}

int component_spec_parse(const char *text, uint16_t afu_object,
                         struct component_spec *out)
{
    struct component_spec c = {.object = afu_object};
    char copy[400], *save = NULL;
    if (text_copy(text, copy, sizeof(copy))) {
        return OPTIONS_E_BAD;
    }
    char *word = strtok_r(copy, ",", &save);
    char *equals = word ? strchr(word, '=') : NULL;
    if (!equals) {
        return OPTIONS_E_BAD;
    }
    *equals = 0;
    if (text_copy(word, c.name, sizeof(c.name)) ||
        text_copy(equals + 1, c.version, sizeof(c.version))) {
        return OPTIONS_E_BAD;
    }
    while ((word = strtok_r(NULL, ",", &save))) {
        equals = strchr(word, '=');
        if (!equals) {
            return OPTIONS_E_BAD;
        }
        *equals = 0;
        if (attribute_set(&c, word, equals + 1)) {
            return OPTIONS_E_BAD;
        }
    }
    *out = c;
    return 0;
}

bool component_list_has(const char *list, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = list; *at;) {
        size_t word = strcspn(at, "+");
        if (word == len && memcmp(at, name, len) == 0) {
            return true;
        }
        at += word + (at[word] == '+');
    }
    return false;
}
