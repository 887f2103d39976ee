/* SPDX-License-Identifier: Apache-2.0 */
#include "store/campaigns.h"

#include "store/filter_query.h"
#include "store/query.h"
#include "store/shapes.h"

int store_campaign_get(struct store *st, int64_t id, struct campaign_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_CAMPAIGN_GET);

    query_bind_int(&q, ":id", id);
    return row_read_one(&q, campaign_shape, out);
}

int store_campaign_policy(struct store *st, int64_t id, char **out)
{
    SCOPED_QUERY q = query_begin(st, Q_CAMPAIGN_POLICY);

    query_bind_int(&q, ":id", id);
    int rc = query_one(&q);
    if (rc == 0)
        *out = query_text_dup(&q, 0);
    return rc != 0 ? rc : q.err;
}

static int walk(struct store *st, const char *state, struct row_list *list,
                struct page *page)
{
    static const struct filter_list campaigns = {
        .from = "campaign d WHERE true",
        .also = " AND (?6 = '' OR d.state = ?6)",
    };
    SCOPED_FILTER_QUERY q = filter_list_query(st, &campaigns, page);

    query_bind_text(&q, "?6", state);
    int rc = row_walk_page(st, &q, list, page);
    return rc != 0 ? rc : row_fill_page(st, Q_CAMPAIGN_GET, campaign_shape, list, page);
}

int store_campaign_page(struct store *st, const char *state, struct campaign_row *rows,
                        struct page *page)
{
    if (filter_is_asked(page))
        return walk(st, state, &ROW_LIST(rows, page->limit), page);
    SCOPED_QUERY q = row_page_begin(st, page, Q_CAMPAIGN_UP, Q_CAMPAIGN_DOWN);
    struct row_list list = ROW_LIST(rows, page->limit);

    query_bind_text(&q, ":state", state);
    return row_read_page(&q, campaign_shape, &list, page);
}

int store_campaign_active(struct store *st, struct campaign_row *rows,
                          struct page *page)
{
    SCOPED_QUERY q = row_page_begin(st, page, Q_CAMPAIGN_ACTIVE, Q_CAMPAIGN_ACTIVE);
    struct row_list list = ROW_LIST(rows, page->limit);

    return row_read_page(&q, campaign_shape, &list, page);
}

int store_campaign_by_package(struct store *st, const char *digest,
                              struct campaign_row *rows, struct page *page)
{
    SCOPED_QUERY q =
        row_page_begin(st, page, Q_CAMPAIGN_BY_PACKAGE, Q_CAMPAIGN_BY_PACKAGE);
    struct row_list list = ROW_LIST(rows, page->limit);

    query_bind_text(&q, ":digest", digest);
    return row_read_page(&q, campaign_shape, &list, page);
}

int store_campaign_by_bundle(struct store *st, int64_t bundle_id,
                             struct campaign_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_CAMPAIGN_BY_BUNDLE);

    query_bind_int(&q, ":bundle_id", bundle_id);
    return row_read_one(&q, campaign_shape, out);
}

int store_campaign_missing(struct store *st, int64_t id,
                           char digest[STORE_DIGEST_HEX + 1])
{
    SCOPED_QUERY q = query_begin(st, Q_CAMPAIGN_MISSING);

    query_bind_int(&q, ":id", id);
    int rc = query_one(&q);
    if (rc != 0)
        return rc;
    query_text(&q, 0, digest, STORE_DIGEST_HEX + 1);
    return q.err;
}

int store_campaign_last_id(struct store *st, int64_t *out)
{
    SCOPED_QUERY q = query_begin(st, Q_CAMPAIGN_LAST_ID);

    return query_run_for(&q, out);
}

int store_campaign_overlaps(struct store *st, int64_t id, struct campaign_overlap *rows,
                            size_t limit, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_CAMPAIGN_OVERLAPS);
    struct row_list list = ROW_LIST(rows, limit);

    query_bind_int(&q, ":id", id);
    int rc = row_read_all(&q, overlap_shape, &list);
    if (rc == 0)
        *count = list.count;
    return rc;
}
