/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.c - single values of a manifest, with the path to say where one is wrong. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/manifest_internal.h"
#include "campaigns/text.h"
#include "campaigns/version.h"

enum { KEYS_MAX = 256 }; /* of one object: repeats are looked for pair by pair */

void manifest_fail(struct manifest *m, const char *format, ...)
{
    if (m->bad)
        return;
    m->bad = true;
    TEXT_COPY(m->problem->path, m->path);
    va_list args;
    va_start(args, format);
    vsnprintf(m->problem->text, sizeof m->problem->text, format, args);
    va_end(args);
}

static void append(struct manifest *m, const char *text)
{
    size_t len = strlen(m->path);
    snprintf(m->path + len, sizeof m->path - len, "%s", text);
}

size_t manifest_enter(struct manifest *m, const char *key)
{
    size_t mark = strlen(m->path);
    if (mark)
        append(m, ".");
    append(m, key);
    return mark;
}

size_t manifest_enter_index(struct manifest *m, int index)
{
    size_t mark = strlen(m->path);
    char text[16];
    snprintf(text, sizeof text, "[%d]", index);
    append(m, text);
    return mark;
}

void manifest_leave(struct manifest *m, size_t mark)
{
    m->path[mark] = '\0';
}

static bool is_known(const struct manifest_key *keys, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i].name, name) == 0)
            return true;
    return false;
}

static void refuse_repeats(struct manifest *m, const cJSON *object)
{
    if (cJSON_GetArraySize(object) > KEYS_MAX) {
        manifest_fail(m, "has more than %d keys", KEYS_MAX);
        return;
    }
    for (const cJSON *a = object->child; a; a = a->next)
        for (const cJSON *b = a->next; b; b = b->next)
            if (strcmp(a->string, b->string) == 0) {
                size_t mark = manifest_enter(m, b->string);
                manifest_fail(m, "stands here twice");
                manifest_leave(m, mark);
            }
}

void manifest_object(struct manifest *m, const cJSON *object,
                     const struct manifest_key *keys, size_t count)
{
    if (!manifest_is_object(m, object))
        return;
    for (const cJSON *item = object->child; item; item = item->next) {
        size_t mark = manifest_enter(m, item->string);
        if (!is_known(keys, count, item->string))
            manifest_fail(m, "unknown key");
        manifest_leave(m, mark);
    }
    for (size_t i = 0; i < count && !m->bad; i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, keys[i].name);
        size_t mark = manifest_enter(m, keys[i].name);
        if (item)
            keys[i].read(m, item);
        else if (keys[i].is_required)
            manifest_fail(m, "is missing");
        manifest_leave(m, mark);
    }
}

bool manifest_is_object(struct manifest *m, const cJSON *item)
{
    if (!cJSON_IsObject(item) || !item->child)
        manifest_fail(m, "must be an object that is not empty");
    else
        refuse_repeats(m, item);
    return !m->bad;
}

bool manifest_is_array(struct manifest *m, const cJSON *item)
{
    if (!cJSON_IsArray(item) || !item->child)
        manifest_fail(m, "must be a list that is not empty");
    return !m->bad;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

void manifest_text(struct manifest *m, const cJSON *item, char *out, size_t size)
{
    *out = '\0';
    if (!cJSON_IsString(item))
        manifest_fail(m, "must be text");
    else if (!*item->valuestring)
        manifest_fail(m, "must not be empty");
    else if (strlen(item->valuestring) >= size)
        manifest_fail(m, "is longer than %zu bytes", size - 1);
    else if (has_control(item->valuestring))
        manifest_fail(m, "has control characters");
    if (!m->bad)
        text_copy(out, size, item->valuestring);
}

void manifest_version(struct manifest *m, const cJSON *item, char *out, size_t size)
{
    manifest_text(m, item, out, size);
    if (!m->bad && !version_is_valid(out))
        manifest_fail(m, "\"%s\" is not a version", out);
}

void manifest_range(struct manifest *m, const cJSON *item, struct range *out)
{
    if (!cJSON_IsString(item)) {
        manifest_fail(m, "must be a version range, as text");
        return;
    }
    size_t at;
    int rc = range_parse(item->valuestring, out, &at);
    if (rc)
        manifest_fail(m, "\"%.80s\" %s, at position %zu", item->valuestring,
                      range_error_text(rc), at + 1);
}

uint64_t manifest_uint(struct manifest *m, const cJSON *item, uint64_t min,
                       uint64_t max)
{
    double number = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (number < (double)min || number > (double)max || floor(number) != number) {
        manifest_fail(m, "must be a whole number from %ju to %ju", (uintmax_t)min,
                      (uintmax_t)max);
        return min;
    }
    return (uint64_t)number;
}

bool manifest_bool(struct manifest *m, const cJSON *item)
{
    if (!cJSON_IsBool(item))
        manifest_fail(m, "must be true or false");
    return cJSON_IsTrue(item);
}

uint8_t manifest_word(struct manifest *m, const cJSON *item, const char *const *words,
                      uint8_t count)
{
    char all[128] = "";
    for (uint8_t i = 0; i < count; i++) {
        if (cJSON_IsString(item) && strcmp(item->valuestring, words[i]) == 0)
            return i;
        size_t len = strlen(all);
        snprintf(all + len, sizeof all - len, "%s\"%s\"", i ? " or " : "", words[i]);
    }
    manifest_fail(m, "must be %s", all);
    return 0;
}
