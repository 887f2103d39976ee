/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/devices beyond showing one: counting, what queries can name, creating, tagging.
 */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/command.h"
#include "tests/api/served.h"

TestSuite(devices, .init = served_open, .fini = served_close, .timeout = 120);

static struct reply get(const char *target)
{
    return ask((struct ask){"GET", target, "viewer", NULL, NULL, 0});
}

#define expect_status(reply, expected)                                                 \
    cr_expect(eq(int, (reply).status, expected), "%s", (reply).body)
#define expect_says(reply, text)                                                       \
    cr_expect(strstr((reply).body, text) != NULL, "no %s in %s", text, (reply).body)

static void add_devices(int count)
{
    char endpoint[32];

    for (int i = 1; i <= count; i++) {
        snprintf(endpoint, sizeof endpoint, "dev-%d", i);
        served_add_device(i, endpoint);
    }
}

Test(devices, are_counted_without_being_listed)
{
    add_devices(12);
    struct reply r = get("/v1/devices?count=true");

    expect_status(r, 200);
    cr_expect(eq(str, r.body, "{\"count\":12,\"at_least\":false,\"next\":null}"));
    r = get("/v1/devices?count=true&q=endpoint%3D%3Ddev-1*");
    cr_expect(eq(str, r.body, "{\"count\":4,\"at_least\":false,\"next\":null}"));
    r = get("/v1/devices?count=true&q=endpoint%3D%3Ddev-1*&cursor=10");
    cr_expect(eq(str, r.body, "{\"count\":2,\"at_least\":false,\"next\":null}"));
    r = get("/v1/devices?count=true&q=endpiont%3D%3Ddev-1*");
    expect_status(r, 400);
    expect_says(r, "\"position\":1");
    expect_status(get("/v1/devices?count=yes"), 400);
}

Test(devices, tell_what_queries_can_name)
{
    struct tag_row tags[] = {{"site", "north", false}, {"a b", "x", false}};

    add_devices(1);
    served_change(&(struct change){.kind = CHANGE_DEVICE_TAGS, .tags = {1, tags, 2}});
    struct reply r = get("/v1/query-fields");

    expect_status(r, 200);
    expect_says(r, "{\"field\":\"model\",\"type\":\"text\",\"operators\":[\"==\",\"!="
                   "\",\"=in=\",\"=out=\"],\"wildcards\":true,\"sortable\":false,"
                   "\"values\":[\"GW-100\"]}");
    expect_says(r, "\"field\":\"tag.site\",");
    expect_says(r, "\"values\":[\"north\"]");
    expect_says(r, "\"field\":\"tag.\\\"a b\\\"\",");
    expect_says(r, "\"field\":\"component.firmware.version\",\"type\":\"version\"");
    cJSON *doc = cJSON_Parse(r.body), *item;
    cr_assert(doc != NULL);
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(doc, "items"))
    {
        char target[300] = "/v1/devices?count=true&q=", *at = target + strlen(target);
        const char *c = cJSON_GetStringValue(cJSON_GetObjectItem(item, "field"));
        const char *value = cJSON_GetStringValue(
            cJSON_GetArrayItem(cJSON_GetObjectItem(item, "values"), 0));
        for (; *c; c++)
            at += sprintf(at, "%%%02X", (unsigned char)*c);
        sprintf(at, "%%3D%%3D%s", value ? value : "0");
        expect_status(get(target), 200);
    }
    cJSON_Delete(doc);
}

static struct reply post_as(const char *type, const char *target, const char *body)
{
    char header[100];

    snprintf(header, sizeof header, "Content-Type: %s\r\n", type);
    return ask((struct ask){"POST", target, "operator", header, body, 0});
}

