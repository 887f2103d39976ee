/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask for what: the API's table of routes has to say the same, and every route
 * is asked by every role, without a token, with one that has expired and with one
 * revoked.
 */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/routes.h"
#include "campaigns/command.h"
#include "tests/api/served.h"

TestSuite(roles, .init = served_open, .fini = served_close, .timeout = 300);

#define RESOURCES "/v1/devices/{endpoint}/resources"

/* clang-format off */
static const struct {
    enum role role; /* at least */
    enum method method;
    const char *path;
} matrix[] = {
    { ROLE_ANYONE, METHOD_GET, "/healthz" },
    { ROLE_VIEWER, METHOD_GET, "/metrics" },
    { ROLE_ANYONE, METHOD_GET, "/problems/{name}" },
    { ROLE_ANYONE, METHOD_GET, "/docs" },
    { ROLE_VIEWER, METHOD_GET, "/v1/openapi.json" },
    { ROLE_VIEWER, METHOD_GET, "/v1/status" },
    { ROLE_VIEWER, METHOD_GET, "/v1/fleet" },
    { ROLE_VIEWER, METHOD_GET, "/v1/devices" },
    { ROLE_OPERATOR, METHOD_POST, "/v1/devices" },
    { ROLE_VIEWER, METHOD_GET, "/v1/devices/{endpoint}" },
    { ROLE_OPERATOR, METHOD_PATCH, "/v1/devices/{endpoint}" },
    { ROLE_ADMIN, METHOD_DELETE, "/v1/devices/{endpoint}" },
    { ROLE_VIEWER, METHOD_GET, "/v1/devices/{endpoint}/components" },
    { ROLE_VIEWER, METHOD_GET, "/v1/devices/{endpoint}/versions" },
    { ROLE_VIEWER, METHOD_GET, "/v1/devices/{endpoint}/events" },
    { ROLE_VIEWER, METHOD_GET, "/v1/devices/{endpoint}/tasks" },
    { ROLE_VIEWER, METHOD_GET, "/v1/devices/{endpoint}/attempts" },
    { ROLE_APPROVER, METHOD_DELETE, "/v1/devices/{endpoint}/attempts" },
    { ROLE_OPERATOR, METHOD_POST, "/v1/devices/{endpoint}/refresh" },
    { ROLE_OPERATOR, METHOD_POST, "/v1/devices/{endpoint}/admit" },
    { ROLE_VIEWER, METHOD_GET, "/v1/devices/{endpoint}/trace" },
    { ROLE_VIEWER, METHOD_GET, "/v1/devices/{endpoint}/tags" },
    { ROLE_OPERATOR, METHOD_PUT, "/v1/devices/{endpoint}/tags" },
    { ROLE_VIEWER, METHOD_GET, "/v1/devices/{endpoint}/profile" },
    { ROLE_OPERATOR, METHOD_GET, RESOURCES "/{object}" },
    { ROLE_OPERATOR, METHOD_GET, RESOURCES "/{object}/{instance}" },
    { ROLE_OPERATOR, METHOD_GET, RESOURCES "/{object}/{instance}/{resource}" },
    { ROLE_OPERATOR, METHOD_GET, RESOURCES "/{object}/{instance}/{resource}/{resource_instance}" },
    { ROLE_OPERATOR, METHOD_PUT, RESOURCES "/{object}/{instance}/{resource}" },
    { ROLE_OPERATOR, METHOD_PUT, RESOURCES "/{object}/{instance}/{resource}/{resource_instance}" },
    { ROLE_OPERATOR, METHOD_POST, RESOURCES "/{object}/{instance}/{resource}" },
    { ROLE_VIEWER, METHOD_GET, "/v1/query-fields" },
    { ROLE_VIEWER, METHOD_GET, "/v1/profiles" },
    { ROLE_ADMIN, METHOD_POST, "/v1/profiles" },
    { ROLE_VIEWER, METHOD_GET, "/v1/profiles/{name}" },
    { ROLE_ADMIN, METHOD_PUT, "/v1/profiles/{name}" },
    { ROLE_ADMIN, METHOD_PATCH, "/v1/profiles/{name}" },
    { ROLE_ADMIN, METHOD_DELETE, "/v1/profiles/{name}" },
    { ROLE_VIEWER, METHOD_GET, "/v1/bundles" },
    { ROLE_OPERATOR, METHOD_POST, "/v1/bundles" },
    { ROLE_VIEWER, METHOD_GET, "/v1/bundles/{bundle}" },
    { ROLE_VIEWER, METHOD_GET, "/v1/bundles/{bundle}/manifest" },
    { ROLE_APPROVER, METHOD_POST, "/v1/bundles/{bundle}/withdraw" },
    { ROLE_APPROVER, METHOD_DELETE, "/v1/bundles/{bundle}" },
    { ROLE_VIEWER, METHOD_GET, "/v1/packages" },
    { ROLE_VIEWER, METHOD_GET, "/v1/packages/{sha256}" },
    { ROLE_OPERATOR, METHOD_PUT, "/v1/packages/{sha256}" },
    { ROLE_OPERATOR, METHOD_DELETE, "/v1/packages/{sha256}" },
    { ROLE_OPERATOR, METHOD_POST, "/v1/plans" },
    { ROLE_VIEWER, METHOD_GET, "/v1/plans/{id}" },
    { ROLE_VIEWER, METHOD_GET, "/v1/policy" },
    { ROLE_VIEWER, METHOD_GET, "/v1/campaigns" },
    { ROLE_OPERATOR, METHOD_POST, "/v1/campaigns" },
    { ROLE_VIEWER, METHOD_GET, "/v1/campaigns/{id}" },
    { ROLE_OPERATOR, METHOD_PATCH, "/v1/campaigns/{id}" },
    { ROLE_ADMIN, METHOD_DELETE, "/v1/campaigns/{id}" },
    { ROLE_VIEWER, METHOD_GET, "/v1/campaigns/{id}/progress" },
    { ROLE_VIEWER, METHOD_GET, "/v1/campaigns/{id}/chart" },
    { ROLE_VIEWER, METHOD_GET, "/v1/campaigns/{id}/wait" },
    { ROLE_VIEWER, METHOD_GET, "/v1/campaigns/{id}/tasks" },
    { ROLE_VIEWER, METHOD_GET, "/v1/campaigns/{id}/tasks/{endpoint}" },
    { ROLE_OPERATOR, METHOD_POST, "/v1/campaigns/{id}/tasks/{endpoint}/{action}" },
    { ROLE_APPROVER, METHOD_POST, "/v1/campaigns/{id}/approve" },
    { ROLE_OPERATOR, METHOD_POST, "/v1/campaigns/{id}/{action}" },
    { ROLE_VIEWER, METHOD_GET, "/v1/events" },
    { ROLE_VIEWER, METHOD_GET, "/v1/event-kinds" },
    { ROLE_VIEWER, METHOD_GET, "/v1/audit" },
    { ROLE_ADMIN, METHOD_GET, "/v1/tokens" },
    { ROLE_ADMIN, METHOD_POST, "/v1/tokens" },
    { ROLE_ADMIN, METHOD_GET, "/v1/tokens/{name}" },
    { ROLE_ADMIN, METHOD_DELETE, "/v1/tokens/{name}" },
    { ROLE_ADMIN, METHOD_GET, "/v1/webhooks" },
    { ROLE_ADMIN, METHOD_POST, "/v1/webhooks" },
    { ROLE_ADMIN, METHOD_GET, "/v1/webhooks/{name}" },
    { ROLE_ADMIN, METHOD_PATCH, "/v1/webhooks/{name}" },
    { ROLE_ADMIN, METHOD_DELETE, "/v1/webhooks/{name}" },
    { ROLE_ADMIN, METHOD_GET, "/v1/webhooks/{name}/deliveries" },
    { ROLE_ADMIN, METHOD_POST, "/v1/webhooks/{name}/test" },
};
/* clang-format on */
enum { MATRIX_ROWS = sizeof matrix / sizeof matrix[0] };

