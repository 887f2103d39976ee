/* SPDX-License-Identifier: Apache-2.0 */
/* openapi.c - the route table as OpenAPI 3.1. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/handlers.h"
#include "store/digest.h"

static void parameter(struct json *j, const char *name, size_t len, bool is_path)
{
    json_object(j, NULL);
    json_text_n(j, "name", name, len);
    json_text(j, "in", is_path ? "path" : "query");
    json_bool(j, "required", is_path);
    json_object(j, "schema");
    json_text(j, "type", "string");
    json_end(j);
    json_end(j);
}

static void parameters(struct json *j, const struct route *route)
{
    json_array(j, "parameters");
    for (const char *p = route->path; (p = strchr(p, '{')); p++)
        parameter(j, p + 1, strcspn(p + 1, "}"), true);
    for (const char *q = route->parameters; *q;) {
        size_t len = strcspn(q, " ");
        parameter(j, q, len, false);
        q += len + strspn(q + len, " ");
    }
    json_end(j);
}

static void content_type(struct json *j, const char *type, const char *schema)
{
    json_object(j, type);
    json_object(j, "schema");
    if (*schema)
        json_text(j, "type", schema);
    json_end(j);
    json_end(j);
}

static void content(struct json *j, const char *type, const char *schema)
{
    json_object(j, "content");
    content_type(j, type, schema);
    json_end(j);
}

static void contents(struct json *j, const char *types)
{
    char type[64];

    json_object(j, "content");
    while (*types) {
        size_t len = strcspn(types, " ");
        snprintf(type, sizeof type, "%.*s", (int)len, types);
        content_type(j, type, strcmp(type, "application/json") == 0 ? "object" : "");
        types += len + strspn(types + len, " ");
    }
    json_end(j);
}

static void body(struct json *j, const struct route *route)
{
    if (route->body == ROUTE_NO_BODY)
        return;
    json_object(j, "requestBody");
    json_bool(j, "required", route->body != ROUTE_JSON_OR_NOTHING);
    contents(j, route->upload ? route->upload->types : "application/json");
    json_end(j);
}

static void responses(struct json *j, const struct route *route)
{
    json_object(j, "responses");
    json_object(j, "2XX");
    json_text(j, "description", "Done");
    content(j, route->answer ? route->answer : "application/json", "");
    json_end(j);
    json_object(j, "default");
    json_text(j, "description", "Problem details (RFC 9457)");
    content(j, "application/problem+json", "object");
    json_end(j);
    json_end(j);
}

static void operation(struct json *j, const struct route *route)
{
    static const char *const keys[METHOD_COUNT] = {
        [METHOD_GET] = "get",     [METHOD_POST] = "post",     [METHOD_PUT] = "put",
        [METHOD_PATCH] = "patch", [METHOD_DELETE] = "delete",
    };

    json_object(j, keys[route->method]);
    json_text(j, "summary", route->summary);
    json_text(j, "x-role", role_name(route->role));
    if (route->role == ROLE_ANYONE) {
        json_array(j, "security");
        json_end(j);
    }
    parameters(j, route);
    body(j, route);
    responses(j, route);
    json_end(j);
}

static bool is_first_of_path(size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(routes[k].path, routes[i].path) == 0)
            return false;
    return true;
}

static void paths(struct json *j)
{
    json_object(j, "paths");
    for (size_t i = 0; i < route_count; i++) {
        if (!is_first_of_path(i))
            continue;
        json_object(j, routes[i].path);
        for (size_t k = i; k < route_count; k++)
            if (strcmp(routes[k].path, routes[i].path) == 0)
                operation(j, &routes[k]);
        json_end(j);
    }
    json_end(j);
}

static void security(struct json *j)
{
    json_object(j, "components");
    json_object(j, "securitySchemes");
    json_object(j, "token");
    json_text(j, "type", "http");
    json_text(j, "scheme", "bearer");
    json_end(j);
    json_end(j);
    json_end(j);
    json_array(j, "security");
    json_object(j, NULL);
    json_array(j, "token");
    json_end(j);
    json_end(j);
    json_end(j);
}

static void describe(struct text *out)
{
    struct json j = json_to(out);

    json_object(&j, NULL);
    json_text(&j, "openapi", "3.1.0");
    json_object(&j, "info");
    json_text(&j, "title", "Lockstep");
    json_text(&j, "version", LOCKSTEP_VERSION);
    json_end(&j);
    security(&j);
    paths(&j);
    json_end(&j);
}

int openapi_open(struct api_description *d)
{
    uint8_t digest[STORE_DIGEST_BYTES];
    char hex[STORE_DIGEST_HEX + 1];

    describe(&d->text);
    if (d->text.bad)
        return -ENOMEM;
    digest_of(d->text.at, d->text.len, digest);
    digest_hex(digest, hex);
    snprintf(d->etag, sizeof d->etag, "\"%.16s\"", hex);
    return 0;
}

int openapi_get(struct request *rq, struct response *rs)
{
    const struct api_description *d = &rq->api->description;

    response_header(rs, "ETag", "%s", d->etag);
    response_header(rs, "Cache-Control", "no-cache");
    if (rq->headers.if_none_match && strstr(rq->headers.if_none_match, d->etag)) {
        rs->status = 304;
        return 0;
    }
    rs->status = 200;
    rs->fixed = d->text.at;
    rs->fixed_bytes = d->text.len;
    return 0;
}
