/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/store/fixture.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct store *fixture_open(void)
{
    struct store *st = NULL;

    cr_assert(zero(int, store_open(":memory:", STORE_WRITER, NULL, &st)));
    return st;
}

struct change_result fixture_result(struct store *st, const struct change *c)
{
    struct change_result result = {0};
    struct batch *b = NULL;

    cr_assert(zero(int, batch_open(&b)));
    cr_assert(zero(int, batch_put(b, c, NULL)));
    int rc = store_apply(st, b);
    result = *batch_result(b, 0);
    if (rc != 0)
        result.rc = rc;
    batch_close(b);
    return result;
}

int fixture_apply(struct store *st, const struct change *c)
{
    return fixture_result(st, c).rc;
}

int fixture_version_key(const char *version, uint8_t *key, size_t size)
{
    size_t len = 0, used = 0;

    while (len < size) {
        char *end = NULL;
        if (*version < '0' || *version > '9')
            return -1;
        unsigned long number = strtoul(version, &end, 10);
        if (number > 254)
            return -1;
        key[len++] = (uint8_t)(number + 1);
        if (number > 0 || len == 1)
            used = len;
        if (*end == '\0')
            return (int)used;
        if (*end != '.')
            return -1;
        version = end + 1;
    }
    return -1;
}

struct device_row fixture_device(int64_t id)
{
    struct device_row row = {.id = id,
                             .state = "registered",
                             .address = "192.0.2.1",
                             .local_address = "192.0.2.254",
                             .port = 5683,
                             .local_port = 5683,
                             .lwm2m = "1.1",
                             .binding = "U",
                             .root_path = "/",
                             .lifetime_s = 86400,
                             .registered_ms = 1000 + id,
                             .seen_ms = 2000 + id,
                             .expires_ms = 3000 + id,
                             .created_ms = 1000};

    snprintf(row.endpoint, sizeof row.endpoint, "device-%lld", (long long)id);
    snprintf(row.location, sizeof row.location, "loc%lld", (long long)id);
    return row;
}

struct component_row fixture_component(const char *name, const char *version)
{
    struct component_row row = {.object = "afu",
                                .object_id = 33629,
                                .state = "idle",
                                .delivery = 2,
                                .protocols = 1,
                                .updated_ms = 5000};

    snprintf(row.name, sizeof row.name, "%s", name);
    snprintf(row.version, sizeof row.version, "%s", version);
    int len = fixture_version_key(version, row.version_key, sizeof row.version_key);
    row.version_key_len = (uint8_t)(len > 0 ? len : 0);
    return row;
}

void fixture_put_device(struct store *st, int64_t id)
{
    struct device_row row = fixture_device(id);

    cr_assert(zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_DEVICE_PUT,
                                                           .device.row = &row})));
}

int64_t fixture_put_inventory(struct store *st, int64_t id, const char *app,
                              const char *radio)
{
    struct component_row components[] = {fixture_component("app", app),
                                         fixture_component("radio", radio)};
    struct device_row row = {.id = id,
                             .manufacturer = "Example",
                             .model = MODEL,
                             .hardware = "2",
                             .inventory_ms = 5000};
    char canonical[200];

    components[1].instance = 1;
    snprintf(canonical, sizeof canonical, "%s\napp %s\nradio %s\n", MODEL, app, radio);
    struct change_result result =
        fixture_result(st, &(struct change){.kind = CHANGE_INVENTORY_PUT,
                                            .inventory = {.row = &row,
                                                          .canonical = canonical,
                                                          .components = components,
                                                          .count = 2}});
    cr_assert(zero(int, result.rc));
    return result.id;
}

void fixture_put_plan(struct store *st, const char *plan_id, const char *query)
{
    struct bundle_row bundle = {.name = "gateway", .version = "2", .state = "ready"};
    struct change_result made =
        fixture_result(st, &(struct change){.kind = CHANGE_BUNDLE_PUT,
                                            .bundle = {&bundle, "{}", NULL, 0}});
    struct plan_row plan = {
        .bundle_id = made.id, .bundle = "gateway@2", .created_ms = 10000};

    cr_assert(zero(int, made.rc));
    snprintf(plan.id, sizeof plan.id, "%s", plan_id);
    snprintf(plan.query, sizeof plan.query, "%s", query);
    cr_assert(zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_PLAN_PUT,
                                                           .plan = {&plan, "{}"}})));
}

void fixture_put_group(struct store *st, const char *plan_id, int64_t inventory_id,
                       const char *reason)
{
    struct plan_component_row components[] = {
        {0, "app", "1.0", "2.0", "", 100},
        {1, "app", "2.0", "3.0", "", 200},
        {1, "radio", "7.1", "8.0", "", 50},
    };
    struct plan_group_row row = {.group_no = (int)inventory_id,
                                 .inventory_id = inventory_id};

    for (size_t i = 0; i < 3; i++)
        memset(components[i].digest, 'a' + (int)i, STORE_DIGEST_HEX);
    snprintf(row.reason, sizeof row.reason, "%s", reason);
    struct change c = {.kind = CHANGE_PLAN_GROUP_PUT,
                       .plan_group = {.plan_id = plan_id,
                                      .row = &row,
                                      .body = "stages",
                                      .components = components,
                                      .count = reason[0] ? 0 : 3}};
    cr_assert(zero(int, fixture_apply(st, &c)));
}

void fixture_put_campaign(struct store *st, int64_t id, const char *plan_id)
{
    struct plan_row plan;
    struct campaign_row row = {.id = id,
                               .name = "autumn",
                               .bundle = "gateway@2",
                               .state = "running",
                               .created_by = "alice"};

    cr_assert(zero(int, store_plan_get(st, plan_id, &plan)));
    row.bundle_id = plan.bundle_id;
    snprintf(row.plan_id, sizeof row.plan_id, "%s", plan_id);
    cr_assert(zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_CAMPAIGN_PUT,
                                                           .campaign.row = &row})));
}

int64_t fixture_cut(struct store *st, int64_t campaign_id)
{
    struct change c = {.kind = CHANGE_TASKS_CUT,
                       .tasks_cut = {.campaign_id = campaign_id,
                                     .at_ms = 600000,
                                     .waiting_for = "wave",
                                     .version_key = fixture_version_key}};
    struct change_result result;
    int64_t made = 0;

    do {
        result = fixture_result(st, &c);
        cr_assert(zero(int, result.rc));
        made += result.count;
    } while (!result.done);
    return made;
}

void fixture_campaign(struct store *st, int64_t count)
{
    int64_t inventory_id = 0;

    for (int64_t id = 1; id <= count; id++) {
        fixture_put_device(st, id);
        inventory_id = fixture_put_inventory(st, id, "1.0", "7.1");
    }
    fixture_put_plan(st, "p", "");
    fixture_put_group(st, "p", inventory_id, "");
    fixture_put_campaign(st, 1, "p");
    cr_assert(eq(i64, fixture_cut(st, 1), count));
}

struct task_row fixture_task(struct store *st, int64_t device_id)
{
    struct task_row row;

    cr_assert(zero(int, store_task_of_device(st, 1, device_id, &row)));
    return row;
}

int64_t fixture_count(const struct count_row *rows, size_t count, const char *key,
                      const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].key, key) == 0 && strcmp(rows[i].word, word) == 0)
            return rows[i].n;
    return 0;
}
