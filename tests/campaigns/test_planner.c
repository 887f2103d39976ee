/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/planner.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/campaigns/planner_world.h"

TestSuite(planner, .init = world_begin, .fini = world_end);

/* The example of the API's sketch. */
static struct bundle *gateway(void)
{
    return fixture_lines("gateway@2026.11", "",
                         "secure-monitor 1.1.0 over=>=0.9 size=262144 fixed\n"
                         "bootloader 2023.01 needs=secure-monitor:>=1.1 size=614400\n"
                         "application 1.0.1 over=>=0.8 needs=bootloader:>=2023.01 "
                         "with=radio size=589824\n"
                         "radio 7.2 over=>=6 not=application:<1.0 size=98304");
}

Test(planner, orders_the_gateway_and_says_why)
{
    target = gateway();
    EXPECT_PLAN("application 0.9.4;bootloader 2022.10;radio 7.1;secure-monitor 1.0.0",
                "secure-monitor 1.0.0>1.1.0; bootloader 2022.10>2023.01; "
                "application 0.9.4>1.0.1 + radio 7.1>7.2");
    cr_expect(says(group.stages[0].reason,
                   "bootloader 2023.01 requires secure-monitor >=1.1"));
    cr_expect(says(group.stages[1].reason,
                   "application 1.0.1 requires bootloader >=2023.01"));
    cr_expect(says(group.stages[2].reason,
                   "application 1.0.1 and radio 7.2 need each other: one atomic set"));
    cr_expect(group.stages[2].atomic);
    cr_expect(not(group.stages[0].atomic));
    cr_expect(eq(u64, group.bytes, 262144 + 614400 + 589824 + 98304));
    cr_expect(eq(sz, group.installed_count, 4));
    cr_expect(eq(str, group.stages[0].changes[0].bundle, "gateway@2026.11"));
    cr_expect(eq(int, group.stages[1].changes[0].package, 1));
}

Test(planner, has_no_stages_for_who_is_up_to_date)
{
    target = gateway();
    EXPECT_PLAN("application 1.0.1;bootloader 2023.01;radio 7.2;secure-monitor 1.1",
                "up-to-date");
    cr_expect(eq(int, group.exclusion, PLAN_INCLUDED));
    cr_expect(group.detail == NULL);
}

Test(planner, goes_on_from_half_way)
{
    target = gateway();
    EXPECT_PLAN("application 0.9.4;bootloader 2023.01;radio 7.1;secure-monitor 1.1.0",
                "application 0.9.4>1.0.1 + radio 7.1>7.2");
}

Test(planner, lets_a_partner_that_is_there_already_stay)
{
    target = gateway();
    EXPECT_PLAN("application 1.0.1;bootloader 2023.01;radio 7.1;secure-monitor 1.1.0",
                "radio 7.1>7.2");
}

Test(planner, excludes_what_nothing_installs_over)
{
    target = gateway();
    EXPECT_PLAN("application 0.9.4;bootloader 2022.10;radio 5.0;secure-monitor 1.0.0",
                "no-path");
    cr_expect(eq(str, group.detail,
                 "radio 5.0: no package installs over it (radio 7.2 needs >=6)"));
}

Test(planner, excludes_a_version_that_is_not_reported_unless_anything_goes)
{
    target = fixture_lines("b@1", "", "app 2 over=>=1");
    EXPECT_PLAN("app ?", "no-path");
    free(target);
    target = fixture_lines("b@1", "", "app 2");
    EXPECT_PLAN("app ?", "app >2");
}

Test(planner, excludes_who_lacks_a_component)
{
    target = gateway();
    EXPECT_PLAN("application 0.9.4;bootloader 2022.10;secure-monitor 1.0.0",
                "missing-component");
    cr_expect(says(group.detail, "radio"));
}

Test(planner, excludes_who_lacks_a_component_that_a_rule_asks_for)
{
    target = fixture_lines("b@1", "", "app 2 needs=modem:>=3");
    EXPECT_PLAN("app 1", "missing-component");
    cr_expect(eq(str, group.detail,
                 "app 2 requires modem >=3, which the device does not have"));
}

Test(planner, heeds_no_conflict_with_what_is_not_there)
{
    target = fixture_lines("b@1", "", "app 2 not=modem:<3");
    EXPECT_PLAN("app 1", "app 1>2");
}

