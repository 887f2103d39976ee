/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/planner.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/campaigns/planner_fixture.h"

static struct catalogue cat;
static struct plan_group group;
static struct bundle *target;
static struct inventory inv;

static void begin(void)
{
    catalogue_init(&cat);
    group = (struct plan_group){.devices = 0};
    target = NULL;
}

static void end(void)
{
    plan_group_fini(&group);
    catalogue_fini(&cat);
    free(target);
}

TestSuite(planner, .init = begin, .fini = end);

static void offer(struct bundle *b)
{
    cr_assert(zero(int, catalogue_put(&cat, b)));
}

static const char *plan_part(const char *inventory, const char *const *names,
                             size_t count)
{
    inv = fixture_inventory(inventory);
    struct planner_request request = {
        .inventory = &inv,
        .bundle = target,
        .catalogue = &cat,
        .components = names,
        .component_count = count,
    };
    plan_group_fini(&group);
    cr_assert(zero(int, planner_make(&request, &group)));
    return fixture_tell(&group);
}

static const char *plan(const char *inventory)
{
    return plan_part(inventory, NULL, 0);
}

static bool says(const char *text, const char *part)
{
    return text && strstr(text, part);
}

#define EXPECT_PLAN(inventory, stages)                                                 \
    cr_expect(eq(str, (char *)plan(inventory), (char *)(stages)), "%s",                \
              group.detail ? group.detail : "")

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
        inv = fixture_inventory("app 1");
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
        inv = fixture_inventory("app 1");
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

Test(planner, keeps_the_rules_of_what_is_installed)
{
    offer(fixture_lines("old@1", "", "a 1 needs=b:<2\nb 1"));
    target = fixture_lines("b@1", "", "b 2\na 2");
    EXPECT_PLAN("a 1;b 1", "a 1>2; b 1>2");
    cr_expect(says(group.stages[0].reason, "a 1 requires b <2"));
}

Test(planner, keeps_the_rules_of_components_that_are_not_in_the_bundle)
{
    offer(fixture_lines("old@1", "", "modem 1 needs=app:<2"));
    target = fixture_lines("b@1", "", "app 2");
    EXPECT_PLAN("app 1;modem 1", "no-path");
    cr_expect(eq(str, group.detail,
                 "modem 1 requires app <2, but no allowed sequence "
                 "brings app (now 1) there"));
}

Test(planner, tolerates_what_is_broken_already)
{
    offer(fixture_lines("old@1", "", "modem 1 needs=app:>=5"));
    target = fixture_lines("b@1", "", "app 2");
    EXPECT_PLAN("app 1;modem 1", "app 1>2");
}

Test(planner, says_whose_rules_are_unknown)
{
    target = fixture_lines("b@1", "", "app 2");
    EXPECT_PLAN("app 1;modem 1", "app 1>2");
    cr_expect(says(group.stages[0].reason,
                   "no ready bundle describes app 1: its rules are unknown"));
    cr_expect(says(group.detail, "no ready bundle describes modem 1"));
}

Test(planner, takes_stepping_stones_of_other_bundles_only_if_marked)
{
    offer(fixture_lines("mid@1", "", "app 2 over=>=1"));
    target = fixture_lines("b@1", "", "app 3 over=>=2");
    EXPECT_PLAN("app 1", "no-path");
    offer(fixture_lines("mid@2", "", "app 2.5 over=>=1 stone\nother 1"));
    EXPECT_PLAN("app 1", "app 1>2.5; app 2.5>3");
    cr_expect(says(group.stages[0].reason,
                   "app 2.5 is a stepping stone: app 3 installs over >=2 only"));
    cr_expect(eq(str, group.stages[0].changes[0].bundle, "mid@2"));
    cr_expect(eq(str, group.stages[1].changes[0].bundle, "b@1"));
}

Test(planner, takes_no_stepping_stone_for_other_hardware)
{
    struct bundle *other = fixture_lines("mid@2", "", "app 2 stone\nother 1");
    strcpy(other->models[0], "GW-999");
    offer(other);
    target = fixture_lines("b@1", "", "app 3 over=>=2");
    EXPECT_PLAN("app 1", "no-path");
}

Test(planner, takes_a_stepping_stone_of_a_component_that_is_not_in_the_bundle)
{
    offer(fixture_lines("boot@2", "", "boot 2 stone\nx 1"));
    target = fixture_lines("b@1", "", "app 2 needs=boot:>=2");
    EXPECT_PLAN("app 1;boot 1", "boot 1>2; app 1>2");
}

Test(planner, prefers_fewer_stages_then_fewer_bytes)
{
    offer(fixture_lines("mid@1", "", "app 2 stone size=10\nx 1"));
    target = fixture_lines("b@1", "",
                           "app 3 over=1 size=900\napp 3 over=>=1 size=800\n"
                           "app 3 over=2 size=1");
    EXPECT_PLAN("app 1", "app 1>3");
    cr_expect(eq(u64, group.bytes, 800));
    EXPECT_PLAN("app 2", "app 2>3");
    cr_expect(eq(u64, group.bytes, 1));
}

Test(planner, sends_one_file_for_several_components)
{
    target = fixture_lines("b@1", "", "app 2 also=radio:2 also=boot:2 size=700");
    EXPECT_PLAN("app 1;boot 1;radio 1", "app 1>2 + radio 1>2 + boot 1>2");
    const struct plan_stage *stage = &group.stages[0];
    cr_expect(eq(u64, stage->changes[0].bytes, 700));
    cr_expect(eq(u64, stage->changes[1].bytes, 0));
    cr_expect(eq(str, (char *)stage->changes[1].with, "app"));
    cr_expect(eq(str, (char *)stage->changes[1].digest, stage->changes[0].digest));
    cr_expect(eq(u64, group.bytes, 700));
    cr_expect(not(stage->atomic));
    cr_expect(says(stage->reason, "one file brings app 2, boot 2 and radio 2") ||
              says(stage->reason, "one file brings app 2, radio 2 and boot 2"));
}

