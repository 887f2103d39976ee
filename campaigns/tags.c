/* SPDX-License-Identifier: Apache-2.0 */
/* tags.c - one flat object of strings. */
#include "campaigns/tags.h"

#include <cjson/cJSON.h>
#include <string.h>

static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789._-";

/* @return what is wrong with it, NULL if nothing */
static const char *take(const cJSON *item, struct tag *tag)
{
    size_t name_len = strlen(item->string);

    if (name_len == 0 || name_len > TAG_NAME_MAX ||
        strspn(item->string, name_bytes) != name_len)
        return "a tag's name has 1 to 63 letters, digits, '.', '_' or '-'";
    if (!cJSON_IsString(item))
        return "a tag's value is a string";
    if (strlen(item->valuestring) > TAG_VALUE_MAX)
        return "a tag's value has at most 255 bytes";
    memcpy(tag->name, item->string, name_len + 1);
    memcpy(tag->value, item->valuestring, strlen(item->valuestring) + 1);
    return NULL;
}

static const char *take_all(const cJSON *root, struct tag *tags, size_t *count)
{
    const cJSON *item;

    *count = 0;
    if (!cJSON_IsObject(root))
        return "tags are a JSON object of strings";
    cJSON_ArrayForEach(item, root)
    {
        if (*count == TAGS_MAX)
            return "a device has at most 32 tags";
        const char *why = take(item, &tags[*count]);
        if (why)
            return why;
        ++*count;
    }
    return NULL;
}

int tags_parse(const char *json, struct tag *tags, size_t *count, const char **why)
{
    cJSON *root = cJSON_Parse(json ? json : "");

    *why = take_all(root, tags, count);
    cJSON_Delete(root);
    return *why ? TAGS_E_INVALID : 0;
}
