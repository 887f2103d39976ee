/* SPDX-License-Identifier: Apache-2.0 */
/* json_write.h - JSON straight into a text: what devices say is escaped, ids are
 * strings.
 *
 * Every call takes the member's key, NULL inside an array or at the top. Strings that
 * are no UTF-8 are written with U+FFFD in place of what is wrong.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/text.h"

enum { JSON_NESTING_MAX = 32 };

struct json {
    struct text *out;  /* borrowed */
    uint64_t is_array; /* bit n: level n is an array */
    uint8_t depth;
    bool needs_comma;
};

static inline struct json json_to(struct text *out)
{
    return (struct json){.out = out};
}

void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end(struct json *j);

/** NULL is written as null. */
void json_text(struct json *j, const char *key, const char *value);
/** Nothing is written when value is NULL or "". */
void json_text_if(struct json *j, const char *key, const char *value);
void json_text_n(struct json *j, const char *key, const char *value, size_t len);
void json_int(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
void json_number(struct json *j, const char *key, double value);

/** A 64-bit id, as a string. */
void json_id(struct json *j, const char *key, int64_t id);

/** RFC 3339; nothing is written when wall_ms is 0. */
void json_time(struct json *j, const char *key, int64_t wall_ms);

/** value is JSON already; NULL or "" is written as null. */
void json_raw(struct json *j, const char *key, const char *value);
