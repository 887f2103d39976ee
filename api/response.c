/* SPDX-License-Identifier: Apache-2.0 */
#include "api/response.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/match.h"
#include "store/digest.h"
#include "store/store.h"

static void drop(struct response *rs)
{
    for (size_t i = 0; i < rs->header_count; i++)
        free(rs->headers[i].value);
    rs->header_count = 0;
    text_fini(&rs->body);
    if (rs->stream.close)
        rs->stream.close(rs->stream.state);
    rs->stream = (struct stream){0};
    rs->fixed = NULL;
    rs->has_mark = false;
    rs->content_type = NULL;
}

void response_fini(struct response *rs)
{
    drop(rs);
    *rs = (struct response){0};
}

void response_header(struct response *rs, const char *name, const char *format, ...)
{
    va_list args;
    size_t i = 0;
    char *value;

    va_start(args, format);
    int len = vasprintf(&value, format, args);
    va_end(args);
    if (len < 0) {
        rs->body.bad = true;
        return;
    }
    while (i < rs->header_count && strcasecmp(rs->headers[i].name, name) != 0)
        i++;
    assert(i < RESPONSE_HEADERS_MAX);
    if (i == rs->header_count)
        rs->header_count++;
    else
        free(rs->headers[i].value);
    rs->headers[i] = (struct response_header){name, value};
}

void response_mark(struct response *rs, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is, the line above
    vsnprintf(rs->mark, sizeof rs->mark, format, args);
    va_end(args);
    rs->has_mark = true;
}

void response_tag(struct response *rs, const char *if_none_match)
{
    uint8_t digest[STORE_DIGEST_BYTES];
    char hex[STORE_DIGEST_HEX + 1], tag[sizeof rs->mark + 24];

    if (!rs->has_mark || rs->status < 200 || rs->status > 299 || rs->body.bad)
        return;
    rs->has_mark = false;
    digest_of(rs->body.at ? rs->body.at : "", rs->body.len, digest);
    digest_hex(digest, hex);
    snprintf(tag, sizeof tag, "%s%s%.16s", rs->mark, *rs->mark ? "." : "", hex);
    response_header(rs, "ETag", "\"%s\"", tag);
    if (rs->status == 200 && if_none_match && match_lists(if_none_match, tag)) {
        rs->status = 304;
        text_fini(&rs->body);
    }
}

struct json response_json(struct response *rs, int status)
{
    rs->status = status;
    return json_to(&rs->body);
}

static int refuse(struct response *rs, int status, const struct problem *p,
                  const char *members)
{
    drop(rs);
    rs->status = status;
    rs->content_type = "application/problem+json";
    problem_write(p, members, &rs->body);
    if (status == 401)
        response_header(rs, "WWW-Authenticate", "Bearer realm=\"lockstep\"");
    if (status == 503 || status == 429)
        response_header(rs, "Retry-After", "2");
    return 0;
}

int response_problem(struct response *rs, const struct problem *p)
{
    return refuse(rs, problem_rows[p->kind].status, p, NULL);
}

int response_refuse(struct response *rs, enum problem_kind kind, const char *format,
                    ...)
{
    struct problem p = {.kind = kind};
    va_list args;

    va_start(args, format);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is, the line above
    vsnprintf(p.detail, sizeof p.detail, format, args);
    va_end(args);
    return response_problem(rs, &p);
}

int response_named(struct response *rs, int status, const struct problem *p,
                   const char *name, const char *members)
{
    struct problem named = *p;

    named.name = *name ? name : NULL;
    named.status = status;
    return refuse(rs, status, &named, members);
}

int response_store(struct response *rs, int rc, const char *noun)
{
    if (rc == STORE_E_NOT_FOUND)
        return response_refuse(rs, PROBLEM_NOT_FOUND, "no such %s", noun);
    return rc < 0 ? rc : -EIO;
}
