/* SPDX-License-Identifier: Apache-2.0 */
/* planner_explain.c - the reason of each stage, found by looking at the way again. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/planner_explain.h"
#include "campaigns/version.h"

static void append(struct reason *r, const char *format, va_list args)
{
    size_t room = sizeof r->text - r->len;
    int len = vsnprintf(r->text + r->len, room, format, args);
    if (len > 0)
        r->len += (size_t)len < room ? (size_t)len : room - 1;
}

void reason_more(struct reason *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    append(r, format, args);
    va_end(args);
}

void reason_add(struct reason *r, const char *format, ...)
{
    if (r->len)
        reason_more(r, "; ");
    va_list args;
    va_start(args, format);
    append(r, format, args);
    va_end(args);
}

static const char *say(const char *version)
{
    return *version ? version : "of unknown version";
}

void reason_add_rule(struct reason *r, const struct world *w, const struct rule *rule)
{
    const struct part *owner = &w->parts[rule->owner];
    reason_add(r, "%s %s %s %s %s", owner->component->name,
               say(owner->versions[rule->owner_version]),
               rule->text->kind == RULE_REQUIRES ? "requires" : "conflicts with",
               rule->text->component, rule->text->range.text);
}

/* The way around one stage: states before and after it, and what is asked about it. */
struct view {
    const struct world *w;
    const struct way *way;
    size_t at;
    uint32_t parts; /* that change here */
    struct state before, after;
};

static uint32_t stage_parts(const struct world *w, const struct stage *stage)
{
    uint32_t parts = 0;
    for (uint8_t i = 0; i < stage->count; i++)
        parts |= w->moves[stage->moves[i]].parts;
    return parts;
}

static struct view view_of(const struct world *w, const struct way *way, size_t at)
{
    struct view v = {.w = w, .way = way, .at = at};
    for (size_t i = 0; i < at; i++)
        stage_apply(w, &way->stages[i], &v.before);
    v.after = v.before;
    stage_apply(w, &way->stages[at], &v.after);
    v.parts = stage_parts(w, &way->stages[at]);
    return v;
}

/* "a 1, b 2 and c 3" */
static void add_names(const struct view *v, uint32_t parts, struct reason *out)
{
    for (uint8_t part = 0; part < v->w->part_count; part++) {
        if (!(parts >> part & 1))
            continue;
        bool is_first = !(parts & ((UINT32_C(1) << part) - 1));
        bool is_last = !(parts >> part >> 1);
        reason_more(out, "%s%s %s",
                    is_first  ? ""
                    : is_last ? " and "
                              : ", ",
                    v->w->parts[part].component->name,
                    world_version(v->w, &v->after, part));
    }
}

static void explain_set(const struct view *v, struct reason *out)
{
    const struct stage *stage = &v->way->stages[v->at];
    if (stage->count > 1) {
        add_names(v, v->parts, out);
        reason_more(out, " need each other: %s",
                    stage_is_atomic(v->w, stage)
                        ? "one atomic set"
                        : "one after the other without interruption, best effort");
    }
    for (uint8_t i = 0; i < stage->count; i++) {
        const struct move *m = &v->w->moves[stage->moves[i]];
        if (m->change_count == 1)
            continue;
        reason_add(out, "one file brings ");
        add_names(v, m->parts, out);
    }
}

/* A rule of what a later stage brings, that this stage makes hold. */
static const struct rule *rule_made_good(const struct view *v,
                                         const struct state *later, uint8_t owner)
{
    const struct world *w = v->w;
    uint8_t version = later->version[owner];
    for (size_t i = w->rules_of[owner][version]; i < w->rules_of[owner][version + 1];
         i++) {
        const struct rule *r = &w->rules[i];
        if ((v->parts >> r->about & 1) &&
            !(r->bears >> v->before.version[r->about] & 1) &&
            (r->bears >> v->after.version[r->about] & 1))
            return r;
    }
    return NULL;
}

/* A rule of what this stage replaces, that a later stage would break. */
static const struct rule *rule_taken_away(const struct view *v,
                                          const struct state *later, uint8_t about)
{
    const struct world *w = v->w;
    for (uint8_t part = 0; part < w->part_count; part++) {
        uint8_t old = v->before.version[part];
        if (!(v->parts >> part & 1) || old == v->after.version[part])
            continue;
        for (size_t i = w->rules_of[part][old]; i < w->rules_of[part][old + 1]; i++) {
            const struct rule *r = &w->rules[i];
            if (r->about == about && !(r->bears >> later->version[about] & 1))
                return r;
        }
    }
    return NULL;
}

