/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile knows of a component keeps packages out that would not fit. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/campaigns/planner_fixture.h"

static struct profile app_with(const char *more)
{
    struct profile p;
    struct profile_error why = {0};
    char json[300];

    snprintf(json, sizeof json,
             "{\"name\": \"gw\", \"components\": [{\"name\": \"app\"%s%s}]}",
             *more ? ", " : "", more);
    cr_assert(zero(int, profile_parse(json, &p, &why)), "%s %s", why.path, why.detail);
    return p;
}

/* @param out  owned, plan_group_fini() */
static void plan(const char *lines, const struct profile *profile,
                 struct plan_group *out)
{
    struct bundle *b = fixture_lines("gw@1", "", lines);
    struct catalogue cat;
    struct inventory inv = fixture_inventory("app 1");
    struct planner_request request = {
        .inventory = &inv, .bundle = b, .catalogue = &cat, .profile = profile};

    catalogue_init(&cat);
    cr_assert(zero(int, planner_make(&request, out)));
    catalogue_fini(&cat);
    free(b);
}

Test(planner_profile, excludes_by_what_it_knows_and_only_by_that)
{
    static const struct {
        const char *knows, *package, *told, *says;
    } cases[] = {
        {"", "app 2 format=raw slot=b size=900", "app 1>2", ""},
        {"\"formats\": [\"raw\"]", "app 2", "app 1>2", ""},
        {"\"formats\": [\"raw\"]", "app 2 format=raw", "app 1>2", ""},
        {"\"formats\": [\"raw\"]", "app 2 format=elf", "unsupported-format",
         "app 2 has format elf, which profile gw does not list"},
        {"\"formats\": [\"raw\"]", "app 2 packed=gzip unpacked=5", "unsupported-format",
         "compression gzip"},
        {"\"formats\": [\"raw\", \"gzip\"]", "app 2 packed=gzip unpacked=5", "app 1>2",
         ""},
        {"\"slots\": [\"a\", \"b\"]", "app 2 slot=b", "app 1>2", ""},
        {"\"slots\": [\"a\", \"b\"]", "app 2 slot=c", "unsupported-slot", "slot c"},
        {"\"slot_bytes\": 900", "app 2 size=900", "app 1>2", ""},
        {"\"slot_bytes\": 900", "app 2 size=901", "too-large",
         "app 2 needs 901 bytes, a slot has 900"},
        {"\"slot_bytes\": 900", "app 2 size=5 packed=gzip unpacked=901", "too-large",
         ""},
        {"\"slot_bytes\": 900", "app 2 size=5 packed=gzip unpacked=900", "app 1>2", ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct profile p = app_with(cases[i].knows);
        struct plan_group group;
        plan(cases[i].package, &p, &group);
        cr_expect(eq(str, (char *)fixture_tell(&group), (char *)cases[i].told),
                  "%s: %s", cases[i].knows, cases[i].package);
        if (*cases[i].says)
            cr_expect(group.detail && strstr(group.detail, cases[i].says), "%s",
                      group.detail);
        plan_group_fini(&group);
    }
}

Test(planner_profile, goes_round_a_stepping_stone_that_does_not_fit)
{
    struct profile p = app_with("\"formats\": [\"raw\"]");
    struct plan_group group;

    plan("app 2 over=1 stone format=elf\napp 2.5 over=1 stone\napp 3 over=>=2", &p,
         &group);
    cr_expect(eq(str, (char *)fixture_tell(&group), "app 1>2.5; app 2.5>3"));
    plan_group_fini(&group);
    plan("app 2 over=1 stone format=elf\napp 3 over=>=2", &p, &group);
    cr_expect(eq(str, (char *)fixture_tell(&group), "unsupported-format"));
    plan_group_fini(&group);
}

Test(planner_profile, is_not_blamed_for_a_way_that_is_not_there)
{
    struct profile p = app_with("\"formats\": [\"raw\"]");
    struct plan_group group;

    plan("app 3 over=>=2 format=elf", &p, &group);
    cr_expect(eq(str, (char *)fixture_tell(&group), "no-path"));
    plan_group_fini(&group);
}
