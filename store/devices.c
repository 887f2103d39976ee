/* SPDX-License-Identifier: Apache-2.0 */
#include "store/devices.h"

#include "store/filter_query.h"
#include "store/query.h"
#include "store/shapes.h"

int store_device_get(struct store *st, int64_t id, struct device_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_GET);

    query_bind_int(&q, ":id", id);
    return row_read_one(&q, device_shape, out);
}

int store_device_by_endpoint(struct store *st, const char *endpoint,
                             struct device_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_BY_ENDPOINT);

    query_bind_text(&q, ":endpoint", endpoint);
    return row_read_one(&q, device_shape, out);
}

int store_device_objects(struct store *st, int64_t id, char **out)
{
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_OBJECTS);

    query_bind_int(&q, ":id", id);
    int rc = query_one(&q);
    if (rc == 0)
        *out = query_text_dup(&q, 0);
    return rc != 0 ? rc : q.err;
}

static int walk(struct store *st, struct row_list *list, struct page *page)
{
    static const struct filter_list devices = {.from = "device d WHERE true"};
    SCOPED_FILTER_QUERY q = filter_list_query(st, &devices, page);

    int rc = row_walk_page(st, &q, list, page);
    return rc != 0 ? rc : row_fill_page(st, Q_DEVICE_GET, device_shape, list, page);
}

int store_device_page(struct store *st, struct device_row *rows, struct page *page)
{
    struct row_list list = ROW_LIST(rows, page->limit);

    if (filter_is_asked(page))
        return walk(st, &list, page);
    SCOPED_QUERY q = row_page_begin(st, page, Q_DEVICE_UP, Q_DEVICE_DOWN);
    return row_read_page(&q, device_shape, &list, page);
}

int store_device_count(struct store *st, struct page *page)
{
    SCOPED_FILTER_QUERY q = filter_query(st, page->filter, FILTER_HIT);

    query_bind_int(&q, FILTER_AFTER, page->after);
    return row_walk_count(st, &q, page);
}

int store_device_load(struct store *st, struct device_row *rows, struct page *page)
{
    SCOPED_QUERY q = row_page_begin(st, page, Q_DEVICE_LOAD, Q_DEVICE_LOAD);
    struct row_list list = ROW_LIST(rows, page->limit);

    return row_read_page(&q, registration_shape, &list, page);
}

int store_device_last_id(struct store *st, int64_t *out)
{
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_LAST_ID);

    return query_run_for(&q, out);
}
