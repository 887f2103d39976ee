/* SPDX-License-Identifier: Apache-2.0 */
/* webhooks.c - rows of webhooks and their deliveries, and what changes them. */
#include "store/webhooks.h"

#include <stdio.h>

#include "store/apply.h"
#include "store/filter_query.h"
#include "store/query.h"
#include "store/shapes.h"

void store_webhook_of(const char *name, char out[STORE_NAME_MAX + 16])
{
    snprintf(out, STORE_NAME_MAX + 16, "webhook:%s", name);
}

int store_webhook_get(struct store *st, const char *name, struct webhook_row *out)
{
    SCOPED_QUERY q = query_begin(st, Q_WEBHOOK_GET);

    query_bind_text(&q, ":name", name);
    return row_read_one(&q, webhook_shape, out);
}

static int walk(struct store *st, struct row_list *list, struct page *page)
{
    static const struct filter_list webhooks = {.from = "webhook d WHERE true"};
    SCOPED_FILTER_QUERY q = filter_list_query(st, &webhooks, page);

    int rc = row_walk_page(st, &q, list, page);
    return rc != 0 ? rc : row_fill_page(st, Q_WEBHOOK_BY_ID, webhook_shape, list, page);
}

int store_webhook_page(struct store *st, struct webhook_row *rows, struct page *page)
{
    if (filter_is_asked(page))
        return walk(st, &ROW_LIST(rows, page->limit), page);
    SCOPED_QUERY q = row_page_begin(st, page, Q_WEBHOOK_UP, Q_WEBHOOK_DOWN);
    struct row_list list = ROW_LIST(rows, page->limit);

    return row_read_page(&q, webhook_shape, &list, page);
}

static int walk_deliveries(struct store *st, int64_t webhook_id, struct row_list *list,
                           struct page *page)
{
    static const struct filter_list deliveries = {
        .from = "delivery d WHERE d.webhook_id = " FILTER_SCOPE};
    SCOPED_FILTER_QUERY q = filter_list_query(st, &deliveries, page);

    query_bind_int(&q, FILTER_SCOPE, webhook_id);
    int rc = row_walk_page(st, &q, list, page);
    return rc != 0 ? rc : row_fill_page(st, Q_DELIVERY_GET, delivery_shape, list, page);
}

int store_delivery_page(struct store *st, int64_t webhook_id, struct delivery_row *rows,
                        struct page *page)
{
    if (filter_is_asked(page))
        return walk_deliveries(st, webhook_id, &ROW_LIST(rows, page->limit), page);
    SCOPED_QUERY q = row_page_begin(st, page, Q_DELIVERY_UP, Q_DELIVERY_DOWN);
    struct row_list list = ROW_LIST(rows, page->limit);

    query_bind_int(&q, ":webhook_id", webhook_id);
    return row_read_page(&q, delivery_shape, &list, page);
}

static int check_revision(struct store *st, const char *name, const struct change *c,
                          struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_WEBHOOK_REVISION);

    query_bind_text(&q, ":name", name);
    return revision_check(&q, c, result);
}

int apply_webhook_put(struct store *st, const struct change *c,
                      struct change_result *result)
{
    struct webhook_row row = *c->webhook;

    int rc = check_revision(st, row.name, c, result);
    if (rc == 0)
        rc = revision_next(st, &row.revision);
    if (rc != 0)
        return rc;
    SCOPED_QUERY q = query_begin(st, Q_WEBHOOK_PUT);
    row_bind(&q, webhook_shape, &row);
    query_bind_int(&q, ":most", STORE_WEBHOOKS_MAX);
    rc = query_run_for(&q, &result->id);
    if (rc != STORE_E_NOT_FOUND)
        return rc;
    result->count = STORE_WEBHOOKS_FULL; /* no row: too many */
    return STORE_E_CONFLICT;
}

int apply_webhook_delete(struct store *st, const struct change *c,
                         struct change_result *result)
{
    int rc = check_revision(st, c->name, c, result);

    if (rc != 0)
        return rc;
    SCOPED_QUERY q = query_begin(st, Q_WEBHOOK_DELETE);
    query_bind_text(&q, ":name", c->name);
    rc = query_run(&q);
    return rc == 0 && query_changes(st) == 0 ? STORE_E_NOT_FOUND : rc;
}

static int run_for_hook(struct store *st, enum query_id id,
                        const struct delivery_row *d)
{
    SCOPED_QUERY q = query_begin(st, id);

    row_bind(&q, delivery_shape, d);
    return query_run(&q);
}

int apply_delivery_add(struct store *st, const struct change *c,
                       struct change_result *result)
{
    int rc = run_for_hook(st, Q_DELIVERY_ADD, c->delivery);

    if (rc != 0)
        return rc;
    result->id = query_last_id(st);
    rc = run_for_hook(st, Q_DELIVERY_PRUNE, c->delivery);
    if (rc == 0 && c->delivery->is_done)
        rc = run_for_hook(st, Q_WEBHOOK_DONE, c->delivery);
    return rc;
}
