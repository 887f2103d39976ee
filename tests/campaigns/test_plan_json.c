/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/plan_json.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/campaigns/planner_fixture.h"

static struct plan plan;
static char *text;

static void add_group(const char *installed, struct bundle *target, uint64_t devices)
{
    struct catalogue cat;
    struct inventory inv = fixture_inventory(installed);
    struct planner_request request = {
        .inventory = &inv, .bundle = target, .catalogue = &cat};
    struct plan_group *g = &plan.groups[plan.group_count++];
    catalogue_init(&cat);
    cr_assert(zero(int, planner_make(&request, g)));
    g->devices = devices;
    g->inventory_id = (int64_t)plan.group_count;
}

/* Two planned groups, one that is up to date, one excluded. */
static void begin(void)
{
    struct bundle *target = fixture_lines(
        "gw@1", "", "app 2 over=>=1 with=radio size=100\nradio 2\nboot 2 also=tee:2");
    plan = (struct plan){.id = "p1",
                         .bundle = "gw@1",
                         .fingerprint = "0123456789abcdef0123456789abcdef",
                         .created_ms = 1796083200123,
                         .expires_ms = 1796169600123,
                         .query = strdup("tag.site==\"north\"")};
    plan.groups = calloc(4, sizeof *plan.groups);
    add_group("app 1;boot 1;radio 1;tee 1", target, 10);
    add_group("app 1;boot 2;radio 1;tee 2", target, 5);
    add_group("app 2;boot 2;radio 2;tee 2", target, 3);
    add_group("app 0;boot 2;radio 2;tee ?", target, 2);
    plan.groups[3].sample = calloc(PLAN_SAMPLE_MAX, sizeof *plan.groups[3].sample);
    strcpy(plan.groups[3].sample[0], "urn:dev:\"\xc3\xa4\"");
    plan.groups[3].sample_count = 1;
    plan.components = calloc(4, sizeof *plan.components);
    strcpy(plan.components[0], "app");
    plan.component_count = 1;
    plan_count(&plan);
    free(target);
    cr_assert(zero(int, plan_to_json(&plan, &text)));
}

static void end(void)
{
    plan_fini(&plan);
    free(text);
}

TestSuite(plan_json, .init = begin, .fini = end);

Test(plan_json, counts_devices_and_bytes)
{
    cr_expect(eq(u64, plan.groups[0].bytes, 2100));
    cr_expect(eq(u64, plan.groups[1].bytes, 1100));
    cr_expect(eq(u64, plan.devices, 18));
    cr_expect(eq(u64, plan.bytes, 26500));
    cr_expect(eq(u64, plan.excluded, 2));
}

Test(plan_json, has_the_words_of_the_api)
{
    static const char *const parts[] = {
        "\"id\":\"p1\"",
        "\"bundle\":\"gw@1\"",
        "\"devices\":18",
        "\"created_at\":\"2026-12-01T00:00:00.123Z\"",
        "\"inventory\":{\"app\":\"1\",\"boot\":\"1\",\"radio\":\"1\",\"tee\":\"1\"}",
        "\"component\":\"app\",\"from\":\"1\",\"to\":\"2\",\"bytes\":100",
        "\"atomic\":true",
        "\"up_to_date\":true",
        "\"reason\":\"no-path\"",
        "\"sample\":[\"urn:dev:\\\"\xc3\xa4\\\"\"]",
        "\"with\":\"boot\"",
        "\"components\":[\"app\"]",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        cr_expect(strstr(text, parts[i]) != NULL, "%s in %s", parts[i], text);
}

Test(plan_json, comes_back_as_it_was)
{
    struct plan again;
    char *second;
    cr_assert(zero(int, plan_from_json(text, strlen(text), &again)));
    cr_expect(eq(i64, again.created_ms, plan.created_ms));
    cr_expect(eq(str, again.query, plan.query));
    cr_expect(eq(sz, again.group_count, 4));
    cr_expect(eq(int, again.groups[3].exclusion, PLAN_NO_PATH));
    cr_expect(eq(str, (char *)fixture_tell(&again.groups[1]), "app 1>2 + radio 1>2"));
    cr_expect(plan_group_of(&again, 3) == &again.groups[2]);
    cr_expect(plan_group_of(&again, 9) == NULL);
    cr_assert(zero(int, plan_to_json(&again, &second)));
    cr_expect(eq(str, second, text));
    free(second);
    plan_fini(&again);
}

Test(plan_json, group_comes_back_alone)
{
    for (size_t i = 0; i < plan.group_count; i++) {
        struct plan_group again;
        char *one, *second;
        cr_assert(zero(int, plan_group_to_json(&plan.groups[i], &one)));
        cr_assert(zero(int, plan_group_from_json(one, strlen(one), &again)));
        cr_assert(zero(int, plan_group_to_json(&again, &second)));
        cr_expect(eq(str, one, second));
        plan_group_fini(&again);
        free(one);
        free(second);
    }
}

Test(plan_json, cut_short_anywhere_is_refused)
{
    struct plan again;
    for (size_t cut = 0; cut < strlen(text); cut++) {
        char *part = malloc(cut + 1);
        memcpy(part, text, cut);
        cr_expect(eq(int, plan_from_json(part, cut, &again), -EBADMSG), "%zu", cut);
        free(part);
    }
}

/* Replace the first from in the text by to. */
static int read_with(const char *from, const char *to)
{
    struct plan again;
    char *copy = calloc(1, strlen(text) + 1024), *at = strstr(text, from);
    cr_assert(at != NULL, "%s", from);
    memcpy(copy, text, (size_t)(at - text));
    strcat(strcat(copy, to), at + strlen(from));
    int rc = plan_from_json(copy, strlen(copy), &again);
    if (rc == 0)
        plan_fini(&again);
    free(copy);
    return rc;
}

Test(plan_json, that_makes_no_sense_is_refused)
{
    static const char *const changes[][2] = {
        {"\"devices\":18", "\"devices\":-1"},
        {"\"devices\":18", "\"devices\":\"18\""},
        {"\"devices\":18", "\"devices\":1e99"},
        {"\"reason\":\"no-path\"", "\"reason\":\"bad-luck\""},
        {"\"id\":\"p1\"", "\"id\":7"},
        {"\"id\":\"p1\"", "\"id\":\"0123456789012345678901234567890123456789\""},
        {"\"stages\":[", "\"stages\":7,\"x\":["},
        {"\"inventory\":{", "\"inventory\":7,\"x\":{"},
        {"2026-12-01T00:00:00.123Z", "yesterday"},
        {"2026-12-01T00:00:00.123Z", "2026-12-01T00:00:00Z"},
    };
    cr_expect(zero(int, read_with("\"devices\":18", "\"devices\":18")));
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        cr_expect(eq(int, read_with(changes[i][0], changes[i][1]), -EBADMSG), "%s",
                  changes[i][1]);
}

Test(plan_json, exclusions_have_names)
{
    for (int e = PLAN_INCLUDED + 1; e < PLAN_EXCLUSION_COUNT; e++) {
        enum plan_exclusion got;
        const char *name = plan_exclusion_name((enum plan_exclusion)e);
        cr_assert(zero(int, plan_exclusion_parse(name, &got)), "%d", e);
        cr_expect(eq(int, (int)got, e));
    }
    enum plan_exclusion none;
    cr_expect(eq(int, plan_exclusion_parse("", &none), -ENOENT));
    cr_expect(eq(str, (char *)plan_exclusion_name(PLAN_INVENTORY_UNREADABLE),
                 (char *)inventory_problem_name(INVENTORY_UNREADABLE)));
}
