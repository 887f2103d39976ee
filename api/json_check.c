/* SPDX-License-Identifier: Apache-2.0 */
/* json_check.c - the grammar of RFC 8259, by recursive descent of bounded depth. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/json_read.h"
#include "api/json_write.h"

enum { NUMBER_CHARS_MAX = 63 };

static const double number_max = 9007199254740992.0; /* 2^53 */

struct scan {
    const char *start, *at, *end;
    struct problem *problem;
    int depth;
};

static bool fail(struct scan *s, const char *what)
{
    problem_set_at(s->problem, PROBLEM_INVALID_JSON, s->at - s->start + 1,
                   "%s at position %lld", what, (long long)(s->at - s->start + 1));
    return false;
}

static int peek(const struct scan *s)
{
    return s->at < s->end ? (unsigned char)*s->at : -1;
}

static bool accept(struct scan *s, char c)
{
    if (peek(s) != (unsigned char)c)
        return false;
    s->at++;
    return true;
}

static void blanks(struct scan *s)
{
    while (accept(s, ' ') || accept(s, '\t') || accept(s, '\n') || accept(s, '\r'))
        ;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(struct scan *s)
{
    size_t n = 0;

    for (; is_digit(peek(s)); n++)
        s->at++;
    return n;
}

static bool number_form(struct scan *s)
{
    accept(s, '-');
    if (!accept(s, '0') && digits(s) == 0)
        return fail(s, "expected a value");
    if (accept(s, '.') && digits(s) == 0)
        return fail(s, "expected a digit");
    if (accept(s, 'e') || accept(s, 'E')) {
        if (!accept(s, '+'))
            accept(s, '-');
        if (digits(s) == 0)
            return fail(s, "expected a digit");
    }
    return true;
}

static bool number(struct scan *s)
{
    const char *from = s->at;
    char copy[NUMBER_CHARS_MAX + 1];

    if (!number_form(s))
        return false;
    size_t len = (size_t)(s->at - from);
    s->at = len > NUMBER_CHARS_MAX ? from : s->at;
    if (len > NUMBER_CHARS_MAX)
        return fail(s, "number with too many digits");
    memcpy(copy, from, len);
    copy[len] = '\0';
    if (fabs(strtod(copy, NULL)) > number_max) {
        s->at = from;
        return fail(s, "number beyond 2^53");
    }
    return true;
}

static bool hex4(struct scan *s, unsigned *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(s), lower = c | 0x20;
        if (is_digit(c))
            *out = *out * 16 + (unsigned)(c - '0');
        else if (c >= 0 && lower >= 'a' && lower <= 'f')
            *out = *out * 16 + (unsigned)(lower - 'a' + 10);
        else
            return fail(s, "expected four hexadecimal digits");
        s->at++;
    }
    return true;
}

/* After "\u". A high surrogate needs its low one; NUL would cut the string in C. */
static bool unicode_escape(struct scan *s)
{
    unsigned high, low;

    if (!hex4(s, &high))
        return false;
    if (high == 0)
        return fail(s, "NUL in a string");
    if (high >= 0xdc00 && high <= 0xdfff)
        return fail(s, "low surrogate without a high one");
    if (high < 0xd800 || high > 0xdbff)
        return true;
    if (!accept(s, '\\') || !accept(s, 'u'))
        return fail(s, "high surrogate without a low one");
    if (!hex4(s, &low))
        return false;
    return (low >= 0xdc00 && low <= 0xdfff) ||
           fail(s, "high surrogate without a low one");
}

static bool escape(struct scan *s)
{
    int c = peek(s);

    if (c < 0 || !strchr("\"\\/bfnrtu", c) || c == 0)
        return fail(s, "unknown escape");
    s->at++;
    return c != 'u' || unicode_escape(s);
}

static bool string(struct scan *s)
{
    if (!accept(s, '"'))
        return fail(s, "expected a string");
    while (!accept(s, '"')) {
        size_t n = text_utf8(s->at, (size_t)(s->end - s->at));
        if (s->at == s->end)
            return fail(s, "string without an end");
        if (n == 0)
            return fail(s, "bytes that are no UTF-8");
        if ((unsigned char)*s->at < 0x20)
            return fail(s, "control character in a string");
        if (accept(s, '\\')) {
            if (!escape(s))
                return false;
        } else {
            s->at += n;
        }
    }
    return true;
}

static bool word(struct scan *s, const char *expected)
{
    size_t len = strlen(expected);

    if ((size_t)(s->end - s->at) < len || memcmp(s->at, expected, len) != 0)
        return fail(s, "expected a value");
    s->at += len;
    return true;
}

static bool value(struct scan *s);

static bool member(struct scan *s)
{
    blanks(s);
    if (!string(s))
        return false;
    blanks(s);
    if (!accept(s, ':'))
        return fail(s, "expected ':'");
    return value(s);
}

static bool members(struct scan *s, char end, bool (*one)(struct scan *))
{
    s->at++;
    blanks(s);
    if (accept(s, end))
        return true;
    do {
        if (!one(s))
            return false;
        blanks(s);
    } while (accept(s, ','));
    return accept(s, end) ||
           fail(s, end == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
}

static bool nested(struct scan *s, char end, bool (*one)(struct scan *))
{
    if (s->depth == JSON_DEPTH_MAX)
        return fail(s, "nested deeper than 32 levels");
    s->depth++;
    bool is_good = members(s, end, one);
    s->depth--;
    return is_good;
}

static bool value(struct scan *s)
{
    blanks(s);
    switch (peek(s)) {
    case '{':
        return nested(s, '}', member);
    case '[':
        return nested(s, ']', value);
    case '"':
        return string(s);
    case 't':
        return word(s, "true");
    case 'f':
        return word(s, "false");
    case 'n':
        return word(s, "null");
    default:
        return number(s);
    }
}

int json_check(const char *text, size_t len, struct problem *p)
{
    struct scan s = {.start = text, .at = text, .end = text + len, .problem = p};

    if (!value(&s))
        return -EBADMSG;
    blanks(&s);
    if (s.at != s.end) {
        fail(&s, "something after the value");
        return -EBADMSG;
    }
    return 0;
}
