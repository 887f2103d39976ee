/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/bundle_rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/bundle_find.h"
#include "campaigns/text.h"
#include "campaigns/version.h"

/* The first problem sticks; checks after it do nothing. */
struct check {
    const struct bundle *b;
    struct bundle_problem *problem;
    bool bad;
};

static const char *const rule_keys[] = {
    [RULE_REQUIRES] = "requires",
    [RULE_CONFLICTS] = "conflicts",
    [RULE_TOGETHER_WITH] = "together_with",
};

/* Problem at packages[i], or at .key[.name] of it. */
[[gnu::format(printf, 5, 6)]] static void fail(struct check *c, uint16_t package,
                                               const char *key, const char *name,
                                               const char *format, ...)
{
    if (c->bad)
        return;
    c->bad = true;
    snprintf(c->problem->path, sizeof c->problem->path, "packages[%u]%s%s%s%s", package,
             key ? "." : "", key ? key : "", name ? "." : "", name ? name : "");
    va_list args;
    va_start(args, format);
    vsnprintf(c->problem->text, sizeof c->problem->text, format, args);
    va_end(args);
}

static const struct bundle_provide *first_of(const struct bundle *b,
                                             const struct bundle_package *p)
{
    return &b->provides[p->provide_first];
}

static bool is_empty(const struct range *r)
{
    return !range_can_hold(&r, 1, NULL, 0);
}

static void check_provides(struct check *c, uint16_t package)
{
    const struct bundle_package *p = &c->b->packages[package];
    for (uint16_t i = 0; i < p->provide_count; i++) {
        const struct bundle_provide *to = first_of(c->b, p) + i;
        if (is_empty(&to->installs_over))
            fail(c, package, "installs_over", NULL, "\"%s\" matches no version",
                 to->installs_over.text);
        if (p->stepping_stone)
            continue;
        const char *aim = bundle_target(c->b, to->component);
        if (aim && !version_equal(aim, to->version))
            fail(c, package, NULL, NULL,
                 "brings %s to %s, another package to %s: all but one must be marked "
                 "stepping_stone",
                 to->component, to->version, aim);
    }
}

/* A rule against the versions that the bundle itself installs. */
static void check_against_aim(struct check *c, uint16_t package,
                              const struct bundle_rule *rule)
{
    const char *aim = bundle_target(c->b, rule->component);
    if (c->b->packages[package].stepping_stone || !aim)
        return;
    bool wanted = rule->kind == RULE_REQUIRES;
    if (range_matches(&rule->range, aim) != wanted)
        fail(c, package, rule_keys[rule->kind], rule->component,
             "\"%s\" can never hold: this bundle brings %s to %s", rule->range.text,
             rule->component, aim);
}

static void check_rule(struct check *c, uint16_t package,
                       const struct bundle_rule *rule)
{
    const struct bundle_package *p = &c->b->packages[package];
    const char *key = rule_keys[rule->kind];

    if (package_provide(c->b, p, rule->component))
        fail(c, package, key, rule->component,
             "is a rule of the package about itself (what it may replace is "
             "installs_over)");
    if (is_empty(&rule->range))
        fail(c, package, key, rule->component, "\"%s\" matches no version",
             rule->range.text);
    if (rule->kind != RULE_TOGETHER_WITH)
        check_against_aim(c, package, rule);
    else if (!p->stepping_stone && !bundle_target(c->b, rule->component))
        fail(c, package, key, NULL, "%s is not in this bundle", rule->component);
}

/* All that is said of one component, in one package: can it hold at once? */
static void check_contradiction(struct check *c, uint16_t package,
                                const struct bundle_rule *about)
{
    const struct range *in[BUNDLE_RULES_MAX], *out[BUNDLE_RULES_MAX];
    size_t in_count = 0, out_count = 0;
    const struct bundle_package *p = &c->b->packages[package];

    for (uint16_t i = 0; i < p->rule_count; i++) {
        const struct bundle_rule *rule = &c->b->rules[p->rule_first + i];
        if (strcmp(rule->component, about->component) != 0)
            continue;
        if (rule->kind == RULE_REQUIRES)
            in[in_count++] = &rule->range;
        else if (rule->kind == RULE_CONFLICTS)
            out[out_count++] = &rule->range;
    }
    if (in_count && out_count && !range_can_hold(in, in_count, out, out_count))
        fail(c, package, "requires", about->component,
             "\"%s\" and conflicts \"%s\" leave no version", in[0]->text, out[0]->text);
}

static bool same_provides(const struct bundle *b, const struct bundle_package *p,
                          const struct bundle_package *q)
{
    if (p->provide_count != q->provide_count)
        return false;
    for (uint16_t i = 0; i < p->provide_count; i++) {
        const struct bundle_provide *to = first_of(b, p) + i;
        const struct bundle_provide *other = package_provide(b, q, to->component);
        if (!other || !version_equal(to->version, other->version))
            return false;
    }
    return true;
}

