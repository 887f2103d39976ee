/* SPDX-License-Identifier: Apache-2.0 */
/* webhooks.c - /v1/webhooks: who is told of events. The secret is shown once. */
#include "store/webhooks.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/event_json.h"
#include "api/handlers.h"
#include "api/json_read.h"
#include "api/match.h"
#include "campaigns/command.h"
#include "campaigns/merge_patch.h"
#include "campaigns/names.h"

enum { SECRET_BYTES = 32, SECRET_MIN = 16 };

static void kind_words(struct json *j, const char *kinds)
{
    json_array(j, "kinds");
    for (kinds += strspn(kinds, " "); *kinds; kinds += strspn(kinds, " ")) {
        size_t len = strcspn(kinds, " ");
        json_text_n(j, NULL, kinds, len);
        kinds += len;
    }
    json_end(j);
}

/* What people write of it, but for the secret. */
static void own_members(struct json *j, const struct webhook_row *row)
{
    json_text(j, "name", row->name);
    json_text(j, "url", row->url);
    kind_words(j, row->kinds);
    if (row->campaign_id != 0)
        json_id(j, "campaign", row->campaign_id);
    json_bool(j, "enabled", row->is_enabled);
}

static void members(struct json *j, const struct webhook_row *row)
{
    own_members(j, row);
    json_time(j, "created_at", row->created_ms);
    json_text_if(j, "created_by", row->created_by);
    json_id(j, "done_event_id", row->done_id);
}

static int fill_webhooks(struct request *rq, struct page *page, struct rows *rows)
{
    struct webhook_row *found = list_rows(page, sizeof *found);

    if (!found)
        return -ENOMEM;
    int rc = store_webhook_page(rq->store, found, page);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        members(row_begin(rows), &found[i]);
        row_end(rows);
    }
    free(found);
    return rc;
}

int webhooks_list(struct request *rq, struct response *rs)
{
    static const struct list list = {FILTER_OF_WEBHOOKS, PAGE_UP, fill_webhooks};

    return list_answer(rq, rs, &list);
}

int webhooks_one(struct request *rq, struct response *rs)
{
    struct webhook_row row;

    int rc = store_webhook_get(rq->store, rq->params[0], &row);
    if (rc != 0)
        return response_store(rs, rc, "webhook");
    response_mark(rs, "%" PRId64, row.revision);
    struct json j = response_json(rs, 200);
    json_object(&j, NULL);
    members(&j, &row);
    json_end(&j);
    return 0;
}

/* ---- put ---- */

/* What is made, and the only place where its secret stands as it is. */
struct new_webhook {
    struct webhook_row row;
    char secret[SEAL_SECRET_MAX + 1];
};

static void new_webhook_free(void *kept)
{
    explicit_bzero(kept, sizeof(struct new_webhook));
    free(kept);
}

static bool is_secret(const char *secret)
{
    size_t len = strlen(secret);

    for (const char *c = secret; *c; c++)
        if (*c < ' ' || *c > '~')
            return false;
    return len >= SECRET_MIN && len <= SEAL_SECRET_MAX;
}

static int read_kinds(const struct cJSON *kinds, struct response *rs, char *out,
                      size_t size)
{
    struct text list = {0};
    const struct cJSON *kind;

    text_put(&list, "");
    cJSON_ArrayForEach(kind, kinds)
        text_printf(&list, "%s%s", list.len ? "," : "", kind->valuestring);
    int rc = list.bad ? -ENOMEM : event_kinds_read(list.at, rs, out, size);
    text_fini(&list);
    return rc;
}

/* @return 0, -EBADMSG with p set, -EINVAL with *rs set, -ENOMEM */
static int read_webhook(const struct cJSON *json, struct response *rs,
                        struct new_webhook *n, struct problem *p)
{
    struct webhook_row *w = &n->row;
    struct fields f = fields_of(json, "", p);
    const char *name = fields_text(&f, "name", NULL);
    const char *url = fields_text(&f, "url", NULL);
    const char *secret = fields_text(&f, "secret", "");
    const char *campaign = fields_text(&f, "campaign", "");
    const struct cJSON *kinds = fields_texts(&f, "kinds");

