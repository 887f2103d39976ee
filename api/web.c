/* SPDX-License-Identifier: Apache-2.0 */
#include "api/web.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/handlers.h"
#include "web/web_files.h"

/* Scripts and styles are files of ours; nothing else may be loaded or framed. */
static const char policy[] =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'; img-src 'self' data:";

const struct web_file *web_find(const char *path)
{
    for (size_t i = 0; i < web_file_count; i++)
        if (strcmp(web_files[i].path, path) == 0)
            return &web_files[i];
    return NULL;
}

/* What stands before the next comma, if it is the coding and may be used. */
static bool is_wanted(const char *item, size_t len, const char *coding)
{
    size_t named = strlen(coding);

    if (len < named || strncasecmp(item, coding, named) != 0)
        return false;
    item += named;
    len -= named;
    size_t blanks = strspn(item, " \t");
    if (blanks >= len)
        return true; /* nothing but its name */
    const char *q = item[blanks] == ';' ? item + blanks + 1 : NULL;
    if (!q)
        return false; /* a longer name */
    q += strspn(q, " \t");
    return strncasecmp(q, "q=", 2) != 0 || strtod(q + 2, NULL) > 0;
}

bool web_takes_gzip(const char *accept_encoding)
{
    const char *at = accept_encoding ? accept_encoding : "";

    while (*at) {
        at += strspn(at, " \t,");
        size_t len = strcspn(at, ",");
        if (is_wanted(at, len, "gzip"))
            return true;
        at += len;
    }
    return false;
}

int web_get(struct request *rq, struct response *rs)
{
    const struct web_file *file = web_find(rq->uri.path);

    if (!file)
        return response_refuse(rs, PROBLEM_NOT_FOUND, "there is nothing at this path");
    bool is_gzip = web_takes_gzip(rq->headers.accept_encoding);
    const struct web_form *form = is_gzip ? &file->gzip : &file->plain;
    response_header(rs, "ETag", "%s", form->etag);
    response_header(rs, "Vary", "Accept-Encoding");
    response_header(rs, "Cache-Control", "no-cache");
    response_header(rs, "Content-Security-Policy", "%s", policy);
    response_header(rs, "Referrer-Policy", "no-referrer");
    response_header(rs, "X-Frame-Options", "DENY");
    if (rq->headers.if_none_match && strstr(rq->headers.if_none_match, form->etag)) {
        rs->status = 304;
        return 0;
    }
    if (is_gzip)
        response_header(rs, "Content-Encoding", "gzip");
    rs->status = 200;
    rs->content_type = file->content_type;
    rs->fixed = form->bytes;
    rs->fixed_bytes = form->len;
    return 0;
}
