/* SPDX-License-Identifier: Apache-2.0 */
#include "store/plans.h"

#include "store/query.h"
#include "store/shapes.h"

int store_plan_get(struct store *st, const char *id, struct plan_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_PLAN_GET);

    query_bind_text(&q, ":id", id);
    return row_read_one(&q, plan_shape, out);
}

int store_plan_body(struct store *st, const char *id, char **out)
{
    SCOPED_QUERY q = query_begin(st, Q_PLAN_BODY);

    query_bind_text(&q, ":id", id);
    int rc = query_one(&q);
    if (rc == 0)
        *out = query_text_dup(&q, 0);
    return rc != 0 ? rc : q.err;
}

int store_plan_groups(struct store *st, const char *id, struct plan_group_row *rows,
                      struct page *page)
{
    SCOPED_QUERY q = query_begin(st, Q_PLAN_GROUP_PAGE);
    struct row_list list = ROW_LIST(rows, page->limit);

    query_bind_text(&q, ":id", id);
    query_bind_int(&q, ":after", page->after);
    query_bind_int(&q, ":limit", (int64_t)page->limit + 1);
    int rc = row_read_all(&q, plan_group_shape, &list);
    if (rc != 0)
        return rc;
    page->count = list.count < page->limit ? list.count : page->limit;
    page->next = 0;
    if (list.count > page->limit && page->count > 0)
        page->next = rows[page->count - 1].group_no + 1;
    return 0;
}

int store_plan_group(struct store *st, const char *id, int group_no,
                     struct plan_group_row *out, char **body)
{
    SCOPED_QUERY q = query_begin(st, Q_PLAN_GROUP_GET);

    query_bind_text(&q, ":id", id);
    query_bind_int(&q, ":group_no", group_no);
    int rc = row_read_one(&q, plan_group_shape, out);
    if (rc == 0 && body)
        *body = query_text_dup(&q, (int)plan_group_shape.count);
    return rc != 0 ? rc : q.err;
}

int store_plan_components(struct store *st, struct plan_group_key key,
                          struct plan_component_row *rows, size_t limit, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_PLAN_COMPONENTS);
    struct row_list list = ROW_LIST(rows, limit);

    query_bind_text(&q, ":id", key.plan_id);
    query_bind_int(&q, ":group_no", key.group_no);
    int rc = row_read_all(&q, plan_component_shape, &list);
    if (rc == 0)
        *count = list.count;
    return rc;
}
