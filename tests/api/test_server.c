/* SPDX-License-Identifier: Apache-2.0 */
/* What every request goes through: framing, routes, tokens, limits, commands. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaigns/command.h"
#include "tests/api/served.h"

TestSuite(server, .init = served_open, .fini = served_close, .timeout = 120);

static struct reply get(const char *target, const char *token)
{
    return ask((struct ask){"GET", target, token, NULL, NULL, 0});
}

static struct reply post(const char *target, const char *headers, const char *body)
{
    return ask((struct ask){"POST", target, "admin", headers, body, 0});
}

#define expect_status(reply, expected)                                                 \
    cr_expect(eq(int, (reply).status, expected), "%s", (reply).body)
#define expect_says(reply, text)                                                       \
    cr_expect(strstr((reply).body, text) != NULL, "no %s in %s", text, (reply).body)

Test(server, answers_health_without_a_token)
{
    struct reply r = get("/healthz", NULL);

    expect_status(r, 200);
    cr_expect(eq(str, r.body, "{\"status\":\"ok\"}"));
    cr_expect(eq(str, (char *)reply_header(&r, "Content-Type"), "application/json"));
    cr_expect(eq(str, (char *)reply_header(&r, "X-Content-Type-Options"), "nosniff"));
}

Test(server, wants_a_token_that_is_known_and_not_expired)
{
    struct reply r = get("/v1/devices", NULL);

    expect_status(r, 401);
    cr_expect(
        eq(str, (char *)reply_header(&r, "Content-Type"), "application/problem+json"));
    cr_expect(strstr(reply_header(&r, "WWW-Authenticate"), "Bearer") != NULL);
    r = get("/v1/devices", "guess");
    expect_status(r, 401);
    expect_says(r, "not known");
    r = get("/v1/devices", "old");
    expect_status(r, 401);
    expect_says(r, "expired");
    r = get("/v1/devices", "viewer");
    expect_status(r, 200);
}

Test(server, tells_unknown_paths_from_methods_that_do_not_fit)
{
    struct reply r = get("/v1/nothing", "viewer");

    expect_status(r, 404);
    expect_says(r, "/problems/not-found");
    r = ask((struct ask){"PUT", "/v1/status", "admin", NULL, NULL, 0});
    expect_status(r, 405);
    cr_expect(eq(str, (char *)reply_header(&r, "Allow"), "GET, HEAD"));
    r = ask((struct ask){"OPTIONS", "/v1/devices", "admin", NULL, NULL, 0});
    expect_status(r, 405);
    cr_expect(eq(str, (char *)reply_header(&r, "Allow"), "GET, HEAD, POST"));
    r = ask((struct ask){"TRACE", "/v1/nothing", "admin", NULL, NULL, 0});
    expect_status(r, 404);
    r = ask((struct ask){"POST", "/", "admin", NULL, NULL, 0});
    expect_status(r, 405);
    cr_expect(eq(str, (char *)reply_header(&r, "Allow"), "GET, HEAD"));
    r = ask((struct ask){"BREW", "/v1/devices", "admin", NULL, NULL, 0});
    expect_status(r, 501);
    expect_says(r, "/problems/not-implemented");
    r = get("/v1/devices/", "viewer");
    expect_status(r, 404);
}

Test(server, answers_head_like_get_without_the_body)
{
    struct reply r = ask((struct ask){"HEAD", "/healthz", NULL, NULL, NULL, 0});

    expect_status(r, 200);
    cr_expect(eq(sz, r.body_len, 0));
    cr_expect(eq(str, (char *)reply_header(&r, "Content-Length"), "15"));
}

Test(server, answers_head_of_a_stream_without_a_chunk_and_closes)
{
    static const char *const heads[] = {
        "HEAD /v1/devices HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer viewer\r\n"
        "Accept: application/x-ndjson\r\n\r\n",
        "HEAD /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer viewer\r\n\r\n",
    };

    for (size_t i = 0; i < 2; i++) {
        struct reply r = raw(heads[i], strlen(heads[i]));
        expect_status(r, 200);
        cr_expect(eq(sz, r.body_len, 0));
        cr_expect(reply_header(&r, "Transfer-Encoding") == NULL);
        const char *connection = reply_header(&r, "Connection");
        cr_expect(connection && strcmp(connection, "close") == 0, "%s", r.head);
    }
}

Test(server, refuses_parameters_that_nobody_reads)
{
    struct reply r = get("/v1/devices?limt=5", "viewer");

    expect_status(r, 400);
    expect_says(r, "unknown parameter 'limt'");
    r = get("/v1/devices?limit=1001", "viewer");
    expect_status(r, 400);
    r = get("/v1/devices?limit=5&limit=6", "viewer");
    expect_status(r, 400);
    r = get("/v1/devices?q=%zz", "viewer");
    expect_status(r, 400);
}

Test(server, reads_json_whatever_the_content_type_says)
{
    struct reply r = post("/v1/tokens", "Content-Type: text/plain\r\n",
                          "{\"name\":\"bob\",\"role\":\"viewer\"}");

    expect_status(r, 201);
    expect_says(r, "\"token\":\"");
}

Test(server, says_where_json_is_wrong)
{
    struct reply r = post("/v1/tokens", NULL, "{\"name\":}");

    expect_status(r, 400);
    expect_says(r, "/problems/invalid-json");
    expect_says(r, "\"position\":9");
    r = post("/v1/tokens", NULL, "{\"name\":\"a\",\"name\":\"b\"}");
    expect_says(r, "stands twice");
    r = post("/v1/tokens", NULL, "[]");
    expect_says(r, "must be an object");
    r = post("/v1/tokens", NULL, NULL);
    expect_status(r, 400);
}

Test(server, a_made_token_works_at_once)
{
    struct reply r = post("/v1/tokens", NULL, "{\"name\":\"bob\",\"role\":\"viewer\"}");
    char token[65] = "";

    cr_assert(
        eq(int, sscanf(strstr(r.body, "\"token\":\"") + 9, "%64[0-9a-f]", token), 1));
    r = get("/v1/status", token);
    expect_status(r, 200);
    expect_says(r, "\"principal\":{\"name\":\"bob\",\"role\":\"viewer\"}");
}

Test(server, says_busy_when_the_core_takes_nothing)
{
    core_set(CORE_IS_FULL);
    struct reply r = post("/v1/tokens", NULL, "{\"name\":\"bob\",\"role\":\"viewer\"}");

    expect_status(r, 503);
    expect_says(r, "/problems/busy");
    cr_expect(eq(str, (char *)reply_header(&r, "Retry-After"), "2"));
}

Test(server, passes_on_what_the_core_refuses)
{
    core_set(CORE_REFUSES);
    struct reply r = post("/v1/tokens", NULL, "{\"name\":\"bob\",\"role\":\"viewer\"}");

    expect_status(r, 409);
    expect_says(r,
                "{\"type\":\"/problems/not-now\",\"title\":\"Not now\",\"status\":409");
    expect_says(r, "the core does not want to");
}

Test(server, closes_while_commands_and_waits_sleep)
{
    int command = dial(), wait = dial(), stream = dial();

    served_add_campaign("running");
    core_set(CORE_HOLDS);
    tell(command, "POST /v1/campaigns/7/pause HTTP/1.1\r\nHost: x\r\nAuthorization: "
                  "Bearer admin\r\nContent-Length: 0\r\n\r\n");
    tell(wait, "GET /v1/campaigns/7/wait HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
               "admin\r\n\r\n");
    tell(stream, "GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                 "admin\r\n\r\n");
    core_await(1);
    cr_expect(hear(stream, "retry:"));
    /* served_close() ends all three; it would hang, or the sanitizer speak. */
    close(command);
    close(wait);
    close(stream);
}

