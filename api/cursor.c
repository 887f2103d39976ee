/* SPDX-License-Identifier: Apache-2.0 */
#include "api/cursor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char plain[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char digits[] = "0123456789ABCDEF";

void cursor_write(const struct page *page, struct text *out)
{
    text_int(out, page->next);
    if (!page->sort)
        return;
    text_char(out, '.');
    for (const char *c = page->next_key; *c; c++) {
        if (strchr(plain, *c))
            text_char(out, *c);
        else
            text_printf(out, "~%02X", (unsigned char)*c);
    }
}

/* @return the byte that ~XX stands for, 0 if it is none */
static uint8_t escaped(const char *text)
{
    const char *high = text[1] ? strchr(digits, text[1]) : NULL;
    const char *low = high && text[2] ? strchr(digits, text[2]) : NULL;

    return low ? (uint8_t)((high - digits) * 16 + (low - digits)) : 0;
}

static int read_key(const char *text, char *out, size_t size)
{
    size_t len = 0;

    for (; *text && len + 1 < size; len++) {
        bool is_escape = *text == '~';
        out[len] = (char)(is_escape ? escaped(text) : (uint8_t)*text);
        if (!out[len] || (!is_escape && !strchr(plain, *text)))
            return -EBADMSG;
        text += is_escape ? 3 : 1;
    }
    out[len] = '\0';
    return *text ? -EBADMSG : 0;
}

int cursor_read(const char *text, struct page *page)
{
    size_t len = strcspn(text, ".");
    char id[24];

    if (len >= sizeof id || (text[len] == '.') != (page->sort != NULL))
        return -EBADMSG;
    snprintf(id, sizeof id, "%.*s", (int)len, text);
    if (text_int_read(id, &page->after) != 0 || page->after < 1)
        return -EBADMSG;
    return page->sort
               ? read_key(text + len + 1, page->after_key, sizeof page->after_key)
               : 0;
}
