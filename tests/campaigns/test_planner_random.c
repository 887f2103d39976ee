/* SPDX-License-Identifier: Apache-2.0 */
/* test_planner_random.c - the planner against one that tries every set of packages.
 *
 * The reference knows no masks, no classes and no estimates: it works on the bundles'
 * own texts, so it shares only version and range with what it judges.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/bundle_find.h"
#include "campaigns/planner.h"
#include "campaigns/version.h"
#include "tests/campaigns/planner_fixture.h"

enum { PARTS_MAX = 4, PACKAGES_MAX = 12, STATES_MAX = 4096 };

/* ---- the reference ---- */

struct ref_package {
    const struct bundle *b;
    const struct bundle_package *p;
};

struct ref_state {
    const char *version[PARTS_MAX]; /* by component of the inventory */
};

struct ref_cost {
    long stages, bytes, packages;
};

struct ref_node {
    struct ref_state state;
    struct ref_cost cost;
    bool is_done;
};

struct ref {
    const struct inventory *inv;
    const struct bundle *bundles[8]; /* in precedence, the target first */
    size_t bundle_count;
    struct ref_package packages[PACKAGES_MAX];
    size_t count;
    struct ref_node nodes[STATES_MAX];
    size_t node_count;
};

static int index_of(const struct ref *r, const char *name)
{
    for (int i = 0; i < r->inv->count; i++)
        if (strcmp(r->inv->components[i].name, name) == 0)
            return i;
    return -1;
}

static bool keeps(const struct ref *r, const struct ref_state *s,
                  const struct bundle_rule *rule)
{
    int about = index_of(r, rule->component);
    if (rule->kind == RULE_TOGETHER_WITH)
        return true;
    if (about < 0)
        return rule->kind == RULE_CONFLICTS;
    return range_matches(&rule->range, s->version[about]) ==
           (rule->kind == RULE_REQUIRES);
}

static struct ref_state start_of(const struct ref *r)
{
    struct ref_state s = {0};
    for (int i = 0; i < r->inv->count; i++)
        s.version[i] = r->inv->components[i].version;
    return s;
}

static bool brings(const struct ref_package *q, const char *component,
                   const char *version)
{
    const struct bundle_provide *to = package_provide(q->b, q->p, component);
    return to && version_equal(to->version, version);
}

/* Rules of one package about one owner at its version: kept, or broken from the start.
 */
static bool package_is_kept(const struct ref *r, const struct ref_state *s, int owner,
                            const struct ref_package *q)
{
    struct ref_state start = start_of(r);
    bool same = version_equal(start.version[owner], s->version[owner]);
    for (int i = 0; i < q->p->rule_count; i++) {
        const struct bundle_rule *rule = &q->b->rules[q->p->rule_first + i];
        if (!keeps(r, s, rule) && !(same && !keeps(r, &start, rule)))
            return false;
    }
    return true;
}

/* Calls of f for every package whose rules bind owner at version. */
static bool each_describing(const struct ref *r, const struct ref_state *s, int owner,
                            bool (*f)(const struct ref *, const struct ref_state *, int,
                                      const struct ref_package *))
{
    const char *name = r->inv->components[owner].name;
    bool found = false;
    for (size_t b = 0; b < r->bundle_count && !found; b++)
        for (int i = 0; i < r->bundles[b]->package_count; i++) {
            struct ref_package q = {r->bundles[b], &r->bundles[b]->packages[i]};
            if (!brings(&q, name, s->version[owner]))
                continue;
            found = true;
            if (!f(r, s, owner, &q))
                return false;
        }
    for (size_t i = 0; i < r->count; i++)
        if (brings(&r->packages[i], name, s->version[owner]) &&
            !f(r, s, owner, &r->packages[i]))
            return false;
    return true;
}

static bool is_whole(const struct ref *r, const struct ref_state *s)
{
    for (int owner = 0; owner < r->inv->count; owner++)
        if (!each_describing(r, s, owner, package_is_kept))
            return false;
    return true;
}

static bool is_reversible(const struct ref *r, const struct ref_state *s, int owner,
                          const struct ref_package *q)
{
    (void)r, (void)s, (void)owner;
    return q->p->reversible;
}

