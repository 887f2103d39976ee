/* SPDX-License-Identifier: Apache-2.0 */
/* Every route of the table, asked by every role. */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "api/routes.h"
#include "tests/api/served.h"

TestSuite(roles, .init = served_open, .fini = served_close, .timeout = 300);

/* The path with something in place of each {..}: nothing of it exists. */
static void fill_in(const char *pattern, char *out, size_t size)
{
    size_t len = 0;

    while (*pattern && len + 80 < size) {
        if (*pattern == '{') {
            len += (size_t)snprintf(out + len, size - len, "999");
            pattern = strchr(pattern, '}') + 1;
        } else {
            out[len++] = *pattern++;
        }
    }
    out[len] = '\0';
}

static int status_of(const struct route *route, const char *token)
{
    char target[256];

    fill_in(route->path, target, sizeof target);
    /* A list instead of a stream, so that the answer ends. */
    return ask((struct ask){method_name(route->method), target, token,
                            "Accept: application/json\r\n", "{", 1})
        .status;
}

Test(roles, are_asked_for_by_every_route)
{
    static const struct {
        const char *token;
        enum role role;
    } askers[] = {
        {"viewer", ROLE_VIEWER},
        {"operator", ROLE_OPERATOR},
        {"approver", ROLE_APPROVER},
        {"admin", ROLE_ADMIN},
    };

    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        int status = status_of(route, NULL);
        bool is_open = route->role == ROLE_ANYONE;
        cr_expect(eq(int, status == 401, !is_open), "%s %s without token: %d",
                  method_name(route->method), route->path, status);
        for (size_t k = 0; k < 4; k++) {
            status = status_of(route, askers[k].token);
            cr_expect(eq(int, status == 403, askers[k].role < route->role),
                      "%s %s by %s: %d", method_name(route->method), route->path,
                      askers[k].token, status);
            cr_expect(status != 401 && status != 405 && status != 500, "%s %s: %d",
                      method_name(route->method), route->path, status);
        }
    }
}

Test(roles, only_reading_is_for_viewers)
{
    for (size_t i = 0; i < route_count; i++)
        if (routes[i].method != METHOD_GET)
            cr_expect(routes[i].role >= ROLE_OPERATOR, "%s", routes[i].path);
}

Test(roles, and_all_routes_stand_in_openapi)
{
    static const char *const keys[] = {"get", "post", "put", "patch", "delete"};
    struct reply r =
        ask((struct ask){"GET", "/v1/openapi.json", "viewer", NULL, NULL, 0});
    cJSON *doc = cJSON_Parse(r.body);
    cJSON *paths = cJSON_GetObjectItem(doc, "paths");

    cr_assert(doc != NULL);
    for (size_t i = 0; i < route_count; i++) {
        cJSON *path = cJSON_GetObjectItemCaseSensitive(paths, routes[i].path);
        cJSON *operation = cJSON_GetObjectItem(path, keys[routes[i].method]);
        cr_expect(operation != NULL, "%s", routes[i].path);
        cr_expect(routes[i].summary[0] != '\0');
        cJSON *none =
            cJSON_GetObjectItem(cJSON_GetObjectItem(operation, "responses"), "204");
        cr_expect(none == NULL || routes[i].method == METHOD_DELETE,
                  "%s does not say what it answers", routes[i].path);
    }
    cJSON_Delete(doc);
}

Test(roles, and_openapi_is_sent_once)
{
    char headers[200];
    struct reply r =
        ask((struct ask){"GET", "/v1/openapi.json", "viewer", NULL, NULL, 0});

    snprintf(headers, sizeof headers, "If-None-Match: %s\r\n",
             reply_header(&r, "ETag"));
    r = ask((struct ask){"GET", "/v1/openapi.json", "viewer", headers, NULL, 0});
    cr_expect(eq(int, r.status, 304));
    cr_expect(eq(sz, r.body_len, 0));
}

Test(roles, no_two_routes_are_the_same)
{
    for (size_t i = 0; i < route_count; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect(routes[i].method != routes[k].method ||
                          strcmp(routes[i].path, routes[k].path) != 0,
                      "%s", routes[i].path);
}
