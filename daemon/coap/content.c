/* SPDX-License-Identifier: Apache-2.0 */
/* content.c - what a peer sent, copied into one allocation for the core. */
#include <stdlib.h>
#include <string.h>

#include "daemon/coap/messenger_internal.h"

/* "/a/b", or "/" without segments. */
static size_t path_bytes(const struct fields *f)
{
    size_t need = f->path_count ? 1 : 2;
    for (size_t i = 0; i < f->path_count; i++)
        need += 1 + (size_t)f->path[i].len;
    return need;
}

static char *put_piece(char *at, const struct piece *p)
{
    if (p->len > 0)
        memcpy(at, p->at, p->len);
    return at + p->len;
}

static char *put_path(char *at, const struct fields *f)
{
    if (f->path_count == 0)
        *at++ = '/';
    for (size_t i = 0; i < f->path_count; i++) {
        *at++ = '/';
        at = put_piece(at, &f->path[i]);
    }
    *at++ = '\0';
    return at;
}

static size_t query_bytes(const struct fields *f)
{
    size_t need = 0;
    for (size_t i = 0; i < f->query_count; i++)
        need += (size_t)f->query[i].len + 1;
    return need;
}

struct coap_message *content_build(const struct message *msg, const struct fields *f,
                                   const uint8_t *payload, size_t len)
{
    size_t pointers = f->query_count * sizeof(char *);
    struct coap_message *c =
        malloc(sizeof *c + pointers + path_bytes(f) + query_bytes(f) + len + 1);
    if (!c)
        return NULL;
    const char **queries = (const char **)(void *)(c + 1);
    char *at = (char *)(queries + f->query_count);
    *c = (struct coap_message){
        .code = msg->code,
        .is_observe = f->has_observe,
        .content_format = f->content_format,
        .accept = f->accept,
        .max_age_s = f->max_age_s,
        .path = at,
        .query_count = f->query_count,
        .queries = queries,
        .payload_len = len,
    };
    at = put_path(at, f);
    for (size_t i = 0; i < f->query_count; i++) {
        queries[i] = at;
        at = put_piece(at, &f->query[i]);
        *at++ = '\0';
    }
    c->payload = (const uint8_t *)at;
    if (len > 0)
        memcpy(at, payload, len);
    at[len] = '\0';
    return c;
}

void coap_message_free(struct coap_message *m)
{
    free(m);
}
