/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/path.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Digits up to the next slash. @return how many characters, 0 if it is no id */
static size_t id_parse(const char *text, size_t len, uint16_t *out)
{
    uint32_t id = 0;
    size_t n = 0;

    for (; n < len && text[n] != '/'; n++) {
        if (text[n] < '0' || text[n] > '9')
            return 0;
        id = id * 10 + (uint32_t)(text[n] - '0');
        if (id > LWM2M_ID_MAX)
            return 0;
    }
    *out = (uint16_t)id;
    return n;
}

int lwm2m_path_parse(const char *root, const char *text, size_t len,
                     struct lwm2m_path *out)
{
    struct lwm2m_path p = {0};
    size_t root_len = root ? strlen(root) : 0;

    if (len < root_len || memcmp(text, root ? root : "", root_len) != 0)
        return -EBADMSG;
    text += root_len;
    len -= root_len;
    if (len == 0 && root_len == 0)
        return -EBADMSG;
    while (len > 0) {
        if (*text++ != '/')
            return -EBADMSG;
        len--;
        if (len == 0)
            break; /* trailing slash, or the root */
        if (p.depth == LWM2M_PATH_IDS)
            return -EBADMSG;
        size_t n = id_parse(text, len, &p.id[p.depth]);
        if (n == 0)
            return -EBADMSG;
        p.depth++;
        text += n;
        len -= n;
    }
    *out = p;
    return 0;
}

const char *lwm2m_path_print(const struct lwm2m_path *p,
                             char text[LWM2M_PATH_TEXT_BYTES])
{
    size_t len = 0;

    memcpy(text, "/", 2);
    for (int i = 0; i < p->depth; i++)
        len +=
            (size_t)snprintf(text + len, LWM2M_PATH_TEXT_BYTES - len, "/%u", p->id[i]);
    return text;
}

struct lwm2m_path lwm2m_path_child(const struct lwm2m_path *p, uint16_t id)
{
    struct lwm2m_path child = *p;

    assert(p->depth < LWM2M_PATH_IDS);
    child.id[child.depth++] = id;
    return child;
}

bool lwm2m_path_is_under(const struct lwm2m_path *p, const struct lwm2m_path *above)
{
    return p->depth >= above->depth &&
           memcmp(p->id, above->id, above->depth * sizeof p->id[0]) == 0;
}

bool lwm2m_path_equal(const struct lwm2m_path *a, const struct lwm2m_path *b)
{
    return a->depth == b->depth && lwm2m_path_is_under(a, b);
}
