/* SPDX-License-Identifier: Apache-2.0 */
/* manifest_internal.h - what the files that read a manifest share; only for them.
 *
 * The first problem sticks with its path; every call after it does nothing.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/bundle_json.h"

struct manifest {
    struct bundle *b;
    struct bundle_package *package; /* the one that is being read */
    struct bundle_problem *problem;
    char path[sizeof((struct bundle_problem *)0)->path]; /* of the value being read */
    bool bad;
};

enum { KEY_OPTIONAL = false, KEY_REQUIRED = true };

/** One key of an object. Read in the order of the table, not of the text. */
struct manifest_key {
    const char *name;
    void (*read)(struct manifest *m, const cJSON *item);
    bool is_required;
};

[[gnu::format(printf, 2, 3)]] void manifest_fail(struct manifest *m, const char *format,
                                                 ...);

/** Go down to a key or an element. @return a mark for manifest_leave() */
size_t manifest_enter(struct manifest *m, const char *key);
size_t manifest_enter_index(struct manifest *m, int index);
void manifest_leave(struct manifest *m, size_t mark);

/** Read an object by its table: unknown, repeated and missing keys are problems. */
void manifest_object(struct manifest *m, const cJSON *object,
                     const struct manifest_key *keys, size_t count);

/** @return true if item is an object (array) that is not empty; a problem if not */
bool manifest_is_object(struct manifest *m, const cJSON *item);
bool manifest_is_array(struct manifest *m, const cJSON *item);

/** Text of 1..size-1 bytes without control characters. */
void manifest_text(struct manifest *m, const cJSON *item, char *out, size_t size);
void manifest_version(struct manifest *m, const cJSON *item, char *out, size_t size);
void manifest_range(struct manifest *m, const cJSON *item, struct range *out);
uint64_t manifest_uint(struct manifest *m, const cJSON *item, uint64_t min,
                       uint64_t max);
bool manifest_bool(struct manifest *m, const cJSON *item);

/** @return the place of item's text in words, a problem and 0 if it is none of them */
uint8_t manifest_word(struct manifest *m, const cJSON *item, const char *const *words,
                      uint8_t count);

/** bundle_package_json.c: one element of "packages". */
void manifest_package(struct manifest *m, const cJSON *item);
