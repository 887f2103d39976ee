/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/planner_estimate.h"

#include <string.h>

int cost_compare(const struct cost *a, const struct cost *b)
{
    if (a->stages != b->stages)
        return a->stages < b->stages ? -1 : 1;
    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? -1 : 1;
    return (a->packages > b->packages) - (a->packages < b->packages);
}

struct cost cost_sum(const struct cost *a, const struct cost *b)
{
    return (struct cost){
        .stages = a->stages + b->stages,
        .packages = a->packages + b->packages,
        .bytes = a->bytes + b->bytes,
    };
}

struct cost stage_cost(const struct world *w, const struct stage *stage)
{
    struct cost cost = {.stages = 1, .packages = stage->count};
    for (uint8_t i = 0; i < stage->count; i++)
        cost.bytes += w->moves[stage->moves[i]].package->size;
    return cost;
}

/* ---- distances of single components ---- */

/* One step from every version that change may replace. @return true if it helped */
static bool relax(struct estimate *e, const struct move *m, const struct move_change *c)
{
    uint8_t stages = e->stages[c->part][c->to];
    bool helped = false;
    if (stages == UINT8_MAX)
        return false;
    for (uint8_t v = 0; v < e->w->parts[c->part].version_count; v++) {
        uint64_t bytes = e->bytes[c->part][c->to] + m->package->size;
        if (!(c->from >> v & 1))
            continue;
        if (stages + 1 < e->stages[c->part][v]) {
            e->stages[c->part][v] = (uint8_t)(stages + 1);
            helped = true;
        }
        if (bytes < e->bytes[c->part][v]) {
            e->bytes[c->part][v] = bytes;
            helped = true;
        }
    }
    return helped;
}

static void start_distances(struct estimate *e, uint8_t part)
{
    uint8_t aim = e->w->parts[part].aim;
    for (int v = 0; v < PLANNER_VERSIONS_MAX; v++) {
        bool there = aim == WORLD_NO_AIM || aim == v;
        e->stages[part][v] = there ? 0 : UINT8_MAX;
        e->bytes[part][v] = there ? 0 : UINT64_MAX;
    }
}

static void find_distances(struct estimate *e)
{
    for (uint8_t part = 0; part < e->w->part_count; part++)
        start_distances(e, part);
    for (bool helped = true; helped;) {
        helped = false;
        for (size_t i = 0; i < e->w->move_count; i++)
            for (uint8_t k = 0; k < e->w->moves[i].change_count; k++)
                helped |= relax(e, &e->w->moves[i], &e->w->moves[i].changes[k]);
    }
}

void search_distances(const struct world *w,
                      uint8_t distances[WORLD_PARTS_MAX][PLANNER_VERSIONS_MAX])
{
    struct estimate e = {.w = w};
    find_distances(&e);
    memcpy(distances, e.stages, sizeof e.stages);
}

/* ---- classes ---- */

/* Versions of each part that some move leaves for another one. */
static void find_left(const struct world *w, uint64_t left[WORLD_PARTS_MAX])
{
    for (size_t i = 0; i < w->move_count; i++)
        for (uint8_t k = 0; k < w->moves[i].change_count; k++) {
            const struct move_change *c = &w->moves[i].changes[k];
            left[c->part] |= c->from & ~(UINT64_C(1) << c->to);
        }
}

/* needs[a] has b if a change of a may have to wait for, or go with, one of b. A rule of
 * a version that comes makes its owner need the other; of one that goes, the reverse.
 */
static void find_needs(const struct world *w, uint32_t needs[WORLD_PARTS_MAX])
{
    uint64_t left[WORLD_PARTS_MAX] = {0};
    find_left(w, left);
    for (size_t i = 0; i < w->rule_count; i++) {
        const struct rule *r = &w->rules[i];
        if (w->parts[r->owner].reached_by_move >> r->owner_version & 1)
            needs[r->owner] |= UINT32_C(1) << r->about;
        if (left[r->owner] >> r->owner_version & 1)
            needs[r->about] |= UINT32_C(1) << r->owner;
    }
    for (size_t i = 0; i < w->move_count; i++) {
        const struct move *m = &w->moves[i];
        uint32_t all = m->parts | m->together;
        for (uint8_t part = 0; part < w->part_count; part++)
            if (all >> part & 1)
                needs[part] |= all;
    }
}

