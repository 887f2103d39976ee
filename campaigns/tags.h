/* SPDX-License-Identifier: Apache-2.0 */
/* tags.h - tags of a device, from the JSON object that a client sends. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct cJSON;

enum {
    TAGS_MAX = 32,
    TAG_NAME_MAX = 63, /* bytes without NUL */
    TAG_VALUE_MAX = 255,
};

struct tag {
    char name[TAG_NAME_MAX + 1]; /* letters, digits, '.', '_' and '-' */
    char value[TAG_VALUE_MAX + 1];
    bool is_removed; /* of a merge patch: null */
};

enum { TAGS_E_INVALID = 1 };

/** Both read {"site": "north", ...}.
 *
 * @param tags  room for TAGS_MAX
 * @param why   static text when TAGS_E_INVALID is returned
 * @return 0, TAGS_E_INVALID
 */
[[nodiscard]] int tags_parse(const char *json, struct tag *tags, size_t *count,
                             const char **why);

/** A merge patch (RFC 7396): null takes a tag away. */
[[nodiscard]] int tags_parse_patch(const char *json, struct tag *tags, size_t *count,
                                   const char **why);

/** The same as tags_parse() of JSON that was parsed. */
[[nodiscard]] int tags_take(const struct cJSON *object, struct tag *tags, size_t *count,
                            const char **why);

/** @return what is wrong with the name of a tag, static; NULL if nothing */
const char *tag_name_problem(const char *name);
