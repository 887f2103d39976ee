/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/planning/planning.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/plan_json.h"
#include "store/plans.h"
#include "tests/campaigns/planning/planning_fixture.h"

TestSuite(planning, .init = begin, .fini = end);

/* Of plans for all devices. */
static int check(const struct plan *made)
{
    struct grouping *now;
    cr_assert(zero(int, grouping_open(NULL, &now)));
    while (grouping_step(st, now) == STORE_E_MORE)
        continue;
    int rc = planning_check(st, made, now, &problem);
    grouping_close(now);
    return rc;
}

static int64_t put_broken_bundle(const char *name)
{
    struct bundle_row row = {.version = "1", .created_ms = 1};
    snprintf(row.name, sizeof row.name, "%s", name);
    strcpy(row.state, "ready");
    struct change c = {.kind = CHANGE_BUNDLE_PUT,
                       .bundle = {.row = &row, .manifest = "{}"}};
    return apply(&c).id;
}

Test(planning, refuses_a_bundle_that_cannot_be_read)
{
    put_broken_bundle("gw");
    cr_expect(eq(int, make(""), PLANNING_E_NOT_READY));
    cr_expect(strstr(problem.text, "not a bundle any more") != NULL);
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
    cr_expect(eq(int, make(""), PLANNING_E_NOT_READY));
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
    cr_expect(zero(int, check(&plan)));
}

Test(planning, holds_while_inventories_are_the_same)
{
    put_bundle("gw@1", "app 2", "ready");
    put_with(1, "app 1");
    put_with(2, "app 1.1");
    cr_assert(zero(int, make("")));
    cr_expect(zero(int, check(&plan)));
    put_with(3, "app 1.1"); /* one more of a known kind */
    cr_expect(zero(int, check(&plan)));
}

Test(planning, tells_which_inventories_came_and_went)
{
    put_bundle("gw@1", "app 2", "ready");
    put_with(1, "app 1");
    put_with(2, "app 1.1");
    cr_assert(zero(int, make("")));
    put_with(2, "app 1.2");
    cr_expect(eq(int, check(&plan), PLANNING_E_CHANGED));
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
    cr_expect(zero(int, check(&plan)));
    set_bundle_state(id, "withdrawn");
    cr_expect(eq(int, check(&plan), PLANNING_E_NOT_READY));
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
    struct planning_ground ground;
    struct planning_one one = {.ground = &ground, .inventory = &inv};
    struct plan_group group;
    cr_assert(zero(int, planning_load(st, "gw@1", &ground, &problem)));
    cr_assert(zero(int, planning_replan(st, &one, &group)));
    cr_expect(eq(str, (char *)fixture_tell(&group), "boot 1>2"));
    plan_group_fini(&group);
    planning_unload(&ground);
    cr_expect(eq(int, planning_load(st, "gw@2", &ground, &problem), PLANNING_E_BUNDLE));
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
    cr_expect(zero(int, check(&again)));
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
