/* SPDX-License-Identifier: Apache-2.0 */
#include "store/packages.h"

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

int store_package_page(struct store *st, const char *state, struct package_row *rows,
                       struct page *page)
{
    SCOPED_QUERY q = row_page_begin(st, page, Q_PACKAGE_PAGE, Q_PACKAGE_PAGE);
    struct row_list list = ROW_LIST(rows, page->limit);

    query_bind_text(&q, ":state", state);
    return row_read_page(&q, package_shape, &list, page);
}
