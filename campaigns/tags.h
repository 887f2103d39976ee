/* SPDX-License-Identifier: Apache-2.0 */
/* tags.h - tags of a device, from the JSON object that a client sends. */
#pragma once

#include <stddef.h>

enum {
    TAGS_MAX = 32,
    TAG_NAME_MAX = 63, /* bytes without NUL */
    TAG_VALUE_MAX = 255,
};

struct tag {
    char name[TAG_NAME_MAX + 1]; /* letters, digits, '.', '_' and '-' */
    char value[TAG_VALUE_MAX + 1];
};

enum { TAGS_E_INVALID = 1 };

/**
 * Read {"site": "north", ...}.
 *
 * @param tags  room for TAGS_MAX
 * @param why   static text when TAGS_E_INVALID is returned
 * @return 0, TAGS_E_INVALID, -ENOMEM
 */
[[nodiscard]] int tags_parse(const char *json, struct tag *tags, size_t *count,
                             const char **why);