Test(roles, of_each_route_are_these)
{
    for (size_t i = 0; i < route_count; i++) {
        size_t k = 0;
        while (k < MATRIX_ROWS && (matrix[k].method != routes[i].method ||
                                   strcmp(matrix[k].path, routes[i].path) != 0))
            k++;
        if (k == MATRIX_ROWS)
            cr_expect(k < MATRIX_ROWS, "%s %s has no line here",
                      method_name(routes[i].method), routes[i].path);
        else
            cr_expect(eq(int, (int)routes[i].role, (int)matrix[k].role), "%s %s",
                      method_name(routes[i].method), routes[i].path);
    }
    cr_expect(eq(sz, MATRIX_ROWS, route_count), "a line of a route that is gone");
}

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

/* A token that was one, in place of none. */
static void refuses_everywhere(const char *token, const char *detail)
{
    char target[256];

    for (size_t i = 0; i < route_count; i++) {
        fill_in(routes[i].path, target, sizeof target);
        struct reply r = ask((struct ask){method_name(routes[i].method), target, token,
                                          "Accept: application/json\r\n", "{", 1});
        bool is_open = routes[i].role == ROLE_ANYONE;
        cr_expect(eq(int, r.status == 401, !is_open), "%s %s: %d",
                  method_name(routes[i].method), routes[i].path, r.status);
        cr_expect(is_open || strstr(r.body, detail), "%s: %s", routes[i].path, r.body);
    }
}

