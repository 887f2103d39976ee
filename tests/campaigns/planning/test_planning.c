/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/planning/planning.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/plan_json.h"
#include "campaigns/version.h"
#include "store/batch.h"
#include "store/store.h"
#include "tests/campaigns/planner_fixture.h"

static struct store *st;
static struct plan plan;
static struct planning_problem problem;

static void begin(void)
{
    cr_assert(zero(int, store_open(":memory:", STORE_WRITER, NULL, &st)));
    plan = (struct plan){.devices = 0};
}

static void end(void)
{
    plan_fini(&plan);
    store_close(st);
}

TestSuite(planning, .init = begin, .fini = end);

static struct change_result apply(const struct change *c)
{
    struct batch *b;
    cr_assert(zero(int, batch_open(&b)));
    cr_assert(zero(int, batch_put(b, c, NULL)));
    cr_assert(zero(int, store_apply(st, b)));
    struct change_result result = *batch_result(b, 0);
    batch_close(b);
    return result;
}

static int64_t put_bundle(const char *ref, const char *lines, const char *state)
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

static void set_bundle_state(int64_t id, const char *state)
{
    struct change c = {.kind = CHANGE_BUNDLE_STATE, .bundle_state = {id, state, ""}};
    cr_assert(zero(int, apply(&c).rc));
}

static void put_device(int64_t id, const char *state)
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

static int64_t put_inventory(int64_t id, const struct inventory *inv)
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

static int64_t put_with(int64_t id, const char *installed)
{
    struct inventory inv = fixture_inventory(installed);
    put_device(id, "registered");
    return put_inventory(id, &inv);
}

static int make_of(const char *bundle, const char *query, const char *component)
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

static int make(const char *query)
{
    return make_of("gw@1", query, NULL);
}

Test(planning, makes_one_group_per_distinct_inventory)
{
    put_bundle("gw@1", "app 2 over=>=1 size=100\nboot 2 size=50", "ready");
    for (int64_t id = 1; id <= 5; id++)
        put_with(id, "app 1;boot 1");
    for (int64_t id = 6; id <= 7; id++)
        put_with(id, "app 1;boot 2");
    put_with(8, "app 2;boot 2");
    put_with(9, "app 0;boot 2");
    put_with(10, "boot 2");
    cr_assert(zero(int, make("")), "%s", problem.text);

    cr_assert(eq(sz, plan.group_count, 5));
    cr_expect(eq(u64, plan.devices, 8));
    cr_expect(eq(u64, plan.bytes, 5 * 150 + 2 * 100));
    cr_expect(eq(u64, plan.excluded, 2));
    cr_expect(eq(u64, plan.groups[0].devices, 5));
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[0]), "app 1>2; boot 1>2"));
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[1]), "app 1>2"));
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[2]), "up-to-date"));
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[3]), "no-path"));
    cr_assert(eq(sz, plan.groups[3].sample_count, 1));
    cr_expect(eq(str, plan.groups[3].sample[0], "device-9"));
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[4]), "missing-component"));
    cr_expect(eq(i64, plan.expires_ms, 5000 + 86400000));
}

Test(planning, takes_the_devices_of_the_query_only)
{
    put_bundle("gw@1", "app 2", "ready");
    put_with(1, "app 1");
    put_with(2, "app 1.5");
    cr_assert(zero(int, make("component.app.version=gt=1.4")), "%s", problem.text);
    cr_expect(eq(u64, plan.devices, 1));
    cr_expect(eq(str, plan.groups[0].installed[0].version, "1.5"));
}

Test(planning, says_where_a_query_is_wrong)
{
    put_bundle("gw@1", "app 2", "ready");
    cr_expect(eq(int, make("modle==x"), PLANNING_E_QUERY));
    cr_expect(eq(sz, problem.position, 1));
    cr_expect(strstr(problem.text, "modle") != NULL);
}

Test(planning, refuses_a_bundle_that_is_not_ready)
{
    cr_expect(eq(int, make(""), PLANNING_E_BUNDLE));
    cr_expect(strstr(problem.text, "no bundle gw@1") != NULL);
    cr_expect(eq(int, make_of("gw", "", NULL), PLANNING_E_BUNDLE));
    cr_expect(eq(int, make_of("@", "", NULL), PLANNING_E_BUNDLE));
    int64_t id = put_bundle("gw@1", "app 2", "uploading");
    cr_expect(eq(int, make(""), PLANNING_E_BUNDLE));
    cr_expect(strstr(problem.text, "is uploading") != NULL);
    set_bundle_state(id, "ready");
    cr_expect(zero(int, make("")));
}

