/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.h - JSON of clients: read strictly, then picked apart member by member.
 *
 * Stricter than cJSON: RFC 8259's grammar (campaigns/json_text.h), no key twice in an
 * object, no NUL in a string, at most 32 levels, no number of 2^53 or more.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/problem.h"

struct cJSON;

/**
 * @param text  len bytes, need not be NUL-terminated
 * @param out   owned by the caller, released with json_free(); written on success only
 * @param p     what is wrong and where, PROBLEM_INVALID_JSON
 *
 * @return 0, -EBADMSG with *p set, -ENOMEM
 */
[[nodiscard]] int json_read(const char *text, size_t len, struct cJSON **out,
                            struct problem *p);
void json_free(struct cJSON *json);

struct text;

/** The same for a body, which is to be an object. */
[[nodiscard]] int json_read_body(const struct text *body, struct cJSON **out,
                                 struct problem *p);

enum { JSON_FIELDS_MAX = 24 };

/** The members of one object, each asked for by name; the first problem sticks, and
 * fields_end() finds the members that nobody asked for. */
struct fields {
    const struct cJSON *object; /* borrowed; NULL: empty */
    struct problem *problem;    /* borrowed */
    const char *path;           /* in front of names in problems, "" at the top */
    const char *asked[JSON_FIELDS_MAX];
    uint8_t count;
};

/** @param json anything; what is not an object is a problem. */
struct fields fields_of(const struct cJSON *json, const char *path, struct problem *p);

/** @return the text, borrowed; fallback when absent. required when fallback is NULL:
 * then absence is a problem and the result "". */
const char *fields_text(struct fields *f, const char *name, const char *fallback);

struct int_range {
    int64_t low, high;
};

/** An integer within range; fallback when absent. */
int64_t fields_int(struct fields *f, const char *name, struct int_range range,
                   int64_t fallback);
bool fields_bool(struct fields *f, const char *name, bool fallback);

/** @return any value, borrowed; NULL when absent */
const struct cJSON *fields_any(struct fields *f, const char *name);

/** @return an array of texts, borrowed; NULL when absent */
const struct cJSON *fields_texts(struct fields *f, const char *name);

/** Unknown members are a problem, and told before others. @return 0, -EBADMSG with the
 * problem set */
[[nodiscard]] int fields_end(struct fields *f);

/** Append json in one line, keys as they came. @return 0, -ENOMEM */
[[nodiscard]] int json_print(const struct cJSON *json, struct text *out);
