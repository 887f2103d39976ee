/* SPDX-License-Identifier: Apache-2.0 */
/* conditions.h - resource predicates that must hold before an update: "/3/0/9 >= 30".
 *
 * Grammar: path, blanks, one of == != < <= > >=, blanks, a number or a word in double
 * quotes. Numbers compare as numbers; a quoted word only with == and !=. A resource
 * that the device does not have fails the condition, unless the text ends with " ?".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONDITION_E_INVALID = 1 };

enum condition_op {
    CONDITION_EQ,
    CONDITION_NE,
    CONDITION_LT,
    CONDITION_LE,
    CONDITION_GT,
    CONDITION_GE,
};

struct condition {
    char path[32]; /* "/3/0/9" */
    uint8_t op;    /* enum condition_op */
    bool is_text;
    bool is_optional; /* a missing resource passes */
    double number;
    char text[64];
};

/**
 * @param at  offset of the error, written with CONDITION_E_INVALID; may be NULL
 * @return 0, CONDITION_E_INVALID
 */
[[nodiscard]] int condition_parse(const char *text, struct condition *out, size_t *at);

/**
 * @param value  text as read from the device, NULL when it has no such resource
 * @return true if the condition holds
 */
bool condition_holds(const struct condition *c, const char *value);

/** @return true for an absent battery level, or one of at least min_pct percent */
bool condition_battery_holds(const char *value, int min_pct);
