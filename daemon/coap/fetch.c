/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.c - an answer that comes in blocks (RFC 7959 2.4). */
#include <string.h>

#include "daemon/coap/exchange_internal.h"

enum { FETCH_RESTARTS_MAX = 2 };

static bool is_other_etag(const struct assembly *a, const struct fields *f)
{
    if (a->len == 0 || (a->etag_len == 0 && f->etag_count == 0))
        return false;
    if (f->etag_count == 0 || f->etag[0].len != a->etag_len)
        return true;
    return memcmp(f->etag[0].at, a->etag, a->etag_len) != 0;
}

/* The resource changed while it was fetched: from the start, a few times. */
static enum fetch_step restart(struct exchange *x)
{
    if (x->fetch_restarts >= FETCH_RESTARTS_MAX)
        return FETCH_BROKEN;
    x->fetch_restarts++;
    assembly_clear(&x->answer);
    return FETCH_MORE;
}

enum fetch_step fetch_take(struct messenger *m, struct exchange *x,
                           const struct message *msg, const struct fields *f)
{
    struct assembly *a = &x->answer;
    if (!f->has_block2)
        return FETCH_BROKEN;
    x->is_fetching = true;
    if (is_other_etag(a, f))
        return restart(x);
    if (a->len == 0 && f->etag_count > 0) {
        memcpy(a->etag, f->etag[0].at, f->etag[0].len);
        a->etag_len = (uint8_t)f->etag[0].len;
    }
    int rc = assembly_add(a, f->block2, msg->payload, msg->payload_len,
                          m->options.body_max_bytes);
    if (rc == ASSEMBLY_E_AGAIN)
        return FETCH_IGNORE;
    if (rc != 0)
        return FETCH_BROKEN;
    if (f->block2.szx < x->fetch_szx)
        x->fetch_szx = f->block2.szx;
    return f->block2.more ? FETCH_MORE : FETCH_WHOLE;
}