static void find_classes(struct estimate *e)
{
    uint32_t needs[WORLD_PARTS_MAX] = {0};
    uint8_t count = e->w->part_count;
    find_needs(e->w, needs);
    for (uint8_t via = 0; via < count; via++)
        for (uint8_t part = 0; part < count; part++)
            if (needs[part] >> via & 1)
                needs[part] |= needs[via];
    for (uint8_t part = 0; part < count; part++) {
        uint8_t first = 0;
        while (first < part &&
               !((needs[part] >> first & 1) && (needs[first] >> part & 1)))
            first++;
        e->class_of[part] = first;
        e->class_size[first]++;
    }
}

void estimate_init(struct estimate *e, const struct world *w)
{
    memset(e, 0, sizeof *e);
    e->w = w;
    find_distances(e);
    find_classes(e);
}

bool estimate_rest(const struct estimate *e, const struct state *s, struct cost *out)
{
    struct cost class[WORLD_PARTS_MAX] = {0};
    *out = (struct cost){.stages = 0};
    for (uint8_t part = 0; part < e->w->part_count; part++) {
        uint8_t stages = e->stages[part][s->version[part]];
        uint64_t bytes = e->bytes[part][s->version[part]];
        struct cost *c = &class[e->class_of[part]];
        if (stages == UINT8_MAX)
            return false;
        if (stages > c->stages)
            c->stages = stages;
        if (bytes > c->bytes)
            c->bytes = bytes;
    }
    for (uint8_t part = 0; part < e->w->part_count; part++) {
        out->stages += class[part].stages;
        out->packages += class[part].stages;
        out->bytes += class[part].bytes;
    }
    return true;
}

/* ---- what can go first ---- */

/* Versions that part has now or may get on the way. */
static uint64_t may_have(const struct estimate *e, const struct state *s, uint8_t part)
{
    return e->w->parts[part].reached_by_move | UINT64_C(1) << s->version[part];
}

/* No rule that may come into force minds part being at its aim from now on. */
static bool is_harmless(const struct estimate *e, const struct state *s, uint8_t part)
{
    uint8_t aim = e->w->parts[part].aim;
    for (size_t i = 0; i < e->w->rule_count && !e->w->ignores.rules; i++) {
        const struct rule *r = &e->w->rules[i];
        bool by_part = r->owner == part && r->owner_version == aim;
        if (by_part && (may_have(e, s, r->about) & ~r->bears))
            return false;
        bool about_part =
            r->about == part && (may_have(e, s, r->owner) >> r->owner_version & 1);
        if (about_part && !(r->bears >> aim & 1))
            return false;
    }
    return true;
}

/* The smallest package that brings part alone to its aim at once. */
static bool find_direct(const struct estimate *e, const struct state *s, uint8_t part,
                        uint16_t *out)
{
    const struct move *best = NULL;
    for (size_t i = 0; i < e->w->move_count; i++) {
        const struct move *m = &e->w->moves[i];
        if (m->changes[0].part != part || m->changes[0].to != e->w->parts[part].aim ||
            !move_applies(m, s) || (best && best->package->size <= m->package->size))
            continue;
        best = m;
        *out = (uint16_t)i;
    }
    return best != NULL;
}

bool estimate_safe_stage(const struct estimate *e, const struct state *s,
                         struct stage *out)
{
    for (uint8_t part = 0; part < e->w->part_count; part++) {
        bool is_alone = e->class_size[e->class_of[part]] == 1;
        if (!is_alone || e->stages[part][s->version[part]] != 1 ||
            !is_harmless(e, s, part) || !find_direct(e, s, part, &out->moves[0]))
            continue;
        out->count = 1;
        return true;
    }
    return false;
}