Test(planning, plans_a_subset_or_refuses_it)
{
    put_bundle("gw@1", "app 2 with=radio\nradio 2\nboot 2", "ready");
    put_with(1, "app 1;boot 1;radio 1");
    cr_expect(eq(int, make_of("gw@1", "", "app"), PLANNING_E_SUBSET));
    cr_expect(strstr(problem.text, "radio") != NULL);
    cr_expect(eq(int, make_of("gw@1", "", "modem"), PLANNING_E_SUBSET));
    cr_assert(zero(int, make_of("gw@1", "", "boot")));
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[0]), "boot 1>2"));
    cr_expect(eq(str, plan.components[0], "boot"));
}

Test(planning, finds_stepping_stones_in_ready_bundles_only)
{
    put_bundle("gw@1", "app 3 over=>=2", "ready");
    int64_t id = put_bundle("mid@1", "app 2 stone\nx 1", "withdrawn");
    put_with(1, "app 1");
    cr_assert(zero(int, make("")));
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[0]), "no-path"));
    set_bundle_state(id, "ready");
    cr_assert(zero(int, make("")));
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[0]), "app 1>2; app 2>3"));
}

static const char seven[] = " if=/3/0/1_>_0 if=/3/0/2_>_0 if=/3/0/3_>_0 if=/3/0/4_>_0"
                            " if=/3/0/5_>_0 if=/3/0/6_>_0 if=/3/0/7_>_0";

Test(planning, excludes_whom_more_conditions_wait_for_than_one_read_can_have)
{
    char lines[600];
    snprintf(lines, sizeof lines, "app 2%s if=/3/0/8_>_0", seven);
    put_bundle("gw@1", lines, "ready");
    put_with(1, "app 1");
    put_with(2, "app 2");
    cr_assert(zero(int, make("")), "%s", problem.text);
    cr_expect(eq(u64, plan.devices, 1));
    cr_expect(eq(u64, plan.bytes, 0));
    cr_expect(eq(u64, plan.excluded, 1));
    cr_assert(eq(int, plan.groups[1].exclusion, PLAN_TOO_MANY_CONDITIONS));
    cr_expect(strstr(plan.groups[1].detail, "stage 1") != NULL);
    cr_expect(eq(sz, plan.groups[1].stage_count, 0));
    cr_expect(eq(str, plan.groups[1].sample[0], "device-1"));
}

Test(planning, counts_conditions_before_each_update_and_a_resource_once)
{
    char lines[1200];
    snprintf(lines, sizeof lines,
             "app 2%s if=/3/0/1_<_9\nboot 2 needs=app:>=2%s if=/9/0/8_>_0"
             " if=/9/0/8_<_3",
             seven, " if=/9/0/1_>_0 if=/9/0/2_>_0");
    put_bundle("gw@1", lines, "ready");
    put_with(1, "app 1;boot 1");
    cr_assert(zero(int, make("")), "%s", problem.text);
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[0]), "app 1>2; boot 1>2"));
}

Test(planning, excludes_whom_the_way_is_longer_than_a_task_can_be)
{
    enum { STEPS = 33 }; /* of two changes each */
    char lines[8192] = "";
    for (int v = 1; v <= STEPS; v++) {
        size_t len = strlen(lines);
        snprintf(lines + len, sizeof lines - len, "app %d over=%d also=radio:%d%s\n",
                 v + 1, v, v + 1, v < STEPS ? " stone" : "");
    }
    put_bundle("gw@1", lines, "ready");
    put_with(1, "app 1;radio 1");
    put_with(2, "app 2;radio 2");
    cr_assert(zero(int, make("")), "%s", problem.text);
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[1]), "too-many-changes"));
    cr_expect(eq(sz, plan.groups[0].stage_count, STEPS - 1));
}

