/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a dry run leaves out because of what tasks can do, or of what a profile knows.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/campaigns/planning/planning_fixture.h"

TestSuite(exclusions, .init = begin, .fini = end);

static const char seven[] = " if=/3/0/1_>_0 if=/3/0/2_>_0 if=/3/0/3_>_0 if=/3/0/4_>_0"
                            " if=/3/0/5_>_0 if=/3/0/6_>_0 if=/3/0/7_>_0";

Test(exclusions, excludes_whom_more_conditions_wait_for_than_one_read_can_have)
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

Test(exclusions, counts_conditions_before_each_update_and_a_resource_once)
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

Test(exclusions, excludes_whom_the_way_is_longer_than_a_task_can_be)
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

Test(exclusions, names_a_bundle_that_cannot_be_read_where_there_is_no_path)
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

Test(exclusions, heeds_the_profile_of_each_device_by_its_firmware_too)
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
