/* SPDX-License-Identifier: Apache-2.0 */
/* planner_blame.c - why there is no way: whatever, once forgiven, lets one through. */
#include <errno.h>
#include <string.h>

#include "campaigns/package_fit.h"
#include "campaigns/planner_explain.h"
#include "campaigns/version.h"

/* What the bundle's own packages for part are installed over: ">=6" */
static const struct bundle_provide *aim_provide(const struct world *w, uint8_t part)
{
    const struct bundle *b = w->request->bundle;
    for (uint16_t i = 0; i < b->package_count; i++) {
        const struct bundle_provide *to =
            package_provide(b, &b->packages[i], w->parts[part].component->name);
        if (to && !b->packages[i].stepping_stone)
            return to;
    }
    return NULL;
}

static const char *say(const char *version)
{
    return *version ? version : "(unknown version)";
}

static void blame_distance(const struct world *w, uint8_t part, struct reason *out)
{
    const struct part *p = &w->parts[part];
    const char *name = p->component->name, *from = p->versions[0];
    const struct bundle_provide *to = aim_provide(w, part);
    bool is_kept = p->irreversible & 1;

    if (is_kept && version_compare(to->version, from) < 0 &&
        range_matches(&to->installs_over, from))
        reason_add(out,
                   "%s %s cannot go back to %s: it is marked \"reversible\": false",
                   name, from, to->version);
    else
        reason_add(out, "%s %s: no package installs over it (%s %s needs %s)", name,
                   say(from), name, to->version, to->installs_over.text);
}

/* @return true if a component has no way of its own, rules or not */
static bool blame_distances(const struct world *w, struct reason *out)
{
    uint8_t distances[WORLD_PARTS_MAX][PLANNER_VERSIONS_MAX];
    search_distances(w, distances);
    for (uint8_t part = 0; part < w->part_count; part++) {
        if (distances[part][0] != UINT8_MAX)
            continue;
        blame_distance(w, part, out);
        return true;
    }
    return false;
}

/* A rule that the device can never keep, as it has no such component. */
static const struct rule *rule_without_component(const struct world *w)
{
    for (size_t i = 0; i < w->rule_count; i++) {
        const struct rule *r = &w->rules[i];
        if (!r->bears && world_part(w, r->text->component) < 0 &&
            r->owner_version == w->parts[r->owner].aim && r->owner_version != 0)
            return r;
    }
    return NULL;
}

/* Find a way in a world that forgives something. */
static int try_without(const struct world *w, struct leniency ignores,
                       struct world *forgiving, struct way *way)
{
    int rc = world_init(forgiving, w->request, ignores);
    return rc ? rc : search_way(forgiving, way);
}

static void blame_subset(const struct world *w, const struct way *way,
                         struct reason *out)
{
    uint32_t moved = 0;
    struct state s = {0};
    const struct planner_request *r = w->request;
    for (size_t i = 0; i < way->count; i++) {
        struct reason why;
        explain_stage(w, way, i, &why);
        stage_apply(w, &way->stages[i], &s);
        for (uint8_t k = 0; k < way->stages[i].count; k++) {
            const struct move *m = &w->moves[way->stages[i].moves[k]];
            bool is_named = false;
            for (size_t n = 0; n < r->component_count; n++)
                is_named |=
                    package_provide(m->bundle, m->package, r->components[n]) != 0;
            if (is_named || moved)
                continue;
            moved = m->parts;
            const struct part *p = &w->parts[m->changes[0].part];
            reason_add(out, "%s would have to become %s, but is left out: %s",
                       p->component->name, p->versions[m->changes[0].to], why.text);
        }
    }
    if (!moved)
        reason_add(out, "it only works when other components change as well");
}

static void blame_atomicity(const struct world *w, const struct way *way,
                            struct reason *out)
{
    for (size_t i = 0; i < way->count; i++) {
        const struct stage *stage = &way->stages[i];
        if (stage->count == 1 || stage_is_atomic(w, stage))
            continue;
        for (uint8_t k = 0; k < stage->count; k++) {
            const struct move *m = &w->moves[stage->moves[k]];
            const struct part *p = &w->parts[m->changes[0].part];
            reason_more(out, "%s%s %s", k ? ", " : "", p->component->name,
                        p->versions[m->changes[0].to]);
        }
        reason_more(out, " need each other, but only instances of one object 33629 "
                         "change in one Update (\"atomic\" is not \"best-effort\")");
        return;
    }
}

