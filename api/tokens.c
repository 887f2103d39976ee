/* SPDX-License-Identifier: Apache-2.0 */
/* tokens.c - /v1/tokens: principals. A token is shown once and kept as its SHA-256. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/handlers.h"
#include "api/json_read.h"
#include "api/list.h"
#include "api/match.h"
#include "campaigns/command.h"
#include "campaigns/names.h"
#include "store/digest.h"
#include "store/tokens.h"

enum { SECRET_BYTES = 32 };

static void members(struct json *j, const struct token_row *row)
{
    json_text(j, "name", row->name);
    json_text(j, "role", row->role);
    json_time(j, "created_at", row->created_ms);
    json_time(j, "expires_at", row->expires_ms);
    json_text_if(j, "created_by", row->created_by);
}

static int fill_tokens(struct request *rq, struct page *page, struct rows *rows)
{
    struct token_row *found = list_rows(page, sizeof *found);

    if (!found)
        return -ENOMEM;
    int rc = store_token_page(rq->store, found, page);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        members(row_begin(rows), &found[i]);
        row_end(rows);
    }
    free(found);
    return rc;
}

int tokens_one(struct request *rq, struct response *rs)
{
    struct token_row row;

    int rc = store_token_get(rq->store, rq->params[0], &row);
    if (rc != 0)
        return response_store(rs, rc, "token");
    response_mark(rs, "%" PRId64, row.revision);
    struct json j = response_json(rs, 200);
    json_object(&j, NULL);
    members(&j, &row);
    json_end(&j);
    return 0;
}

int tokens_list(struct request *rq, struct response *rs)
{
    static const struct list list = {FILTER_OF_TOKENS, PAGE_UP, fill_tokens};

    return list_answer(rq, rs, &list);
}

struct new_token {
    char name[64], role[16];
    int64_t expires_ms;
    struct text secret;
};

static void new_token_free(void *kept)
{
    struct new_token *t = kept;

    if (t->secret.at)
        explicit_bzero(t->secret.at, t->secret.size);
    text_fini(&t->secret);
    free(t);
}

static int answer_token(struct request *rq, struct response *rs)
{
    const struct new_token *t = rq->kept;
    struct json j = response_json(rs, 201);

    rs->is_secret = true;
    json_object(&j, NULL);
    json_text(&j, "name", t->name);
    json_text(&j, "role", t->role);
    json_time(&j, "expires_at", t->expires_ms);
    json_text(&j, "token", t->secret.at);
    json_end(&j);
    return 0;
}

/* When it ends: after expires_s, or at expires_at, or never. */
static void read_end(const struct request *rq, struct fields *f, struct new_token *t)
{
    static const struct int_range expiry = {1, (int64_t)10 * 366 * 86400};
    int64_t expires_s = fields_int(f, "expires_s", expiry, 0);
    const char *expires_at = fields_text(f, "expires_at", "");

    if (expires_s != 0)
        t->expires_ms = rq->wall_ms + expires_s * 1000;
    if (!*expires_at)
        return;
    if (expires_s != 0)
        problem_set(f->problem, PROBLEM_INVALID_FIELD,
                    "'expires_at' and 'expires_s' do not stand together");
    else if (text_time_read(expires_at, &t->expires_ms) != 0)
        problem_set(f->problem, PROBLEM_INVALID_FIELD,
                    "'expires_at' is a time as 2027-01-31T00:00:00Z");
    else if (t->expires_ms <= rq->wall_ms)
        problem_set(f->problem, PROBLEM_INVALID_FIELD, "'expires_at' is over");
}

static int read_token(struct request *rq, struct new_token *t, struct problem *p)
{
    struct fields f = fields_of(rq->json, "", p);
    const char *name = fields_text(&f, "name", NULL);
    const char *role = fields_text(&f, "role", NULL);

    read_end(rq, &f, t);

    if (fields_end(&f) != 0)
        return -EBADMSG;
    if (!names_is_valid(name))
        problem_set(p, PROBLEM_INVALID_FIELD, "'name' " NAMES_RULE);
    else if (names_is_of_server(name))
        problem_set(p, PROBLEM_INVALID_FIELD, "'name': the server itself goes by '%s'",
                    name);
    if (role_from_name(role) == ROLE_ANYONE)
        problem_set(p, PROBLEM_INVALID_FIELD,
                    "'role' can be viewer, operator, approver or admin");
    snprintf(t->name, sizeof t->name, "%s", name);
    snprintf(t->role, sizeof t->role, "%s", role);
    return p->kind == PROBLEM_NONE ? 0 : -EBADMSG;
}

static struct command *create_command(struct request *rq, struct new_token *t)
{
    struct command *c = request_command(rq, COMMAND_TOKEN_CREATE);
    uint8_t secret[SECRET_BYTES];

    rq->api->options.env.random(secret, sizeof secret);
    text_hex(&t->secret, secret, sizeof secret);
    explicit_bzero(secret, sizeof secret);
    if (!c || t->secret.bad) {
        command_free(c);
        return NULL;
    }
    snprintf(c->token.name, sizeof c->token.name, "%s", t->name);
    snprintf(c->token.role, sizeof c->token.role, "%s", t->role);
    c->token.expires_ms = t->expires_ms;
    digest_of(t->secret.at, t->secret.len, c->token.hash);
    return c;
}

int tokens_post(struct request *rq, struct response *rs)
{
    struct new_token *t = calloc(1, sizeof *t);
    struct problem p = {0};

    if (!t)
        return -ENOMEM;
    request_keep(rq, t, new_token_free);
    if (read_token(rq, t, &p) != 0)
        return response_problem(rs, &p);
    /* The secret is nowhere kept: a retry cannot be answered with it. */
    return request_step(rq, rs, create_command(rq, t), answer_token);
}

int tokens_delete(struct request *rq, struct response *rs)
{
    struct token_row row;
    int64_t revision;

    int rc = store_token_get(rq->store, rq->params[0], &row);
    if (rc != 0)
        return response_store(rs, rc, "token");
    if (!match_revision(rq, rs, row.revision, &revision))
        return 0;
    struct command *c = request_command(rq, COMMAND_TOKEN_REVOKE);
    if (c) {
        snprintf(c->token.name, sizeof c->token.name, "%s", row.name);
        c->revision = revision;
    }
    return request_submit(rq, rs, c, request_answer_nothing);
}
