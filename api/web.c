/* SPDX-License-Identifier: Apache-2.0 */
#include "api/web.h"

#include <string.h>

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

int web_get(struct request *rq, struct response *rs)
{
    const struct web_file *file = web_find(rq->uri.path);

    if (!file)
        return response_refuse(rs, PROBLEM_NOT_FOUND, "there is nothing at this path");
    response_header(rs, "ETag", "%s", file->etag);
    response_header(rs, "Cache-Control", "no-cache");
    response_header(rs, "Content-Security-Policy", "%s", policy);
    response_header(rs, "Referrer-Policy", "no-referrer");
    response_header(rs, "X-Frame-Options", "DENY");
    if (rq->headers.if_none_match && strstr(rq->headers.if_none_match, file->etag)) {
        rs->status = 304;
        return 0;
    }
    rs->status = 200;
    rs->content_type = file->content_type;
    rs->fixed = file->bytes;
    rs->fixed_bytes = file->len;
    return 0;
}
