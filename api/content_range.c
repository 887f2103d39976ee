/* SPDX-License-Identifier: Apache-2.0 */
#include "api/content_range.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <strings.h>

#define LARGEST ((int64_t)1 << 53)

static bool take_number(const char **s, int64_t *out)
{
    const char *from = *s;

    for (*out = 0; **s >= '0' && **s <= '9'; (*s)++) {
        *out = *out * 10 + (**s - '0');
        if (*out > LARGEST)
            return false;
    }
    return *s != from;
}

static bool take_char(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

int content_range_read(const char *text, struct content_range *out)
{
    struct content_range r;

    if (strncasecmp(text, "bytes ", 6) != 0)
        return -EBADMSG;
    text += 6;
    if (!take_number(&text, &r.first) || !take_char(&text, '-') ||
        !take_number(&text, &r.last) || !take_char(&text, '/') ||
        !take_number(&text, &r.total) || *text != '\0')
        return -EBADMSG;
    if (r.first > r.last || r.last >= r.total)
        return -EBADMSG;
    *out = r;
    return 0;
}
