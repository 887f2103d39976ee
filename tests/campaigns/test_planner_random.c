/* SPDX-License-Identifier: Apache-2.0 */
/* test_planner_random.c - the planner against one that tries everything, on random
 * worlds. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/planner.h"
#include "campaigns/version.h"
#include "tests/campaigns/planner_fixture.h"
#include "tests/campaigns/planner_reference.h"

static uint64_t seed;

static unsigned below(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(seed >> 33) % n;
}

static const char *const names[] = {"a", "b", "c", "d"};

/* Ranges that the bundle's own version is in, and some that it is not in. */
static const char *const fitting[4][4] = {
    {">=3", ">=2", "3", "!=1"},
    {"<2", "<3", "1", ">=1"},
    {"2", "<3", ">=2", ">=1"},
};
static const char *const other[4][4] = {
    {"<3", "<2", "2", "1"},
    {">=2", "2", "3", ">=3"},
    {"<2", ">=3", "1", "3"},
};
static const char *const over[4] = {">=2", "2", ">=1", "<3"};

static void add_words(char *line, unsigned parts, unsigned self, unsigned kind)
{
    char *at = line + strlen(line);
    unsigned about = below(parts);
    if (below(2) == 0)
        at += sprintf(at, " over=%s", over[below(4)]);
    if (about != self && below(2) == 0)
        at += sprintf(at, " needs=%s:%s", names[about],
                      (below(10) ? fitting : other)[kind][below(4)]);
    about = below(parts);
    if (about != self && below(4) == 0)
        at += sprintf(at, " not=%s:%s", names[about],
                      (below(10) ? other : fitting)[kind][below(4)]);
    if (below(12) == 0)
        strcat(line, " fixed");
}

static void random_bundle(char *text, unsigned parts, unsigned kind)
{
    *text = '\0';
    for (unsigned i = 0; i < parts; i++) {
        if (below(6) == 0)
            continue;
        char line[256];
        unsigned version = kind == 0 ? 3 : kind;
        sprintf(line, "%s %u size=%u", names[i], version, 100 + below(900));
        add_words(line, parts, i, kind);
        unsigned partner = below(parts);
        if (partner != i && below(6) == 0)
            sprintf(line + strlen(line), " with=%s", names[partner]);
        partner = below(parts);
        if (partner != i && below(8) == 0)
            sprintf(line + strlen(line), " also=%s:%u", names[partner], version);
        if (kind != 0 && below(4))
            strcat(line, " stone");
        strcat(strcat(text, line), "\n");
    }
}

static void random_inventory(char *text, unsigned parts)
{
    *text = '\0';
    for (unsigned i = 0; i < parts; i++)
        sprintf(text + strlen(text), "%s %u %s;", names[i],
                1 + (below(2) ? 0 : below(3)), below(6) ? "afu" : "fw");
}

/* Follow the stages: every state on the way must be whole, the last one the aim. */
static void check_prefixes(const struct ref *r, const struct plan_group *g,
                           const char *world)
{
    struct ref_state s = reference_start(r);
    for (size_t i = 0; i < g->stage_count; i++) {
        for (size_t k = 0; k < g->stages[i].count; k++) {
            const struct plan_change *c = &g->stages[i].changes[k];
            int part = reference_part(r, c->component);
            cr_assert(ge(int, part, 0));
            cr_expect(version_equal(c->from, s.version[part]), "%s", world);
            s.version[part] = c->to;
        }
        cr_expect(reference_is_whole(r, &s), "stage %zu of %s in\n%s", i,
                  fixture_tell(g), world);
    }
    cr_expect(reference_is_aim(r, &s), "%s", world);
}

static size_t packages_of(const struct plan_group *g)
{
    size_t count = 0;
    for (size_t i = 0; i < g->stage_count; i++)
        for (size_t k = 0; k < g->stages[i].count; k++)
            count += !*g->stages[i].changes[k].with;
    return count;
}

