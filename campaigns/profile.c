/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - which profile is about a device, and what it says. */
#include "campaigns/profile.h"

#include <string.h>

#include "campaigns/range.h"

/* A pattern with * for any text. */
static bool fits(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static bool has_version(const struct profile *p)
{
    return *p->version && strcmp(p->version, "*") != 0;
}

static bool version_fits(const struct profile *p, const char *version)
{
    struct range range;
    size_t at;

    if (!has_version(p))
        return true;
    return range_parse(p->version, &range, &at) == 0 && range_matches(&range, version);
}

/* How much a model's line says: exact 2, pattern 1; 0 does not fit. */
static int model_rank(const struct profile *p, const char *model)
{
    int best = 0;

    for (size_t i = 0; i < p->model_count; i++) {
        int rank = strcmp(p->models[i], model) == 0 ? 2 : fits(p->models[i], model);
        best = rank > best ? rank : best;
    }
    return best;
}

bool profile_matches(const struct profile *p, const struct inventory *identity)
{
    return fits(p->manufacturer, identity->manufacturer) &&
           (p->model_count == 0 || model_rank(p, identity->model) > 0) &&
           version_fits(p, identity->firmware);
}

static int rank_of(const struct profile *p, const struct inventory *identity)
{
    return 4 * model_rank(p, identity->model) + 2 * has_version(p) +
           (strchr(p->manufacturer, '*') == NULL);
}

const struct profile *profile_choose(const struct profile *const *profiles,
                                     size_t count, const struct inventory *identity)
{
    const struct profile *best = NULL;
    int best_rank = -1;

    for (size_t i = 0; i < count; i++) {
        if (!profile_matches(profiles[i], identity))
            continue;
        int rank = rank_of(profiles[i], identity);
        if (rank > best_rank) {
            best = profiles[i];
            best_rank = rank;
        }
    }
    return best;
}

const char *profile_rename(const struct profile *p, uint16_t object_id,
                           uint16_t instance)
{
    for (size_t i = 0; p && i < p->component_count; i++) {
        const struct profile_component *c = &p->components[i];
        if (c->renames && c->object_id == object_id && c->instance == instance)
            return c->name;
    }
    return NULL;
}

const struct profile_component *profile_component(const struct profile *p,
                                                  const char *name)
{
    for (size_t i = 0; p && i < p->component_count; i++)
        if (strcmp(p->components[i].name, name) == 0)
            return &p->components[i];
    return NULL;
}

static const char *const role_names[] = {
    [ROLE_NONE] = "",         [ROLE_BOOTLOADER] = "bootloader",
    [ROLE_SECURE] = "secure", [ROLE_APPLICATION] = "application",
    [ROLE_MODEM] = "modem",
};

const char *profile_role_name(enum profile_role role)
{
    return role_names[role];
}

int64_t profile_updating_ms(const struct profile *p, const char *component,
                            int64_t fallback_ms)
{
    const struct profile_component *c = profile_component(p, component);

    if (c && c->updating_max_s)
        return c->updating_max_s * 1000;
    return p && p->updating_max_s ? p->updating_max_s * 1000 : fallback_ms;
}