Test(planning, names_a_bundle_that_cannot_be_read_where_there_is_no_path)
{
    struct bundle_row row = {.name = "mid", .version = "1", .created_ms = 1};
    strcpy(row.state, "ready");
    struct change c = {.kind = CHANGE_BUNDLE_PUT,
                       .bundle = {.row = &row, .manifest = "{}"}};
    put_bundle("gw@1", "app 3 over=>=2", "ready");
    cr_assert(zero(int, apply(&c).rc));
    put_with(1, "app 1");
    cr_assert(zero(int, make("")), "%s", problem.text);
    cr_assert(eq(str, (char *)fixture_tell(&plan.groups[0]), "no-path"));
    cr_expect(strstr(plan.groups[0].detail, "mid@1 cannot be read") != NULL, "%s",
              plan.groups[0].detail);
}

static void put_profile(const char *json)
{
    struct profile_row row = {.name = "gw", .updated_ms = 1};
    struct change c = {.kind = CHANGE_PROFILE_PUT, .profile = {&row, json}};
    cr_assert(zero(int, apply(&c).rc));
}

Test(planning, heeds_the_profile_of_each_device_by_its_firmware_too)
{
    put_profile(
        "{\"name\": \"gw\", \"manufacturer\": \"Example\", \"version\": \"<2\","
        " \"end_of_support\": \"1969-12-31\", \"components\": [{\"name\": \"app\","
        " \"slot_bytes\": 10}]}");
    put_bundle("gw@1", "app 2 size=100", "ready");
    for (int64_t id = 1; id <= 2; id++) {
        struct inventory inv = fixture_inventory("app 1");
        snprintf(inv.firmware, sizeof inv.firmware, "%d.0", (int)id);
        put_device(id, "registered");
        put_inventory(id, &inv);
    }
    cr_assert(zero(int, make("")), "%s", problem.text);
    cr_assert(eq(sz, plan.group_count, 2));
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[0]), "app 1>2"));
    cr_expect(eq(str, plan.groups[0].profile, ""));
    cr_expect(eq(str, (char *)fixture_tell(&plan.groups[1]), "too-large"));
    cr_expect(eq(str, plan.groups[1].sample[0], "device-1"));
    cr_expect(eq(str, plan.groups[1].profile, "gw"));
    cr_expect(eq(str, plan.groups[1].end_of_support, "1969-12-31"));
    cr_expect(strstr(plan.groups[1].detail, "support ended on 1969-12-31; app 2") !=
                  NULL,
              "%s", plan.groups[1].detail);
}

Test(planning, leaves_out_pending_devices_and_names_unread_ones)
{
    put_bundle("gw@1", "app 2", "ready");
    put_with(1, "app 1");
    put_device(2, "pending");
    put_device(3, "registered");
    struct inventory broken = fixture_inventory("app 1");
    broken.problem = INVENTORY_FORBIDDEN_COMPONENT;
    put_device(4, "registered");
    put_inventory(4, &broken);
    cr_assert(zero(int, make("")));
    cr_expect(eq(u64, plan.devices, 1));
    cr_expect(eq(u64, plan.excluded, 2));
    const struct plan_group *unread = plan_group_of(&plan, 0);
    cr_assert(unread != NULL);
    cr_expect(eq(int, unread->exclusion, PLAN_INVENTORY_UNREAD));
    cr_expect(eq(str, unread->sample[0], "device-3"));
    for (size_t i = 0; i < plan.group_count; i++)
        cr_expect(ne(int, plan.groups[i].exclusion, PLAN_INVENTORY_UNREADABLE));
}

Test(planning, of_no_device_is_empty)
{
    put_bundle("gw@1", "app 2", "ready");
    cr_assert(zero(int, make(NULL)));
    cr_expect(zero(sz, plan.group_count));
    cr_expect(zero(int, planning_check(st, &plan, &problem)));
}

Test(planning, holds_while_inventories_are_the_same)
{
    put_bundle("gw@1", "app 2", "ready");
    put_with(1, "app 1");
    put_with(2, "app 1.1");
    cr_assert(zero(int, make("")));
    cr_expect(zero(int, planning_check(st, &plan, &problem)));
    put_with(3, "app 1.1"); /* one more of a known kind */
    cr_expect(zero(int, planning_check(st, &plan, &problem)));
}

