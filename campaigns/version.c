/* SPDX-License-Identifier: Apache-2.0 */
/* version.c - one pass over a version number writes its sort key; all else compares
 * keys.
 *
 * Key of a number:  KIND_NUMBER part* end [pre-release] [BUILD text]
 * part            = NUMBER + n, then the n bytes of the value, n least (0 for 0);
 *                   zeros at the end are left out
 * end             = PRE or RELEASE
 * pre-release     = (part | text MORE?)* LAST; text has only bytes above all marks
 */
#include "campaigns/version.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { KIND_NONE = 1, KIND_NUMBER, KIND_TEXT };
enum { LAST = 1, PRE = 1, MORE = 2, RELEASE = 2, BUILD = 3, NUMBER = 0x10 };
enum { DIGITS_MAX = 18 };

struct key {
    const char *at; /* what is left of the text */
    uint8_t *out;
    size_t len;
};

static void put(struct key *k, uint8_t byte)
{
    k->out[k->len++] = byte;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '-';
}

static void put_number(struct key *k, uint64_t value)
{
    int bytes = 0;
    while (bytes < 8 && value >> (8 * bytes))
        bytes++;
    put(k, (uint8_t)(NUMBER + bytes));
    for (int i = bytes - 1; i >= 0; i--)
        put(k, (uint8_t)(value >> (8 * i)));
}

/* Digits at k->at as a value. */
static bool take_number(struct key *k, uint64_t *value)
{
    const char *start = k->at;
    *value = 0;
    for (; is_digit(*k->at); k->at++) {
        if (k->at - start == DIGITS_MAX)
            return false;
        *value = *value * 10 + (uint64_t)(*k->at - '0');
    }
    return k->at != start;
}

static bool put_parts(struct key *k)
{
    size_t significant = k->len;
    for (;;) {
        uint64_t value;
        if (!take_number(k, &value))
            return false;
        put_number(k, value);
        if (value)
            significant = k->len;
        if (*k->at != '.')
            break;
        k->at++;
    }
    k->len = significant;
    return true;
}

/* One dot-separated identifier of a pre-release. */
static bool put_identifier(struct key *k)
{
    size_t len = 0, digits = 0;
    for (; is_word(k->at[len]); len++)
        digits += is_digit(k->at[len]);
    if (len == 0)
        return false;
    if (digits == len) {
        uint64_t value;
        if (!take_number(k, &value))
            return false;
        put_number(k, value);
        return true;
    }
    for (size_t i = 0; i < len; i++)
        put(k, (uint8_t)*k->at++);
    if (*k->at == '.')
        put(k, MORE);
    return true;
}

static bool put_prerelease(struct key *k)
{
    if (*k->at != '-') {
        put(k, RELEASE);
        return true;
    }
    put(k, PRE);
    do {
        k->at++;
        if (!put_identifier(k))
            return false;
    } while (*k->at == '.');
    put(k, LAST);
    return true;
}

static bool put_build(struct key *k)
{
    if (*k->at != '+')
        return true;
    put(k, BUILD);
    k->at++;
    if (!*k->at)
        return false;
    for (; is_word(*k->at) || *k->at == '.' || *k->at == '+'; k->at++)
        put(k, (uint8_t)*k->at);
    return true;
}

/* The longest key of VERSION_TEXT_MAX bytes is 69: a part is at most one byte longer
 * than its digits and the dot, the marks are four. */
static size_t number_key(const char *text, uint8_t *out)
{
    struct key k = {.at = text, .out = out};
    if (strlen(text) > VERSION_TEXT_MAX)
        return 0;
    put(&k, KIND_NUMBER);
    bool good = put_parts(&k) && put_prerelease(&k) && put_build(&k) && !*k.at;
    return good ? k.len : 0;
}

size_t version_sort_key(const char *text, uint8_t *out)
{
    size_t len = number_key(text, out);
    if (len)
        return len;
    out[0] = *text ? KIND_TEXT : KIND_NONE;
    len = strnlen(text, VERSION_KEY_MAX - 1);
    memcpy(out + 1, text, len);
    return 1 + len;
}

int version_number_key(const char *text, uint8_t *out, size_t size)
{
    uint8_t key[VERSION_KEY_MAX];
    size_t len = number_key(text, key);
    if (!len)
        return -EINVAL;
    if (len > size)
        return -ENOSPC;
    memcpy(out, key, len);
    return (int)len;
}

bool version_is_number(const char *text)
{
    uint8_t key[VERSION_KEY_MAX];
    return number_key(text, key) != 0;
}

bool version_is_valid(const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > VERSION_TEXT_MAX || strchr("<>=!*", text[0]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~' || text[i] == ',' || text[i] == '|')
            return false;
    return true;
}

int version_compare(const char *a, const char *b)
{
    uint8_t key_a[VERSION_KEY_MAX], key_b[VERSION_KEY_MAX];
    size_t len_a = version_sort_key(a, key_a), len_b = version_sort_key(b, key_b);
    int order = memcmp(key_a, key_b, len_a < len_b ? len_a : len_b);
    if (order)
        return order;
    return (len_a > len_b) - (len_a < len_b);
}

bool version_equal(const char *a, const char *b)
{
    return version_compare(a, b) == 0;
}