    w->is_enabled = fields_bool(&f, "enabled", true);
    if (fields_end(&f) != 0)
        return -EBADMSG;
    if (!names_is_valid(name))
        problem_set(p, PROBLEM_INVALID_FIELD, "'name' " NAMES_RULE);
    if (strlen(url) > STORE_URL_MAX || !uri_is_web(url))
        problem_set(p, PROBLEM_INVALID_FIELD,
                    "'url' begins with http:// or https:// and has a host, at most %d "
                    "bytes, a port only up to 65535, no user, blank or #",
                    STORE_URL_MAX);
    if (*secret && !is_secret(secret))
        problem_set(p, PROBLEM_INVALID_FIELD, "'secret' has %d to %d bytes of ASCII",
                    SECRET_MIN, SEAL_SECRET_MAX);
    if (*campaign &&
        (text_int_read(campaign, &w->campaign_id) != 0 || w->campaign_id < 1))
        problem_set(p, PROBLEM_INVALID_FIELD, "'campaign' is the id of one");
    if (p->kind != PROBLEM_NONE)
        return -EBADMSG;
    snprintf(w->name, sizeof w->name, "%s", name);
    snprintf(w->url, sizeof w->url, "%s", url);
    snprintf(n->secret, sizeof n->secret, "%s", secret);
    return read_kinds(kinds, rs, w->kinds, sizeof w->kinds);
}

/* One that has a secret keeps it, unless it is given another. */
static int make_secret(struct request *rq, struct new_webhook *n)
{
    struct webhook_row known;
    struct text hex = {0};
    uint8_t secret[SECRET_BYTES];

    int rc = *n->secret ? 0 : store_webhook_get(rq->store, n->row.name, &known);
    if (rc != STORE_E_NOT_FOUND)
        return rc;
    rq->api->options.env.random(secret, sizeof secret);
    text_hex(&hex, secret, sizeof secret);
    explicit_bzero(secret, sizeof secret);
    if (!hex.bad) {
        snprintf(n->secret, sizeof n->secret, "%s", hex.at);
        explicit_bzero(hex.at, hex.size);
    }
    rc = hex.bad ? -ENOMEM : 0;
    text_fini(&hex);
    return rc;
}

static int seal_secret(const struct request *rq, struct new_webhook *n)
{
    char of[STORE_NAME_MAX + 16];

    if (!*n->secret)
        return 0;
    store_webhook_of(n->row.name, of);
    return seal_put(rq->api->options.seal, of, n->secret, n->row.sealed);
}

static int answer_webhook(struct request *rq, struct response *rs)
{
    const struct new_webhook *n = rq->kept;
    struct json j = response_json(rs, 201);

    rs->is_secret = true;
    json_object(&j, NULL);
    members(&j, &n->row);
    json_text_if(&j, "secret", n->secret);
    json_end(&j);
    return 0;
}

static struct command *put_command(struct request *rq, const struct webhook_row *w,
                                   int64_t revision)
{
    struct command *c = request_command(rq, COMMAND_WEBHOOK_PUT);

    if (!c)
        return NULL;
    c->revision = revision;
    snprintf(c->webhook.name, sizeof c->webhook.name, "%s", w->name);
    snprintf(c->webhook.url, sizeof c->webhook.url, "%s", w->url);
    snprintf(c->webhook.sealed, sizeof c->webhook.sealed, "%s", w->sealed);
    snprintf(c->webhook.kinds, sizeof c->webhook.kinds, "%s", w->kinds);
    c->webhook.campaign_id = w->campaign_id;
    c->webhook.is_enabled = w->is_enabled;
    return c;
}

/* @return 0 with what there is, whose .revision may be MATCH_ABSENT; -errno */
static int find(struct request *rq, const char *name, struct webhook_row *out)
{
    int rc = store_webhook_get(rq->store, name, out);

    if (rc == STORE_E_NOT_FOUND)
        *out = (struct webhook_row){.revision = MATCH_ABSENT};
    return rc == STORE_E_NOT_FOUND ? 0 : rc;
}

int webhooks_post(struct request *rq, struct response *rs)
{
    struct new_webhook *n = calloc(1, sizeof *n);
    struct webhook_row known = {.revision = MATCH_ABSENT};
    struct problem p = {0};
    int64_t revision;

    if (!n)
        return -ENOMEM;
    request_keep(rq, n, new_webhook_free);
    int rc = read_webhook(rq->json, rs, n, &p);
    if (rc == -EBADMSG)
        return response_problem(rs, &p);
    if (rc == 0)
        rc = find(rq, n->row.name, &known);
    if (rc == 0 && !match_revision(rq, rs, known.revision, &revision))
        return 0;
    if (rc == 0)
        rc = make_secret(rq, n);
    if (rc == 0)
        rc = seal_secret(rq, n);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    n->row.created_ms = rq->wall_ms;
    snprintf(n->row.created_by, sizeof n->row.created_by, "%s", rq->who.name);
    return request_step(rq, rs, put_command(rq, &n->row, revision), answer_webhook);
}

