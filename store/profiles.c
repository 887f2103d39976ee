/* SPDX-License-Identifier: Apache-2.0 */
#include "store/profiles.h"

#include "store/filter_query.h"
#include "store/query.h"
#include "store/shapes.h"

int store_profile_get(struct store *st, const char *name, struct profile_row *out,
                      char **body)
{
    SCOPED_QUERY q = query_begin(st, Q_PROFILE_GET);

    query_bind_text(&q, ":name", name);
    int rc = row_read_one(&q, profile_shape, out);
    if (rc == 0 && body)
        *body = query_text_dup(&q, (int)profile_shape.count);
    return rc != 0 ? rc : q.err;
}

static int walk(struct store *st, struct row_list *list, struct page *page)
{
    static const struct filter_list profiles = {.from = "profile d WHERE true"};
    SCOPED_FILTER_QUERY q = filter_list_query(st, &profiles, page);

    int rc = row_walk_page(st, &q, list, page);
    return rc != 0 ? rc : row_fill_page(st, Q_PROFILE_BY_ID, profile_shape, list, page);
}

int store_profile_page(struct store *st, struct profile_row *rows, struct page *page)
{
    if (filter_is_asked(page))
        return walk(st, &ROW_LIST(rows, page->limit), page);
    SCOPED_QUERY q = row_page_begin(st, page, Q_PROFILE_UP, Q_PROFILE_DOWN);
    struct row_list list = ROW_LIST(rows, page->limit);

    return row_read_page(&q, profile_shape, &list, page);
}
