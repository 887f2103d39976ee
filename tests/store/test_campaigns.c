/* SPDX-License-Identifier: Apache-2.0 */
/* Plans, groups of targets, campaigns, and how their tasks are cut. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/store/fixture.h"

static struct store *st;

static void open_empty(void)
{
    st = fixture_open();
}

static void close_it(void)
{
    store_close(st);
}

TestSuite(campaigns, .init = open_empty, .fini = close_it);

Test(campaigns, plan_is_read_as_it_was_put)
{
    struct plan_component_row components[4];
    struct plan_group_row group, groups[4];
    struct plan_row plan;
    struct page page = {.limit = 1};
    char *body = NULL;
    size_t count = 0;

    fixture_put_plan(st, "p", "model==x");
    fixture_put_group(st, "p", 3, "");
    fixture_put_group(st, "p", 5, "no-path");
    cr_assert(zero(int, store_plan_get(st, "p", &plan)));
    cr_expect(eq(str, plan.query, "model==x"));
    cr_expect(eq(str, plan.bundle, "gateway@2"));
    cr_assert(zero(int, store_plan_body(st, "p", &body)));
    cr_expect(eq(str, body, "{}"));
    free(body);
    cr_assert(zero(int, store_plan_group(st, "p", 3, &group, &body)));
    cr_expect(eq(str, body, "stages"));
    free(body);
    cr_expect(eq(i64, group.inventory_id, 3));
    cr_assert(zero(int, store_plan_groups(st, "p", groups, &page)));
    cr_assert(eq(sz, page.count, 1));
    page.after = page.next;
    cr_assert(zero(int, store_plan_groups(st, "p", groups, &page)));
    cr_expect(eq(str, groups[0].reason, "no-path"));
    cr_expect(zero(i64, page.next));
    struct plan_group_key key = {"p", 3};
    cr_assert(zero(int, store_plan_components(st, key, components, 4, &count)));
    cr_assert(eq(sz, count, 3));
    cr_expect(eq(str, components[1].component, "app"));
    cr_expect(eq(int, components[1].stage_no, 1));
    cr_expect(eq(i64, components[2].size_bytes, 50));
    cr_expect(eq(int, store_plan_get(st, "q", &plan), STORE_E_NOT_FOUND));
    cr_expect(eq(int, store_plan_group(st, "p", 4, &group, NULL), STORE_E_NOT_FOUND));
}

Test(campaigns, plan_is_immutable_and_its_inventories_distinct)
{
    struct plan_row plan;
    struct plan_group_row row = {.group_no = 9, .inventory_id = 3};
    struct change group = {.kind = CHANGE_PLAN_GROUP_PUT,
                           .plan_group = {.plan_id = "p", .row = &row}};

    fixture_put_plan(st, "p", "");
    cr_assert(zero(int, store_plan_get(st, "p", &plan)));
    struct change again = {.kind = CHANGE_PLAN_PUT, .plan = {&plan, "other"}};
    cr_expect(eq(int, fixture_apply(st, &again), STORE_E_CONFLICT));
    fixture_put_group(st, "p", 3, "");
    cr_expect(eq(int, fixture_apply(st, &group), STORE_E_CONFLICT));
    group.plan_group.plan_id = "nobody";
    cr_expect(eq(int, fixture_apply(st, &group), STORE_E_CONFLICT));
}

Test(campaigns, plan_goes_with_its_groups_unless_a_campaign_has_it)
{
    struct change delete = {.kind = CHANGE_PLAN_DELETE, .name = "p"};
    struct plan_group_row group;

    fixture_put_plan(st, "p", "");
    fixture_put_group(st, "p", 3, "");
    fixture_put_campaign(st, 1, "p");
    cr_expect(eq(int, fixture_apply(st, &delete), STORE_E_CONFLICT));
    fixture_put_plan(st, "q", "");
    fixture_put_group(st, "q", 3, "");
    delete.name = "q";
    cr_expect(zero(int, fixture_apply(st, &delete)));
    cr_expect(eq(int, store_plan_group(st, "q", 3, &group, NULL), STORE_E_NOT_FOUND));
    cr_expect(eq(int, fixture_apply(st, &delete), STORE_E_NOT_FOUND));
}

Test(campaigns, expired_plans_are_pruned_but_not_used_or_kept_ones)
{
    struct change prune = {.kind = CHANGE_PRUNE_PLANS, .prune = {.before_ms = 100}};
    static const char *const ids[] = {"kept", "used", "old", "new"};
    static const int64_t expires[] = {0, 99, 99, 100};
    struct plan_row plan;

    for (size_t i = 0; i < 4; i++) {
        fixture_put_plan(st, "template", "");
        cr_assert(zero(int, store_plan_get(st, "template", &plan)));
        struct change delete = {.kind = CHANGE_PLAN_DELETE, .name = "template"};
        cr_assert(zero(int, fixture_apply(st, &delete)));
        snprintf(plan.id, sizeof plan.id, "%s", ids[i]);
        plan.expires_ms = expires[i];
        struct change put = {.kind = CHANGE_PLAN_PUT, .plan = {&plan, NULL}};
        cr_assert(zero(int, fixture_apply(st, &put)));
    }
    fixture_put_campaign(st, 1, "used");
    struct change_result result = fixture_result(st, &prune);
    cr_expect(zero(int, result.rc));
    cr_expect(eq(i64, result.count, 1));
    cr_expect(eq(int, result.done, true));
    cr_expect(eq(int, store_plan_get(st, "old", &plan), STORE_E_NOT_FOUND));
    cr_expect(zero(int, store_plan_get(st, "new", &plan)));
}

Test(campaigns, keeps_what_it_was_created_with)
{
    struct campaign_row row, got;
    char *policy = NULL;
    struct change c = {.kind = CHANGE_CAMPAIGN_PUT,
                       .campaign = {&row, "{\"in_flight\":2}"}};

    fixture_put_plan(st, "p", "");
    fixture_put_campaign(st, 4, "p");
    cr_assert(zero(int, store_campaign_get(st, 4, &row)));
    cr_expect(eq(str, row.created_by, "alice"));
    row.is_braked = true;
    row.failures_in_a_row = 3;
    snprintf(row.state, sizeof row.state, "paused");
    cr_assert(zero(int, fixture_apply(st, &c)));
    c.campaign.policy = NULL;
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_campaign_get(st, 4, &got)));
    cr_expect(eq(str, got.state, "paused"));
    cr_expect(eq(int, got.is_braked, true));
    cr_expect(eq(i64, got.failures_in_a_row, 3));
    cr_assert(zero(int, store_campaign_policy(st, 4, &policy)));
    cr_expect(eq(str, policy, "{\"in_flight\":2}"));
    free(policy);
    snprintf(row.state, sizeof row.state, "done");
    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_CONFLICT));
    cr_expect(eq(int, store_campaign_get(st, 5, &got), STORE_E_NOT_FOUND));
}

Test(campaigns, are_listed_newest_first_and_the_active_ones)
{
    struct campaign_row rows[4];
    struct page page = {.limit = 4, .order = PAGE_DOWN};
    int64_t last = 0;

    fixture_put_plan(st, "p", "");
    for (int64_t id = 1; id <= 3; id++)
        fixture_put_campaign(st, id, "p");
    cr_assert(zero(int, store_campaign_get(st, 2, &rows[0])));
    snprintf(rows[0].state, sizeof rows[0].state, "finished");
    struct change c = {.kind = CHANGE_CAMPAIGN_PUT, .campaign.row = &rows[0]};
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_campaign_page(st, "", rows, &page)));
    cr_assert(eq(sz, page.count, 3));
    cr_expect(eq(i64, rows[0].id, 3));
    page = (struct page){.limit = 4};
    cr_assert(zero(int, store_campaign_active(st, rows, &page)));
    cr_assert(eq(sz, page.count, 2));
    cr_expect(eq(i64, rows[1].id, 3));
    cr_assert(zero(int, store_campaign_page(st, "finished", rows, &page)));
    cr_expect(eq(sz, page.count, 1));
    cr_assert(zero(int, store_campaign_last_id(st, &last)));
    cr_expect(eq(i64, last, 3));
}

Test(campaigns, cuts_a_task_with_its_components)
{
    struct task_component_row rows[STORE_COMPONENTS_MAX];
    size_t count = 0;

    fixture_campaign(st, 3);
    struct task_row task = fixture_task(st, 2);
    cr_expect(eq(str, task.state, "waiting"));
    cr_expect(eq(str, task.waiting_for, "wave"));
    cr_expect(eq(int, task.is_active, true));
    cr_expect(eq(str, task.endpoint, "device-2"));
    cr_expect(eq(str, task.plan_id, "p"));
    cr_expect(eq(i64, task.since_ms, 600000));
    cr_assert(zero(int, store_task_components(st, task.id, rows, &count)));
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(str, rows[0].component, "app"));
    cr_expect(eq(int, rows[0].stage_no, 0));
    cr_expect(eq(str, rows[0].from_version, "1.0"));
    cr_expect(eq(str, rows[0].to_version, "2.0"));
    cr_expect(eq(str, rows[0].target_version, "3.0"));
    cr_expect(eq(i64, rows[0].total_bytes, 300));
    cr_expect(eq(int, rows[0].result, -1));
    cr_expect(eq(int, rows[0].digest[0], 'a'));
    cr_expect(eq(str, rows[1].component, "radio"));
    cr_expect(eq(int, rows[1].instance, 1));
    cr_expect(eq(int, rows[1].stage_no, 1));
}

Test(campaigns, cut_makes_excluded_tasks_with_their_reason)
{
    int64_t fine = 0, bad = 0;

    for (int64_t id = 1; id <= 4; id++)
        fixture_put_device(st, id);
    fine = fixture_put_inventory(st, 1, "1.0", "7.1");
    bad = fixture_put_inventory(st, 2, "0.1", "7.1");
    fixture_put_inventory(st, 3, "9.9", "7.1"); /* unknown to the plan; 4 unread */
    fixture_put_plan(st, "p", "");
    fixture_put_group(st, "p", fine, "");
    fixture_put_group(st, "p", bad, "no-path");
    fixture_put_group(st, "p", 0, "inventory-unread");
    fixture_put_campaign(st, 1, "p");
    cr_assert(eq(i64, fixture_cut(st, 1), 4));
    cr_expect(eq(str, fixture_task(st, 1).state, "waiting"));
    cr_expect(eq(str, fixture_task(st, 2).state, "excluded"));
    cr_expect(eq(str, fixture_task(st, 2).reason, "no-path"));
    cr_expect(eq(i64, fixture_task(st, 2).ended_ms, 600000));
    cr_expect(eq(int, fixture_task(st, 2).is_active, false));
    cr_expect(eq(str, fixture_task(st, 3).reason, "inventory-changed"));
    cr_expect(eq(str, fixture_task(st, 4).reason, "inventory-unread"));
}