/* @return what the patch makes of it, owned; NULL: no memory */
static cJSON *merge(const struct webhook_row *row, const cJSON *patch)
{
    struct text own = {0};
    struct json j = json_to(&own);

    json_object(&j, NULL);
    own_members(&j, row);
    json_end(&j);
    cJSON *json = own.bad ? NULL : cJSON_Parse(own.at);
    text_fini(&own);
    return json ? merge_patch(json, patch) : NULL;
}

/* @return 0, -EBADMSG with p set, -EINVAL with *rs set, -errno */
static int read_patch(struct request *rq, struct response *rs,
                      const struct webhook_row *row, struct new_webhook *n,
                      struct problem *p)
{
    cJSON *merged = merge(row, rq->json);
    int rc = merged ? read_webhook(merged, rs, n, p) : -ENOMEM;

    cJSON_Delete(merged);
    if (rc == 0 && strcmp(n->row.name, row->name) != 0) {
        problem_set(p, PROBLEM_INVALID_FIELD, "'name' cannot be edited");
        rc = -EBADMSG;
    }
    return rc == 0 ? seal_secret(rq, n) : rc;
}

/* Nobody may change it between reading and writing. */
int webhooks_patch(struct request *rq, struct response *rs)
{
    struct new_webhook n = {0};
    struct webhook_row row;
    struct problem p = {0};
    int64_t demanded;

    int rc = store_webhook_get(rq->store, rq->params[0], &row);
    if (rc != 0)
        return response_store(rs, rc, "webhook");
    if (!match_revision(rq, rs, row.revision, &demanded))
        return 0;
    rc = read_patch(rq, rs, &row, &n, &p);
    explicit_bzero(n.secret, sizeof n.secret);
    if (rc == -EBADMSG)
        return response_problem(rs, &p);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    return request_submit(rq, rs, put_command(rq, &n.row, row.revision), webhooks_one);
}

/* ---- by name ---- */

static int by_name(struct request *rq, struct response *rs, enum command_kind kind,
                   request_after *after)
{
    struct webhook_row row;
    int64_t revision;

    int rc = store_webhook_get(rq->store, rq->params[0], &row);
    if (rc != 0)
        return response_store(rs, rc, "webhook");
    if (!match_revision(rq, rs, row.revision, &revision))
        return 0;
    struct command *c = request_command(rq, kind);
    if (c) {
        snprintf(c->webhook.name, sizeof c->webhook.name, "%s", row.name);
        c->revision = revision;
    }
    return request_submit(rq, rs, c, after);
}

int webhooks_delete(struct request *rq, struct response *rs)
{
    return by_name(rq, rs, COMMAND_WEBHOOK_DELETE, request_answer_nothing);
}

int webhooks_test(struct request *rq, struct response *rs)
{
    return by_name(rq, rs, COMMAND_WEBHOOK_TEST, webhooks_one);
}

static int fill_deliveries(struct request *rq, struct page *page, struct rows *rows)
{
    const int64_t *webhook_id = rq->kept;
    struct delivery_row *found = list_rows(page, sizeof *found);

    if (!found)
        return -ENOMEM;
    int rc = store_delivery_page(rq->store, *webhook_id, found, page);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        struct json *j = row_begin(rows);
        json_id(j, "event_id", found[i].event_id);
        json_time(j, "at", found[i].at_ms);
        json_int(j, "took_ms", found[i].took_ms);
        json_int(j, "status", found[i].status);
        json_int(j, "tries", found[i].tries);
        json_bool(j, "done", found[i].is_done);
        json_text_if(j, "error", found[i].error);
        row_end(rows);
    }
    free(found);
    return rc;
}

int webhooks_deliveries(struct request *rq, struct response *rs)
{
    static const struct list list = {FILTER_OF_DELIVERIES, PAGE_DOWN, fill_deliveries};
    struct webhook_row row;
    int64_t *webhook_id = malloc(sizeof *webhook_id);

    if (!webhook_id)
        return -ENOMEM;
    request_keep(rq, webhook_id, free);
    int rc = store_webhook_get(rq->store, rq->params[0], &row);
    if (rc != 0)
        return response_store(rs, rc, "webhook");
    *webhook_id = row.id;
    return list_answer(rq, rs, &list);
}
