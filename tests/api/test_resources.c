/* SPDX-License-Identifier: Apache-2.0 */
/* What the resources show and which commands they give, with a core that only writes.
 */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaigns/command.h"
#include "store/batch.h"
#include "tests/api/core.h"
#include "tests/api/expect.h"

TestSuite(resources, .init = served_open, .fini = served_close, .timeout = 120);

Test(resources, show_a_device_whose_endpoint_needs_encoding)
{
    served_add_device(1, "urn:dev/1 é?");
    struct reply r = get("/v1/devices/urn%3Adev%2F1%20%C3%A9%3F");

    expect_status(r, 200);
    expect_json(r);
    expect_says(r, "\"endpoint\":\"urn:dev/1 é?\"");
    expect_says(r, "\"component\":\"firmware\",\"version\":\"1.0\",\"state\":\"idle\"");
    expect_says(r, "\"model\":\"GW-100\"");
    r = get("/v1/devices/urn%3Adev%2F1%20%C3%A9%3F/components");
    expect_status(r, 200);
    r = get("/v1/devices/urn%3Adev%2F1%20%C3%A9%3F/versions");
    expect_says(r, "\"version\":\"1.0\"");
    r = get("/v1/devices/nobody");
    expect_status(r, 404);
    expect_says(r, "no device has the endpoint 'nobody'");
}

static void add_devices(int count)
{
    char endpoint[32];

    for (int i = 1; i <= count; i++) {
        snprintf(endpoint, sizeof endpoint, "dev-%d", i);
        served_add_device(i, endpoint);
    }
}

Test(resources, page_by_cursor_and_link)
{
    char target[64] = "/v1/devices?limit=2";
    int pages = 0, items = 0;

    add_devices(5);
    while (*target && pages < 9) {
        struct reply r = get(target);
        cJSON *doc = cJSON_Parse(r.body);
        cJSON *next = cJSON_GetObjectItem(doc, "next");
        items += cJSON_GetArraySize(cJSON_GetObjectItem(doc, "items"));
        pages++;
        const char *link = reply_header(&r, "Link");
        cr_expect(eq(int, cJSON_IsString(next), link != NULL));
        cr_expect(link == NULL || strstr(link, cJSON_GetStringValue(next)) != NULL);
        target[0] = '\0';
        if (link)
            cr_assert(eq(int, sscanf(link, "<%63[^>]>; rel=\"next\"", target), 1));
        cJSON_Delete(doc);
    }
    cr_expect(eq(int, items, 5));
    cr_expect(eq(int, pages, 3));
}

Test(resources, stream_all_rows_as_lines)
{
    add_devices(7);
    struct reply r =
        ask((struct ask){"GET", "/v1/devices?include=components,tags", "viewer",
                         "Accept: application/x-ndjson\r\n", NULL, 0});
    int lines = 0;

    expect_status(r, 200);
    for (char *line = strtok(r.body, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        cJSON *doc = cJSON_Parse(line);
        cr_expect(cJSON_IsArray(cJSON_GetObjectItem(doc, "components")), "%s", line);
        cJSON_Delete(doc);
    }
    cr_expect(eq(int, lines, 7));
}

Test(resources, filter_devices_and_say_where_a_query_is_wrong)
{
    add_devices(3);
    struct reply r = get("/v1/devices?q=endpoint%3D%3Ddev-2");

    expect_says(r, "\"endpoint\":\"dev-2\"");
    cr_expect(zero(ptr, strstr(r.body, "dev-1")));
    r = get("/v1/devices?q=modle%3D%3DGW-100");
    expect_status(r, 400);
    expect_says(r, "/problems/invalid-query");
    expect_says(r, "\"position\":1");
    expect_says(r, "did you mean 'model'?");
}

Test(resources, give_commands_for_devices)
{
    add_devices(1);
    struct reply r = post("/v1/devices/dev-1/refresh", NULL);

    expect_status(r, 202);
    cr_expect(eq(int, core_count(COMMAND_DEVICE_REFRESH), 1));
    r = post("/v1/devices/dev-1/admit", NULL);
    expect_status(r, 200);
    r = ask((struct ask){"PUT", "/v1/devices/dev-1/tags", "operator", NULL,
                         "{\"site\":\"north\"}", 0});
    expect_status(r, 200);
    r = ask((struct ask){"PUT", "/v1/devices/dev-1/tags", "operator", NULL,
                         "{\"site\":5}", 0});
    expect_status(r, 400);
    r = ask((struct ask){"DELETE", "/v1/devices/dev-1/attempts", "approver", NULL, NULL,
                         0});
    expect_status(r, 204);
    r = ask((struct ask){"DELETE", "/v1/devices/dev-1", "admin", NULL, NULL, 0});
    expect_status(r, 204);
    r = post("/v1/devices/dev-2/refresh", NULL);
    expect_status(r, 404);
    cr_expect(eq(int, core_count(COMMAND_DEVICE_REFRESH), 1));
}

Test(resources, show_what_a_profile_knows_of_a_device)
{
    static const char *const paths[] = {
        "/v1/devices/dev-1",
        "/v1/devices/dev-1/components",
        "/v1/devices?include=components",
    };
    static const char profile[] =
        "{\"name\":\"gw\",\"manufacturer\":\"Exam*\",\"end_of_support\":\"2031-01-31\","
        "\"components\":[{\"name\":\"firmware\",\"role\":\"modem\","
        "\"processor\":\"nrf91\"}]}";
    struct profile_row row = {.name = "gw", .updated_ms = 1};

    served_add_device(1, "dev-1");
    served_change(
        &(struct change){.kind = CHANGE_PROFILE_PUT, .profile = {&row, profile}});
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct reply r = get(paths[i]);
        expect_status(r, 200);
        expect_json(r);
        expect_says(r, "\"component\":\"firmware\",\"role\":\"modem\","
                       "\"processor\":\"nrf91\",\"version\":\"1.0\"");
        if (i == 0)
            expect_says(r, "\"profile\":\"gw\",\"end_of_support\":\"2031-01-31\"");
    }
}

