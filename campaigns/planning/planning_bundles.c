/* SPDX-License-Identifier: Apache-2.0 */
/* planning_bundles.c - ready bundles as a catalogue. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/bundle_json.h"
#include "campaigns/planning/planning_internal.h"
#include "campaigns/text.h"
#include "store/bundles.h"

enum { BUNDLES_PER_PAGE = 32 };

void planning_say(struct planning_problem *problem, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(problem->text, sizeof problem->text, format, args);
    va_end(args);
}

/* "name@version"; a name has no "@". @return false if ref is no such text */
static bool split_ref(const char *ref, char *name, char *version)
{
    const char *at = strchr(ref, '@');
    if (!at || at == ref || at - ref > BUNDLE_NAME_MAX || !at[1] ||
        strlen(at + 1) > BUNDLE_VERSION_MAX)
        return false;
    memcpy(name, ref, (size_t)(at - ref));
    name[at - ref] = '\0';
    text_copy(version, BUNDLE_VERSION_MAX + 1, at + 1);
    return true;
}

static int find_row(struct store *reader, const char *ref, struct bundle_row *row,
                    struct planning_problem *problem)
{
    char name[BUNDLE_NAME_MAX + 1], version[BUNDLE_VERSION_MAX + 1];
    int rc = STORE_E_NOT_FOUND;
    if (split_ref(ref, name, version))
        rc = store_bundle_by_name(reader, name, version, row);
    if (rc <= 0)
        return rc;
    planning_say(problem, "there is no bundle %.128s", ref);
    return PLANNING_E_BUNDLE;
}

/* @param out  owned, free(); NULL if what is stored does not read as a bundle */
static int load_bundle(struct store *reader, int64_t id, struct bundle **out)
{
    struct bundle_problem problem;
    char *manifest;
    *out = NULL;
    int rc = store_bundle_manifest(reader, id, &manifest);
    if (rc)
        return rc < 0 ? rc : 0;
    struct bundle *b = malloc(sizeof *b);
    rc = b ? bundle_parse(manifest, strlen(manifest), b, &problem) : -ENOMEM;
    free(manifest);
    if (rc == 0)
        *out = b;
    else
        free(b);
    return rc < 0 ? rc : 0;
}

/* @param out  owned, free(). @return 0, PLANNING_E_BUNDLE, _NOT_READY, -errno */
static int load_ready(struct store *reader, const char *ref, struct bundle **out,
                      struct planning_problem *problem)
{
    struct bundle_row row;
    size_t missing;
    int rc = find_row(reader, ref, &row, problem);
    if (rc == 0 && strcmp(row.state, "ready") != 0) {
        planning_say(problem, "bundle %s is %s%s%s", ref, row.state,
                     *row.problem ? ": " : "", row.problem);
        return PLANNING_E_NOT_READY;
    }
    if (rc == 0)
        rc = store_bundle_missing(reader, row.id, &missing);
    if (rc == 0 && missing > 0) {
        planning_say(problem, "%zu packages of bundle %s are missing or damaged",
                     missing, ref);
        return PLANNING_E_NOT_READY;
    }
    if (rc == 0)
        rc = load_bundle(reader, row.id, out);
    if (rc == 0 && !*out) {
        planning_say(problem, "the stored manifest of %s is not a bundle any more",
                     ref);
        return PLANNING_E_NOT_READY;
    }
    return rc;
}

int planning_bundle_ready(struct store *reader, const char *ref,
                          struct planning_problem *problem)
{
    struct bundle *b = NULL;
    int rc = load_ready(reader, ref, &b, problem);
    free(b);
    return rc;
}

static bool share_hardware(const struct bundle *a, const struct bundle *b)
{
    if (strcmp(a->manufacturer, b->manufacturer) != 0)
        return false;
    for (uint8_t i = 0; i < a->model_count; i++)
        for (uint8_t k = 0; k < b->model_count; k++)
            if (strcmp(a->models[i], b->models[k]) == 0)
                return true;
    return false;
}

/* A bundle whose packages are not all there is no help on the way. */
static int add_row(struct store *reader, const struct bundle_row *row,
                   const struct bundle *target, struct catalogue *cat)
{
    size_t missing;
    struct bundle *b;
    int rc = store_bundle_missing(reader, row->id, &missing);
    if (rc || missing > 0)
        return rc < 0 ? rc : 0;
    rc = load_bundle(reader, row->id, &b);
    if (rc == 0 && !b)
        snprintf(cat->unreadable, sizeof cat->unreadable, "%.63s@%.63s", row->name,
                 row->version);
    if (rc || !b)
        return rc;
    rc = share_hardware(b, target) ? catalogue_put(cat, b) : 1;
    if (rc)
        free(b);
    return rc < 0 ? rc : 0;
}

int planning_catalogue(struct store *reader, const struct bundle *target,
                       struct catalogue *out)
{
    struct bundle_row *rows = calloc(BUNDLES_PER_PAGE, sizeof *rows);
    struct page page = {.limit = BUNDLES_PER_PAGE};
    struct catalogue cat;
    int rc = rows ? 0 : -ENOMEM;
    catalogue_init(&cat);
    do {
        if (rc == 0)
            rc = store_bundle_page(reader, "ready", rows, &page);
        for (size_t i = 0; i < page.count && rc == 0; i++)
            rc = add_row(reader, &rows[i], target, &cat);
        page.after = page.next;
    } while (rc == 0 && page.next);
    free(rows);
    if (rc)
        catalogue_fini(&cat);
    else
        *out = cat;
    return rc;
}

int planning_load(struct store *reader, const char *ref, struct planning_ground *out,
                  struct planning_problem *problem)
{
    struct planning_ground ground = {.target = NULL};
    struct bundle *b = NULL;
    int rc = load_ready(reader, ref, &b, problem);
    if (rc)
        return rc;
    rc = planning_catalogue(reader, b, &ground.catalogue);
    free(b);
    if (rc)
        return rc;
    ground.target = catalogue_find(&ground.catalogue, ref);
    if (ground.target) {
        *out = ground;
        return 0;
    }
    planning_unload(&ground);
    planning_say(problem, "bundle %s was withdrawn just now", ref);
    return PLANNING_E_NOT_READY;
}

void planning_unload(struct planning_ground *ground)
{
    catalogue_fini(&ground->catalogue);
    ground->target = NULL;
}

/* A bundle that is gone, or reads as none, is left out. */
static int add_named(struct store *reader, const char *ref, struct catalogue *cat)
{
    struct planning_problem problem;
    struct bundle_row row;
    struct bundle *b = NULL;
    if (catalogue_find(cat, ref))
        return 0;
    int rc = find_row(reader, ref, &row, &problem);
    if (rc == 0)
        rc = load_bundle(reader, row.id, &b);
    if (rc == 0 && b)
        rc = catalogue_put(cat, b);
    if (rc)
        free(b);
    return rc < 0 ? rc : 0;
}

int planning_bundles_of(struct store *reader, const struct plan_group *group,
                        struct catalogue *out)
{
    struct catalogue cat;
    int rc = 0;
    catalogue_init(&cat);
    for (size_t s = 0; s < group->stage_count; s++)
        for (size_t i = 0; i < group->stages[s].count && rc == 0; i++)
            rc = add_named(reader, group->stages[s].changes[i].bundle, &cat);
    if (rc)
        catalogue_fini(&cat);
    else
        *out = cat;
    return rc;
}
