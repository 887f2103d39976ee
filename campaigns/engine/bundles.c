/* SPDX-License-Identifier: Apache-2.0 */
/* bundles.c - bundles and packages.
 *
 * A bundle is ready when all its packages are: looked at again when a change of either
 * is durable, since only then the reader sees it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/bundle_json.h"
#include "campaigns/engine/engine_internal.h"
#include "store/bundles.h"
#include "store/packages.h"

static bool split_ref(const char *ref, char *name, size_t size, const char **version)
{
    const char *at = strrchr(ref, '@');

    if (!at || (size_t)(at - ref) >= size)
        return false;
    memcpy(name, ref, (size_t)(at - ref));
    name[at - ref] = '\0';
    *version = at + 1;
    return true;
}

int bundle_find(struct engine *e, const char *ref, struct bundle_row *out)
{
    char name[STORE_NAME_MAX + 1];
    const char *version;

    if (!split_ref(ref, name, sizeof name, &version))
        return STORE_E_NOT_FOUND;
    int rc = store_bundle_by_name(e->reader, name, version, out);
    if (rc < 0)
        e->err = rc;
    return rc;
}

static size_t bundle_rows(const struct bundle *b, struct bundle_package_row *rows)
{
    size_t count = 0;

    for (size_t i = 0; i < b->package_count; i++) {
        const struct bundle_package *p = &b->packages[i];
        for (size_t n = 0; n < p->provide_count && count < BUNDLE_PROVIDES_MAX; n++) {
            const struct bundle_provide *provide = &b->provides[p->provide_first + n];
            struct bundle_package_row *row = &rows[count++];
            *row = (struct bundle_package_row){.ordinal = (int)i,
                                               .size_bytes = (int64_t)p->size};
            snprintf(row->component, sizeof row->component, "%s", provide->component);
            snprintf(row->version, sizeof row->version, "%s", provide->version);
            snprintf(row->digest, sizeof row->digest, "%s", p->digest);
            snprintf(row->uri, sizeof row->uri, "%s", p->uri);
        }
    }
    return count;
}

/* @return the effect; NULL: no memory, a was answered */
static struct effect *check_later(struct engine *e, const struct answer *a,
                                  size_t index, const char *id, const char *digest)
{
    answer_keep(e, a, index, id);
    struct effect *f = effect_new(e, EFFECT_BUNDLES, e->number);

    if (!f) {
        answer_now(a, COMMAND_BUSY, "busy", "The server has no memory for this now.");
        return NULL;
    }
    f->command = a->command;
    f->ticket = a->ticket;
    f->index = index;
    snprintf(f->digest, sizeof f->digest, "%s", digest);
    snprintf(f->result.id, sizeof f->result.id, "%s", id);
    return f;
}

static void put_bundle(struct engine *e, const struct answer *a, const struct bundle *b)
{
    struct bundle_package_row *rows = calloc(BUNDLE_PROVIDES_MAX, sizeof *rows);
    struct bundle_row row = {.sequence = (int64_t)b->sequence,
                             .state = "uploading",
                             .created_ms = e->now.wall_ms};
    char ref[BUNDLE_REF_MAX + 1];

    if (!rows) {
        e->err = -ENOMEM;
        answer_now(a, COMMAND_BUSY, "busy", "The server has no memory for this now.");
        return;
    }
    bundle_ref(b, ref);
    snprintf(row.name, sizeof row.name, "%s", b->name);
    snprintf(row.version, sizeof row.version, "%s", b->version);
    snprintf(row.vendor, sizeof row.vendor, "%.*s", STORE_NAME_MAX, b->vendor);
    snprintf(row.created_by, sizeof row.created_by, "%s", a->command->actor);
    size_t count = bundle_rows(b, rows);
    size_t index = engine_put(
        e, &(struct change){.kind = CHANGE_BUNDLE_PUT,
                            .bundle = {&row, a->command->text, rows, count}});
    free(rows);
    catalogue_event(e, a, &(struct catalogue_change){index, "bundle", "created", ref});
    if (index == SIZE_MAX)
        answer_now(a, COMMAND_INVALID, "too-long",
                   "A text of the manifest is too long.");
    else
        (void)check_later(e, a, index, ref, "");
}