/* Why this stage stands before a later one. */
static const struct rule *rule_for_later(const struct view *v)
{
    struct state later = v->after;
    for (size_t i = v->at + 1; i < v->way->count; i++) {
        uint32_t parts = stage_parts(v->w, &v->way->stages[i]) & ~v->parts;
        stage_apply(v->w, &v->way->stages[i], &later);
        for (uint8_t part = 0; part < v->w->part_count; part++) {
            if (!(parts >> part & 1))
                continue;
            const struct rule *r = rule_made_good(v, &later, part);
            if (!r)
                r = rule_taken_away(v, &later, part);
            if (r)
                return r;
        }
    }
    return NULL;
}

/* Why it stands behind an earlier one: a rule that did not hold at the start. */
static const struct rule *rule_for_earlier(const struct view *v)
{
    const struct world *w = v->w;
    for (uint8_t part = 0; part < w->part_count; part++) {
        uint8_t version = v->after.version[part];
        if (!(v->parts >> part & 1))
            continue;
        for (size_t i = w->rules_of[part][version]; i < w->rules_of[part][version + 1];
             i++) {
            const struct rule *r = &w->rules[i];
            if (!(v->parts >> r->about & 1) && !(r->bears & 1) &&
                (r->bears >> v->before.version[r->about] & 1))
                return r;
        }
    }
    return NULL;
}

/* The package that replaces part next, after this stage. */
static const struct move *next_move(const struct view *v, uint8_t part)
{
    for (size_t i = v->at + 1; i < v->way->count; i++)
        for (uint8_t k = 0; k < v->way->stages[i].count; k++) {
            const struct move *m = &v->w->moves[v->way->stages[i].moves[k]];
            if (m->parts >> part & 1)
                return m;
        }
    return NULL;
}

/* The package that replaces part in this stage. */
static const struct move *this_move(const struct view *v, uint8_t part)
{
    const struct stage *stage = &v->way->stages[v->at];
    for (uint8_t i = 0; i < stage->count; i++)
        if (v->w->moves[stage->moves[i]].parts >> part & 1)
            return &v->w->moves[stage->moves[i]];
    return NULL;
}

static void explain_stepping_stone(const struct view *v, uint8_t part,
                                   struct reason *out)
{
    const struct move *this = this_move(v, part), *next = next_move(v, part);
    const char *name = v->w->parts[part].component->name;
    if (!this || !this->package->stepping_stone ||
        v->after.version[part] == v->before.version[part])
        return;
    reason_add(out, "%s %s is a stepping stone", name,
               world_version(v->w, &v->after, part));
    if (!next)
        return;
    const struct bundle_provide *to =
        package_provide(next->bundle, next->package, name);
    if (!range_matches(&to->installs_over, world_version(v->w, &v->before, part)))
        reason_more(out, ": %s %s installs over %s only", name, to->version,
                    to->installs_over.text);
}

static void explain_unknown_part(const struct world *w, uint8_t part,
                                 struct reason *out)
{
    const struct part *p = &w->parts[part];
    if (!(p->described & 1))
        reason_add(out, "no ready bundle describes %s %s: its rules are unknown",
                   p->component->name, say(p->versions[0]));
}

static void explain_parts(const struct view *v, struct reason *out)
{
    for (uint8_t part = 0; part < v->w->part_count; part++) {
        if (!(v->parts >> part & 1))
            continue;
        const char *from = world_version(v->w, &v->before, part);
        const char *to = world_version(v->w, &v->after, part);
        explain_stepping_stone(v, part, out);
        if (version_is_number(from) && version_is_number(to) &&
            version_compare(to, from) < 0)
            reason_add(out, "%s goes back from %s to %s",
                       v->w->parts[part].component->name, from, to);
    }
}

void explain_stage(const struct world *w, const struct way *way, size_t at,
                   struct reason *out)
{
    struct view v = view_of(w, way, at);
    *out = (struct reason){.len = 0};
    explain_set(&v, out);
    const struct rule *order = rule_for_later(&v);
    if (!order && way->stages[at].count == 1)
        order = rule_for_earlier(&v);
    if (order)
        reason_add_rule(out, w, order);
    explain_parts(&v, out);
    if (!out->len)
        reason_add(out, way->count == 1 ? "nothing else has to change"
                                        : "no rule orders it: as in the manifest");
    for (uint8_t part = 0; part < w->part_count; part++)
        if ((v.parts >> part & 1) && v.before.version[part] == 0)
            explain_unknown_part(w, part, out);
}

void explain_unknown(const struct world *w, struct reason *out)
{
    *out = (struct reason){.len = 0};
    for (uint8_t part = 0; part < w->part_count; part++)
        explain_unknown_part(w, part, out);
}