struct tally {
    unsigned planned, excluded, sets, stones, invalid;
};

static void compare(struct ref *r, const struct plan_group *g, const char *world,
                    struct tally *tally)
{
    struct ref_cost best = reference_solve(r);
    bool included = g->exclusion == PLAN_INCLUDED;
    cr_expect(eq(int, included, best.stages >= 0), "%s (%s): reference %ld stages\n%s",
              fixture_tell(g), g->detail ? g->detail : "", best.stages, world);
    if (!included || best.stages < 0) {
        tally->excluded++;
        return;
    }
    cr_expect(eq(sz, g->stage_count, (size_t)best.stages), "%s\n%s", fixture_tell(g),
              world);
    cr_expect(eq(u64, g->bytes, (uint64_t)best.bytes), "%s\n%s", fixture_tell(g),
              world);
    cr_expect(eq(sz, packages_of(g), (size_t)best.packages), "%s\n%s", fixture_tell(g),
              world);
    check_prefixes(r, g, world);
    tally->planned += g->stage_count > 0;
    for (size_t i = 0; i < g->stage_count; i++) {
        tally->sets += g->stages[i].atomic;
        tally->stones += strncmp(g->stages[i].changes[0].bundle, "t@", 2) != 0;
    }
}

static struct bundle *try_bundle(const char *name, const char *extra, const char *lines,
                                 unsigned *invalid)
{
    struct bundle *b = *lines ? fixture_try_lines(name, extra, lines) : NULL;
    *invalid += b == NULL;
    return b;
}

static void one_world(struct ref *r, struct tally *tally)
{
    char text[3][2048], inventory[256], world[8192];
    unsigned parts = 2 + below(3);
    random_bundle(text[0], parts, 0);
    random_bundle(text[1], parts, 1);
    random_bundle(text[2], parts, 2);
    random_inventory(inventory, parts);
    snprintf(world, sizeof world, "target:\n%sold:\n%smid:\n%sinventory: %s", text[0],
             text[1], text[2], inventory);

    struct bundle *target = try_bundle(
        "t@1", below(4) ? "" : "'atomic': 'best-effort',", text[0], &tally->invalid);
    struct bundle *old = try_bundle("o@1", "'sequence': 2,", text[1], &tally->invalid);
    struct bundle *mid = try_bundle("m@1", "'sequence': 1,", text[2], &tally->invalid);
    struct inventory inv = fixture_inventory(inventory);
    struct catalogue cat;
    catalogue_init(&cat);
    r->inv = &inv;
    r->bundle_count = r->count = 0;
    if (target)
        reference_add(r, target);
    if (target && old) {
        reference_add(r, old);
        cr_assert(zero(int, catalogue_put(&cat, old)));
    }
    if (target && mid) {
        reference_add(r, mid);
        cr_assert(zero(int, catalogue_put(&cat, mid)));
    }
    if (target) {
        struct plan_group group;
        struct planner_request request = {
            .inventory = &inv, .bundle = target, .catalogue = &cat};
        cr_assert(zero(int, planner_make(&request, &group)));
        compare(r, &group, world, tally);
        plan_group_fini(&group);
    } else {
        free(old);
        free(mid);
    }
    catalogue_fini(&cat);
    free(target);
}

Test(planner_random, agrees_with_trying_everything)
{
    struct tally tally = {0};
    struct ref *r = calloc(1, sizeof *r);
    for (unsigned i = 0; i < 3000; i++) {
        seed = i;
        below(2);
        one_world(r, &tally);
    }
    free(r);
    cr_log_info("planned %u excluded %u atomic sets %u stepping stones %u invalid %u\n",
                tally.planned, tally.excluded, tally.sets, tally.stones, tally.invalid);
    cr_expect(gt(u32, tally.planned, 300));
    cr_expect(gt(u32, tally.excluded, 300));
    cr_expect(gt(u32, tally.sets, 30));
    cr_expect(gt(u32, tally.stones, 30));
}
