/* SPDX-License-Identifier: Apache-2.0 */
/* planner_rules.c - which rules bind which version, and whether a state keeps them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/planner_world.h"
#include "campaigns/version.h"

static uint64_t versions_that_bear(const struct part *about,
                                   const struct bundle_rule *text)
{
    uint64_t bears = 0;
    for (uint8_t v = 0; v < about->version_count; v++)
        if (range_matches(&text->range, about->versions[v]) ==
            (text->kind == RULE_REQUIRES))
            bears |= UINT64_C(1) << v;
    return bears;
}

static int put_rule(struct world *w, const struct rule *rule)
{
    if (w->rule_count == w->rule_room) {
        size_t room = w->rule_room ? 2 * w->rule_room : 64;
        struct rule *rules = reallocarray(w->rules, room, sizeof *rules);
        if (!rules)
            return -ENOMEM;
        w->rules = rules;
        w->rule_room = room;
    }
    w->rules[w->rule_count++] = *rule;
    return 0;
}

static bool has_rule(const struct world *w, const struct rule *rule)
{
    for (size_t i = 0; i < w->rule_count; i++) {
        const struct rule *r = &w->rules[i];
        if (r->owner == rule->owner && r->owner_version == rule->owner_version &&
            r->about == rule->about && r->bears == rule->bears)
            return true;
    }
    return false;
}

/* A rule that asks for a component which the device has not is broken by its owner
 * alone; one that forbids something of it always holds. */
static int add_rule(struct world *w, struct rule rule)
{
    int about = world_part(w, rule.text->component);
    if (about < 0 && rule.text->kind == RULE_CONFLICTS)
        return 0;
    rule.about = about < 0 ? rule.owner : (uint8_t)about;
    rule.bears = about < 0 ? 0 : versions_that_bear(&w->parts[about], rule.text);
    return has_rule(w, &rule) ? 0 : put_rule(w, &rule);
}

/* What package says when it has brought part to version. */
static int add_package(struct world *w, const struct bundle *b,
                       const struct bundle_package *package, struct rule owner)
{
    struct part *part = &w->parts[owner.owner];
    part->described |= UINT64_C(1) << owner.owner_version;
    if (!package->reversible)
        part->irreversible |= UINT64_C(1) << owner.owner_version;
    int rc = 0;
    for (uint16_t i = 0; i < package->rule_count && rc == 0; i++) {
        owner.text = &b->rules[package->rule_first + i];
        if (owner.text->kind != RULE_TOGETHER_WITH)
            rc = add_rule(w, owner);
    }
    return rc;
}

/* All packages of b that bring the owner to its version. @return 1 if there are some */
static int add_described(struct world *w, const struct bundle *b, struct rule owner)
{
    const struct part *part = &w->parts[owner.owner];
    int found = 0;
    for (uint16_t i = 0; i < b->package_count; i++) {
        const struct bundle_provide *to =
            package_provide(b, &b->packages[i], part->component->name);
        if (!to || !version_equal(to->version, part->versions[owner.owner_version]))
            continue;
        int rc = add_package(w, b, &b->packages[i], owner);
        if (rc)
            return rc;
        found = 1;
    }
    return found;
}

static int add_from_moves(struct world *w, struct rule owner)
{
    int rc = 0;
    for (size_t i = 0; i < w->move_count && rc == 0; i++) {
        const struct move *m = &w->moves[i];
        for (uint8_t k = 0; k < m->change_count && rc == 0; k++)
            if (m->changes[k].part == owner.owner &&
                m->changes[k].to == owner.owner_version)
                rc = add_package(w, m->bundle, m->package, owner);
    }
    return rc;
}

/* The target is believed first, then the first bundle of the catalogue that describes
 * the version; and every package that we might install ourselves. */
static int add_version(struct world *w, struct rule owner)
{
    const struct planner_request *r = w->request;
    int rc = add_described(w, r->bundle, owner);
    for (size_t i = 0; i < r->catalogue->count && rc == 0; i++)
        if (bundle_fits(r->catalogue->bundles[i], r->inventory) == BUNDLE_FITS)
            rc = add_described(w, r->catalogue->bundles[i], owner);
    return rc < 0 ? rc : add_from_moves(w, owner);
}

static void mark_broken_at_start(struct world *w)
{
    for (size_t i = 0; i < w->rule_count; i++) {
        struct rule *r = &w->rules[i];
        r->is_broken_at_start = r->owner_version == 0 && !(r->bears & 1);
    }
}

int world_add_rules(struct world *w)
{
    for (uint8_t part = 0; part < w->part_count; part++)
        for (int v = 0; v < PLANNER_VERSIONS_MAX; v++) {
            w->rules_of[part][v] = w->rule_count;
            if (v < w->parts[part].version_count) {
                struct rule owner = {.owner = part, .owner_version = (uint8_t)v};
                int rc = add_version(w, owner);
                if (rc)
                    return rc;
            }
            w->rules_of[part][v + 1] = w->rule_count;
        }
    mark_broken_at_start(w);
    return 0;
}

const struct rule *world_broken_rule(const struct world *w, const struct state *s)
{
    if (w->ignores.rules)
        return NULL;
    for (uint8_t part = 0; part < w->part_count; part++) {
        uint8_t v = s->version[part];
        for (size_t i = w->rules_of[part][v]; i < w->rules_of[part][v + 1]; i++) {
            const struct rule *r = &w->rules[i];
            if (!(r->bears >> s->version[r->about] & 1) && !r->is_broken_at_start)
                return r;
        }
    }
    return NULL;
}
