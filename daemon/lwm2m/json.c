/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/lwm2m/utf8.h"

enum { DEPTH_MAX = 8, NUMBER_MAX = 63 };

char json_peek(struct reader *r)
{
    while (!r->bad && reader_left(r) > 0) {
        char c = (char)*r->at;
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return c;
        r->at++;
    }
    return 0;
}

void json_expect(struct reader *r, char c)
{
    if (json_peek(r) == c && c != 0)
        r->at++;
    else
        r->bad = true;
}

bool json_more(struct reader *r, bool is_first, char bracket)
{
    if (json_peek(r) == bracket) {
        r->at++;
        return false;
    }
    if (!is_first)
        json_expect(r, ',');
    return !r->bad;
}

struct json_string json_read_string(struct reader *r)
{
    struct json_string s = {0};

    json_expect(r, '"');
    s.at = r->at;
    for (uint8_t c; (c = reader_u8(r)) != '"';) {
        if (c == '\\') {
            s.is_escaped = true;
            c = reader_u8(r);
        }
        if (c < 0x20) /* a control character, or the end */
            r->bad = true;
        if (r->bad)
            return (struct json_string){.at = (const uint8_t *)""};
    }
    s.len = (size_t)(r->at - 1 - s.at);
    return s;
}

struct json_string json_read_name(struct reader *r)
{
    struct json_string name = json_read_string(r);

    json_expect(r, ':');
    return name;
}

bool json_string_is(const struct json_string *s, const char *text)
{
    return s->len == strlen(text) && memcmp(s->at, text, s->len) == 0;
}

static uint32_t hex4(struct reader *r)
{
    uint32_t n = 0;

    for (int i = 0; i < 4; i++) {
        uint8_t c = reader_u8(r), lower = c | 0x20;
        if (c >= '0' && c <= '9')
            n = n << 4 | (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            n = n << 4 | (uint32_t)(lower - 'a' + 10);
        else
            r->bad = true;
    }
    return n;
}

static bool is_surrogate(uint32_t code)
{
    return code >= 0xd800 && code <= 0xdfff;
}

/* What follows \u, with the second half of a pair. */
static uint32_t code_point(struct reader *r)
{
    uint32_t high = hex4(r);

    if (!is_surrogate(high))
        return high;
    if (high >= 0xdc00 || reader_u8(r) != '\\' || reader_u8(r) != 'u')
        r->bad = true;
    uint32_t low = hex4(r);
    if (low < 0xdc00 || low > 0xdfff)
        r->bad = true;
    return 0x10000 + ((high - 0xd800) << 10) + (low & 0x3ff);
}

/* What follows a backslash. */
static void unescape_one(struct reader *r, struct writer *w)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    uint8_t c = reader_u8(r), bytes[4];

    if (c == 'u') {
        size_t n = utf8_put(code_point(r), bytes);
        if (n == 0)
            r->bad = true;
        writer_put(w, bytes, n);
        return;
    }
    const char *letter = c ? strchr(letters, c) : NULL;
    if (letter)
        writer_u8(w, (uint8_t)meanings[letter - letters]);
    else
        r->bad = true;
}

int json_unescape(const struct json_string *s, uint8_t *out, size_t size,
                  size_t *out_len)
{
    struct reader r = reader_of(s->at, s->len);
    struct writer w = writer_of(out, size);

    while (!r.bad && reader_left(&r) > 0) {
        uint8_t c = reader_u8(&r);
        if (c == '\\')
            unescape_one(&r, &w);
        else
            writer_u8(&w, c);
    }
    if (r.bad)
        return -EBADMSG;
    if (w.bad)
        return -EMSGSIZE;
    *out_len = writer_len(&w);
    return 0;
}

static size_t take_digits(struct reader *r)
{
    size_t n = 0;

    for (; reader_left(r) > 0 && *r->at >= '0' && *r->at <= '9'; r->at++)
        n++;
    return n;
}

static bool take_if(struct reader *r, uint8_t a, uint8_t b)
{
    if (reader_left(r) == 0 || (*r->at != a && *r->at != b))
        return false;
    r->at++;
    return true;
}

/* Move over a number by the grammar of JSON. @return true if it is written as integer
 */
static bool scan_number(struct reader *r)
{
    bool is_integer = true;

    take_if(r, '-', '-');
    const uint8_t *first = r->at;
    size_t n = take_digits(r);
    if (n == 0 || (n > 1 && *first == '0'))
        r->bad = true;
    if (take_if(r, '.', '.')) {
        is_integer = false;
        if (take_digits(r) == 0)
            r->bad = true;
    }
    if (take_if(r, 'e', 'E')) {
        is_integer = false;
        take_if(r, '+', '-');
        if (take_digits(r) == 0)
            r->bad = true;
    }
    return is_integer;
}

static struct lwm2m_value number_of(const char *text, bool is_integer)
{
    errno = 0;
    if (is_integer && text[0] == '-') {
        int64_t i = strtoll(text, NULL, 10);
        if (errno == 0)
            return lwm2m_int(i);
    } else if (is_integer) {
        uint64_t u = strtoull(text, NULL, 10);
        if (errno == 0 && u <= INT64_MAX)
            return lwm2m_int((int64_t)u);
        if (errno == 0)
            return (struct lwm2m_value){.kind = LWM2M_UINT, .u = u};
    }
    return (struct lwm2m_value){.kind = LWM2M_FLOAT, .f = strtod(text, NULL)};
}

struct lwm2m_value json_read_number(struct reader *r)
{
    char text[NUMBER_MAX + 1];

    json_peek(r);
    const uint8_t *start = r->at;
    bool is_integer = scan_number(r);
    size_t len = (size_t)(r->at - start);
    if (r->bad || len > NUMBER_MAX) {
        r->bad = true;
        return (struct lwm2m_value){.kind = LWM2M_NONE};
    }
    memcpy(text, start, len);
    text[len] = '\0';
    return number_of(text, is_integer);
}

static void expect_word(struct reader *r, const char *word)
{
    size_t len = strlen(word);
    const uint8_t *at = reader_take(r, len);

    if (!at || memcmp(at, word, len) != 0)
        r->bad = true;
}

bool json_read_bool(struct reader *r)
{
    bool is_true = json_peek(r) == 't';

    expect_word(r, is_true ? "true" : "false");
    return is_true && !r->bad;
}

/* Pass over a value that holds no others, or take an opening bracket. @return the
 * bracket that closes it, 0 if there was none */
static char skip_or_open(struct reader *r)
{
    char c = json_peek(r);

    if (c == '{' || c == '[') {
        r->at++;
        return c == '{' ? '}' : ']';
    }
    if (c == '"')
        json_read_string(r);
    else if (c == 't' || c == 'f')
        json_read_bool(r);
    else if (c == 'n')
        expect_word(r, "null");
    else
        json_read_number(r);
    return 0;
}

void json_skip(struct reader *r)
{
    char open[DEPTH_MAX]; /* closing brackets of what we are in */
    int depth = 0;
    char bracket = skip_or_open(r);
    bool is_first = true;

    if (bracket)
        open[depth++] = bracket;
    while (depth > 0 && !r->bad) {
        if (!json_more(r, is_first, open[depth - 1])) {
            depth--;
            is_first = false;
            continue;
        }
        if (open[depth - 1] == '}')
            json_read_name(r);
        bracket = skip_or_open(r);
        is_first = bracket != 0;
        if (bracket && depth == DEPTH_MAX)
            r->bad = true;
        else if (bracket)
            open[depth++] = bracket;
    }
}
