/* SPDX-License-Identifier: Apache-2.0 */
/* range.h - which versions a rule speaks of.
 *
 * range       = alternative *("||" alternative)
 * alternative = comparator *((" " / ",") comparator)       all must hold
 * comparator  = "*" / [op] version
 * op          = ">=" / ">" / "<=" / "<" / "=" / "==" / "!="       none means "="
 *
 * "*" matches everything, also the version of a device that reports none; nothing else
 * matches that. "<", "<=", ">", ">=" need a version number and match numbers only.
 * Pre-releases follow plain order: 2.0-rc.1 is in "<2".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RANGE_TEXT_MAX = 127, /* bytes, without NUL */
    RANGE_TERMS_MAX = 8,  /* comparators, over all alternatives */
};

enum range_op { RANGE_ANY, RANGE_EQ, RANGE_NE, RANGE_LT, RANGE_LE, RANGE_GT, RANGE_GE };

struct range_term {
    uint8_t op;          /* enum range_op */
    uint8_t alternative; /* 0.., ascending */
    uint8_t start, len;  /* the version inside text */
};

/** A value; borrow it freely. All zero is no range: it matches nothing. */
struct range {
    char text[RANGE_TEXT_MAX + 1]; /* as written */
    uint8_t count;
    struct range_term terms[RANGE_TERMS_MAX];
};

/** Positive returns of range_parse. */
enum {
    RANGE_E_SYNTAX = 1, /* not the grammar above */
    RANGE_E_LONG,       /* past RANGE_TEXT_MAX, RANGE_TERMS_MAX or VERSION_TEXT_MAX */
    RANGE_E_ORDER,      /* "<abc": an exact string has no order */
};

/** @param at  offset of the error in text, written when > 0 is returned
 *  @return 0, RANGE_E_... */
[[nodiscard]] int range_parse(const char *text, struct range *out, size_t *at);

/** @return what RANGE_E_... means, static text for people */
const char *range_error_text(int rc);

bool range_matches(const struct range *r, const char *version);

/** @return true if some version, reported or not, is in all of in[] and none of out[].
 * Between two different version numbers there is always taken to be another. */
bool range_can_hold(const struct range *const *in, size_t in_count,
                    const struct range *const *out, size_t out_count);
