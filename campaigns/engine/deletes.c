/* SPDX-License-Identifier: Apache-2.0 */
/* deletes.c - bundles and campaigns that nobody needs any more. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/bundle.h"
#include "campaigns/engine/engine_internal.h"
#include "store/bundles.h"

/* ---- campaigns ---- */

static bool is_pending(const struct engine *e, enum command_kind kind, int64_t id)
{
    for (size_t i = 0; i < EFFECT_LISTS; i++)
        for (const struct effect *f = e->effects[i].first; f; f = f->next)
            if (f->command && f->command->kind == kind &&
                f->command->campaign_action.campaign_id == id)
                return true;
    return false;
}

bool campaign_is_leaving(const struct engine *e, int64_t id)
{
    return is_pending(e, COMMAND_CAMPAIGN_DELETE, id);
}

bool campaign_is_changing(const struct engine *e, int64_t id)
{
    return is_pending(e, COMMAND_CAMPAIGN_ACTION, id) ||
           is_pending(e, COMMAND_CAMPAIGN_PATCH, id);
}

void campaign_delete(struct engine *e, const struct answer *a)
{
    int64_t campaign_id = a->command->campaign_action.campaign_id;
    struct campaign_row row;
    char id[24];

    int rc = store_campaign_get(e->reader, campaign_id, &row);
    if (rc < 0)
        e->err = rc;
    if (rc != 0 || campaign_is_leaving(e, campaign_id)) {
        answer_now(a, COMMAND_NOT_FOUND, "not-found", "There is no such campaign.");
        return;
    }
    if (run_of(e, campaign_id) || start_is_begun(e, campaign_id)) {
        answer_now(a, COMMAND_CONFLICT, "campaign-state",
                   "The campaign is under way; abort it first.");
        return;
    }
    snprintf(id, sizeof id, "%" PRId64, campaign_id);
    size_t index = engine_put(e, &(struct change){.kind = CHANGE_CAMPAIGN_DELETE,
                                                  .revision = a->command->revision,
                                                  .campaign_id = campaign_id});
    /* not of the campaign: its own events go with it */
    catalogue_done(e, a, &(struct catalogue_change){index, "campaign", "deleted", id});
}

/* ---- bundles ---- */

/* One that is under way and uses a package of the bundle, for another bundle too. */
static int find_user(struct engine *e, int64_t bundle_id, struct campaign_row *out)
{
    struct bundle_package_row *rows = calloc(BUNDLE_PROVIDES_MAX, sizeof *rows);
    struct page page = {.limit = 1};
    size_t count = 0;

    int rc = rows ? store_bundle_packages(e->reader, bundle_id, rows,
                                          BUNDLE_PROVIDES_MAX, &count)
                  : -ENOMEM;
    for (size_t i = 0; i < count && page.count == 0 && rc == 0; i++)
        rc = store_campaign_by_package(e->reader, rows[i].digest, out, &page);
    free(rows);
    return rc == 0 && page.count == 0 ? STORE_E_NOT_FOUND : rc;
}

/* @return true if a was answered */
static bool refuse_used(struct engine *e, const struct answer *a, int64_t bundle_id)
{
    struct campaign_row user;

    int rc = store_campaign_by_bundle(e->reader, bundle_id, &user);
    if (rc == STORE_E_NOT_FOUND)
        rc = find_user(e, bundle_id, &user);
    if (rc < 0)
        e->err = rc;
    if (rc == 0)
        answer_in_use(a, "bundle-in-use", &user);
    return rc == 0;
}

/* @return the index of the change; a is answered when it is durable, or was now */
static size_t put_delete(struct engine *e, const struct answer *a, int64_t bundle_id,
                         const char *ref)
{
    struct change change = {.kind = CHANGE_BUNDLE_DELETE, .bundle_id = bundle_id};
    size_t index = engine_put(e, &change);
    struct effect *f = effect_new(e, EFFECT_BUNDLE_GONE, e->number);

    if (!f) {
        answer_now(a, COMMAND_BUSY, "busy", "The server has no memory for this now.");
        return SIZE_MAX;
    }
    f->command = a->command;
    f->ticket = a->ticket;
    f->index = index;
    f->bundle_id = bundle_id;
    snprintf(f->result.id, sizeof f->result.id, "%s", ref);
    return index;
}

void bundle_gone(struct engine *e, struct effect *f, const struct batch *applied)
{
    struct answer a = {f->command, f->ticket};
    const struct change_result *result =
        f->index == SIZE_MAX ? NULL : batch_result(applied, f->index);

    if (!result || result->rc != 0 || result->done) {
        answer_effect(f, applied);
        return;
    }
    f->command = NULL;
    (void)put_delete(e, &a, f->bundle_id, f->result.id);
}

/* Withdrawn first, so that no new plan begins to use it between two chunks. */
void bundle_delete(struct engine *e, const struct answer *a)
{
    const char *ref = a->command->bundle.ref;
    struct bundle_row row;

    if (bundle_find(e, ref, &row) != 0) {
        answer_now(a, COMMAND_NOT_FOUND, "not-found", "There is no such bundle.");
        return;
    }
    if (refuse_used(e, a, row.id))
        return;
    engine_put(e, &(struct change){.kind = CHANGE_BUNDLE_STATE,
                                   .bundle_state = {row.id, "withdrawn", ""}});
    size_t index = put_delete(e, a, row.id, ref);
    catalogue_event(e, a, &(struct catalogue_change){index, "bundle", "deleted", ref});
}