/* @return true if a was answered: a bundle of this name is there */
static bool answer_known(struct engine *e, const struct answer *a, const char *ref)
{
    struct bundle_row row;
    char *manifest = NULL;

    if (bundle_find(e, ref, &row) != 0)
        return false;
    int rc = store_bundle_manifest(e->reader, row.id, &manifest);
    if (rc < 0)
        e->err = rc;
    bool is_same =
        rc == 0 && a->command->text && strcmp(manifest, a->command->text) == 0;
    free(manifest);
    if (is_same)
        answer_now(a, COMMAND_ALREADY, "", "");
    else
        answer_now(a, COMMAND_CONFLICT, "bundle-exists",
                   "A bundle of this name and version has another manifest.");
    return true;
}

void bundle_create(struct engine *e, const struct answer *a)
{
    struct bundle *b = malloc(sizeof *b);
    struct bundle_problem problem = {.text = ""};
    const char *text = a->command->text ? a->command->text : "";
    char ref[BUNDLE_REF_MAX + 1], detail[430];

    int rc = b ? bundle_parse(text, strlen(text), b, &problem) : -ENOMEM;
    if (rc == 0) {
        bundle_ref(b, ref);
        if (!answer_known(e, a, ref))
            put_bundle(e, a, b);
    } else if (rc > 0) {
        snprintf(detail, sizeof detail, "%s: %s", problem.path, problem.text);
        answer_now(a, COMMAND_INVALID, "invalid-bundle", detail);
    } else {
        answer_now(a, COMMAND_BUSY, "busy", "The server has no memory for this now.");
    }
    free(b);
}

static size_t put_bundle_state(struct engine *e, const struct bundle_row *row,
                               const char *state, const char *problem)
{
    return engine_put(e, &(struct change){.kind = CHANGE_BUNDLE_STATE,
                                          .bundle_state = {row->id, state, problem}});
}

void bundle_withdraw(struct engine *e, const struct answer *a)
{
    struct bundle_row row;
    const char *ref = a->command->bundle.ref;

    if (bundle_find(e, ref, &row) != 0) {
        answer_now(a, COMMAND_NOT_FOUND, "not-found", "There is no such bundle.");
    } else if (strcmp(row.state, "withdrawn") == 0) {
        answer_now(a, COMMAND_ALREADY, "", "");
    } else {
        size_t index = put_bundle_state(e, &row, "withdrawn", "");
        catalogue_done(e, a,
                       &(struct catalogue_change){index, "bundle", "withdrawn", ref});
    }
}

/* What the bundle should be now. @return its state; e->err */
static const char *judge(struct engine *e, const struct bundle_row *row,
                         char problem[STORE_DETAIL_MAX + 1])
{
    struct bundle_unlike unlike;
    size_t missing = 0;

    *problem = '\0';
    int rc = store_bundle_unlike(e->reader, row->id, &unlike);
    if (rc == 0) {
        snprintf(problem, STORE_DETAIL_MAX + 1,
                 "package %s has %" PRId64 " bytes, the manifest says %" PRId64
                 ": delete the bundle and send one with the right size",
                 unlike.digest, unlike.held_bytes, unlike.said_bytes);
        return "quarantined";
    }
    if (rc == STORE_E_NOT_FOUND)
        rc = store_bundle_missing(e->reader, row->id, &missing);
    if (rc < 0)
        e->err = rc;
    if (rc == 0 && missing == 0)
        return "ready";
    if (rc != 0 || strcmp(row->state, "ready") != 0)
        return row->state;
    snprintf(problem, STORE_DETAIL_MAX + 1, "a package is damaged or gone");
    return "quarantined";
}

/* @return true if a change was put */
static bool check_bundle(struct engine *e, const struct bundle_row *row)
{
    char ref[2 * STORE_NAME_MAX + 2], body[2 * sizeof ref];
    char problem[STORE_DETAIL_MAX + 1];

    if (strcmp(row->state, "withdrawn") == 0)
        return false;
    const char *state = judge(e, row, problem);
    if (strcmp(state, row->state) == 0)
        return false;
    size_t index = put_bundle_state(e, row, state, problem);
    snprintf(ref, sizeof ref, "%s@%s", row->name, row->version);
    snprintf(body, sizeof body, "{\"id\":\"%s\",\"state\":\"%s\"}", ref, state);
    event_put(e, &(struct event_of){.kind = "bundle",
                                    .name = state,
                                    .actor = ENGINE_ACTOR,
                                    .body = body,
                                    .needs = index + 1});
    return true;
}

