/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/version.h"

#define T0 1790000000000

enum { COMPONENTS = 4, INVENTORIES = 50 };

static const char *const names[COMPONENTS] = {"application", "bootloader", "radio",
                                              "secure-monitor"};

void fleet_must(int rc, const char *what)
{
    if (rc == 0)
        return;
    fprintf(stderr, "%s: %d\n", what, rc);
    exit(1);
}

static void put(struct batch *b, const struct change *c)
{
    fleet_must(batch_put(b, c, NULL), "put");
}

void fleet_endpoint(int64_t id, char out[64])
{
    snprintf(out, 64, "urn:dev:os:example-%08lld", (long long)(id * 7919 % 100000007));
}

void fleet_put_registration(struct batch *b, int64_t id)
{
    static const char objects[] =
        "</1/0>,</3/0>,</5/0>,</33629/0>,</33629/1>,</33629/2>";
    struct device_row row = {.id = id,
                             .state = "registered",
                             .address = "2001:db8::1:2:3:4",
                             .local_address = "2001:db8::ffff",
                             .port = 5683,
                             .local_port = 5683,
                             .lwm2m = "1.1",
                             .binding = "U",
                             .root_path = "/",
                             .lifetime_s = 86400,
                             .registered_ms = T0,
                             .seen_ms = T0,
                             .expires_ms = T0 + 86400000,
                             .created_ms = T0};

    fleet_endpoint(id, row.endpoint);
    snprintf(row.location, sizeof row.location, "%08llx",
             (long long)(id * 2654435761) & 0xffffffff);
    put(b, &(struct change){.kind = CHANGE_DEVICE_PUT, .device = {&row, objects}});
}

static void fill_component(struct component_row *c, size_t i, int version)
{
    strcpy(c->name, names[i]);
    strcpy(c->object, "afu");
    strcpy(c->state, "idle");
    snprintf(c->version, sizeof c->version, "1.%d", version);
    int len = version_number_key(c->version, c->version_key, sizeof c->version_key);
    c->version_key_len = (uint8_t)(len > 0 ? len : 0);
    c->instance = (uint16_t)i;
}

void fleet_put_inventory(struct batch *b, int64_t id)
{
    struct component_row components[COMPONENTS] = {0};
    struct device_row row = {.id = id,
                             .manufacturer = "Example",
                             .model = "GW-100",
                             .hardware = "2",
                             .inventory_ms = T0};
    char canonical[200];

    for (size_t i = 0; i < COMPONENTS; i++)
        fill_component(&components[i], i, (int)(id % INVENTORIES));
    snprintf(row.serial, sizeof row.serial, "%lld", (long long)id);
    snprintf(canonical, sizeof canonical, "GW-100 2 %d", (int)(id % INVENTORIES));
    put(b, &(struct change){.kind = CHANGE_INVENTORY_PUT,
                            .inventory = {&row, canonical, components, COMPONENTS}});
}

static void put_groups(struct batch *b)
{
    struct plan_component_row components[COMPONENTS] = {0};

    for (int i = 0; i < COMPONENTS; i++) {
        strcpy(components[i].component, names[i]);
        strcpy(components[i].to_version, "2.0");
        memset(components[i].digest, 'a', STORE_DIGEST_HEX);
        components[i].size_bytes = 100000;
    }
    for (int i = 1; i <= INVENTORIES; i++) {
        struct plan_group_row group = {.group_no = i, .inventory_id = i};
        put(b, &(struct change){
                   .kind = CHANGE_PLAN_GROUP_PUT,
                   .plan_group = {"p", &group, NULL, components, COMPONENTS}});
    }
}

void fleet_put_campaign(struct batch *b, const char *state)
{
    struct bundle_row bundle = {.name = "gateway", .version = "2", .state = "ready"};
    struct plan_row plan = {.id = "p", .bundle_id = 1, .created_ms = T0};
    struct campaign_row campaign = {.id = 1, .plan_id = "p", .bundle_id = 1};

    snprintf(campaign.state, sizeof campaign.state, "%s", state);
    put(b,
        &(struct change){.kind = CHANGE_BUNDLE_PUT, .bundle = {&bundle, "{}", 0, 0}});
    put(b, &(struct change){.kind = CHANGE_PLAN_PUT, .plan = {&plan, "{}"}});
    put_groups(b);
    put(b, &(struct change){.kind = CHANGE_CAMPAIGN_PUT, .campaign.row = &campaign});
}

void fleet_put_cut(struct batch *b)
{
    put(b, &(struct change){.kind = CHANGE_TASKS_CUT,
                            .tasks_cut = {.campaign_id = 1,
                                          .at_ms = T0,
                                          .waiting_for = "wave",
                                          .version_key = version_number_key}});
}

bool fleet_flush(struct store *st, struct batch *b)
{
    fleet_must(store_apply(st, b), "apply");
    for (size_t i = 0; i < batch_count(b); i++)
        fleet_must(batch_result(b, i)->rc, "change");
    bool is_done = batch_count(b) > 0 && batch_result(b, 0)->done;
    batch_clear(b);
    fleet_must(store_checkpoint(st), "checkpoint");
    return is_done;
}
