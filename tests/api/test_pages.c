/* SPDX-License-Identifier: Apache-2.0 */
/* Lists whose time is used up before their rows are. */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "store/store.h"
#include "tests/api/served.h"

static int64_t hurry_ms(void)
{
    static _Atomic int64_t now_ms;

    return now_ms += 2 * STORE_BUDGET_MS;
}

static const char no_index[] =
    "/v1/devices?limit=5&q=lwm2m%3D%3Dnone%2Cendpoint%3D%3Ddev-40";

static void open_in_a_hurry(void)
{
    served_open_with(&(struct api_options){.env.mono_ms = hurry_ms});
    for (int i = 1; i <= 40; i++) {
        char endpoint[32];
        snprintf(endpoint, sizeof endpoint, "dev-%d", i);
        served_add_device(i, endpoint);
    }
}

TestSuite(pages, .init = open_in_a_hurry, .fini = served_close, .timeout = 120);

/* A page whose time is used up is empty, and says where to go on. */
Test(pages, look_on_from_page_to_page)
{
    char target[200];
    int pages = 0, found = 0;

    strcpy(target, no_index);
    while (*target && pages < 40) {
        struct reply r = ask((struct ask){"GET", target, "viewer", NULL, NULL, 0});
        cr_expect(eq(int, r.status, 200), "%s", r.body);
        cJSON *page = cJSON_Parse(r.body), *next = cJSON_GetObjectItem(page, "next");
        pages++;
        found += cJSON_GetArraySize(cJSON_GetObjectItem(page, "items"));
        *target = '\0';
        if (cJSON_IsString(next))
            snprintf(target, sizeof target, "%s&cursor=%s", no_index,
                     next->valuestring);
        cJSON_Delete(page);
    }
    cr_expect(eq(int, found, 1));
    cr_expect(eq(int, pages, 3), "16 devices on each");
}

Test(pages, stream_on_when_the_time_is_used_up)
{
    struct reply r = ask((struct ask){"GET", no_index, "viewer",
                                      "Accept: application/x-ndjson\r\n", NULL, 0});
    cJSON *doc = cJSON_Parse(r.body);

    cr_expect(eq(int, r.status, 200), "%s", r.body);
    cr_expect(
        eq(str, cJSON_GetStringValue(cJSON_GetObjectItem(doc, "endpoint")), "dev-40"));
    cJSON_Delete(doc);
}
