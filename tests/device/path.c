/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/path.h"

#include <stdio.h>
#include <string.h>

int path_parse(const char *text, size_t len, struct path *out)
{
    struct path p = {0};
    const char *at = text, *end = text + len;
    at += at < end && *at == '/';
    while (at < end) {
        uint32_t n = 0;
        const char *start = at;
        for (; at < end && *at >= '0' && *at <= '9' && n < 65536; at++) {
            n = n * 10 + (uint32_t)(*at - '0');
        }
        if (at == start || n > 65534 || p.depth == 4 || (at < end && *at != '/')) {
            return 1;
        }
        p.id[p.depth++] = (uint16_t)n;
        at += at < end;
    }
    *out = p;
    return 0;
}

const char *path_text(const struct path *p, char out[PATH_TEXT_MAX])
{
    int len = snprintf(out, PATH_TEXT_MAX, "%s", p->depth ? "" : "/");
    for (size_t i = 0; i < p->depth; i++) {
        len += snprintf(out + len, PATH_TEXT_MAX - (size_t)len, "/%u", p->id[i]);
    }
    return out;
}

bool path_covers(const struct path *outer, const struct path *inner)
{
    return outer->depth <= inner->depth &&
           memcmp(outer->id, inner->id, outer->depth * sizeof(outer->id[0])) == 0;
}