Test(campaigns, cut_takes_only_targets_that_were_there)
{
    struct device_row late = fixture_device(3);
    struct change put = {.kind = CHANGE_DEVICE_PUT, .device.row = &late};
    struct change gone = {.kind = CHANGE_DEVICE_STATE,
                          .device_state = {2, "deregistered"}};
    struct task_row task;

    fixture_put_device(st, 1);
    fixture_put_device(st, 2);
    late.created_ms = 10001; /* after the plan */
    cr_assert(zero(int, fixture_apply(st, &put)));
    fixture_put_device(st, 4);
    cr_assert(zero(int, fixture_apply(st, &gone)));
    fixture_put_plan(st, "p", "endpoint!=device-4");
    fixture_put_campaign(st, 1, "p");
    cr_expect(eq(i64, fixture_cut(st, 1), 1));
    cr_expect(zero(int, store_task_of_device(st, 1, 1, &task)));
}

Test(campaigns, cut_goes_on_in_chunks_where_it_stopped)
{
    struct change c = {.kind = CHANGE_TASKS_CUT,
                       .tasks_cut = {.campaign_id = 1,
                                     .at_ms = 5,
                                     .waiting_for = "wave",
                                     .version_key = fixture_version_key,
                                     .limit = 2}};
    struct campaign_row row;

    for (int64_t id = 1; id <= 5; id++)
        fixture_put_device(st, id);
    fixture_put_plan(st, "p", "");
    fixture_put_campaign(st, 1, "p");
    struct change_result result = fixture_result(st, &c);
    cr_expect(eq(i64, result.count, 2));
    cr_expect(eq(int, result.done, false));
    cr_assert(zero(int, store_campaign_get(st, 1, &row)));
    cr_expect(eq(i64, row.cut_after_id, 2));
    /* A put of the campaign between the chunks does not set it back. */
    row.cut_after_id = 0;
    struct change put = {.kind = CHANGE_CAMPAIGN_PUT, .campaign.row = &row};
    cr_assert(zero(int, fixture_apply(st, &put)));
    cr_expect(eq(i64, fixture_result(st, &c).count, 2));
    result = fixture_result(st, &c);
    cr_expect(eq(i64, result.count, 1));
    cr_expect(eq(int, result.done, true));
    cr_assert(zero(int, store_campaign_get(st, 1, &row)));
    cr_expect(eq(int, row.is_cut, true));
    result = fixture_result(st, &c);
    cr_expect(zero(i64, result.count));
    cr_expect(eq(int, result.done, true));
}