/* The first rule in the way of a plan that heeds none. */
static void blame_rule(const struct world *w, const struct way *way, struct reason *out)
{
    struct world strict = *w;
    struct state s = {0};
    strict.ignores.rules = false;
    for (size_t i = 0; i < way->count; i++) {
        stage_apply(w, &way->stages[i], &s);
        const struct rule *r = world_broken_rule(&strict, &s);
        if (!r)
            continue;
        reason_add_rule(out, w, r);
        if (world_part(w, r->text->component) < 0)
            reason_more(out, ", which the device does not have");
        else
            reason_more(out, ", but no allowed sequence brings %s (now %s) there",
                        r->text->component, say(w->parts[r->about].versions[0]));
        return;
    }
    reason_add(out, "no allowed sequence of stages leads to the bundle's versions");
}

static const enum plan_exclusion limit_codes[] = {
    [PACKAGE_FORMAT_UNSUPPORTED] = PLAN_UNSUPPORTED_FORMAT,
    [PACKAGE_SLOT_UNSUPPORTED] = PLAN_UNSUPPORTED_SLOT,
    [PACKAGE_TOO_LARGE] = PLAN_TOO_LARGE,
};

/* @return PLAN_INCLUDED if every package on the way is let in */
static enum plan_exclusion blame_limit(const struct world *w, const struct way *way,
                                       struct reason *out)
{
    char detail[256];
    for (size_t i = 0; i < way->count; i++)
        for (uint8_t k = 0; k < way->stages[i].count; k++) {
            const struct move *m = &w->moves[way->stages[i].moves[k]];
            enum package_fit fit =
                package_fit(m->bundle, m->package, w->request->profile, detail);
            if (fit == PACKAGE_FITS)
                continue;
            reason_add(out, "%s", detail);
            return limit_codes[fit];
        }
    return PLAN_INCLUDED;
}

/* Was it the profile? @param code  PLAN_INCLUDED if not. @return 0, -ENOMEM */
static int blame_profile(const struct world *w, enum plan_exclusion *code,
                         struct reason *out)
{
    struct world forgiving;
    struct way way = {.count = 0};
    *code = PLAN_INCLUDED;
    if (!w->request->profile)
        return 0;
    int rc = try_without(w, (struct leniency){.limits = true}, &forgiving, &way);
    if (rc == 0)
        *code = blame_limit(&forgiving, &way, out);
    way_fini(&way);
    world_fini(&forgiving);
    return rc < 0 ? rc : 0;
}

/* What to forgive, in this order, and whom to blame when that helps. */
static const struct {
    struct leniency ignores;
    enum plan_exclusion code;
    void (*tell)(const struct world *w, const struct way *way, struct reason *out);
} suspects[] = {
    {{.subset = true}, PLAN_SUBSET_BREAKS_RULE, blame_subset},
    {{.atomicity = true}, PLAN_CYCLE_NOT_ATOMIC, blame_atomicity},
    {{.rules = true}, PLAN_NO_PATH, blame_rule},
};

/* Whatever can be said without forgiving anything. */
static bool blame_obvious(const struct world *w, enum plan_exclusion *code,
                          struct reason *out)
{
    const struct rule *missing = rule_without_component(w);
    *code = PLAN_NO_PATH;
    if (blame_distances(w, out))
        return true;
    if (!missing)
        return false;
    *code = PLAN_MISSING_COMPONENT;
    reason_add_rule(out, w, missing);
    reason_more(out, ", which the device does not have");
    return true;
}

/* @return 0 it was told, SEARCH_NO_WAY, SEARCH_BOUND, -ENOMEM */
static int blame_suspect(const struct world *w, size_t suspect,
                         enum plan_exclusion *code, struct reason *out)
{
    struct world forgiving;
    struct way way = {.count = 0};
    int rc = try_without(w, suspects[suspect].ignores, &forgiving, &way);
    if (rc == 0) {
        *code = suspects[suspect].code;
        suspects[suspect].tell(&forgiving, &way, out);
    }
    way_fini(&way);
    world_fini(&forgiving);
    return rc;
}

int blame(struct world *w, enum plan_exclusion *code, struct reason *out)
{
    *out = (struct reason){.len = 0};
    int rc = blame_profile(w, code, out);
    if (rc || *code != PLAN_INCLUDED || blame_obvious(w, code, out))
        return rc;
    for (size_t i = 0; i < sizeof suspects / sizeof suspects[0]; i++) {
        if (suspects[i].ignores.subset && w->request->component_count == 0)
            continue;
        rc = blame_suspect(w, i, code, out);
        if (rc <= 0)
            return rc;
    }
    reason_add(out, "no allowed sequence of stages leads to the bundle's versions");
    return 0;
}
