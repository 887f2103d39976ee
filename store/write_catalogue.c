/* SPDX-License-Identifier: Apache-2.0 */
/* write_catalogue.c - changes of tokens, profiles, answers, bundles and packages. */
#include <string.h>

#include "store/apply.h"
#include "store/digest.h"
#include "store/query.h"
#include "store/shapes.h"

enum { PLANS_AT_ONCE = 50 };

/* Run a DELETE by one text. */
static int delete_by(struct store *st, enum query_id id, const char *param,
                     const char *value)
{
    SCOPED_QUERY q = query_begin(st, id);

    query_bind_text(&q, param, value);
    int rc = query_run(&q);
    if (rc == 0 && query_changes(st) == 0)
        rc = STORE_E_NOT_FOUND;
    return rc;
}

static int check_name(struct store *st, enum query_id id, const char *name,
                      const struct change *c, struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, id);

    query_bind_text(&q, ":name", name);
    return revision_check(&q, c, result);
}

int apply_meta_put(struct store *st, const struct change *c,
                   struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_META_PUT);

    (void)result;
    query_bind_text(&q, ":key", c->meta.key);
    query_bind_text(&q, ":value", c->meta.value);
    return query_run(&q);
}

int apply_token_add(struct store *st, const struct change *c,
                    struct change_result *result)
{
    struct token_row row = *c->token;

    int rc = revision_next(st, &row.revision);
    if (rc != 0)
        return rc;
    SCOPED_QUERY q = query_begin(st, Q_TOKEN_ADD);
    row_bind(&q, token_shape, &row);
    return query_run_for(&q, &result->id);
}

int apply_token_delete(struct store *st, const struct change *c,
                       struct change_result *result)
{
    int rc = check_name(st, Q_TOKEN_REVISION, c->name, c, result);

    if (rc == 0)
        rc = delete_by(st, Q_TOKEN_DELETE, ":name", c->name);
    if (rc != 0)
        return rc;
    /* They are not those of the next who has the name. */
    rc = delete_by(st, Q_TOKEN_ANSWERS_DELETE, ":name", c->name);
    return rc == STORE_E_NOT_FOUND ? 0 : rc;
}

int apply_profile_put(struct store *st, const struct change *c,
                      struct change_result *result)
{
    struct profile_row row = *c->profile.row;

    int rc = check_name(st, Q_PROFILE_REVISION, row.name, c, result);
    if (rc == 0)
        rc = revision_next(st, &row.revision);
    if (rc != 0)
        return rc;
    SCOPED_QUERY q = query_begin(st, Q_PROFILE_PUT);
    row_bind(&q, profile_shape, &row);
    query_bind_text(&q, ":body", c->profile.body);
    return query_run_for(&q, &result->id);
}

int apply_profile_delete(struct store *st, const struct change *c,
                         struct change_result *result)
{
    int rc = check_name(st, Q_PROFILE_REVISION, c->name, c, result);

    return rc != 0 ? rc : delete_by(st, Q_PROFILE_DELETE, ":name", c->name);
}

int apply_answer_put(struct store *st, const struct change *c,
                     struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_ANSWER_PUT);

    (void)result;
    row_bind(&q, answer_shape, c->answer.row);
    query_bind_text(&q, ":body", c->answer.body ? c->answer.body : "");
    int rc = query_run(&q);
    return rc == 0 && query_changes(st) == 0 ? STORE_E_CONFLICT : rc;
}

/* @return 0 the same bundle is there, STORE_E_CONFLICT another one with its name,
 * STORE_E_NOT_FOUND, -errno */
static int find_same(struct store *st, const struct bundle_row *row, const char *digest,
                     int64_t *id)
{
    char other[STORE_DIGEST_HEX + 1];
    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_SAME);

    query_bind_text(&q, ":name", row->name);
    query_bind_text(&q, ":version", row->version);
    int rc = query_one(&q);
    if (rc != 0)
        return rc;
    *id = query_int(&q, 0);
    query_text(&q, 1, other, sizeof other);
    return q.err ? q.err : strcmp(other, digest) == 0 ? 0 : STORE_E_CONFLICT;
}

static int add_packages(struct store *st, const struct change *c, int64_t bundle_id)
{
    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_PACKAGE_ADD);

    query_bind_int(&q, ":bundle_id", bundle_id);
    for (size_t i = 0; i < c->bundle.count; i++) {
        row_bind(&q, bundle_package_shape, &c->bundle.packages[i]);
        int rc = query_run(&q);
        if (rc != 0)
            return rc;
        query_again(&q);
    }
    return q.err;
}

int apply_bundle_put(struct store *st, const struct change *c,
                     struct change_result *result)
{
    struct bundle_row row = *c->bundle.row;
    uint8_t digest[STORE_DIGEST_BYTES];

    digest_of(c->bundle.manifest, strlen(c->bundle.manifest), digest);
    digest_hex(digest, row.digest);
    int rc = find_same(st, &row, row.digest, &result->id);
    if (rc != STORE_E_NOT_FOUND)
        return rc;

    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_ADD);
    row_bind(&q, bundle_shape, &row);
    query_bind_text(&q, ":manifest", c->bundle.manifest);
    rc = query_run_for(&q, &result->id);
    return rc != 0 ? rc : add_packages(st, c, result->id);
}

int apply_bundle_state(struct store *st, const struct change *c,
                       struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_STATE);

    result->id = c->bundle_state.id;
    query_bind_int(&q, ":id", c->bundle_state.id);
    query_bind_text(&q, ":state", c->bundle_state.state);
    query_bind_text(&q, ":problem",
                    c->bundle_state.problem ? c->bundle_state.problem : "");
    int rc = query_run(&q);
    return rc == 0 && query_changes(st) == 0 ? STORE_E_NOT_FOUND : rc;
}

/* Plans that no campaign has: dry runs. */
static int delete_plans(struct store *st, int64_t bundle_id, int64_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_PLANS_DELETE);

    query_bind_int(&q, ":id", bundle_id);
    query_bind_int(&q, ":limit", PLANS_AT_ONCE);
    int rc = query_run(&q);
    *count = query_changes(st);
    return rc;
}

int apply_bundle_delete(struct store *st, const struct change *c,
                        struct change_result *result)
{
    int64_t count = 0;

    result->id = c->bundle_id;
    int rc = delete_plans(st, c->bundle_id, &count);
    if (rc != 0 || count == PLANS_AT_ONCE)
        return rc;
    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_DELETE);
    query_bind_int(&q, ":id", c->bundle_id);
    rc = query_run(&q);
    result->done = rc == 0;
    return rc == 0 && query_changes(st) == 0 ? STORE_E_NOT_FOUND : rc;
}

int apply_package_put(struct store *st, const struct change *c,
                      struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_PACKAGE_PUT);

    row_bind(&q, package_shape, c->package);
    return query_run_for(&q, &result->id);
}

int apply_package_delete(struct store *st, const struct change *c,
                         struct change_result *result)
{
    (void)result;
    int rc = store_package_in_use(st, c->name);
    if (rc == STORE_E_NOT_FOUND)
        return delete_by(st, Q_PACKAGE_DELETE, ":digest", c->name);
    return rc == 0 ? STORE_E_CONFLICT : rc;
}
