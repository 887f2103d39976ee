/* SPDX-License-Identifier: Apache-2.0 */
/* tags.c - one flat object of strings. */
#include "campaigns/tags.h"

#include <cjson/cJSON.h>
#include <string.h>

static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789._-";

const char *tag_name_problem(const char *name)
{
    size_t len = strlen(name);

    return len == 0 || len > TAG_NAME_MAX || strspn(name, name_bytes) != len
               ? "a tag's name has 1 to 63 letters, digits, '.', '_' or '-'"
               : NULL;
}

/* @return what is wrong with it, NULL if nothing */
static const char *take(const cJSON *item, bool is_patch, struct tag *tag)
{
    const char *why = tag_name_problem(item->string);

    if (why)
        return why;
    tag->is_removed = is_patch && cJSON_IsNull(item);
    if (!tag->is_removed && !cJSON_IsString(item))
        return is_patch ? "a tag's value is a string, or null to remove it"
                        : "a tag's value is a string";
    const char *value = tag->is_removed ? "" : item->valuestring;
    if (strlen(value) > TAG_VALUE_MAX)
        return "a tag's value has at most 255 bytes";
    memcpy(tag->name, item->string, strlen(item->string) + 1);
    memcpy(tag->value, value, strlen(value) + 1);
    return NULL;
}

static const char *take_all(const cJSON *root, bool is_patch, struct tag *tags,
                            size_t *count)
{
    const cJSON *item;

    *count = 0;
    if (!cJSON_IsObject(root))
        return "tags are a JSON object of strings";
    cJSON_ArrayForEach(item, root)
    {
        if (*count == TAGS_MAX)
            return "a device has at most 32 tags";
        const char *why = take(item, is_patch, &tags[*count]);
        if (why)
            return why;
        ++*count;
    }
    return NULL;
}

int tags_take(const struct cJSON *object, struct tag *tags, size_t *count,
              const char **why)
{
    *why = take_all(object, false, tags, count);
    return *why ? TAGS_E_INVALID : 0;
}

static int parse(const char *json, bool is_patch, struct tag *tags, size_t *count,
                 const char **why)
{
    cJSON *root = cJSON_Parse(json ? json : "");

    *why = take_all(root, is_patch, tags, count);
    cJSON_Delete(root);
    return *why ? TAGS_E_INVALID : 0;
}

int tags_parse(const char *json, struct tag *tags, size_t *count, const char **why)
{
    return parse(json, false, tags, count, why);
}

int tags_parse_patch(const char *json, struct tag *tags, size_t *count,
                     const char **why)
{
    return parse(json, true, tags, count, why);
}