Test(server, survives_clients_that_leave_while_the_core_works)
{
    core_set(CORE_HOLDS);
    for (int i = 0; i < 10; i++) {
        int fd = dial();
        tell(fd, "DELETE /v1/tokens/old HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                 "admin\r\n\r\n");
        core_await(i + 1);
        close(fd);
    }
    core_set(CORE_WORKS);
    struct reply r = get("/v1/status", "viewer");
    expect_status(r, 200);
}

Test(server, drains_the_body_of_a_request_that_is_refused)
{
    char *body = calloc(1, 200001);

    memset(body, 'x', 200000);
    struct reply r = ask((struct ask){"POST", "/v1/plans", NULL, NULL, body, 200000});
    expect_status(r, 401);
    r = ask((struct ask){"POST", "/v1/nothing", "admin", NULL, body, 200000});
    expect_status(r, 404);
    r = ask((struct ask){"POST", "/v1/plans", "admin", NULL, body, 200000});
    expect_status(r, 400);
    free(body);
}

Test(server, refuses_a_body_that_is_too_large_before_it_comes)
{
    static const char head[] = "POST /v1/plans HTTP/1.1\r\nHost: x\r\nAuthorization: "
                               "Bearer admin\r\nContent-Length: 99999999999\r\n\r\n{";
    struct reply r = raw(head, sizeof head - 1);

    expect_status(r, 413);
}

Test(server, explains_its_problems)
{
    struct reply r = get("/problems/campaign-failed", NULL);

    expect_status(r, 200);
    expect_says(r, "\"status\":409");
    r = get("/problems/none", NULL);
    expect_status(r, 404);
}

Test(server, keeps_a_connection_for_the_next_request)
{
    int fd = dial();

    for (int i = 0; i < 3; i++) {
        tell(fd, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        cr_expect(hear(fd, "{\"status\":\"ok\"}"));
    }
    close(fd);
}

static pthread_mutex_t figures_wait = PTHREAD_MUTEX_INITIALIZER;

static void hang(void *context, struct api_figures *out)
{
    (void)context;
    (void)out;
    pthread_mutex_lock(&figures_wait);
    pthread_mutex_unlock(&figures_wait);
}

/* What the watchdog goes by: see daemon/watch.h. */
Test(server, tells_since_when_a_thread_is_in_a_request)
{
    int64_t since_ms = 0;

    served_close();
    pthread_mutex_lock(&figures_wait);
    served_open_with(&(struct api_options){.figures = hang});
    cr_expect(eq(i64, api_oldest_call_ms(served_api()), 0));
    int fd = dial();
    tell(fd, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    while (since_ms == 0)
        since_ms = api_oldest_call_ms(served_api());
    cr_expect(get("/v1/devices", "viewer").status == 200, "another thread goes on");
    cr_expect(eq(i64, api_oldest_call_ms(served_api()), since_ms));
    pthread_mutex_unlock(&figures_wait);
    cr_expect(hear(fd, "\"ok\""));
    while (api_oldest_call_ms(served_api()) != 0)
        ;
    close(fd);
}
