/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tasks.h"

#include <stdbool.h>
#include <string.h>

#include "store/filter_query.h"
#include "store/query.h"
#include "store/shapes.h"

int store_task_get(struct store *st, int64_t id, struct task_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_TASK_GET);

    query_bind_int(&q, ":id", id);
    return row_read_one(&q, task_shape, out);
}

int store_task_of_device(struct store *st, int64_t campaign_id, int64_t device_id,
                         struct task_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_TASK_OF_DEVICE);

    query_bind_int(&q, ":campaign_id", campaign_id);
    query_bind_int(&q, ":device_id", device_id);
    return row_read_one(&q, task_shape, out);
}

int store_task_active(struct store *st, int64_t device_id, struct task_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_TASK_ACTIVE);

    query_bind_int(&q, ":device_id", device_id);
    return row_read_one(&q, task_shape, out);
}

int store_task_components(struct store *st, int64_t task_id,
                          struct task_component_row *rows, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_TASK_COMPONENTS);
    struct row_list list = ROW_LIST(rows, STORE_COMPONENTS_MAX);

    query_bind_int(&q, ":task_id", task_id);
    int rc = row_read_all(&q, task_component_shape, &list);
    if (rc == 0)
        *count = list.count < STORE_COMPONENTS_MAX ? list.count : STORE_COMPONENTS_MAX;
    return rc;
}

/* The index that leaves the least to look at. Pending components have none: they are
 * nearly all, or nearly gone. A state other than waiting waits for
 * nothing, so both columns of the index are known. */
static enum query_id choose_walk(const struct task_query *query)
{
    bool has_wait =
        query->waiting_for[0] != '\0' || strcmp(query->state, "waiting") != 0;

    if (query->device_id != 0)
        return Q_TASK_WALK_DEVICE;
    if (query->component[0] && query->component_state[0] &&
        strcmp(query->component_state, "pending") != 0)
        return Q_TASK_WALK_COMPONENT;
    return query->state[0] && has_wait ? Q_TASK_WALK_STATE : Q_TASK_WALK;
}

static int walk(struct store *st, const struct task_query *query, struct row_list *list,
                struct page *page)
{
    enum query_id id = choose_walk(query);
    SCOPED_QUERY q = row_page_begin(st, page, id, id);

    query_bind_text(&q, ":state", query->state);
    query_bind_text(&q, ":waiting_for", query->waiting_for);
    query_bind_text(&q, ":reason", query->reason);
    query_bind_text(&q, ":component", query->component);
    query_bind_text(&q, ":component_state", query->component_state);
    query_bind_int(&q, ":campaign_id", query->campaign_id);
    if (query->device_id != 0)
        query_bind_int(&q, ":device_id", query->device_id);
    return row_walk_page(st, &q, list, page);
}

#define HIT " AND" TASK_HIT("d", "?6", "?7", "?8", "?9", "?10")

static int walk_filter(struct store *st, const struct task_query *query,
                       struct row_list *list, struct page *page)
{
    static const struct filter_list of_campaign = {
        .from = "task d WHERE d.campaign_id = " FILTER_SCOPE, .also = HIT};
    static const struct filter_list of_device = {
        .from = "task d WHERE d.device_id = " FILTER_SCOPE,
        .also = HIT " AND (?11 = 0 OR d.campaign_id = ?11)",
        .has_no_index = true,
    };
    bool is_device = query->device_id != 0;
    SCOPED_FILTER_QUERY q =
        filter_list_query(st, is_device ? &of_device : &of_campaign, page);

    query_bind_text(&q, "?6", query->state);
    query_bind_text(&q, "?7", query->waiting_for);
    query_bind_text(&q, "?8", query->reason);
    query_bind_text(&q, "?9", query->component);
    query_bind_text(&q, "?10", query->component_state);
    if (is_device)
        query_bind_int(&q, "?11", query->campaign_id);
    query_bind_int(&q, FILTER_SCOPE, is_device ? query->device_id : query->campaign_id);
    return row_walk_page(st, &q, list, page);
}

int store_task_page(struct store *st, const struct task_query *query,
                    struct task_row *rows, struct page *page)
{
    struct row_list list = ROW_LIST(rows, page->limit);
    bool is_plain = !filter_is_asked(page) && page->order == PAGE_UP;
    int rc =
        is_plain ? walk(st, query, &list, page) : walk_filter(st, query, &list, page);

    return rc != 0 ? rc : row_fill_page(st, Q_TASK_GET, task_shape, &list, page);
}

int store_task_running(struct store *st, struct task_row *rows, struct page *page)
{
    SCOPED_QUERY q = row_page_begin(st, page, Q_TASK_RUNNING, Q_TASK_RUNNING);
    struct row_list list = ROW_LIST(rows, page->limit);

    return row_read_page(&q, task_shape, &list, page);
}

int store_task_next(struct store *st, int64_t campaign_id, const char *waiting_for,
                    struct task_row *rows, struct page *page)
{
    SCOPED_QUERY q = row_page_begin(st, page, Q_TASK_NEXT, Q_TASK_NEXT);
    struct row_list list = ROW_LIST(rows, page->limit);

    query_bind_int(&q, ":campaign_id", campaign_id);
    query_bind_text(&q, ":waiting_for", waiting_for);
    return row_read_page(&q, task_shape, &list, page);
}

static int read_due(struct query *q, struct task_due due, struct row_list *list,
                    size_t *count)
{
    query_bind_int(q, ":campaign_id", due.campaign_id);
    query_bind_int(q, ":wall_ms", due.wall_ms);
    query_bind_int(q, ":limit", (int64_t)list->limit);
    int rc = row_read_all(q, task_shape, list);
    if (rc == 0)
        *count = list->count;
    return rc;
}

int store_task_due(struct store *st, struct task_due due, struct task_row *rows,
                   size_t limit, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_TASK_DUE);
    struct row_list list = ROW_LIST(rows, limit);

    return read_due(&q, due, &list, count);
}

int store_task_late(struct store *st, struct task_due due, struct task_row *rows,
                    size_t limit, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_TASK_LATE);
    struct row_list list = ROW_LIST(rows, limit);

    return read_due(&q, due, &list, count);
}

int store_attempt_get(struct store *st, int64_t device_id, const char *digest,
                      struct attempt_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_ATTEMPT_GET);

    query_bind_int(&q, ":device_id", device_id);
    query_bind_text(&q, ":digest", digest);
    return row_read_one(&q, attempt_shape, out);
}

int store_attempt_list(struct store *st, int64_t device_id, struct attempt_row *rows,
                       size_t limit, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_ATTEMPT_LIST);
    struct row_list list = ROW_LIST(rows, limit);

    query_bind_int(&q, ":device_id", device_id);
    int rc = row_read_all(&q, attempt_shape, &list);
    if (rc == 0)
        *count = list.count;
    return rc;
}