static bool installs(const struct ref *r, const struct ref_state *s,
                     const struct ref_package *q)
{
    bool changes = false;
    for (int i = 0; i < q->p->provide_count; i++) {
        const struct bundle_provide *to = &q->b->provides[q->p->provide_first + i];
        int part = index_of(r, to->component);
        if (part < 0 || !range_matches(&to->installs_over, s->version[part]))
            return false;
        if (version_compare(to->version, s->version[part]) < 0 &&
            !each_describing(r, s, part, is_reversible))
            return false;
        changes |= !version_equal(to->version, s->version[part]);
    }
    return changes;
}

static void install(const struct ref *r, const struct ref_package *q,
                    struct ref_state *s)
{
    for (int i = 0; i < q->p->provide_count; i++) {
        const struct bundle_provide *to = &q->b->provides[q->p->provide_first + i];
        s->version[index_of(r, to->component)] = to->version;
    }
}

static bool touches(const struct ref_package *q, const char *component)
{
    return package_provide(q->b, q->p, component) != NULL;
}

static bool demands(const struct ref_package *q, const struct ref_package *other)
{
    for (int i = 0; i < q->p->rule_count; i++) {
        const struct bundle_rule *rule = &q->b->rules[q->p->rule_first + i];
        if (rule->kind == RULE_TOGETHER_WITH && touches(other, rule->component))
            return true;
    }
    return false;
}

static bool set_touches(const struct ref *r, unsigned set, const struct bundle *b,
                        const char *component)
{
    for (size_t i = 0; i < r->count; i++)
        if ((set >> i & 1) && r->packages[i].b == b &&
            touches(&r->packages[i], component))
            return true;
    return false;
}

/* Whom package i of the set demands, or who demands it, changes along. */
static bool has_partners(const struct ref *r, unsigned set, size_t i)
{
    const struct ref_package *q = &r->packages[i];
    for (int k = 0; k < q->b->package_count; k++) {
        struct ref_package other = {q->b, &q->b->packages[k]};
        if (other.p == q->p || other.p->stepping_stone != q->p->stepping_stone ||
            (!demands(q, &other) && !demands(&other, q)))
            continue;
        for (int j = 0; j < other.p->provide_count; j++) {
            const struct bundle_provide *to =
                &q->b->provides[other.p->provide_first + j];
            int part = index_of(r, to->component);
            if (part >= 0 && !touches(q, to->component) &&
                !version_equal(start_of(r).version[part], to->version) &&
                !set_touches(r, set, q->b, to->component))
                return false;
        }
    }
    return true;
}

static bool overlap(const struct ref *r, unsigned set)
{
    for (int part = 0; part < r->inv->count; part++) {
        int times = 0;
        for (size_t i = 0; i < r->count; i++)
            times += (set >> i & 1) &&
                     touches(&r->packages[i], r->inv->components[part].name);
        if (times > 1)
            return true;
    }
    return false;
}

static bool is_allowed(const struct ref *r, const struct ref_state *s, unsigned set)
{
    struct ref_state after = *s;
    if (overlap(r, set))
        return false;
    for (size_t i = 0; i < r->count; i++) {
        if (!(set >> i & 1))
            continue;
        if (!installs(r, s, &r->packages[i]) || !has_partners(r, set, i))
            return false;
        install(r, &r->packages[i], &after);
    }
    return is_whole(r, &after);
}

static bool is_feasible(const struct ref *r, unsigned set)
{
    bool afu = true, best_effort = true;
    for (size_t i = 0; i < r->count; i++) {
        if (!(set >> i & 1))
            continue;
        best_effort &= r->packages[i].b->atomic_best_effort;
        for (int part = 0; part < r->inv->count; part++)
            if (touches(&r->packages[i], r->inv->components[part].name))
                afu &= r->inv->components[part].object == COMPONENT_AFU;
    }
    return afu || best_effort || __builtin_popcount(set) == 1;
}