static bool check_by_digest(struct engine *e, const char *digest)
{
    struct bundle_row rows[8];
    struct page page = {.limit = 8};
    bool has_changed = false;

    do {
        int rc = store_bundle_by_package(e->reader, digest, rows, &page);
        if (rc < 0)
            e->err = rc;
        for (size_t i = 0; rc == 0 && i < page.count; i++)
            has_changed |= check_bundle(e, &rows[i]);
        page.after = page.next;
    } while (page.next && !e->err);
    return has_changed;
}

/* Until nothing changes: what was under way meanwhile is durable then as well. */
void bundles_check(struct engine *e, struct effect *f, const struct batch *applied)
{
    struct bundle_row row;
    bool has_changed;

    if (f->index != SIZE_MAX && batch_result(applied, f->index)->rc != 0) {
        answer_effect(f, applied);
        return;
    }
    if (*f->digest)
        has_changed = check_by_digest(e, f->digest);
    else
        has_changed = bundle_find(e, f->result.id, &row) == 0 && check_bundle(e, &row);
    struct effect *again =
        has_changed ? effect_new(e, EFFECT_BUNDLES, e->number) : NULL;
    if (!again) {
        answer_effect(f, applied);
        return;
    }
    again->command = f->command;
    again->ticket = f->ticket;
    again->result = f->result;
    memcpy(again->digest, f->digest, sizeof again->digest);
    f->command = NULL;
}

/* ---- packages ---- */

static void pause_without(struct engine *e, struct run *run, const char *digest)
{
    if (strcmp(run->row.state, "running") != 0)
        return;
    snprintf(run->row.reason, sizeof run->row.reason, "package-missing");
    snprintf(run->row.detail, sizeof run->row.detail,
             "Package %s cannot be read; upload it again, then resume.", digest);
    run_set_state(e, run, "paused", "paused", ENGINE_ACTOR);
}

void package_out(struct engine *e, const char *digest)
{
    struct campaign_row rows[4];
    struct page page = {.limit = 4};

    do {
        int rc = store_campaign_by_package(e->reader, digest, rows, &page);
        if (rc < 0)
            e->err = rc;
        for (size_t i = 0; i < page.count && !e->err; i++) {
            struct run *run = run_of(e, rows[i].id);
            if (run)
                pause_without(e, run, digest);
        }
        page.after = page.next;
    } while (page.next && !e->err);
}

bool package_refuse(struct engine *e, int64_t campaign_id, const struct answer *a)
{
    char digest[STORE_DIGEST_HEX + 1], detail[140];

    int rc = store_campaign_missing(e->reader, campaign_id, digest);
    if (rc < 0)
        e->err = rc;
    if (rc != 0)
        return false;
    snprintf(detail, sizeof detail,
             "Package %s of the campaign is not here; upload it again.", digest);
    answer_now(a, COMMAND_CONFLICT, "package-missing", detail);
    return true;
}

/* Ready again is put again, as what the reader shows may be about to change; and
 * somebody wants the package now. */
void package_state(struct engine *e, const struct answer *a)
{
    const struct command *c = a->command;
    bool is_ready = c->kind == COMMAND_PACKAGE_READY;
    struct package_row row = {.size_bytes = c->package.size_bytes,
                              .created_ms = e->now.wall_ms,
                              .wanted_ms = is_ready ? e->now.wall_ms : 0};
    struct package_row known;

    snprintf(row.digest, sizeof row.digest, "%s", c->package.digest);
    snprintf(row.state, sizeof row.state, "%s", is_ready ? "ready" : "damaged");
    int rc = store_package_get(e->reader, row.digest, &known);
    if (rc < 0)
        e->err = rc;
    bool is_known = rc == 0 && strcmp(known.state, row.state) == 0;
    if (is_known && !is_ready) {
        answer_now(a, COMMAND_ALREADY, "", "");
        return;
    }
    if (rc == 0 && !is_ready)
        row.size_bytes = known.size_bytes;
    size_t index =
        engine_put(e, &(struct change){.kind = CHANGE_PACKAGE_PUT, .package = &row});
    if (!is_known)
        catalogue_event(
            e, a, &(struct catalogue_change){index, "package", row.state, row.digest});
    if (!is_ready)
        package_out(e, row.digest);
    if (index == SIZE_MAX) {
        answer_now(a, COMMAND_INVALID, "invalid-digest", "The digest is too long.");
        return;
    }
    struct effect *f = check_later(e, a, index, row.digest, row.digest);
    if (f && is_known)
        f->result.status = COMMAND_ALREADY;
}
