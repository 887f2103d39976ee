/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/devices beyond showing one: counting, what queries can name. */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
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
    expect_says(r,
                "{\"field\":\"model\",\"type\":\"text\",\"operators\":[\"==\",\"!="
                "\",\"=in=\",\"=out=\"],\"wildcards\":true,\"values\":[\"GW-100\"]}");
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
