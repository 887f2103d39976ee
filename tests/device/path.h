/* SPDX-License-Identifier: Apache-2.0 */
/* path.h - an LwM2M path: object, instance, resource, resource instance. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PATH_TEXT_MAX = 32 };

struct path {
    uint16_t id[4];
    uint8_t depth; /* how many of id are set; 0: the root */
};

/** Read "/33629/0/3", the leading slash may lack. @return 0, 1 if it is none */
[[nodiscard]] int path_parse(const char *text, size_t len, struct path *out);

/** @return out */
const char *path_text(const struct path *p, char out[static PATH_TEXT_MAX]);

/** @return true if inner is outer or lies below it */
bool path_covers(const struct path *outer, const struct path *inner);
