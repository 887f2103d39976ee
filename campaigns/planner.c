/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/planner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/planner_explain.h"
#include "campaigns/text.h"

/* The longest detail is cut so that it ends between two characters. */
static char *copy_detail(const char *text)
{
    size_t len = strnlen(text, PLAN_DETAIL_MAX);
    while (text[len] && len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    return strndup(text, len);
}

static int exclude(struct plan_group *out, enum plan_exclusion code, const char *detail)
{
    free(out->detail);
    out->exclusion = code;
    out->detail = copy_detail(detail);
    return out->detail ? 0 : -ENOMEM;
}

static const char *const problem_texts[] = {
    [INVENTORY_OK] = "",
    [INVENTORY_UNREAD] = "nothing is known yet of what is installed",
    [INVENTORY_NO_COMPONENTS] = "the device has neither object 33629 nor object 5",
    [INVENTORY_DUPLICATE_COMPONENT] = "two instances have the same component name",
    [INVENTORY_FORBIDDEN_COMPONENT] = "a component does not let itself be read (4.01)",
    [INVENTORY_TOO_LARGE] = "more components, or longer names, than can be planned for",
    [INVENTORY_UNREADABLE] = "the answers of the device make no sense",
};

/* What can be said without looking at a package. @return a code, PLAN_INCLUDED if all
 * is well; *detail is static or in text */
static enum plan_exclusion find_obstacle(const struct planner_request *r,
                                         struct reason *detail)
{
    const struct inventory *inv = r->inventory;
    const struct bundle *b = r->bundle;
    if (inv->problem != INVENTORY_OK) {
        reason_add(detail, "%s", problem_texts[inv->problem]);
        return (enum plan_exclusion)(PLAN_INVENTORY_UNREAD + inv->problem -
                                     INVENTORY_UNREAD);
    }
    switch (bundle_fits(b, inv)) {
    case BUNDLE_FITS:
        break;
    case BUNDLE_FITS_NOT:
        reason_add(detail, "%s@%s is for other hardware than %s %s", b->name,
                   b->version, inv->manufacturer, inv->model);
        return PLAN_NOT_APPLICABLE;
    case BUNDLE_UNKNOWN_HARDWARE:
        reason_add(detail, "%s@%s asks for %s, which the device does not report",
                   b->name, b->version,
                   !*inv->manufacturer ? "the manufacturer"
                   : !*inv->model      ? "the model"
                                       : "the hardware version");
        return PLAN_UNKNOWN_HARDWARE;
    }
    return PLAN_INCLUDED;
}

static bool is_wanted(const struct planner_request *r, const char *component)
{
    for (size_t i = 0; i < r->component_count; i++)
        if (strcmp(r->components[i], component) == 0)
            return true;
    return r->component_count == 0;
}

/* @return the first component that the target updates and the device lacks, or NULL */
static const char *find_missing(const struct planner_request *r)
{
    const struct bundle *b = r->bundle;
    for (uint16_t i = 0; i < b->provide_count; i++) {
        const char *name = b->provides[i].component;
        if (is_wanted(r, name) && bundle_target(b, name) &&
            !inventory_find(r->inventory, name))
            return name;
    }
    return NULL;
}

static int list_installed(const struct inventory *inv, struct plan_group *out)
{
    out->installed = calloc(inv->count + 1u, sizeof *out->installed);
    if (!out->installed)
        return -ENOMEM;
    for (uint8_t i = 0; i < inv->count; i++) {
        TEXT_COPY(out->installed[i].component, inv->components[i].name);
        TEXT_COPY(out->installed[i].version, inv->components[i].version);
    }
    out->installed_count = inv->count;
    return 0;
}

static void write_changes(const struct world *w, const struct move *m,
                          const struct state *before, struct plan_stage *out)
{
    const struct bundle_provide *provides =
        m->bundle->provides + m->package->provide_first;
    for (uint8_t i = 0; i < m->change_count; i++) {
        struct plan_change *c = &out->changes[out->count++];
        TEXT_COPY(c->component, provides[i].component);
        TEXT_COPY(c->from, world_version(w, before, m->changes[i].part));
        TEXT_COPY(c->to, provides[i].version);
        TEXT_COPY(c->digest, m->package->digest);
        bundle_ref(m->bundle, c->bundle);
        c->package = (uint16_t)(m->package - m->bundle->packages);
        if (i == 0)
            c->bytes = m->package->size;
        else
            TEXT_COPY(c->with, provides[0].component);
    }
}

static int write_stage(const struct world *w, const struct way *way, size_t at,
                       struct plan_stage *out)
{
    const struct stage *stage = &way->stages[at];
    struct state before = {0};
    struct reason reason;
    size_t changes = 0;

    for (size_t i = 0; i < at; i++)
        stage_apply(w, &way->stages[i], &before);
    for (uint8_t i = 0; i < stage->count; i++)
        changes += w->moves[stage->moves[i]].change_count;
    explain_stage(w, way, at, &reason);
    out->changes = calloc(changes + 1, sizeof *out->changes);
    out->reason = strdup(reason.text);
    if (!out->changes || !out->reason)
        return -ENOMEM;
    for (uint8_t i = 0; i < stage->count; i++)
        write_changes(w, &w->moves[stage->moves[i]], &before, out);
    out->atomic = stage->count > 1 && stage_is_atomic(w, stage);
    return 0;
}

static int write_way(const struct world *w, const struct way *way,
                     struct plan_group *out)
{
    struct reason unknown;
    explain_unknown(w, &unknown);
    if (unknown.len) {
        out->detail = copy_detail(unknown.text);
        if (!out->detail)
            return -ENOMEM;
    }
    if (way->count == 0)
        return 0;
    out->stages = calloc(way->count, sizeof *out->stages);
    if (!out->stages)
        return -ENOMEM;
    for (size_t i = 0; i < way->count; i++) {
        out->stage_count++;
        int rc = write_stage(w, way, i, &out->stages[i]);
        if (rc)
            return rc;
        for (size_t k = 0; k < out->stages[i].count; k++)
            out->bytes += out->stages[i].changes[k].bytes;
    }
    return 0;
}

static int write_no_way(struct world *w, struct plan_group *out)
{
    enum plan_exclusion code;
    struct reason reason;
    int rc = blame(w, &code, &reason);
    return rc ? rc : exclude(out, code, reason.text);
}

static int write_bound(const struct world *w, struct plan_group *out)
{
    char text[PLAN_DETAIL_MAX + 1];
    if (w->overfull)
        snprintf(text, sizeof text, "%s has more than %d versions in the catalogue",
                 w->overfull, PLANNER_VERSIONS_MAX);
    else
        snprintf(text, sizeof text,
                 "the search was ended after %u steps without a result", w->work_max);
    return exclude(out, PLAN_SEARCH_BOUND, text);
}

static int solve(struct world *w, struct plan_group *out)
{
    struct way way = {.count = 0};
    int rc = w->overfull ? SEARCH_BOUND : search_way(w, &way);
    if (rc == 0)
        rc = way.count > PLAN_STAGES_MAX ? SEARCH_BOUND : write_way(w, &way, out);
    way_fini(&way);
    if (rc == SEARCH_BOUND)
        return write_bound(w, out);
    return rc == SEARCH_NO_WAY ? write_no_way(w, out) : rc;
}

static int plan_for(const struct planner_request *request, struct plan_group *out)
{
    struct reason detail = {.len = 0};
    int rc = list_installed(request->inventory, out);
    if (rc)
        return rc;
    enum plan_exclusion code = find_obstacle(request, &detail);
    const char *missing = code == PLAN_INCLUDED ? find_missing(request) : NULL;
    if (missing) {
        code = PLAN_MISSING_COMPONENT;
        reason_add(&detail, "the device has no component %s", missing);
    }
    if (code != PLAN_INCLUDED)
        return exclude(out, code, detail.text);

    struct world w;
    rc = world_init(&w, request, (struct leniency){false});
    if (rc == 0)
        rc = solve(&w, out);
    world_fini(&w);
    return rc;
}

int planner_make(const struct planner_request *request, struct plan_group *out)
{
    struct plan_group group = {.exclusion = PLAN_INCLUDED};
    int rc = plan_for(request, &group);
    if (rc)
        plan_group_fini(&group);
    else
        *out = group;
    return rc;
}
