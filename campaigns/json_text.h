/* SPDX-License-Identifier: Apache-2.0 */
/* json_text.h - is this text JSON, to the letter of RFC 8259?
 *
 * cJSON forgives much (01, control characters, broken UTF-8, NUL inside a string, which
 * it cuts there); what must not be forgiven is looked at here before.
 */
#pragma once

#include <stddef.h>

enum { JSON_DEPTH_MAX = 32 };

struct json_fault {
    size_t offset;       /* from 0 */
    size_t line, column; /* from 1, column in bytes */
    const char *text;    /* "expected ':'", static */
};

/** Positive return: *fault says where and what. */
enum { JSON_E_TEXT = 1 };

/** @return 0, JSON_E_TEXT */
[[nodiscard]] int json_text_check(const char *text, size_t len,
                                  struct json_fault *fault);

/** Where a value of a text that is JSON begins, a member with its key.
 * @param nth  in the order in which values begin, from 0: the whole */
void json_text_place(const char *text, size_t len, size_t nth, struct json_fault *out);