Test(resources, take_profiles)
{
    static const char good[] = "{\"name\":\"gw-100\",\"manufacturer\":\"Example\","
                               "\"model\":[\"GW-100\"]}";
    struct reply r =
        ask((struct ask){"PUT", "/v1/profiles/gw-100", "admin", NULL, good, 0});

    expect_status(r, 200);
    expect_json(r);
    r = ask((struct ask){"PUT", "/v1/profiles/other", "admin", NULL, good, 0});
    expect_status(r, 400);
    r = ask((struct ask){"PUT", "/v1/profiles/gw-100", "admin", NULL,
                         "{\"name\":\"gw-100\",\"manufakturer\":\"x\"}", 0});
    expect_status(r, 422);
    r = get("/v1/profiles");
    expect_says(r, "\"name\":\"gw-100\"");
}

Test(resources, show_campaigns_and_give_actions)
{
    served_add_campaign("running");
    struct reply r = get("/v1/campaigns/7");

    expect_status(r, 200);
    expect_json(r);
    r = get("/v1/campaigns?state=running");
    expect_says(r, "\"id\":\"7\"");
    r = post("/v1/campaigns/7/pause", NULL);
    expect_status(r, 200);
    r = post("/v1/campaigns/7/pause", "{}");
    expect_status(r, 200);
    cr_expect(eq(int, core_count(COMMAND_CAMPAIGN_ACTION), 2));
    r = post("/v1/campaigns/7/explode", NULL);
    expect_status(r, 404);
    expect_says(r, "start, pause");
    r = post("/v1/campaigns/8/pause", NULL);
    expect_status(r, 404);
    r = get("/v1/campaigns/abc");
    expect_status(r, 404);
    r = get("/v1/campaigns/7/tasks?state=failed&include=components");
    expect_status(r, 200);
    r = get("/v1/campaigns/7/chart?limit=1");
    expect_status(r, 200);
    expect_json(r);
    r = get("/v1/campaigns/7/chart?limit=0");
    expect_status(r, 400);
}

Test(resources, count_progress)
{
    served_add_campaign("running");
    struct reply r = get("/v1/campaigns/7/progress");

    expect_status(r, 200);
    expect_json(r);
    expect_says(r, "\"bytes\":{\"total\":0,\"sent\":0,\"left\":0}");
}

Test(resources, wait_says_202_while_it_runs)
{
    served_add_campaign("running");
    struct reply r = get("/v1/campaigns/7/wait?timeout_s=0");

    expect_status(r, 202);
    expect_json(r);
}

Test(resources, wait_says_409_when_it_was_aborted_or_braked)
{
    served_add_campaign("aborted");
    struct reply r = get("/v1/campaigns/7/wait");

    expect_status(r, 409);
    expect_json(r);
    expect_says(r, "/problems/campaign-failed");
    expect_says(r, "\"progress\":{");
}

static void *finish_it(void *arg)
{
    (void)arg;
    served_add_campaign("finished");
    served_add_event(7, "finished");
    return NULL;
}