Test(planning, tells_which_inventories_came_and_went)
{
    put_bundle("gw@1", "app 2", "ready");
    put_with(1, "app 1");
    put_with(2, "app 1.1");
    cr_assert(zero(int, make("")));
    put_with(2, "app 1.2");
    cr_expect(eq(int, planning_check(st, &plan, &problem), PLANNING_E_CHANGED));
    cr_expect(strstr(problem.text, "new: 1 devices with app 1.2") != NULL, "%s",
              problem.text);
    cr_expect(strstr(problem.text, "gone: 1 devices with app 1.1") != NULL, "%s",
              problem.text);
}

Test(planning, does_not_hold_without_its_bundles)
{
    put_bundle("gw@1", "app 3 over=>=2", "ready");
    int64_t id = put_bundle("mid@1", "app 2 stone\nx 1", "ready");
    put_with(1, "app 1");
    cr_assert(zero(int, make("")));
    cr_expect(zero(int, planning_check(st, &plan, &problem)));
    set_bundle_state(id, "withdrawn");
    cr_expect(eq(int, planning_check(st, &plan, &problem), PLANNING_E_BUNDLE));
    cr_expect(strstr(problem.text, "mid@1 is withdrawn") != NULL);
}

Test(planning, fingerprint_names_the_set_of_inventories)
{
    char before[PLAN_FINGERPRINT_LEN + 1];
    put_bundle("gw@1", "app 2", "ready");
    put_with(1, "app 1");
    cr_assert(zero(int, make("")));
    cr_expect(eq(sz, strlen(plan.fingerprint), PLAN_FINGERPRINT_LEN));
    strcpy(before, plan.fingerprint);
    put_with(2, "app 1");
    cr_assert(zero(int, make("")));
    cr_expect(eq(str, plan.fingerprint, before));
    put_with(2, "app 1.1");
    cr_assert(zero(int, make("")));
    cr_expect(ne(str, plan.fingerprint, before));
}

Test(planning, plans_one_device_again)
{
    put_bundle("gw@1", "app 2\nboot 2", "ready");
    struct inventory inv = fixture_inventory("app 2;boot 1");
    struct planning_one one = {.bundle = "gw@1", .inventory = &inv};
    struct plan_group group;
    cr_assert(zero(int, planning_replan(st, &one, &group)));
    cr_expect(eq(str, (char *)fixture_tell(&group), "boot 1>2"));
    plan_group_fini(&group);
    one.bundle = "gw@2";
    cr_expect(eq(int, planning_replan(st, &one, &group), PLANNING_E_BUNDLE));
}

Test(planning, puts_a_plan_and_reads_it_back)
{
    int64_t bundle_id = put_bundle("gw@1", "app 2 size=100\nboot 2 size=50", "ready");
    int64_t inventory = put_with(1, "app 1;boot 1");
    put_with(2, "app 1;boot 1");
    put_with(3, "app 1");
    cr_assert(zero(int, make("")));
    strcpy(plan.id, "p1");

    struct batch *b;
    struct planning_owner owner = {bundle_id, "alice"};
    cr_assert(zero(int, batch_open(&b)));
    cr_assert(zero(int, planning_put(b, &plan, &owner)));
    cr_assert(zero(int, store_apply(st, b)));
    for (size_t i = 0; i < batch_count(b); i++)
        cr_expect(zero(int, batch_result(b, i)->rc), "change %zu", i);
    batch_close(b);

    char *body;
    struct plan again;
    cr_assert(zero(int, store_plan_body(st, "p1", &body)));
    cr_assert(zero(int, plan_from_json(body, strlen(body), &again)));
    cr_expect(eq(u64, again.bytes, 300));
    cr_expect(eq(str, again.fingerprint, plan.fingerprint));
    cr_expect(zero(int, planning_check(st, &again, &problem)));
    free(body);
    plan_fini(&again);

    struct plan_group_row row;
    struct plan_group group;
    cr_assert(zero(int, store_plan_group(st, "p1", 0, &row, &body)));
    cr_expect(eq(i64, row.inventory_id, inventory));
    cr_expect(eq(i64, row.bytes, 300));
    cr_assert(zero(int, plan_group_from_json(body, strlen(body), &group)));
    cr_expect(eq(sz, group.stage_count, 2));
    free(body);
    plan_group_fini(&group);

    struct plan_component_row components[8];
    size_t count;
    struct plan_group_key key = {"p1", 0};
    cr_assert(zero(int, store_plan_components(st, key, components, 8, &count)));
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(str, components[1].component, "boot"));
    cr_expect(eq(i64, components[1].size_bytes, 50));
}
