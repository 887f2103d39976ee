/* SPDX-License-Identifier: Apache-2.0 */
/* bundles.c - /v1/bundles, but for their upload. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/bundle_json.h"
#include "api/handlers.h"
#include "api/list.h"
#include "campaigns/bundle.h"
#include "campaigns/command.h"

int bundle_lookup(struct store *st, const char *ref, struct bundle_row *out)
{
    const char *at = strrchr(ref, '@');
    char name[STORE_NAME_MAX + 1];
    int64_t id;

    if (!at)
        return text_int_read(ref, &id) == 0 ? store_bundle_get(st, id, out)
                                            : STORE_E_NOT_FOUND;
    if ((size_t)(at - ref) >= sizeof name)
        return STORE_E_NOT_FOUND;
    snprintf(name, sizeof name, "%.*s", (int)(at - ref), ref);
    return store_bundle_by_name(st, name, at + 1, out);
}

void bundle_members(struct json *j, const struct bundle_row *row)
{
    char ref[2 * STORE_NAME_MAX + 2];

    snprintf(ref, sizeof ref, "%s@%s", row->name, row->version);
    json_id(j, "id", row->id);
    json_text(j, "bundle", ref);
    json_text(j, "name", row->name);
    json_text(j, "version", row->version);
    json_text_if(j, "vendor", row->vendor);
    json_int(j, "sequence", row->sequence);
    json_text(j, "state", row->state);
    json_text_if(j, "problem", row->problem);
    json_text_if(j, "sha256", row->digest);
    json_time(j, "created_at", row->created_ms);
    json_text_if(j, "created_by", row->created_by);
}

static void package_object(struct json *j, const struct bundle_package_row *row)
{
    json_object(j, NULL);
    json_int(j, "package", row->ordinal);
    json_text(j, "component", row->component);
    json_text(j, "version", row->version);
    json_text_if(j, "sha256", row->digest);
    json_text_if(j, "uri", row->uri);
    json_int(j, "size", row->size_bytes);
    json_text(j, "state",
              *row->state ? row->state
              : *row->uri ? "elsewhere"
                          : "missing");
    json_end(j);
}

static int package_members(struct request *rq, int64_t id, struct json *j)
{
    struct bundle_package_row *rows = calloc(BUNDLE_PROVIDES_MAX, sizeof *rows);
    size_t count = 0;

    if (!rows)
        return -ENOMEM;
    int rc = store_bundle_packages(rq->store, id, rows, BUNDLE_PROVIDES_MAX, &count);
    if (rc == 0) {
        json_array(j, "packages");
        for (size_t i = 0; i < count && i < BUNDLE_PROVIDES_MAX; i++)
            package_object(j, &rows[i]);
        json_end(j);
    }
    free(rows);
    return rc;
}

int bundle_answer(struct request *rq, struct response *rs, const char *ref, int status)
{
    struct bundle_row row;

    int rc = bundle_lookup(rq->store, ref, &row);
    if (rc != 0)
        return response_store(rs, rc, "bundle");
    response_mark(rs, "%s", "");
    struct json j = response_json(rs, status);
    json_object(&j, NULL);
    bundle_members(&j, &row);
    rc = package_members(rq, row.id, &j);
    json_end(&j);
    return rc;
}

static int fill_bundles(struct request *rq, struct page *page, struct rows *rows)
{
    struct bundle_row *found = list_rows(page, sizeof *found);
    const char *state = request_parameter(rq, "state");

    if (!found)
        return -ENOMEM;
    int rc = store_bundle_page(rq->store, state ? state : "", found, page);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        bundle_members(row_begin(rows), &found[i]);
        row_end(rows);
    }
    free(found);
    return rc;
}

int bundles_list(struct request *rq, struct response *rs)
{
    static const struct list list = {FILTER_OF_BUNDLES, PAGE_DOWN, fill_bundles};

    return list_answer(rq, rs, &list);
}

int bundles_one(struct request *rq, struct response *rs)
{
    return bundle_answer(rq, rs, rq->params[0], 200);
}

int bundles_manifest(struct request *rq, struct response *rs)
{
    struct bundle_row row;
    char *manifest = NULL;

    int rc = bundle_lookup(rq->store, rq->params[0], &row);
    if (rc == 0)
        rc = store_bundle_manifest(rq->store, row.id, &manifest);
    if (rc != 0)
        return response_store(rs, rc, "bundle");
    response_mark(rs, "%s", row.digest);
    rs->status = 200;
    text_put(&rs->body, manifest);
    free(manifest);
    return 0;
}

static int answer_same_bundle(struct request *rq, struct response *rs)
{
    return bundle_answer(rq, rs, rq->params[0], 200);
}

/* Both are named by their path, and are the core's. */
static int submit(struct request *rq, struct response *rs, int kind,
                  request_after *after)
{
    struct bundle_row row;

    int rc = bundle_lookup(rq->store, rq->params[0], &row);
    if (rc != 0)
        return response_store(rs, rc, "bundle");
    struct command *c = request_command(rq, kind);
    if (c)
        snprintf(c->bundle.ref, sizeof c->bundle.ref, "%s@%s", row.name, row.version);
    return request_submit(rq, rs, c, after);
}

int bundles_withdraw(struct request *rq, struct response *rs)
{
    return submit(rq, rs, COMMAND_BUNDLE_WITHDRAW, answer_same_bundle);
}

int bundles_delete(struct request *rq, struct response *rs)
{
    return submit(rq, rs, COMMAND_BUNDLE_DELETE, request_answer_nothing);
}
