/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - a growing buffer of bytes for answers; the first failure sticks. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Zero-initialised it is empty. Always NUL-terminated once something was appended. */
struct text {
    char *at; /* owned */
    size_t len, size;
    bool bad; /* out of memory: what follows is dropped */
};

void text_append(struct text *t, const void *bytes, size_t len);
void text_put(struct text *t, const char *string);

static inline void text_char(struct text *t, char c)
{
    if (t->bad || t->len + 2 > t->size) {
        text_append(t, &c, 1);
        return;
    }
    t->at[t->len++] = c;
    t->at[t->len] = '\0';
}

/** Append the ASCII that s begins with and that needs no escape in JSON. @return its
 * length */
size_t text_plain(struct text *t, const char *s, size_t len);
void text_printf(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void text_int(struct text *t, int64_t value);

/** An RFC 3339 time in UTC with milliseconds. */
void text_time(struct text *t, int64_t wall_ms);

/** Lower-case hexadecimal. */
void text_hex(struct text *t, const void *bytes, size_t len);

/** Bytes as a path segment or query value: all but unreserved characters as %XX. */
void text_percent(struct text *t, const char *string);

/** Empty t and keep its memory. */
void text_clear(struct text *t);
void text_fini(struct text *t);

/** @return bytes of the well-formed UTF-8 character at s, 1..4; 0 if there is none */
size_t text_utf8(const char *s, size_t len);

/** @return true if all of s is well-formed UTF-8 without NUL */
bool text_is_utf8(const char *s, size_t len);

/** Read an RFC 3339 time. @return 0, -EBADMSG */
[[nodiscard]] int text_time_read(const char *s, int64_t *wall_ms);

/** Read a decimal number of digits only. @return 0, -EBADMSG, -ERANGE */
[[nodiscard]] int text_int_read(const char *s, int64_t *value);
