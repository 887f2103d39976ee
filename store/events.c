/* SPDX-License-Identifier: Apache-2.0 */
#include "store/events.h"

#include <string.h>

#include "store/query.h"
#include "store/shapes.h"

static struct query begin_walk(struct store *st, const struct event_query *query,
                               const struct page *page)
{
    if (query->is_by_people)
        return row_page_begin(st, page, Q_EVENT_PEOPLE_UP, Q_EVENT_PEOPLE_DOWN);
    if (query->device_id != 0) {
        struct query q =
            row_page_begin(st, page, Q_EVENT_DEVICE_UP, Q_EVENT_DEVICE_DOWN);
        query_bind_int(&q, ":device_id", query->device_id);
        query_bind_int(&q, ":campaign_id", query->campaign_id);
        return q;
    }
    if (query->campaign_id != 0) {
        bool is_own = strcmp(query->kinds, " campaign ") == 0;
        struct query q =
            is_own
                ? row_page_begin(st, page, Q_EVENT_OWN_UP, Q_EVENT_OWN_DOWN)
                : row_page_begin(st, page, Q_EVENT_CAMPAIGN_UP, Q_EVENT_CAMPAIGN_DOWN);
        query_bind_int(&q, ":campaign_id", query->campaign_id);
        return q;
    }
    return row_page_begin(st, page, Q_EVENT_UP, Q_EVENT_DOWN);
}

static int walk(struct store *st, const struct event_query *query,
                struct row_list *list, struct page *page)
{
    SCOPED_QUERY q = begin_walk(st, query, page);

    query_bind_text(&q, ":kinds", query->kinds);
    return row_walk_page(st, &q, list, page);
}

int store_event_page(struct store *st, const struct event_query *query,
                     struct event_row *rows, struct page *page)
{
    struct row_list list = ROW_LIST(rows, page->limit);
    int rc = walk(st, query, &list, page);

    return rc != 0 ? rc : row_fill_page(st, Q_EVENT_GET, event_shape, &list, page);
}

int store_event_range(struct store *st, int64_t *first, int64_t *last)
{
    SCOPED_QUERY q = query_begin(st, Q_EVENT_RANGE);
    int rc = query_one(&q);

    if (rc == 0) {
        *first = query_int(&q, 0);
        *last = query_int(&q, 1);
    }
    return rc;
}