static bool is_less(struct ref_cost a, struct ref_cost b)
{
    if (a.stages != b.stages)
        return a.stages < b.stages;
    return a.bytes != b.bytes ? a.bytes < b.bytes : a.packages < b.packages;
}

static bool same_state(const struct ref *r, const struct ref_state *a,
                       const struct ref_state *b)
{
    for (int i = 0; i < r->inv->count; i++)
        if (!version_equal(a->version[i], b->version[i]))
            return false;
    return true;
}

static void visit(struct ref *r, struct ref_state state, struct ref_cost cost)
{
    size_t at = 0;
    while (at < r->node_count && !same_state(r, &r->nodes[at].state, &state))
        at++;
    cr_assert(at < STATES_MAX);
    if (at == r->node_count)
        r->nodes[r->node_count++] = (struct ref_node){state, cost, false};
    else if (is_less(cost, r->nodes[at].cost))
        r->nodes[at].cost = cost;
}

static void spread(struct ref *r, size_t at)
{
    static bool allowed[1 << PACKAGES_MAX];
    struct ref_node from = r->nodes[at];
    for (unsigned set = 1; set < 1u << r->count; set++) {
        allowed[set] = is_allowed(r, &from.state, set);
        if (!allowed[set] || !is_feasible(r, set))
            continue;
        bool minimal = true;
        for (unsigned sub = (set - 1) & set; sub && minimal; sub = (sub - 1) & set)
            minimal = !allowed[sub];
        if (!minimal)
            continue;
        struct ref_state after = from.state;
        struct ref_cost cost = from.cost;
        cost.stages++;
        for (size_t i = 0; i < r->count; i++)
            if (set >> i & 1) {
                install(r, &r->packages[i], &after);
                cost.bytes += (long)r->packages[i].p->size;
                cost.packages++;
            }
        visit(r, after, cost);
    }
}

static bool is_aim(const struct ref *r, const struct ref_state *s)
{
    for (int i = 0; i < r->inv->count; i++) {
        const char *aim = bundle_target(r->bundles[0], r->inv->components[i].name);
        if (aim && !version_equal(aim, s->version[i]))
            return false;
    }
    return true;
}

/* @return the least cost to the aim; .stages is -1 if there is no way */
static struct ref_cost solve(struct ref *r)
{
    r->node_count = 0;
    visit(r, start_of(r), (struct ref_cost){0, 0, 0});
    for (;;) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < r->node_count; i++)
            if (!r->nodes[i].is_done &&
                (best == SIZE_MAX || is_less(r->nodes[i].cost, r->nodes[best].cost)))
                best = i;
        if (best == SIZE_MAX)
            return (struct ref_cost){-1, 0, 0};
        r->nodes[best].is_done = true;
        if (is_aim(r, &r->nodes[best].state))
            return r->nodes[best].cost;
        spread(r, best);
    }
}

static void add_bundle(struct ref *r, const struct bundle *b)
{
    bool is_target = r->bundle_count == 0;
    r->bundles[r->bundle_count++] = b;
    for (int i = 0; i < b->package_count; i++)
        if ((is_target || b->packages[i].stepping_stone) && r->count < PACKAGES_MAX)
            r->packages[r->count++] = (struct ref_package){b, &b->packages[i]};
}

/* ---- random worlds ---- */

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
    struct ref_state s = start_of(r);
    for (size_t i = 0; i < g->stage_count; i++) {
        for (size_t k = 0; k < g->stages[i].count; k++) {
            const struct plan_change *c = &g->stages[i].changes[k];
            int part = index_of(r, c->component);
            cr_assert(ge(int, part, 0));
            cr_expect(version_equal(c->from, s.version[part]), "%s", world);
            s.version[part] = c->to;
        }
        cr_expect(is_whole(r, &s), "stage %zu of %s in\n%s", i, fixture_tell(g), world);
    }
    cr_expect(is_aim(r, &s), "%s", world);
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
    struct ref_cost best = solve(r);
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
        add_bundle(r, target);
    if (target && old) {
        add_bundle(r, old);
        cr_assert(zero(int, catalogue_put(&cat, old)));
    }
    if (target && mid) {
        add_bundle(r, mid);
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