Test(roles, end_with_the_time_of_their_token)
{
    refuses_everywhere("old", "has expired");
}

Test(roles, end_when_their_token_is_revoked)
{
    struct reply r = ask((struct ask){"GET", "/v1/tokens", "admin", NULL, NULL, 0});

    cr_assert(eq(int, r.status, 200));
    served_change(&(struct change){.kind = CHANGE_TOKEN_DELETE, .name = "admin"});
    refuses_everywhere("admin", "is not known");
}

#define ADMIN " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\n"
#define WAITING "Expect: 100-continue\r\n"

Test(roles, end_when_their_token_is_revoked_while_a_body_comes)
{
    static const struct {
        const char *head, *body;
    } late[] = {
        {"POST /v1/tokens" ADMIN WAITING "Content-Length: 30\r\n\r\n",
         "{\"name\":\"late\",\"role\":\"admin\"}"},
        {"POST /v1/devices" ADMIN WAITING "Content-Length: 19\r\n\r\n",
         "{\"endpoint\":\"late\"}"},
        {"PUT /v1/packages/"
         "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" ADMIN
             WAITING "Transfer-Encoding: chunked\r\n\r\n",
         "4\r\ntest\r\n0\r\n\r\n"},
    };
    enum { LATE = sizeof late / sizeof late[0] };
    int fds[LATE];

    for (size_t i = 0; i < LATE; i++) {
        tell(fds[i] = dial(), late[i].head);
        cr_assert(hear(fds[i], "100 Continue"), "%s", late[i].head);
    }
    served_change(&(struct change){.kind = CHANGE_TOKEN_DELETE, .name = "admin"});
    for (size_t i = 0; i < LATE; i++) {
        tell(fds[i], late[i].body);
        cr_expect(hear(fds[i], "HTTP/1.1 401 "), "%s", late[i].head);
        close(fds[i]);
    }
    cr_expect(eq(int, core_count(COMMAND_TOKEN_CREATE), 0));
}

