/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/json_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct scan {
    const char *start, *at, *end;
    const char *fault;     /* the first one; all stops there */
    size_t values, wanted; /* begun so far; the one whose place is asked for */
    const char *place;     /* NULL: not there yet */
};

static void note_place(struct scan *s)
{
    if (s->values == s->wanted && !s->place)
        s->place = s->at;
}

static bool fail(struct scan *s, const char *fault)
{
    if (!s->fault)
        s->fault = fault;
    return false;
}

static int peek(const struct scan *s)
{
    return s->at < s->end ? (unsigned char)*s->at : -1;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static void skip_space(struct scan *s)
{
    while (s->at < s->end && *s->at && strchr(" \t\r\n", *s->at))
        s->at++;
}

static bool take(struct scan *s, char c, const char *fault)
{
    if (peek(s) != c)
        return fail(s, fault);
    s->at++;
    return true;
}

static bool word(struct scan *s, const char *text)
{
    size_t len = strlen(text);
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, text, len) != 0)
        return fail(s, "expected a value");
    s->at += len;
    return true;
}

static bool digits(struct scan *s)
{
    if (!is_digit(peek(s)))
        return fail(s, "expected a digit");
    while (is_digit(peek(s)))
        s->at++;
    return true;
}

static bool number(struct scan *s)
{
    if (peek(s) == '-')
        s->at++;
    if (peek(s) == '0')
        s->at++;
    else if (!digits(s))
        return false;
    if (is_digit(peek(s)))
        return fail(s, "a number may not start with 0");
    if (peek(s) == '.') {
        s->at++;
        if (!digits(s))
            return false;
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        if (peek(s) == '+' || peek(s) == '-')
            s->at++;
        return digits(s);
    }
    return true;
}

/* The four digits after \u. */
static bool hex4(struct scan *s, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        int c = peek(s);
        const char *hex = "0123456789abcdef";
        const char *place =
            c > 0 ? strchr(hex, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
        if (!place)
            return fail(s, "expected four hex digits");
        *unit = *unit * 16 + (uint32_t)(place - hex);
    }
    return true;
}

static bool unicode_escape(struct scan *s)
{
    uint32_t unit, low;
    if (!hex4(s, &unit))
        return false;
    if (unit == 0)
        return fail(s, "NUL is not allowed in text");
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    bool pair = unit < 0xdc00 && s->end - s->at >= 2 && memcmp(s->at, "\\u", 2) == 0;
    if (!pair)
        return fail(s, "half of a surrogate pair");
    s->at += 2;
    if (!hex4(s, &low))
        return false;
    return (low >= 0xdc00 && low <= 0xdfff) || fail(s, "half of a surrogate pair");
}

static bool escape(struct scan *s)
{
    s->at++;
    int c = peek(s);
    if (c <= 0 || !strchr("\"\\/bfnrtu", c))
        return fail(s, "unknown escape");
    s->at++;
    return c == 'u' ? unicode_escape(s) : true;
}

/* @return bytes of the code point that begins with first, 0 if none does */
static size_t utf8_len(unsigned char first)
{
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Overlong forms, surrogates and what is above U+10FFFF show in the second byte. */
static bool is_second(unsigned char first, unsigned char second)
{
    unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    return second >= low && second <= high;
}

/* One code point of more than one byte (RFC 3629). */
static bool utf8(struct scan *s)
{
    const unsigned char *p = (const unsigned char *)s->at;
    size_t len = utf8_len(p[0]);
    if (len == 0 || (size_t)(s->end - s->at) < len || !is_second(p[0], p[1]))
        return fail(s, "broken UTF-8");
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xc0) != 0x80)
            return fail(s, "broken UTF-8");
    s->at += len;
    return true;
}

static bool string(struct scan *s)
{
    if (!take(s, '"', "expected a string"))
        return false;
    for (int c; (c = peek(s)) != '"';) {
        if (c < 0)
            return fail(s, "the string does not end");
        if (c < ' ')
            return fail(s, "control character in a string");
        if (c == '\\') {
            if (!escape(s))
                return false;
        } else if (c < 0x80) {
            s->at++;
        } else if (!utf8(s)) {
            return false;
        }
    }
    s->at++;
    return true;
}

/* NOLINTBEGIN(misc-no-recursion): JSON_DEPTH_MAX bounds it */
static bool value(struct scan *s, int depth);

static bool member(struct scan *s, int depth)
{
    skip_space(s);
    note_place(s);
    if (!string(s))
        return false;
    skip_space(s);
    return take(s, ':', "expected ':'") && value(s, depth);
}

/* What stands between the brackets of an array or an object. */
static bool elements(struct scan *s, int depth, char end)
{
    if (depth == JSON_DEPTH_MAX)
        return fail(s, "nested too deeply");
    s->at++;
    skip_space(s);
    if (peek(s) == end) {
        s->at++;
        return true;
    }
    for (;;) {
        if (!(end == '}' ? member(s, depth + 1) : value(s, depth + 1)))
            return false;
        if (peek(s) != ',')
            return take(s, end,
                        end == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
        s->at++;
    }
}

static bool value(struct scan *s, int depth)
{
    bool good;
    skip_space(s);
    note_place(s);
    s->values++;
    switch (peek(s)) {
    case '{':
        good = elements(s, depth, '}');
        break;
    case '[':
        good = elements(s, depth, ']');
        break;
    case '"':
        good = string(s);
        break;
    case 't':
        good = word(s, "true");
        break;
    case 'f':
        good = word(s, "false");
        break;
    case 'n':
        good = word(s, "null");
        break;
    default:
        good = peek(s) == '-' || is_digit(peek(s)) ? number(s)
                                                   : fail(s, "expected a value");
    }
    if (good)
        skip_space(s);
    return good;
}

/* NOLINTEND(misc-no-recursion) */

static void describe(const struct scan *s, const char *at, struct json_fault *fault)
{
    *fault = (struct json_fault){(size_t)(at - s->start), 1, 1, s->fault};
    for (const char *p = s->start; p < at; p++) {
        fault->column++;
        if (*p == '\n') {
            fault->line++;
            fault->column = 1;
        }
    }
}

int json_text_check(const char *text, size_t len, struct json_fault *fault)
{
    struct scan s = {.start = text, .at = text, .end = text + len, .wanted = SIZE_MAX};
    if (value(&s, 0) && s.at == s.end)
        return 0;
    fail(&s, "something stands after the value");
    describe(&s, s.at, fault);
    return JSON_E_TEXT;
}

void json_text_place(const char *text, size_t len, size_t nth, struct json_fault *out)
{
    struct scan s = {.start = text, .at = text, .end = text + len, .wanted = nth};

    (void)value(&s, 0);
    describe(&s, s.place ? s.place : text, out);
}