Test(resources, wait_sleeps_until_an_event_says_it_is_over)
{
    pthread_t thread;
    int fd = dial();

    served_add_campaign("running");
    tell(fd, "GET /v1/campaigns/7/wait?timeout_s=3600 HTTP/1.1\r\nHost: x\r\n"
             "Authorization: Bearer viewer\r\n\r\n");
    cr_assert(zero(int, pthread_create(&thread, NULL, finish_it, NULL)));
    cr_expect(hear(fd, "HTTP/1.1 200"));
    pthread_join(thread, NULL);
    close(fd);
}

Test(resources, repeat_an_answer_for_the_same_idempotency_key)
{
    static const char key[] = "Idempotency-Key: rollout-north\r\n";
    char body[100];

    snprintf(body, sizeof body, "{\"plan\":\"%s\"}", core_plan());
    struct reply r =
        ask((struct ask){"POST", "/v1/campaigns", "operator", key, body, 0});
    expect_status(r, 201);
    char *first = strdup(r.body);
    r = ask((struct ask){"POST", "/v1/campaigns", "operator", key, body, 0});
    expect_status(r, 201);
    cr_expect(eq(str, r.body, first));
    cr_expect(eq(str, (char *)reply_header(&r, "Idempotency-Replayed"), "true"));
    cr_expect(eq(int, core_count(COMMAND_CAMPAIGN_CREATE), 1));
    r = ask(
        (struct ask){"POST", "/v1/campaigns", "operator", key, "{\"plan\":\"x\"}", 0});
    expect_status(r, 422);
    expect_says(r, "/problems/key-reused");
    r = ask((struct ask){"POST", "/v1/campaigns", "admin", key, body, 0});
    expect_status(r, 201);
    cr_expect(eq(int, core_count(COMMAND_CAMPAIGN_CREATE), 2));
    free(first);
}

/* As after a crash between the effect and the record of its answer. */
Test(resources, repeat_what_was_made_when_its_answer_was_lost)
{
    static const char key[] = "Idempotency-Key: rollout-north\r\n";
    char body[100];

    snprintf(body, sizeof body, "{\"plan\":\"%s\"}", core_plan());
    core_forget_answers();
    for (int i = 0; i < 2; i++) {
        struct reply r =
            ask((struct ask){"POST", "/v1/campaigns", "operator", key, body, 0});
        expect_status(r, 201);
        expect_says(r, "\"id\":\"7\"");
        cr_expect(eq(int, reply_header(&r, "Idempotency-Replayed") != NULL, i));
    }
    cr_expect(eq(int, core_count(COMMAND_CAMPAIGN_CREATE), 1));
    struct reply r = ask(
        (struct ask){"POST", "/v1/campaigns", "operator", key, "{\"plan\":\"x\"}", 0});
    expect_status(r, 422);
    expect_says(r, "/problems/key-reused");
}

Test(resources, refuse_a_key_that_is_being_answered)
{
    static const char head[] =
        "POST /v1/campaigns/7/pause HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n"
        "Authorization: Bearer operator\r\nContent-Length: 0\r\n\r\n";
    int fd = dial();

    served_add_campaign("running");
    core_set(CORE_HOLDS);
    tell(fd, head);
    core_await(1);
    struct reply r = ask((struct ask){"POST", "/v1/campaigns/7/pause", "operator",
                                      "Idempotency-Key: k\r\n", NULL, 0});
    expect_status(r, 409);
    expect_says(r, "/problems/in-progress");
    core_set(CORE_WORKS);
    cr_expect(hear(fd, "HTTP/1.1 200"));
    close(fd);
}

Test(resources, never_record_a_token)
{
    struct reply r =
        ask((struct ask){"POST", "/v1/tokens", "admin", "Idempotency-Key: k\r\n",
                         "{\"name\":\"bob\",\"role\":\"viewer\"}", 0});

    expect_status(r, 201);
    cr_expect(eq(int, core_count(COMMAND_IDEMPOTENCY_RECORD), 0));
}

Test(resources, give_figures)
{
    add_devices(2);
    served_add_campaign("running");
    struct reply r = get("/metrics");

    expect_status(r, 200);
    expect_says(r, "lockstep_devices{state=\"registered\"} 2\n");
    expect_says(r, "# TYPE lockstep_tasks gauge\n");
    expect_says(r, "lockstep_request_seconds_bucket{le=\"+Inf\"}");
    r = get("/v1/status");
    expect_json(r);
    expect_says(r, "\"devices\":{\"registered\":2}");
}
