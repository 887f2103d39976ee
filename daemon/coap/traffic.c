/* SPDX-License-Identifier: Apache-2.0 */
/* traffic.c - copies that own what they point to. */
#include "daemon/coap/traffic.h"

#include <stdlib.h>
#include <string.h>

static size_t text_bytes(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static const char *copy_text(char **at, const char *text)
{
    size_t len = text_bytes(text);
    if (len == 0)
        return NULL;
    char *copy = memcpy(*at, text, len);
    *at += len;
    return copy;
}

struct coap_request *coap_request_copy(const struct coap_request *r)
{
    size_t need = text_bytes(r->path) + text_bytes(r->query) + r->payload_len;
    struct coap_request *copy = malloc(sizeof *copy + need);
    if (!copy)
        return NULL;
    char *at = (char *)(copy + 1);
    *copy = *r;
    copy->path = copy_text(&at, r->path);
    copy->query = copy_text(&at, r->query);
    copy->payload = at;
    if (r->payload_len > 0)
        memcpy(at, r->payload, r->payload_len);
    return copy;
}

struct coap_response *coap_response_copy(const struct coap_response *r)
{
    size_t need = text_bytes(r->location) + r->payload_len;
    struct coap_response *copy = malloc(sizeof *copy + need);
    if (!copy)
        return NULL;
    char *at = (char *)(copy + 1);
    *copy = *r;
    copy->location = copy_text(&at, r->location);
    copy->payload = at;
    if (r->payload_len > 0)
        memcpy(at, r->payload, r->payload_len);
    return copy;
}