static void check_pair(struct check *c, uint16_t first, uint16_t second)
{
    const struct bundle_package *p = &c->b->packages[first];
    const struct bundle_package *q = &c->b->packages[second];
    bool same_digest = strcmp(p->digest, q->digest) == 0;

    if (same_digest && p->size != q->size)
        fail(c, second, "size", NULL,
             "is not that of packages[%u] with the same digest", first);
    if (same_digest && same_provides(c->b, p, q))
        fail(c, second, NULL, NULL, "is packages[%u] again", first);
    if (!same_digest && *p->file && strcmp(p->file, q->file) == 0)
        fail(c, second, "file", NULL,
             "is also the file of packages[%u], with another "
             "digest",
             first);
}

int bundle_check(const struct bundle *b, struct bundle_problem *problem)
{
    struct check c = {.b = b, .problem = problem};
    for (uint16_t i = 0; i < b->package_count; i++) {
        const struct bundle_package *p = &b->packages[i];
        check_provides(&c, i);
        for (uint16_t r = 0; r < p->rule_count; r++) {
            check_contradiction(&c, i, &b->rules[p->rule_first + r]);
            check_rule(&c, i, &b->rules[p->rule_first + r]);
        }
        for (uint16_t k = 0; k < i; k++)
            check_pair(&c, k, i);
    }
    bool aims = false;
    for (uint16_t i = 0; i < b->package_count; i++)
        aims = aims || !b->packages[i].stepping_stone;
    if (!aims)
        fail(&c, 0, "stepping_stone", NULL,
             "a bundle of stepping stones leads nowhere");
    if (!c.bad && b->names_hardware && is_empty(&b->hardware)) {
        c.bad = true;
        TEXT_COPY(problem->path, "applies_to.hardware");
        snprintf(problem->text, sizeof problem->text, "\"%s\" matches no version",
                 b->hardware.text);
    }
    return c.bad ? BUNDLE_E_INVALID : 0;
}

/* ---- a part of the bundle ---- */

struct subset {
    const char *const *names;
    size_t count;
};

static bool has(const struct subset *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->names[i], name) == 0)
            return true;
    return false;
}

[[gnu::format(printf, 3, 4)]] static int refuse(struct bundle_problem *problem,
                                                size_t name, const char *format, ...)
{
    snprintf(problem->path, sizeof problem->path, "components[%zu]", name);
    va_list args;
    va_start(args, format);
    vsnprintf(problem->text, sizeof problem->text, format, args);
    va_end(args);
    return BUNDLE_E_INVALID;
}

/* @return a component that p drags along although it is left out; NULL if none */
static const char *left_out_by(const struct bundle *b, const struct bundle_package *p,
                               const struct subset *s)
{
    for (uint16_t i = 0; i < p->provide_count; i++)
        if (!has(s, first_of(b, p)[i].component))
            return first_of(b, p)[i].component;
    for (uint16_t i = 0; i < p->rule_count; i++) {
        const struct bundle_rule *rule = &b->rules[p->rule_first + i];
        if (rule->kind == RULE_TOGETHER_WITH && !has(s, rule->component))
            return rule->component;
    }
    return NULL;
}

static int check_named(const struct bundle *b, const struct subset *s, size_t at,
                       struct bundle_problem *problem)
{
    const char *name = s->names[at], *left_out = NULL;
    for (uint16_t i = 0; i < b->package_count; i++) {
        const struct bundle_package *p = &b->packages[i];
        if (p->stepping_stone || !package_provide(b, p, name))
            continue;
        left_out = left_out_by(b, p, s);
        if (!left_out)
            return 0;
    }
    if (!left_out)
        return refuse(problem, at, "%s is not in %s@%s", name, b->name, b->version);
    return refuse(problem, at, "%s changes only together with %s, which is left out",
                  name, left_out);
}

/* together_with works both ways: who is left out may not need one that is in. */
static int check_partners(const struct bundle *b, const struct subset *s,
                          struct bundle_problem *problem)
{
    for (size_t n = 0; n < s->count; n++)
        for (uint16_t i = 0; i < b->package_count; i++) {
            const struct bundle_package *p = &b->packages[i];
            const char *owner = first_of(b, p)->component;
            for (uint16_t r = 0; r < p->rule_count && !has(s, owner); r++) {
                const struct bundle_rule *rule = &b->rules[p->rule_first + r];
                if (!p->stepping_stone && rule->kind == RULE_TOGETHER_WITH &&
                    strcmp(rule->component, s->names[n]) == 0)
                    return refuse(problem, n,
                                  "%s changes only together with %s, which is left out",
                                  s->names[n], owner);
            }
        }
    return 0;
}

int bundle_check_subset(const struct bundle *b, const char *const *names, size_t count,
                        struct bundle_problem *problem)
{
    const struct subset s = {names, count};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++)
            if (strcmp(names[k], names[i]) == 0)
                return refuse(problem, i, "%s stands here twice", names[i]);
        int rc = check_named(b, &s, i, problem);
        if (rc)
            return rc;
    }
    return check_partners(b, &s, problem);
}
