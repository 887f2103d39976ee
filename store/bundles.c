/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bundles.h"

#include "store/filter_query.h"
#include "store/query.h"
#include "store/shapes.h"

int store_bundle_get(struct store *st, int64_t id, struct bundle_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_GET);

    query_bind_int(&q, ":id", id);
    return row_read_one(&q, bundle_shape, out);
}

int store_bundle_by_name(struct store *st, const char *name, const char *version,
                         struct bundle_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_BY_NAME);

    query_bind_text(&q, ":name", name);
    query_bind_text(&q, ":version", version);
    return row_read_one(&q, bundle_shape, out);
}

int store_bundle_manifest(struct store *st, int64_t id, char **out)
{
    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_MANIFEST);

    query_bind_int(&q, ":id", id);
    int rc = query_one(&q);
    if (rc == 0)
        *out = query_text_dup(&q, 0);
    return rc != 0 ? rc : q.err;
}

static int walk(struct store *st, const char *state, struct row_list *list,
                struct page *page)
{
    static const struct filter_list bundles = {
        .from = "bundle d WHERE true",
        .also = " AND (?6 = '' OR d.state = ?6)",
    };
    SCOPED_FILTER_QUERY q = filter_list_query(st, &bundles, page);

    query_bind_text(&q, "?6", state);
    int rc = row_walk_page(st, &q, list, page);
    return rc != 0 ? rc : row_fill_page(st, Q_BUNDLE_GET, bundle_shape, list, page);
}

int store_bundle_page(struct store *st, const char *state, struct bundle_row *rows,
                      struct page *page)
{
    if (filter_is_asked(page))
        return walk(st, state, &ROW_LIST(rows, page->limit), page);
    SCOPED_QUERY q = row_page_begin(st, page, Q_BUNDLE_UP, Q_BUNDLE_DOWN);
    struct row_list list = ROW_LIST(rows, page->limit);

    query_bind_text(&q, ":state", state);
    return row_read_page(&q, bundle_shape, &list, page);
}

int store_bundle_packages(struct store *st, int64_t id, struct bundle_package_row *rows,
                          size_t limit, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_PACKAGES);
    struct row_list list = ROW_LIST(rows, limit);

    query_bind_int(&q, ":id", id);
    int rc = row_read_all(&q, bundle_package_shape, &list);
    if (rc == 0)
        *count = list.count;
    return rc;
}

int store_bundle_by_package(struct store *st, const char *digest,
                            struct bundle_row *rows, struct page *page)
{
    SCOPED_QUERY q = row_page_begin(st, page, Q_BUNDLE_BY_PACKAGE, Q_BUNDLE_BY_PACKAGE);
    struct row_list list = ROW_LIST(rows, page->limit);

    query_bind_text(&q, ":digest", digest);
    return row_read_page(&q, bundle_shape, &list, page);
}

int store_bundle_missing(struct store *st, int64_t id, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_MISSING);

    query_bind_int(&q, ":id", id);
    int rc = query_one(&q);
    if (rc == 0)
        *count = (size_t)query_int(&q, 0);
    return rc;
}

int store_bundle_unlike(struct store *st, int64_t id, struct bundle_unlike *out)
{
    SCOPED_QUERY q = query_begin(st, Q_BUNDLE_UNLIKE);

    query_bind_int(&q, ":id", id);
    int rc = query_one(&q);
    if (rc != 0)
        return rc;
    query_text(&q, 0, out->digest, sizeof out->digest);
    out->said_bytes = query_int(&q, 1);
    out->held_bytes = query_int(&q, 2);
    return 0;
}
