/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/planner_world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/package_fit.h"
#include "campaigns/version.h"

int world_part(const struct world *w, const char *name)
{
    for (uint8_t i = 0; i < w->part_count; i++)
        if (strcmp(w->parts[i].component->name, name) == 0)
            return i;
    return -1;
}

static void add_part(struct world *w, const struct component *c)
{
    if (world_part(w, c->name) >= 0)
        return;
    struct part *p = &w->parts[w->part_count++];
    *p = (struct part){.component = c, .aim = WORLD_NO_AIM, .version_count = 1};
    p->versions[0] = c->version;
}

/* The manifest's order first: where nothing else decides, its author did. */
static void add_parts(struct world *w)
{
    const struct inventory *inv = w->request->inventory;
    const struct bundle *b = w->request->bundle;
    for (uint16_t i = 0; i < b->provide_count; i++) {
        const struct component *c = inventory_find(inv, b->provides[i].component);
        if (c)
            add_part(w, c);
    }
    for (uint8_t i = 0; i < inv->count; i++)
        add_part(w, &inv->components[i]);
}

static bool is_named(const struct planner_request *r, const char *component)
{
    for (size_t i = 0; i < r->component_count; i++)
        if (strcmp(r->components[i], component) == 0)
            return true;
    return r->component_count == 0;
}

/* @return the number of version, a new one if it is new; -1 if there is no room */
static int number_version(struct world *w, uint8_t part, const char *version)
{
    struct part *p = &w->parts[part];
    for (uint8_t v = 0; v < p->version_count; v++)
        if (version_equal(p->versions[v], version))
            return v;
    if (p->version_count == PLANNER_VERSIONS_MAX) {
        w->overfull = p->component->name;
        return -1;
    }
    p->versions[p->version_count] = version;
    return p->version_count++;
}

static void set_aims(struct world *w)
{
    for (uint8_t i = 0; i < w->part_count; i++) {
        struct part *p = &w->parts[i];
        bool named = is_named(w->request, p->component->name);
        const char *aim = bundle_target(w->request->bundle, p->component->name);
        if (named || w->ignores.subset)
            w->may_change |= UINT32_C(1) << i;
        int v = named && aim ? number_version(w, i, aim) : -1;
        if (v >= 0)
            p->aim = (uint8_t)v;
    }
}

static struct move *new_move(struct world *w)
{
    if (w->move_count == w->move_room) {
        size_t room = w->move_room ? 2 * w->move_room : 32;
        struct move *moves = reallocarray(w->moves, room, sizeof *moves);
        if (!moves)
            return NULL;
        w->moves = moves;
        w->move_room = room;
    }
    struct move *m = &w->moves[w->move_count];
    memset(m, 0, sizeof *m);
    return m;
}

/* Fill the changes of m. @return false if this device cannot take the package */
static bool fill_changes(struct world *w, struct move *m)
{
    const struct bundle_provide *provides =
        m->bundle->provides + m->package->provide_first;
    for (uint16_t i = 0; i < m->package->provide_count; i++) {
        int part = world_part(w, provides[i].component);
        if (part < 0 || !(w->may_change >> part & 1))
            return false;
        int to = number_version(w, (uint8_t)part, provides[i].version);
        if (to < 0)
            return false;
        m->changes[m->change_count++] =
            (struct move_change){.part = (uint8_t)part, .to = (uint8_t)to};
        m->parts |= UINT32_C(1) << part;
    }
    return true;
}

/* The same file with the same effect, from a bundle that is believed more. */
static bool is_known_move(const struct world *w, const struct move *m)
{
    for (size_t i = 0; i < w->move_count; i++) {
        const struct move *other = &w->moves[i];
        if (strcmp(other->package->digest, m->package->digest) == 0 &&
            other->parts == m->parts && other->bundle != m->bundle)
            return true;
    }
    return false;
}

static bool is_let_in(const struct world *w, const struct move *m)
{
    return w->ignores.limits || package_fit(m->bundle, m->package, w->request->profile,
                                            NULL) == PACKAGE_FITS;
}

static int add_moves(struct world *w, const struct bundle *b)
{
    bool is_target = b == w->request->bundle;
    for (uint16_t i = 0; i < b->package_count; i++) {
        if (!is_target && !b->packages[i].stepping_stone)
            continue;
        struct move *m = new_move(w);
        if (!m)
            return -ENOMEM;
        m->bundle = b;
        m->package = &b->packages[i];
        if (is_let_in(w, m) && fill_changes(w, m) && !is_known_move(w, m))
            w->move_count++;
    }
    return 0;
}

static bool is_same_bundle(const struct bundle *a, const struct bundle *b)
{
    return a == b ||
           (strcmp(a->name, b->name) == 0 && strcmp(a->version, b->version) == 0);
}

