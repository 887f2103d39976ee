/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/campaigns/planning/planning_fixture.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/version.h"

struct store *st;
struct plan plan;
struct planning_problem problem;

void begin(void)
{
    cr_assert(zero(int, store_open(":memory:", STORE_WRITER, NULL, &st)));
    plan = (struct plan){.devices = 0};
}

void end(void)
{
    plan_fini(&plan);
    store_close(st);
}

struct change_result apply(const struct change *c)
{
    struct batch *b;
    cr_assert(zero(int, batch_open(&b)));
    cr_assert(zero(int, batch_put(b, c, NULL)));
    cr_assert(zero(int, store_apply(st, b)));
    struct change_result result = *batch_result(b, 0);
    batch_close(b);
    return result;
}

int64_t put_bundle(const char *ref, const char *lines, const char *state)
{
    char *manifest = fixture_manifest(ref, "", lines);
    struct bundle_row row = {.created_ms = 1};
    const char *at = strchr(ref, '@');
    snprintf(row.name, sizeof row.name, "%.*s", (int)(at - ref), ref);
    strcpy(row.version, at + 1);
    strcpy(row.state, state);
    struct change_result result = apply(&(struct change){
        .kind = CHANGE_BUNDLE_PUT, .bundle = {.row = &row, .manifest = manifest}});
    cr_assert(zero(int, result.rc));
    free(manifest);
    return result.id;
}

void set_bundle_state(int64_t id, const char *state)
{
    struct change c = {.kind = CHANGE_BUNDLE_STATE, .bundle_state = {id, state, ""}};
    cr_assert(zero(int, apply(&c).rc));
}

void put_device(int64_t id, const char *state)
{
    struct device_row row = {.id = id, .lifetime_s = 60, .created_ms = 1};
    snprintf(row.endpoint, sizeof row.endpoint, "device-%ld", (long)id);
    snprintf(row.location, sizeof row.location, "%ld", (long)id);
    strcpy(row.state, state);
    strcpy(row.lwm2m, "1.1");
    strcpy(row.binding, "U");
    strcpy(row.root_path, "/");
    struct change c = {.kind = CHANGE_DEVICE_PUT, .device = {.row = &row}};
    cr_assert(zero(int, apply(&c).rc));
}

static void fill_row(const struct component *c, struct component_row *out)
{
    strcpy(out->name, c->name);
    strcpy(out->version, c->version);
    strcpy(out->object, c->object == COMPONENT_AFU ? "afu" : "fw");
    strcpy(out->state, "idle");
    out->object_id = c->object_id;
    out->instance = c->instance;
    int len = version_number_key(c->version, out->version_key, sizeof out->version_key);
    out->version_key_len = (uint8_t)(len > 0 ? len : 0);
}

int64_t put_inventory(int64_t id, const struct inventory *inv)
{
    struct component_row rows[INVENTORY_COMPONENTS_MAX] = {0};
    struct device_row row = {.id = id, .inventory_ms = 1};
    char canonical[8192];
    strcpy(row.manufacturer, inv->manufacturer);
    strcpy(row.model, inv->model);
    strcpy(row.hardware, inv->hardware);
    strcpy(row.firmware, inv->firmware);
    strcpy(row.problem, inventory_problem_name((enum inventory_problem)inv->problem));
    for (uint8_t i = 0; i < inv->count; i++)
        fill_row(&inv->components[i], &rows[i]);
    cr_assert(gt(int, inventory_canonical(inv, canonical, sizeof canonical), 0));
    struct change_result result =
        apply(&(struct change){.kind = CHANGE_INVENTORY_PUT,
                               .inventory = {&row, canonical, rows, inv->count}});
    cr_assert(zero(int, result.rc));
    return result.id;
}

int64_t put_with(int64_t id, const char *installed)
{
    struct inventory inv = fixture_inventory(installed);
    put_device(id, "registered");
    return put_inventory(id, &inv);
}

int make_of(const char *bundle, const char *query, const char *component)
{
    const char *names[] = {component};
    struct planning_request request = {
        .bundle = bundle,
        .query = query,
        .components = names,
        .component_count = component ? 1 : 0,
        .now_ms = 5000,
    };
    plan_fini(&plan);
    return planning_make(st, &request, &plan, &problem);
}

int make(const char *query)
{
    return make_of("gw@1", query, NULL);
}