Test(planner, excludes_other_and_unknown_hardware)
{
    struct bundle_problem problem;
    target = fixture_bundle(
        "{'name':'b','version':'1','applies_to':{'manufacturer':'Example',"
        "'model':['GW-100','GW-110'],'hardware':'>=2'},'packages':[{'component':'app',"
        "'version':'2','file':'f','size':1,'installs_over':'*','sha256':"
        "'0000000000000000000000000000000000000000000000000000000000000000'}]}",
        &problem);
    cr_assert(target != NULL);
    static const struct {
        const char *manufacturer, *model, *hardware, *expected;
    } cases[] = {
        {"Example", "GW-110", "2.1", "app 1>2"},
        {"Example", "GW-110", "1.9", "not-applicable"},
        {"Example", "GW-120", "2.1", "not-applicable"},
        {"Other", "GW-100", "2.1", "not-applicable"},
        {"Other", "GW-100", "", "not-applicable"},
        {"Example", "GW-100", "", "unknown-hardware"},
        {"Example", "", "2", "unknown-hardware"},
        {"", "GW-100", "2", "unknown-hardware"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory inv = fixture_inventory("app 1");
        strcpy(inv.manufacturer, cases[i].manufacturer);
        strcpy(inv.model, cases[i].model);
        strcpy(inv.hardware, cases[i].hardware);
        struct planner_request request = {
            .inventory = &inv, .bundle = target, .catalogue = &cat};
        plan_group_fini(&group);
        cr_assert(zero(int, planner_make(&request, &group)));
        cr_expect(eq(str, (char *)fixture_tell(&group), (char *)cases[i].expected),
                  "case %zu", i);
    }
}

Test(planner, excludes_an_inventory_with_a_problem_by_its_name)
{
    target = fixture_lines("b@1", "", "app 2");
    for (int p = INVENTORY_UNREAD; p <= INVENTORY_UNREADABLE; p++) {
        struct inventory inv = fixture_inventory("app 1");
        inv.problem = (uint8_t)p;
        struct planner_request request = {
            .inventory = &inv, .bundle = target, .catalogue = &cat};
        plan_group_fini(&group);
        cr_assert(zero(int, planner_make(&request, &group)));
        cr_expect(
            eq(str, (char *)fixture_tell(&group), (char *)inventory_problem_name(p)));
        cr_expect(gt(sz, strlen(group.detail), 0));
    }
}

Test(planner, changes_what_needs_nothing_one_by_one_in_the_manifests_order)
{
    target = fixture_lines("b@1", "", "zeta 2\nalpha 2\nmid 2");
    EXPECT_PLAN("alpha 1;mid 1;zeta 1", "zeta 1>2; alpha 1>2; mid 1>2");
}

Test(planner, makes_a_cycle_one_atomic_set)
{
    target = fixture_lines("b@1", "",
                           "a 2 needs=b:>=2\nb 2 needs=c:>=2\nc 2 needs=a:>=2\n"
                           "d 2 needs=a:>=2");
    EXPECT_PLAN("a 1;b 1;c 1;d 1", "a 1>2 + b 1>2 + c 1>2; d 1>2");
    cr_expect(group.stages[0].atomic);
    cr_expect(says(group.stages[0].reason, "a 2, b 2 and c 2 need each other"));
}

Test(planner, excludes_a_cycle_that_cannot_be_atomic)
{
    target = fixture_lines("b@1", "", "a 2 needs=b:>=2\nb 2 needs=a:>=2");
    EXPECT_PLAN("a 1 afu;b 1 fw", "cycle-not-atomic");
    cr_expect(says(group.detail, "a 2, b 2 need each other"));
}

Test(planner, does_a_cycle_in_best_effort_if_the_bundle_says_so)
{
    target = fixture_lines("b@1", "'atomic': 'best-effort',",
                           "a 2 needs=b:>=2\nb 2 needs=a:>=2");
    EXPECT_PLAN("a 1 afu;b 1 fw", "a 1>2 + b 1>2");
    cr_expect(not(group.stages[0].atomic));
    cr_expect(says(group.stages[0].reason, "best effort"));
}

Test(planner, updates_a_part_of_the_bundle)
{
    target = gateway();
    const char *names[] = {"secure-monitor"};
    const char *got =
        plan_part("application 0.9.4;bootloader 2022.10;radio 7.1;secure-monitor 1.0.0",
                  names, 1);
    cr_expect(eq(str, (char *)got, "secure-monitor 1.0.0>1.1.0"));
}

Test(planner, excludes_whom_a_part_of_the_bundle_breaks)
{
    target = gateway();
    const char *names[] = {"bootloader"};
    const char *got =
        plan_part("application 0.9.4;bootloader 2022.10;radio 7.1;secure-monitor 1.0.0",
                  names, 1);
    cr_expect(eq(str, (char *)got, "subset-breaks-rule"));
    cr_expect(
        eq(str, group.detail,
           "secure-monitor would have to become 1.1.0, but is left out: bootloader "
           "2023.01 requires secure-monitor >=1.1; no ready bundle describes "
           "secure-monitor 1.0.0: its rules are unknown"));
    got =
        plan_part("application 0.9.4;bootloader 2022.10;radio 7.1;secure-monitor 1.1.0",
                  names, 1);
    cr_expect(eq(str, (char *)got, "bootloader 2022.10>2023.01"));
}