Test(planner, sends_one_file_to_instances_of_object_5_too)
{
    target = fixture_lines("b@1", "", "app 2 also=radio:2");
    EXPECT_PLAN("app 1 fw;radio 1 fw", "app 1>2 + radio 1>2");
}

Test(planner, does_not_lower_what_is_irreversible)
{
    target = fixture_lines("b@1", "", "app 2");
    offer(fixture_lines("new@3", "", "app 3 fixed"));
    EXPECT_PLAN("app 3", "no-path");
    cr_expect(says(group.detail, "reversible"));
    EXPECT_PLAN("app 4", "app 4>2");
    cr_expect(says(group.stages[0].reason, "app goes back from 4 to 2"));
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

Test(planner, believes_the_target_before_older_descriptions)
{
    offer(fixture_lines("old@1", "'sequence': 9,", "app 2 not=modem:*"));
    target = fixture_lines("b@1", "", "app 2");
    EXPECT_PLAN("app 1;modem 1", "app 1>2");
}

Test(planner, believes_the_higher_sequence)
{
    offer(fixture_lines("old@1", "'sequence': 1,", "modem 1 needs=app:<2"));
    offer(fixture_lines("new@1", "'sequence': 2,", "modem 1"));
    target = fixture_lines("b@1", "", "app 2");
    EXPECT_PLAN("app 1;modem 1", "app 1>2");
}

Test(planner, heeds_the_rules_of_the_very_package_that_it_takes)
{
    offer(fixture_lines("new@1", "'sequence': 9,", "app 2"));
    offer(fixture_lines("mid@1", "'sequence': 1,", "app 2 needs=modem:>=2 stone\nx 1"));
    target = fixture_lines("b@1", "", "app 3 over=>=2");
    EXPECT_PLAN("app 1;modem 1", "no-path");
    EXPECT_PLAN("app 1;modem 2", "app 1>2; app 2>3");
}

Test(planner, says_that_it_gave_up)
{
    char lines[4096] = "", inventory[1024] = "";
    for (int i = 0; i < 24; i++) {
        sprintf(lines + strlen(lines), "c%d 2 needs=c%d:>=2\n", i, (i + 1) % 24);
        sprintf(inventory + strlen(inventory), "c%d 1;", i);
    }
    target = fixture_lines("b@1", "", lines);
    inv = fixture_inventory(inventory);
    struct planner_request request = {
        .inventory = &inv, .bundle = target, .catalogue = &cat, .work_max = 20};
    cr_assert(zero(int, planner_make(&request, &group)));
    cr_expect(eq(str, (char *)fixture_tell(&group), "search-bound"));
    cr_expect(says(group.detail, "ended after 20 steps"));
}

Test(planner, plans_32_independent_components_at_once)
{
    char lines[4096] = "", inventory[1024] = "";
    for (int i = 0; i < 32; i++) {
        sprintf(lines + strlen(lines), "c%d 2\n", i);
        sprintf(inventory + strlen(inventory), "c%d 1;", i);
    }
    target = fixture_lines("b@1", "", lines);
    plan(inventory);
    cr_expect(eq(sz, group.stage_count, 32));
}

Test(planner, plans_a_cycle_of_32_and_a_chain_of_32)
{
    char cycle[4096] = "", chain[4096] = "", inventory[1024] = "";
    for (int i = 0; i < 32; i++) {
        sprintf(cycle + strlen(cycle), "c%d 2 needs=c%d:>=2\n", i, (i + 1) % 32);
        sprintf(chain + strlen(chain), i < 31 ? "c%d 2 needs=c%d:>=2\n" : "c%d 2\n", i,
                i + 1);
        sprintf(inventory + strlen(inventory), "c%d 1;", i);
    }
    target = fixture_lines("b@1", "", cycle);
    plan(inventory);
    cr_expect(eq(sz, group.stage_count, 1));
    free(target);
    target = fixture_lines("b@1", "", chain);
    plan(inventory);
    cr_expect(eq(sz, group.stage_count, 32));
    cr_expect(eq(str, group.stages[0].changes[0].component, "c31"));
}

Test(planner, finds_a_detour_among_many_that_wait_for_one)
{
    char lines[4096] = "app 2 needs=boot:>=2\n", inventory[1024] = "app 1;boot 1;";
    for (int i = 0; i < 20; i++) {
        sprintf(lines + strlen(lines), "c%d 2 not=app:>=9\n", i);
        sprintf(inventory + strlen(inventory), "c%d 1;", i);
    }
    offer(fixture_lines("boot@2", "", "boot 2 stone\nx 1"));
    target = fixture_lines("b@1", "", lines);
    plan(inventory);
    cr_expect(eq(sz, group.stage_count, 22), "%s", fixture_tell(&group));
}

Test(planner, refuses_more_versions_than_it_can_hold)
{
    char lines[8192] = "";
    for (int i = 0; i < 62; i++)
        sprintf(lines + strlen(lines), "app 1.%d stone\n", i);
    offer(fixture_lines("a@1", "", strcat(lines, "x 1")));
    target = fixture_lines("b@1", "", "app 3");
    EXPECT_PLAN("app 0", "app 0>3");
    offer(fixture_lines("c@1", "", "app 2.0 stone\nx 1"));
    EXPECT_PLAN("app 0", "search-bound");
    cr_expect(says(group.detail, "app has more than 64 versions"));
}
