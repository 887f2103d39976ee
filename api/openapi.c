/* SPDX-License-Identifier: Apache-2.0 */
/* openapi.c - the route table as OpenAPI 3.1. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/event_json.h"
#include "api/handlers.h"
#include "api/openapi_types.h"
#include "api/shapes.h"
#include "store/digest.h"
#include "store/filter.h"

/* What a list is of: the last word of its path. */
static enum filter_of list_of(const char *path)
{
    const char *word = strrchr(path, '/') + 1;

    return filter_of_from_name(strcmp(word, "audit") == 0 ? "events" : word);
}

/* Fields of that kind of row, or only those that sort. */
static void list_fields(struct text *out, enum filter_of of, bool is_q)
{
    struct filter_field_view field;

    text_put(out, is_q ? ":" : ": id");
    for (size_t i = 0; filter_field_view(of, i, &field); i++)
        if (is_q || field.is_sorted)
            text_printf(out, "%s%s", is_q && i == 0 ? " " : ", ", field.name);
}

/* What the parameter means; of q and sort of a list as well which fields they take. */
static void describe_parameter(struct json *j, const struct route *route,
                               const struct shape_parameter *known)
{
    enum filter_of of = list_of(route->path);
    bool is_q = strcmp(known->name, "q") == 0;
    struct text text = {0};

    text_put(&text, known->meaning);
    if (of < FILTER_OF_COUNT && (is_q || strcmp(known->name, "sort") == 0))
        list_fields(&text, of, is_q);
    json_text(j, "description", text.at ? text.at : "");
    text_fini(&text);
}

/* @param in  "path" or "query" */
static void parameter(struct json *j, const struct route *route, const char *in,
                      const char *name, size_t len)
{
    const struct shape_parameter *known = shape_parameter(route->path, name, len);

    assert(known);
    json_object(j, NULL);
    json_text_n(j, "name", name, len);
    json_text(j, "in", in);
    json_bool(j, "required", strcmp(in, "path") == 0);
    describe_parameter(j, route, known);
    openapi_type(j, "schema", known->type, strlen(known->type));
    json_end(j);
}

static void parameters(struct json *j, const struct route *route)
{
    const char *end = route->parameters + strlen(route->parameters);

    json_array(j, "parameters");
    for (const char *p = route->path; (p = strchr(p, '{')); p++)
        parameter(j, route, "path", p + 1, strcspn(p + 1, "}"));
    for (const char *q = route->parameters; q < end; q += strspn(q, " ")) {
        size_t len = strcspn(q, " ");
        parameter(j, route, "query", q, len);
        q += len;
    }
    json_end(j);
}

/* "Takes > Gives ; media/type" of a route. */
struct kinds {
    const char *takes, *gives, *media;
    size_t takes_len, gives_len;
};

static struct kinds kinds_of(const struct route *route)
{
    const char *s = route->shapes, *media = strchr(s, ';');
    size_t len = media ? (size_t)(media - s) : strlen(s), takes = strcspn(s, " >;");
    struct kinds k = {.takes = s, .takes_len = takes, .gives = s + len};
    const char *gives = memchr(s, '>', len);

    if (gives) {
        k.gives = gives + 2;
        k.gives_len = strcspn(k.gives, " ;");
    }
    k.media = media ? media + 2 : NULL;
    return k;
}

static void put_page(struct json *j, const char *row, size_t len)
{
    json_text(j, "type", "object");
    json_object(j, "properties");
    json_object(j, "items");
    json_text(j, "type", "array");
    openapi_type(j, "items", row, len);
    json_end(j);
    openapi_type(j, "next", "text,null", 9);
    json_end(j);
    json_array(j, "required");
    json_text(j, NULL, "items");
    json_text(j, NULL, "next");
    json_end(j);
    json_bool(j, "additionalProperties", false);
}

/* "Device*,Count": the first may be a list. */
static void answer_type(struct json *j, const char *type, size_t len)
{
    size_t first = 0;

    while (first < len && type[first] != ',' && type[first] != '*')
        first++;
    if (first == len || type[first] != '*') {
        openapi_type(j, "schema", type, len);
        return;
    }
    json_object(j, "schema");
    if (first + 1 == len) {
        put_page(j, type, first);
    } else {
        json_array(j, "anyOf");
        json_object(j, NULL);
        put_page(j, type, first);
        json_end(j);
        openapi_type(j, NULL, type + first + 2, len - first - 2);
        json_end(j);
    }
    json_end(j);
}

static void content(struct json *j, const char *media, const char *type, size_t len)
{
    json_object(j, media);
    if (len == 0)
        openapi_type(j, "schema", "text", 4);
    else
        answer_type(j, type, len);
    json_end(j);
}