Test(campaigns, cut_of_a_plan_with_a_filter_that_is_none_is_refused)
{
    struct change c = {.kind = CHANGE_TASKS_CUT,
                       .tasks_cut = {.campaign_id = 1, .waiting_for = "wave"}};

    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_NOT_FOUND));
    fixture_put_plan(st, "p", "modle==");
    fixture_put_campaign(st, 1, "p");
    cr_expect(eq(int, fixture_apply(st, &c), -EINVAL));
}

Test(campaigns, later_one_waits_for_the_devices_of_the_first)
{
    struct campaign_overlap overlaps[2];
    struct task_row task;
    size_t count = 0;

    fixture_campaign(st, 3);
    fixture_put_campaign(st, 2, "p");
    cr_assert(eq(i64, fixture_cut(st, 2), 3));
    cr_assert(zero(int, store_task_of_device(st, 2, 1, &task)));
    cr_expect(eq(str, task.waiting_for, "campaign"));
    cr_expect(eq(int, task.is_active, false));
    cr_assert(zero(int, store_task_active(st, 1, &task)));
    cr_expect(eq(i64, task.campaign_id, 1));
    cr_assert(zero(int, store_campaign_overlaps(st, 2, overlaps, 2, &count)));
    cr_assert(eq(sz, count, 1));
    cr_expect(eq(i64, overlaps[0].campaign_id, 1));
    cr_expect(eq(i64, overlaps[0].devices, 3));
}