Test(roles, of_a_token_can_end_at_a_time)
{
    static const struct {
        const char *body;
        int status;
        const char *has;
    } cases[] = {
        {"{\"name\":\"a\",\"role\":\"viewer\",\"expires_at\":\"2100-01-31T00:00:00Z\"}",
         201, "\"expires_at\":\"2100-01-31T00:00:00.000Z\""},
        {"{\"name\":\"b\",\"role\":\"viewer\",\"expires_s\":60}", 201,
         "\"expires_at\""},
        {"{\"name\":\"a\",\"role\":\"viewer\",\"expires_at\":\"2001-01-31T00:00:00Z\"}",
         400, "is over"},
        {"{\"name\":\"a\",\"role\":\"viewer\",\"expires_at\":\"tomorrow\"}", 400,
         "is a time"},
        {"{\"name\":\"a\",\"role\":\"viewer\",\"expires_s\":60,"
         "\"expires_at\":\"2100-01-31T00:00:00Z\"}",
         400, "together"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r =
            ask((struct ask){"POST", "/v1/tokens", "admin", NULL, cases[i].body, 0});
        cr_expect(eq(int, r.status, cases[i].status), "%s: %s", cases[i].body, r.body);
        cr_expect(strstr(r.body, cases[i].has) != NULL, "%s: %s", cases[i].body,
                  r.body);
    }
}

Test(roles, of_a_token_go_by_no_name_of_the_servers_own)
{
    static const char *const names[] = {"system", "device", "local", "credential",
                                        "file"};
    char body[80];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(body, sizeof body, "{\"name\":\"%s\",\"role\":\"admin\"}", names[i]);
        struct reply r =
            ask((struct ask){"POST", "/v1/tokens", "admin", NULL, body, 0});
        cr_expect(eq(int, r.status, 400), "%s: %s", names[i], r.body);
        cr_expect(strstr(r.body, "the server itself") != NULL, "%s", r.body);
    }
}

/* Events carry them: a line break would end a field of a server-sent event. */
Test(roles, and_webhooks_have_names_of_one_line)
{
    static const char *const cases[][2] = {
        {"/v1/tokens", "{\"name\":\"a\\nevent: x\",\"role\":\"viewer\"}"},
        {"/v1/tokens", "{\"name\":\"\",\"role\":\"viewer\"}"},
        {"/v1/webhooks", "{\"name\":\"a\\u007f\",\"url\":\"http://a/\"}"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r =
            ask((struct ask){"POST", cases[i][0], "admin", NULL, cases[i][1], 0});
        cr_expect(eq(int, r.status, 400), "%s: %s", cases[i][1], r.body);
        cr_expect(strstr(r.body, "control character") != NULL, "%s", r.body);
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

Test(roles, and_routes_can_be_read_on_a_page)
{
    struct reply r = ask((struct ask){"GET", "/docs", NULL, NULL, NULL, 0});
    char name[200];

    cr_assert(eq(int, r.status, 200));
    cr_expect(
        eq(str, (char *)reply_header(&r, "Content-Type"), "text/html; charset=utf-8"));
    cr_expect(strstr(reply_header(&r, "Content-Security-Policy"),
                     "default-src 'none'") != NULL);
    for (size_t i = 0; i < route_count; i++) {
        snprintf(name, sizeof name, "<h3>%s <code>%s</code>",
                 method_name(routes[i].method), routes[i].path);
        cr_expect(strstr(r.body, name) != NULL, "%s", name);
    }
    for (const char *at = r.body; (at = strstr(at, "href=\"#")); at++) {
        int len = (int)strcspn(at + 7, "\"");
        snprintf(name, sizeof name, "id=\"%.*s\"", len, at + 7);
        cr_expect(strstr(r.body, name) != NULL, "nothing has %s", name);
    }
}

Test(roles, no_two_routes_are_the_same)
{
    for (size_t i = 0; i < route_count; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect(routes[i].method != routes[k].method ||
                          strcmp(routes[i].path, routes[k].path) != 0,
                      "%s", routes[i].path);
}
