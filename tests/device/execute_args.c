/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/execute_args.h"

#include <string.h>

struct text {
    const char *at, *end;
};

static bool take(struct text *t, char c)
{
    bool is_there = t->at < t->end && *t->at == c;
    t->at += is_there;
    return is_there;
}

static bool take_word(struct text *t, const char *word)
{
    size_t len = strlen(word);
    bool is_there = (size_t)(t->end - t->at) >= len && memcmp(t->at, word, len) == 0;
    t->at += is_there ? len : 0;
    return is_there;
}

static bool take_number(struct text *t, uint16_t *out)
{
    uint32_t n = 0;
    const char *start = t->at;
    while (t->at < t->end && *t->at >= '0' && *t->at <= '9' && n < UINT16_MAX) {
        n = n * 10 + (uint32_t)(*t->at++ - '0');
    }
    *out = (uint16_t)n;
    return t->at > start && n < UINT16_MAX && (*start != '0' || t->at == start + 1);
}

/* One DIGIT or DIGIT='chars'; value is what stands between the quotes. */
static bool take_argument(struct text *t, char *digit, struct text *value)
{
    *value = (struct text){0};
    if (t->at == t->end || *t->at < '0' || *t->at > '9') {
        return false;
    }
    *digit = *t->at++;
    if (!take(t, '=')) {
        return true;
    }
    if (!take(t, '\'')) {
        return false;
    }
    value->at = t->at;
    while (t->at<t->end && * t->at> ' ' && *t->at != 0x7f && *t->at != '\'' &&
           *t->at != '\\') {
        t->at++;
    }
    value->end = t->at;
    return take(t, '\'');
}

static bool has_instance(const struct execute_args *args, uint16_t instance)
{
    for (size_t i = 0; i < args->count; i++) {
        if (args->instances[i] == instance) {
            return true;
        }
    }
    return false;
}

/* </object/instance> joined by commas. */
static int links_read(struct text t, uint16_t object, struct execute_args *out)
{
    uint16_t oid, iid;
    do {
        if (!take_word(&t, "</") || !take_number(&t, &oid) || !take(&t, '/') ||
            !take_number(&t, &iid) || !take(&t, '>') || oid != object ||
            out->count == EXECUTE_LIST_MAX || has_instance(out, iid)) {
            return EXECUTE_E_ARGUMENT;
        }
        out->instances[out->count++] = iid;
    } while (take(&t, ','));
    return t.at == t.end ? 0 : EXECUTE_E_ARGUMENT;
}

int execute_args_read(const char *payload, size_t len, uint16_t object,
                      struct execute_args *out)
{
    struct text t = {payload, payload ? payload + len : NULL}, value, list = {0};
    struct execute_args args = {.has_argument = len > 0};
    unsigned seen = 0;
    char digit = '0';

    for (bool more = len > 0; more; more = take(&t, ',')) {
        if (!take_argument(&t, &digit, &value) || (seen & 1u << (digit - '0'))) {
            return EXECUTE_E_GRAMMAR;
        }
        seen |= 1u << (digit - '0');
        list = value;
    }
    if (t.at != t.end) {
        return EXECUTE_E_GRAMMAR;
    }
    if (seen > 1) { /* another argument than 0 */
        return EXECUTE_E_ARGUMENT;
    }
    int r = list.at ? links_read(list, object, &args) : 0;
    if (!r) {
        *out = args;
    }
    return r;
}
