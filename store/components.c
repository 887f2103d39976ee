/* SPDX-License-Identifier: Apache-2.0 */
#include "store/components.h"

#include "store/query.h"
#include "store/shapes.h"

int store_component_list(struct store *st, int64_t device_id,
                         struct component_row *rows, size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_COMPONENT_LIST);
    struct row_list list = ROW_LIST(rows, STORE_COMPONENTS_MAX);

    query_bind_int(&q, ":device_id", device_id);
    int rc = row_read_all(&q, component_shape, &list);
    if (rc == 0)
        *count = list.count;
    return rc;
}

int store_component_history(struct store *st, int64_t device_id, const char *name,
                            struct component_version_row *rows, struct page *page)
{
    SCOPED_QUERY q = row_page_begin(st, page, Q_HISTORY_UP, Q_HISTORY_DOWN);
    struct row_list list = ROW_LIST(rows, page->limit);

    query_bind_int(&q, ":device_id", device_id);
    query_bind_text(&q, ":name", name);
    return row_read_page(&q, component_version_shape, &list, page);
}

static int read_components(struct store *st, int64_t id, struct inventory_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_INVENTORY_COMPONENTS);
    int rc;

    query_bind_int(&q, ":id", id);
    out->count = 0;
    while ((rc = query_next(&q)) == 1 && out->count < STORE_COMPONENTS_MAX) {
        query_text(&q, 0, out->components[out->count].name, STORE_NAME_MAX + 1);
        query_text(&q, 1, out->components[out->count].object, STORE_WORD_MAX + 1);
        query_text(&q, 2, out->components[out->count].version, STORE_NAME_MAX + 1);
        out->count++;
    }
    return rc < 0 ? rc : q.err;
}

int store_inventory_get(struct store *st, int64_t id, struct inventory_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_INVENTORY_GET);

    query_bind_int(&q, ":id", id);
    int rc = row_read_one(&q, inventory_shape, out);
    return rc != 0 ? rc : read_components(st, id, out);
}
