/* SPDX-License-Identifier: Apache-2.0 */
#include "store/packages.h"

#include "store/filter_query.h"
#include "store/query.h"
#include "store/shapes.h"

int store_package_get(struct store *st, const char *digest, struct package_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_PACKAGE_GET);

    query_bind_text(&q, ":digest", digest);
    return row_read_one(&q, package_shape, out);
}

int store_package_in_use(struct store *st, const char *digest)
{
    SCOPED_QUERY q = query_begin(st, Q_PACKAGE_IN_USE);

    query_bind_text(&q, ":digest", digest);
    return query_one(&q);
}

static int walk(struct store *st, const char *state, struct row_list *list,
                struct page *page)
{
    static const struct filter_list packages = {
        .from = "package d WHERE true",
        .also = " AND (?6 = '' OR d.state = ?6)",
    };
    SCOPED_FILTER_QUERY q = filter_list_query(st, &packages, page);

    query_bind_text(&q, "?6", state);
    int rc = row_walk_page(st, &q, list, page);
    return rc != 0 ? rc : row_fill_page(st, Q_PACKAGE_BY_ID, package_shape, list, page);
}

int store_package_page(struct store *st, const char *state, struct package_row *rows,
                       struct page *page)
{
    if (filter_is_asked(page))
        return walk(st, state, &ROW_LIST(rows, page->limit), page);
    SCOPED_QUERY q = row_page_begin(st, page, Q_PACKAGE_UP, Q_PACKAGE_DOWN);
    struct row_list list = ROW_LIST(rows, page->limit);

    query_bind_text(&q, ":state", state);
    return row_read_page(&q, package_shape, &list, page);
}
