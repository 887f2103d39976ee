/* SPDX-License-Identifier: Apache-2.0 */
#include "api/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIRST_SIZE = 512, PRINT_ROOM = 48 };

static bool grow(struct text *t, size_t more)
{
    if (t->bad || more > SIZE_MAX / 4 || t->len > SIZE_MAX / 4) {
        t->bad = true;
        return false;
    }
    size_t need = t->len + more + 1;
    if (need <= t->size)
        return true;

    size_t size = t->size ? t->size : FIRST_SIZE;
    while (size < need)
        size *= 2;
    char *at = realloc(t->at, size);
    if (!at) {
        t->bad = true;
        return false;
    }
    t->at = at;
    t->size = size;
    return true;
}

void text_append(struct text *t, const void *bytes, size_t len)
{
    if (!grow(t, len))
        return;
    if (len > 0)
        memcpy(t->at + t->len, bytes, len);
    t->len += len;
    t->at[t->len] = '\0';
}

static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

size_t text_plain(struct text *t, const char *s, size_t len)
{
    size_t n = 0;

    if (!grow(t, len))
        return len;
    for (char *to = t->at + t->len; n < len && is_plain(s[n]); n++)
        to[n] = s[n];
    t->len += n;
    t->at[t->len] = '\0';
    return n;
}

void text_put(struct text *t, const char *string)
{
    text_append(t, string, strlen(string));
}

void text_printf(struct text *t, const char *format, ...)
{
    va_list args, again;

    if (!grow(t, PRINT_ROOM))
        return;
    va_start(args, format);
    va_copy(again, args);
    size_t room = t->size - t->len;
    int len = vsnprintf(t->at + t->len, room, format, args);
    if (len >= (int)room && grow(t, (size_t)len))
        vsnprintf(t->at + t->len, (size_t)len + 1, format, again);
    if (t->bad || len < 0)
        t->at[t->len] = '\0';
    else
        t->len += (size_t)len;
    va_end(again);
    va_end(args);
}

void text_int(struct text *t, int64_t value)
{
    char digits[20], *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    text_append(t, at, (size_t)(digits + sizeof digits - at));
}

static void put_digits(char *end, int count, int value)
{
    for (; count > 0; count--, value /= 10)
        *--end = (char)('0' + value % 10);
}

void text_time(struct text *t, int64_t wall_ms)
{
    char text[] = "0000-00-00T00:00:00.000Z";
    int64_t ms = wall_ms % 1000;
    time_t s = (time_t)(wall_ms / 1000);
    struct tm tm;

    if (ms < 0) {
        ms += 1000;
        s--;
    }
    if (!gmtime_r(&s, &tm) || tm.tm_year < -1900 || tm.tm_year > 8099)
        tm = (struct tm){.tm_year = 70, .tm_mday = 1};
    put_digits(text + 4, 4, tm.tm_year + 1900);
    put_digits(text + 7, 2, tm.tm_mon + 1);
    put_digits(text + 10, 2, tm.tm_mday);
    put_digits(text + 13, 2, tm.tm_hour);
    put_digits(text + 16, 2, tm.tm_min);
    put_digits(text + 19, 2, tm.tm_sec);
    put_digits(text + 23, 3, (int)ms);
    text_append(t, text, sizeof text - 1);
}

static const char hex_digits[] = "0123456789abcdef";