Test(devices, are_created_before_they_register)
{
    struct reply r =
        post_as("application/json", "/v1/devices",
                "{\"endpoint\":\"urn:dev/1 %\",\"tags\":{\"site\":\"x\"}}");

    expect_status(r, 201);
    cr_expect(eq(str, (char *)reply_header(&r, "Location"),
                 "/v1/devices/urn%3Adev%2F1%20%25"));
    r = get(reply_header(&r, "Location"));
    expect_status(r, 200);
    expect_says(r, "\"state\":\"expected\"");
    expect_says(r, "\"tags\":{\"site\":\"x\"}");
    cr_expect(zero(ptr, strstr(r.body, "registered_at")));
    static const char *const wrong[] = {
        "{\"endpoint\":\"\"}",
        "{}",
        "{\"endpoint\":\"a\\u0001\"}",
        "{\"endpoint\":\"a\",\"tags\":{\"b\":1}}",
        "[1]",
        "{\"endpoint\":\"a\",\"x\":1}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_status(post_as("application/json", "/v1/devices", wrong[i]), 400);
    core_set(CORE_REFUSES);
    r = post_as("application/json", "/v1/devices", "{\"endpoint\":\"a\"}");
    expect_status(r, 409);
}

static const char list[] = "endpoint,tag.site\na,north\nb\ndev-1,south\n\"c\n";

Test(devices, of_a_list_with_broken_rows_are_all_left_out)
{
    add_devices(1);
    struct reply r = post_as("text/csv; charset=utf-8", "/v1/devices", list);

    expect_status(r, 422);
    expect_says(r, "/problems/invalid-import");
    expect_says(r,
                "\"rows\":4,\"failed\":2,\"errors\":[{\"line\":3,\"reason\":\"it has "
                "too few columns\"},{\"line\":5,\"reason\":\"a quote is not "
                "closed\"}]}");
    cr_expect(zero(int, core_count(COMMAND_DEVICES_IMPORT)));
    expect_says(get("/v1/devices?count=true"), "\"count\":1,");
}

Test(devices, of_a_list_are_imported_but_for_its_broken_rows_if_asked)
{
    add_devices(1);
    struct reply r = post_as("text/csv", "/v1/devices?on_error=skip", list);

    expect_status(r, 200);
    expect_says(r, "{\"rows\":4,\"created\":1,\"updated\":1,\"failed\":2,\"errors\":[{"
                   "\"line\":3,");
    expect_says(get("/v1/devices/dev-1"), "\"tags\":{\"site\":\"south\"}");
    expect_says(get("/v1/devices/dev-1"), "\"state\":\"registered\"");
    expect_status(post_as("text/csv", "/v1/devices?on_error=ask", list), 400);
    r = post_as("text/csv", "/v1/devices", "endpiont\na\n");
    expect_status(r, 422);
    expect_says(r, "column 1 'endpiont'");
}

Test(devices, come_in_many_chunks)
{
    enum { COUNT = 12000 };
    char *body = malloc(COUNT * 60), *at = body;

    for (int i = 0; i < COUNT; i++)
        at += sprintf(at, "{\"endpoint\":\"n-%d\",\"tags\":{\"batch\":\"%d\"}}\n", i,
                      i % 3);
    struct reply r = post_as("application/x-ndjson", "/v1/devices", body);
    expect_status(r, 200);
    expect_says(r, "{\"rows\":12000,\"created\":12000,\"updated\":0,\"failed\":0,"
                   "\"errors\":[]}");
    cr_expect(core_count(COMMAND_DEVICES_IMPORT) > 3);
    cr_expect(core_count(COMMAND_DEVICES_IMPORT) < 10);
    r = post_as("application/x-ndjson", "/v1/devices", body); /* the same again */
    expect_says(r, "\"created\":0,\"updated\":12000,");
    expect_says(get("/v1/devices?count=true&q=tag.batch%3D%3D1"), "\"count\":4000,");
    free(body);
}

Test(devices, that_are_there_when_a_list_breaks_off_are_counted)
{
    enum { COUNT = 12000 };
    char *body = malloc(COUNT * 60), *at = body;

    at += sprintf(at, "endpoint\n");
    for (int i = 0; i < COUNT; i++)
        at += sprintf(at, "n-%d\n", i);
    core_refuse_after(1);
    struct reply r = post_as("text/csv", "/v1/devices", body);
    expect_status(r, 409);
    expect_says(r, "/problems/not-now");
    expect_says(r,
                "\"rows\":12000,\"created\":10"); /* one chunk, and what a read had */
    expect_says(r, ",\"updated\":0,\"failed\":0}");
    core_set(CORE_IS_FULL);
    r = post_as("text/csv", "/v1/devices", body);
    expect_status(r, 503);
    expect_says(r, "\"rows\":12000,\"created\":0,\"updated\":0,\"failed\":0");
    free(body);
}

Test(devices, of_a_list_that_would_get_too_many_tags_are_named)
{
    char body[2000] = "endpoint";

    add_devices(1);
    for (int i = 0; i < 32; i++)
        sprintf(body + strlen(body), ",tag.t%02d", i);
    strcat(body, "\ndev-1");
    for (int i = 0; i < 32; i++)
        strcat(body, ",x");
    expect_status(post_as("text/csv", "/v1/devices", body), 200);
    struct reply r =
        post_as("text/csv", "/v1/devices", "endpoint,tag.u\nnew,1\ndev-1,1");
    expect_status(r, 422);
    expect_says(r, "{\"line\":3,\"reason\":\"with these the device would have more");
    expect_status(get("/v1/devices/new"), 404);
}

static struct reply patch(const char *if_match, const char *body)
{
    char header[100] = "";

    if (if_match)
        snprintf(header, sizeof header, "If-Match: %s\r\n", if_match);
    return ask((struct ask){"PATCH", "/v1/devices/dev-1", "operator", header, body, 0});
}

Test(devices, are_edited_by_merge_patch_and_only_as_they_were_seen)
{
    char etag[40];

    add_devices(1);
    struct reply r = patch(NULL, "{\"tags\":{\"site\":\"north\",\"floor\":\"1\"}}");
    expect_status(r, 200);
    expect_says(r, "\"tags\":{\"floor\":\"1\",\"site\":\"north\"}");
    snprintf(etag, sizeof etag, "%s", reply_header(&r, "ETag"));
    r = get("/v1/devices/dev-1/tags");
    cr_expect(zero(int, strncmp(reply_header(&r, "ETag"), etag, 17)), "the same mark");
    r = patch(etag, "{\"tags\":{\"floor\":null,\"row\":\"2\"}}");
    expect_status(r, 200);
    expect_says(r, "\"tags\":{\"row\":\"2\",\"site\":\"north\"}");
    expect_status(patch(etag, "{\"tags\":{\"row\":\"3\"}}"), 412);
    expect_status(patch("\"abc\"", "{\"tags\":{\"row\":\"3\"}}"), 412);
    expect_status(patch("*", "{\"tags\":{\"row\":\"3\"}}"), 200);
    expect_status(patch(NULL, "{\"tags\":{\"row\":3}}"), 400);
    expect_status(patch(NULL, "{\"state\":\"asleep\"}"), 400);
    expect_status(patch(NULL, "{}"), 400);
    expect_says(get("/v1/devices/dev-1"),
                "\"tags\":{\"row\":\"3\",\"site\":\"north\"}");
}

static struct reply resource(const char *method, const char *target, const char *body)
{
    char path[200];

    snprintf(path, sizeof path, "/v1/devices/dev-1/resources/%s", target);
    return ask((struct ask){method, path, "operator", NULL, body, 0});
}

Test(devices, are_asked_themselves)
{
    static const struct {
        const char *method, *target, *body;
        int status;
    } cases[] = {
        {"GET", "3", NULL, 200},
        {"GET", "3/0/11/0?timeout_s=5", NULL, 200},
        {"GET", "3/0/9?timeout_s=0", NULL, 400},
        {"GET", "3/0/65535", NULL, 404},
        {"GET", "3/zero", NULL, 404},
        {"PUT", "3/0/14", "{\"value\":\"+01:00\"}", 200},
        {"PUT", "3/0/14/2", "{\"value\":1,\"type\":\"unsigned\"}", 200},
        {"PUT", "3/0", "{\"value\":1}", 405},
        {"PUT", "3/0/14", "{\"value\":[1]}", 400},
        {"PUT", "3/0/14", "{\"value\":1,\"type\":\"number\"}", 400},
        {"PUT", "3/0/14", "{\"vaule\":1}", 400},
        {"POST", "3/0/4", NULL, 200},
        {"POST", "3/0/4", "{\"arguments\":\"0='x'\"}", 200},
        {"POST", "3/0/4", "{\"args\":\"0='x'\"}", 400},
    };
    int given = 0;

    add_devices(1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r = resource(cases[i].method, cases[i].target, cases[i].body);
        cr_expect(eq(int, r.status, cases[i].status), "%s %s: %s", cases[i].method,
                  cases[i].target, r.body);
        given += cases[i].status == 200;
    }
    cr_expect(eq(int, core_count(COMMAND_DEVICE_RESOURCE), given));
}

static void put_profile(const char *by, const char *body)
{
    struct profile_row row = {.updated_ms = 1000};

    strcpy(row.name, "gw");
    strcpy(row.updated_by, by);
    served_change(
        &(struct change){.kind = CHANGE_PROFILE_PUT, .profile = {&row, body}});
}

Test(devices, show_where_their_profile_is_from)
{
    add_devices(1);
    struct reply r = get("/v1/devices/dev-1/profile");
    expect_status(r, 200);
    expect_says(r, "\"profile\":null,");
    expect_says(r, "{\"key\":\"updating_max_s\",\"value\":1800,\"from\":\"default\"}");
    put_profile("file",
                "{\"name\":\"gw\",\"manufacturer\":\"Example\",\"model\":[\"GW-*\"],"
                "\"updating_max_s\":77,\"quirks\":[\"no-cancel\"],\"components\":[{"
                "\"name\":\"firmware\",\"role\":\"modem\"}]}");
    r = get("/v1/devices/dev-1/profile");
    expect_says(r, "\"profile\":\"gw\",\"from\":\"file\",");
    expect_says(r, "{\"key\":\"quirks\",\"value\":[\"no-cancel\"],\"from\":\"file\"}");
    expect_says(r, "{\"key\":\"block_bytes\",\"value\":null,\"from\":\"default\"}");
    expect_says(r,
                "{\"component\":\"firmware\",\"values\":[{\"key\":\"role\",\"value\":"
                "\"modem\",\"from\":\"file\"},");
    expect_says(r, "{\"key\":\"updating_max_s\",\"value\":77,\"from\":\"file\"}]}");
    put_profile("admin",
                "{\"name\":\"gw\",\"manufacturer\":\"Example\",\"model\":[\"GW-100\"],"
                "\"block_bytes\":512,\"energy\":{\"block_mj\":2}}");
    r = get("/v1/devices/dev-1/profile");
    expect_says(r, "\"from\":\"operator\",\"updated_at\":\"1970-01-01T00:00:01.000Z\","
                   "\"updated_by\":\"admin\"");
    expect_says(r, "{\"key\":\"block_bytes\",\"value\":512,\"from\":\"operator\"}");
    expect_says(r, "{\"key\":\"energy\",\"value\":{\"block_mj\":2},\"from\":");
    expect_status(get("/v1/devices/nobody/profile"), 404);
}

Test(devices, tell_what_was_exchanged_with_them)
{
    add_devices(1);
    struct reply r = get("/v1/devices/dev-1/trace");

    expect_status(r, 200);
    expect_says(r, "\"endpoint\":\"dev-1\"");
    cr_expect(eq(int, core_count(COMMAND_DEVICE_TRACE), 1));
    expect_status(get("/v1/devices/nobody/trace"), 404);
}