static int add_all_moves(struct world *w)
{
    const struct planner_request *r = w->request;
    int rc = add_moves(w, r->bundle);
    for (size_t i = 0; i < r->catalogue->count && rc == 0; i++) {
        const struct bundle *b = r->catalogue->bundles[i];
        if (!is_same_bundle(b, r->bundle) &&
            bundle_fits(b, r->inventory) == BUNDLE_FITS)
            rc = add_moves(w, b);
    }
    return rc;
}

/* Does package p of b say that component changes with it? */
static bool demands(const struct bundle *b, const struct bundle_package *p,
                    const char *component)
{
    for (uint16_t i = 0; i < p->rule_count; i++) {
        const struct bundle_rule *rule = &b->rules[p->rule_first + i];
        if (rule->kind == RULE_TOGETHER_WITH && strcmp(rule->component, component) == 0)
            return true;
    }
    return false;
}

/* Partners are partners both ways: p demands q's component or q one of p's. */
static bool are_partners(const struct bundle *b, const struct bundle_package *p,
                         const struct bundle_package *q)
{
    if (p == q || p->stepping_stone != q->stepping_stone)
        return false;
    for (uint16_t i = 0; i < q->provide_count; i++)
        if (demands(b, p, b->provides[q->provide_first + i].component))
            return true;
    for (uint16_t i = 0; i < p->provide_count; i++)
        if (demands(b, q, b->provides[p->provide_first + i].component))
            return true;
    return false;
}

/* Parts that must come along with m: a partner that was there from the start need not.
 */
static uint32_t partners_of(const struct world *w, const struct move *m)
{
    const struct bundle *b = m->bundle;
    uint32_t partners = 0;
    for (uint16_t i = 0; i < b->package_count; i++) {
        const struct bundle_package *q = &b->packages[i];
        if (!are_partners(b, m->package, q))
            continue;
        for (uint16_t k = 0; k < q->provide_count; k++) {
            const struct bundle_provide *to = &b->provides[q->provide_first + k];
            int part = world_part(w, to->component);
            if (part >= 0 && !(m->parts >> part & 1) &&
                !version_equal(w->parts[part].versions[0], to->version))
                partners |= UINT32_C(1) << part;
        }
    }
    return partners;
}

static void set_from(const struct world *w, struct move *m)
{
    const struct bundle_provide *provides =
        m->bundle->provides + m->package->provide_first;
    for (uint8_t i = 0; i < m->change_count; i++) {
        struct move_change *c = &m->changes[i];
        const struct part *p = &w->parts[c->part];
        for (uint8_t v = 0; v < p->version_count; v++) {
            bool lowers = version_compare(p->versions[c->to], p->versions[v]) < 0;
            bool allowed = !lowers || !(p->irreversible >> v & 1);
            if (allowed && range_matches(&provides[i].installs_over, p->versions[v]))
                c->from |= UINT64_C(1) << v;
        }
    }
}

/* Now that every version has its number. */
static void finish_moves(struct world *w)
{
    for (size_t i = 0; i < w->move_count; i++) {
        struct move *m = &w->moves[i];
        set_from(w, m);
        m->together = partners_of(w, m);
        for (uint8_t k = 0; k < m->change_count; k++)
            w->parts[m->changes[k].part].reached_by_move |= UINT64_C(1)
                                                            << m->changes[k].to;
    }
}

int world_init(struct world *w, const struct planner_request *request,
               struct leniency ignores)
{
    *w = (struct world){
        .request = request,
        .ignores = ignores,
        .work_max = request->work_max ? request->work_max : PLANNER_WORK_MAX,
    };
    add_parts(w);
    set_aims(w);
    int rc = add_all_moves(w);
    if (rc == 0)
        rc = world_add_rules(w);
    if (rc == 0)
        finish_moves(w);
    return rc;
}

void world_fini(struct world *w)
{
    free(w->moves);
    free(w->rules);
    w->moves = NULL;
    w->rules = NULL;
}

bool world_is_aim(const struct world *w, const struct state *s)
{
    for (uint8_t i = 0; i < w->part_count; i++)
        if (w->parts[i].aim != WORLD_NO_AIM && w->parts[i].aim != s->version[i])
            return false;
    return true;
}

bool move_applies(const struct move *m, const struct state *s)
{
    bool changes = false;
    for (uint8_t i = 0; i < m->change_count; i++) {
        const struct move_change *c = &m->changes[i];
        if (!(c->from >> s->version[c->part] & 1))
            return false;
        changes = changes || c->to != s->version[c->part];
    }
    return changes;
}

void move_apply(const struct move *m, struct state *s)
{
    for (uint8_t i = 0; i < m->change_count; i++)
        s->version[m->changes[i].part] = m->changes[i].to;
}

const char *world_version(const struct world *w, const struct state *s, uint8_t part)
{
    return w->parts[part].versions[s->version[part]];
}