void text_hex(struct text *t, const void *bytes, size_t len)
{
    const uint8_t *b = bytes;

    for (size_t i = 0; i < len; i++) {
        char pair[2] = {hex_digits[b[i] >> 4], hex_digits[b[i] & 15]};
        text_append(t, pair, sizeof pair);
    }
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

void text_percent(struct text *t, const char *string)
{
    for (const char *s = string; *s; s++) {
        if (is_unreserved(*s))
            text_append(t, s, 1);
        else
            text_printf(t, "%%%02X", (unsigned)(unsigned char)*s);
    }
}

void text_clear(struct text *t)
{
    t->len = 0;
    if (t->at)
        t->at[0] = '\0';
}

void text_fini(struct text *t)
{
    free(t->at);
    *t = (struct text){0};
}

/* Unicode 15, table 3-7: the second byte's range depends on the first. */
static const struct utf8_row {
    uint8_t first_low, first_high, second_low, second_high;
    uint8_t bytes;
} utf8_rows[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool row_fits(const struct utf8_row *row, const uint8_t *b, size_t len)
{
    if (b[0] < row->first_low || b[0] > row->first_high || len < row->bytes)
        return false;
    if (b[1] < row->second_low || b[1] > row->second_high)
        return false;
    for (size_t i = 2; i < row->bytes; i++)
        if ((b[i] & 0xc0) != 0x80)
            return false;
    return true;
}

size_t text_utf8(const char *s, size_t len)
{
    const uint8_t *b = (const uint8_t *)s;

    if (len == 0)
        return 0;
    if (b[0] < 0x80)
        return 1;
    for (size_t i = 0; i < sizeof utf8_rows / sizeof utf8_rows[0]; i++)
        if (row_fits(&utf8_rows[i], b, len))
            return utf8_rows[i].bytes;
    return 0;
}

bool text_is_utf8(const char *s, size_t len)
{
    while (len > 0) {
        size_t n = text_utf8(s, len);
        if (n == 0 || *s == '\0')
            return false;
        s += n;
        len -= n;
    }
    return true;
}

static bool read_digits(const char **s, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*s)++) {
        if (**s < '0' || **s > '9')
            return false;
        *value = *value * 10 + (**s - '0');
    }
    return true;
}

/* ".5", ".123456": milliseconds, what is finer is dropped. */
static bool read_fraction(const char **s, int *ms)
{
    int scale = 100;

    *ms = 0;
    if (**s != '.')
        return true;
    (*s)++;
    if (**s < '0' || **s > '9')
        return false;
    for (; **s >= '0' && **s <= '9'; (*s)++, scale /= 10)
        *ms += (**s - '0') * scale;
    return true;
}

static bool read_zone(const char **s, int *offset_s)
{
    int h, m, sign = **s == '-' ? -1 : 1;

    *offset_s = 0;
    if (**s == 'Z' || **s == 'z') {
        (*s)++;
        return true;
    }
    if (**s != '+' && **s != '-')
        return false;
    (*s)++;
    if (!read_digits(s, 2, &h) || *(*s)++ != ':' || !read_digits(s, 2, &m))
        return false;
    *offset_s = sign * (h * 3600 + m * 60);
    return h < 24 && m < 60;
}

static bool read_clock(const char **s, struct tm *tm)
{
    return read_digits(s, 2, &tm->tm_hour) && *(*s)++ == ':' &&
           read_digits(s, 2, &tm->tm_min) && *(*s)++ == ':' &&
           read_digits(s, 2, &tm->tm_sec) && tm->tm_hour < 24 && tm->tm_min < 60 &&
           tm->tm_sec < 61;
}

static bool read_date(const char **s, struct tm *tm)
{
    bool is_date = read_digits(s, 4, &tm->tm_year) && *(*s)++ == '-' &&
                   read_digits(s, 2, &tm->tm_mon) && *(*s)++ == '-' &&
                   read_digits(s, 2, &tm->tm_mday);
    if (!is_date || tm->tm_mon < 1 || tm->tm_mon > 12 || tm->tm_mday < 1 ||
        tm->tm_mday > 31)
        return false;
    tm->tm_year -= 1900;
    tm->tm_mon -= 1;
    return true;
}

int text_time_read(const char *s, int64_t *wall_ms)
{
    struct tm tm = {0};
    int ms, offset_s;

    if (!read_date(&s, &tm) || (*s != 'T' && *s != 't' && *s != ' '))
        return -EBADMSG;
    s++;
    if (!read_clock(&s, &tm) || !read_fraction(&s, &ms) || !read_zone(&s, &offset_s) ||
        *s != '\0')
        return -EBADMSG;
    *wall_ms = ((int64_t)timegm(&tm) - offset_s) * 1000 + ms;
    return 0;
}

int text_int_read(const char *s, int64_t *value)
{
    int64_t v = 0;

    if (*s == '\0')
        return -EBADMSG;
    for (; *s; s++) {
        if (*s < '0' || *s > '9')
            return -EBADMSG;
        if (v > (INT64_MAX - 9) / 10)
            return -ERANGE;
        v = v * 10 + (*s - '0');
    }
    *value = v;
    return 0;
}
