/* SPDX-License-Identifier: Apache-2.0 */
/* Whose rules hold, which stepping stones are taken, and where the search ends. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/campaigns/planner_world.h"

TestSuite(planner_rules, .init = world_begin, .fini = world_end);

Test(planner_rules, keeps_the_rules_of_what_is_installed)
{
    offer(fixture_lines("old@1", "", "a 1 needs=b:<2\nb 1"));
    target = fixture_lines("b@1", "", "b 2\na 2");
    EXPECT_PLAN("a 1;b 1", "a 1>2; b 1>2");
    cr_expect(says(group.stages[0].reason, "a 1 requires b <2"));
}

Test(planner_rules, keeps_the_rules_of_components_that_are_not_in_the_bundle)
{
    offer(fixture_lines("old@1", "", "modem 1 needs=app:<2"));
    target = fixture_lines("b@1", "", "app 2");
    EXPECT_PLAN("app 1;modem 1", "no-path");
    cr_expect(eq(str, group.detail,
                 "modem 1 requires app <2, but no allowed sequence "
                 "brings app (now 1) there"));
}

Test(planner_rules, tolerates_what_is_broken_already)
{
    offer(fixture_lines("old@1", "", "modem 1 needs=app:>=5"));
    target = fixture_lines("b@1", "", "app 2");
    EXPECT_PLAN("app 1;modem 1", "app 1>2");
}

Test(planner_rules, says_whose_rules_are_unknown)
{
    target = fixture_lines("b@1", "", "app 2");
    EXPECT_PLAN("app 1;modem 1", "app 1>2");
    cr_expect(says(group.stages[0].reason,
                   "no ready bundle describes app 1: its rules are unknown"));
    cr_expect(says(group.detail, "no ready bundle describes modem 1"));
}

Test(planner_rules, takes_stepping_stones_of_other_bundles_only_if_marked)
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

Test(planner_rules, takes_no_stepping_stone_for_other_hardware)
{
    struct bundle *other = fixture_lines("mid@2", "", "app 2 stone\nother 1");
    strcpy(other->models[0], "GW-999");
    offer(other);
    target = fixture_lines("b@1", "", "app 3 over=>=2");
    EXPECT_PLAN("app 1", "no-path");
}

Test(planner_rules, takes_a_stepping_stone_of_a_component_that_is_not_in_the_bundle)
{
    offer(fixture_lines("boot@2", "", "boot 2 stone\nx 1"));
    target = fixture_lines("b@1", "", "app 2 needs=boot:>=2");
    EXPECT_PLAN("app 1;boot 1", "boot 1>2; app 1>2");
}

Test(planner_rules, prefers_fewer_stages_then_fewer_bytes)
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

Test(planner_rules, sends_one_file_for_several_components)
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

Test(planner_rules, sends_one_file_to_instances_of_object_5_too)
{
    target = fixture_lines("b@1", "", "app 2 also=radio:2");
    EXPECT_PLAN("app 1 fw;radio 1 fw", "app 1>2 + radio 1>2");
}

Test(planner_rules, does_not_lower_what_is_irreversible)
{
    target = fixture_lines("b@1", "", "app 2");
    offer(fixture_lines("new@3", "", "app 3 fixed"));
    EXPECT_PLAN("app 3", "no-path");
    cr_expect(says(group.detail, "reversible"));
    EXPECT_PLAN("app 4", "app 4>2");
    cr_expect(says(group.stages[0].reason, "app goes back from 4 to 2"));
}

Test(planner_rules, believes_the_target_before_older_descriptions)
{
    offer(fixture_lines("old@1", "'sequence': 9,", "app 2 not=modem:*"));
    target = fixture_lines("b@1", "", "app 2");
    EXPECT_PLAN("app 1;modem 1", "app 1>2");
}

Test(planner_rules, believes_the_higher_sequence)
{
    offer(fixture_lines("old@1", "'sequence': 1,", "modem 1 needs=app:<2"));
    offer(fixture_lines("new@1", "'sequence': 2,", "modem 1"));
    target = fixture_lines("b@1", "", "app 2");
    EXPECT_PLAN("app 1;modem 1", "app 1>2");
}

Test(planner_rules, heeds_the_rules_of_the_very_package_that_it_takes)
{
    offer(fixture_lines("new@1", "'sequence': 9,", "app 2"));
    offer(fixture_lines("mid@1", "'sequence': 1,", "app 2 needs=modem:>=2 stone\nx 1"));
    target = fixture_lines("b@1", "", "app 3 over=>=2");
    EXPECT_PLAN("app 1;modem 1", "no-path");
    EXPECT_PLAN("app 1;modem 2", "app 1>2; app 2>3");
}

Test(planner_rules, says_that_it_gave_up)
{
    char lines[4096] = "", inventory[1024] = "";
    for (int i = 0; i < 24; i++) {
        sprintf(lines + strlen(lines), "c%d 2 needs=c%d:>=2\n", i, (i + 1) % 24);
        sprintf(inventory + strlen(inventory), "c%d 1;", i);
    }
    target = fixture_lines("b@1", "", lines);
    struct inventory inv = fixture_inventory(inventory);
    struct planner_request request = {
        .inventory = &inv, .bundle = target, .catalogue = &cat, .work_max = 20};
    cr_assert(zero(int, planner_make(&request, &group)));
    cr_expect(eq(str, (char *)fixture_tell(&group), "search-bound"));
    cr_expect(says(group.detail, "ended after 20 steps"));
}

Test(planner_rules, plans_32_independent_components_at_once)
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

Test(planner_rules, plans_a_cycle_of_32_and_a_chain_of_32)
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

Test(planner_rules, finds_a_detour_among_many_that_wait_for_one)
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

Test(planner_rules, refuses_more_versions_than_it_can_hold)
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
