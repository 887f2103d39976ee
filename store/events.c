/* SPDX-License-Identifier: Apache-2.0 */
#include "store/events.h"

#include <string.h>

#include "store/filter_query.h"
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

#define WANTED " AND (?6 = '' OR instr(?6, ' ' || d.kind || ' ') > 0)"

/* The same lists as above, for filters. */
static const struct filter_list *find_list(const struct event_query *query)
{
    static const struct filter_list all = {.from = "event d WHERE true",
                                           .also = WANTED};
    static const struct filter_list people = {
        .from = "event d INDEXED BY event_by_people"
                " WHERE d.actor <> 'system' AND d.actor <> 'device'",
        .also = WANTED};
    static const struct filter_list campaign = {
        .from = "event d WHERE d.campaign_id > 0 AND d.campaign_id = " FILTER_SCOPE,
        .also = WANTED};
    static const struct filter_list device = {
        .from = "event d WHERE d.device_id > 0 AND d.device_id = " FILTER_SCOPE,
        .also = WANTED " AND (?7 = 0 OR d.campaign_id = ?7)"};

    return query->is_by_people       ? &people
           : query->device_id != 0   ? &device
           : query->campaign_id != 0 ? &campaign
                                     : &all;
}

static int walk_filter(struct store *st, const struct event_query *query,
                       struct row_list *list, struct page *page)
{
    SCOPED_FILTER_QUERY q = filter_list_query(st, find_list(query), page);
    bool is_device = !query->is_by_people && query->device_id != 0;

    query_bind_text(&q, "?6", query->kinds);
    if (is_device)
        query_bind_int(&q, "?7", query->campaign_id);
    if (is_device || (!query->is_by_people && query->campaign_id != 0))
        query_bind_int(&q, FILTER_SCOPE,
                       is_device ? query->device_id : query->campaign_id);
    return row_walk_page(st, &q, list, page);
}

int store_event_page(struct store *st, const struct event_query *query,
                     struct event_row *rows, struct page *page)
{
    struct row_list list = ROW_LIST(rows, page->limit);
    int rc = filter_is_asked(page) ? walk_filter(st, query, &list, page)
                                   : walk(st, query, &list, page);

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
