/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/campaigns/planner_reference.h"

#include <assert.h>
#include <string.h>

#include "campaigns/version.h"

int reference_part(const struct ref *r, const char *name)
{
    for (int i = 0; i < r->inv->count; i++)
        if (strcmp(r->inv->components[i].name, name) == 0)
            return i;
    return -1;
}

static bool keeps(const struct ref *r, const struct ref_state *s,
                  const struct bundle_rule *rule)
{
    int about = reference_part(r, rule->component);
    if (rule->kind == RULE_TOGETHER_WITH)
        return true;
    if (about < 0)
        return rule->kind == RULE_CONFLICTS;
    return range_matches(&rule->range, s->version[about]) ==
           (rule->kind == RULE_REQUIRES);
}

struct ref_state reference_start(const struct ref *r)
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
    struct ref_state start = reference_start(r);
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

bool reference_is_whole(const struct ref *r, const struct ref_state *s)
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
        int part = reference_part(r, to->component);
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
        s->version[reference_part(r, to->component)] = to->version;
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
            int part = reference_part(r, to->component);
            if (part >= 0 && !touches(q, to->component) &&
                !version_equal(reference_start(r).version[part], to->version) &&
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
    return reference_is_whole(r, &after);
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
    assert(at < STATES_MAX);
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

bool reference_is_aim(const struct ref *r, const struct ref_state *s)
{
    for (int i = 0; i < r->inv->count; i++) {
        const char *aim = bundle_target(r->bundles[0], r->inv->components[i].name);
        if (aim && !version_equal(aim, s->version[i]))
            return false;
    }
    return true;
}

struct ref_cost reference_solve(struct ref *r)
{
    r->node_count = 0;
    visit(r, reference_start(r), (struct ref_cost){0, 0, 0});
    for (;;) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < r->node_count; i++)
            if (!r->nodes[i].is_done &&
                (best == SIZE_MAX || is_less(r->nodes[i].cost, r->nodes[best].cost)))
                best = i;
        if (best == SIZE_MAX)
            return (struct ref_cost){-1, 0, 0};
        r->nodes[best].is_done = true;
        if (reference_is_aim(r, &r->nodes[best].state))
            return r->nodes[best].cost;
        spread(r, best);
    }
}

void reference_add(struct ref *r, const struct bundle *b)
{
    bool is_target = r->bundle_count == 0;
    r->bundles[r->bundle_count++] = b;
    for (int i = 0; i < b->package_count; i++)
        if ((is_target || b->packages[i].stepping_stone) && r->count < PACKAGES_MAX)
            r->packages[r->count++] = (struct ref_package){b, &b->packages[i]};
}