static void upload_contents(struct json *j, const char *types, const struct kinds *k)
{
    char media[64];

    while (*types) {
        size_t len = strcspn(types, " ");
        snprintf(media, sizeof media, "%.*s", (int)len, types);
        if (strcmp(media, "application/json") == 0)
            content(j, media, k->takes, k->takes_len);
        else
            content(j, media, "any", 3);
        types += len + strspn(types + len, " ");
    }
}

static void body(struct json *j, const struct route *route, const struct kinds *k)
{
    if (route->body == ROUTE_NO_BODY)
        return;
    json_object(j, "requestBody");
    json_bool(j, "required", route->body != ROUTE_JSON_OR_NOTHING);
    json_object(j, "content");
    if (route->upload)
        upload_contents(j, route->upload->types, k);
    else
        content(j, "application/json", k->takes, k->takes_len);
    if (route->method == METHOD_PATCH)
        content(j, "application/merge-patch+json", k->takes, k->takes_len);
    json_end(j);
    json_end(j);
}

static void good_answer(struct json *j, const struct kinds *k)
{
    bool has_body = k->gives_len > 0 || k->media;

    json_object(j, has_body ? "2XX" : "204");
    json_text(j, "description", "Done");
    if (has_body) {
        const char *star = memchr(k->gives, '*', k->gives_len);
        json_object(j, "content");
        if (k->gives_len > 0)
            content(j, "application/json", k->gives, k->gives_len);
        if (star)
            content(j, "application/x-ndjson", k->gives, (size_t)(star - k->gives));
        if (k->media)
            content(j, k->media, NULL, 0);
        json_end(j);
    }
    json_end(j);
}

static void responses(struct json *j, const struct kinds *k)
{
    json_object(j, "responses");
    good_answer(j, k);
    json_object(j, "default");
    json_text(j, "description", "Problem details (RFC 9457)");
    json_object(j, "content");
    content(j, "application/problem+json", "Problem", 7);
    json_end(j);
    json_end(j);
    json_end(j);
}

/* "get_v1_devices_endpoint" */
static void operation_id(struct json *j, const struct route *route)
{
    char id[160];
    size_t len = (size_t)snprintf(id, sizeof id, "%s", method_name(route->method));

    for (const char *c = route->path; *c && len + 2 < sizeof id; c++) {
        if (strchr("/-", *c))
            id[len++] = '_';
        else if (!strchr("{}.", *c))
            id[len++] = *c;
    }
    json_text_n(j, "operationId", id, len);
}

static void operation(struct json *j, const struct route *route)
{
    static const char *const keys[METHOD_COUNT] = {
        [METHOD_GET] = "get",     [METHOD_POST] = "post",     [METHOD_PUT] = "put",
        [METHOD_PATCH] = "patch", [METHOD_DELETE] = "delete",
    };
    struct kinds k = kinds_of(route);

    json_object(j, keys[route->method]);
    operation_id(j, route);
    json_text(j, "summary", route->summary);
    json_text(j, "x-role", role_name(route->role));
    if (route->role == ROLE_ANYONE) {
        json_array(j, "security");
        json_end(j);
    }
    parameters(j, route);
    body(j, route, &k);
    responses(j, &k);
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

static void components(struct json *j)
{
    json_object(j, "components");
    json_object(j, "schemas");
    for (size_t i = 0; i < shape_count; i++)
        openapi_shape(j, &shapes[i]);
    event_schema(j);
    json_end(j);
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
    json_object(&j, "license");
    json_text(&j, "name", "Apache-2.0");
    json_text(&j, "identifier", "Apache-2.0");
    json_end(&j);
    json_end(&j);
    json_array(&j, "servers");
    json_object(&j, NULL);
    json_text(&j, "url", "/");
    json_end(&j);
    json_end(&j);
    components(&j);
    paths(&j);
    json_end(&j);
}

int api_description_seal(struct api_description *d)
{
    uint8_t digest[STORE_DIGEST_BYTES];
    char hex[STORE_DIGEST_HEX + 1];

    if (d->text.bad)
        return -ENOMEM;
    digest_of(d->text.at, d->text.len, digest);
    digest_hex(digest, hex);
    snprintf(d->etag, sizeof d->etag, "\"%.16s\"", hex);
    return 0;
}

int openapi_open(struct api_description *d)
{
    describe(&d->text);
    return api_description_seal(d);
}

int api_description_answer(const struct api_description *d, struct request *rq,
                           struct response *rs)
{
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

int openapi_get(struct request *rq, struct response *rs)
{
    return api_description_answer(&rq->api->description, rq, rs);
}
