/* SPDX-License-Identifier: Apache-2.0 */
/* filter_query.c - the statement that a filter becomes.
 *
 * SELECT d.id, <tree> ... FROM <all rows, or those of an index> AND d.id > ?1
 *
 * It walks the rows by id, or by what an index sorts, and says of each whether it is a
 * hit, so that the caller can stop it anywhere and go on behind it.
 */
#include "store/filter_query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_internal.h"

/* An index may leave out rows whose value is empty. */
static bool has_source(const struct filter *f, const struct filter_node *n)
{
    const struct filter_value *v = &f->values[n->first_value];

    return n->kind == FILTER_TERM && n->op == FILTER_EQ && n->field->source &&
           !v->is_pattern && v->text[0] &&
           !(n->field->unsourced && strcmp(v->text, n->field->unsourced) == 0);
}

/* A comparison that must hold for every hit, and whose rows an index lists by id;
 * of several the one that should leave the fewest. */
static const struct filter_node *find_source(const struct filter *f)
{
    const struct filter_node *best = NULL;

    if (!f || f->node_count == 0)
        return NULL;
    bool is_list = f->nodes[f->root].kind == FILTER_AND;
    int at = is_list ? f->nodes[f->root].first_child : f->root;
    for (; at >= 0; at = is_list ? f->nodes[at].next : -1) {
        const struct filter_node *n = &f->nodes[at];
        if (has_source(f, n) && (!best || n->field->rows < best->field->rows))
            best = n;
    }
    return best;
}

/* What is left to look at: behind the last, in the order of column. */
static void put_rest(struct builder *b, const char *column)
{
    bool is_up = b->order == PAGE_UP;

    filter_put(b, " AND ");
    filter_put(b, column);
    filter_put(b, is_up ? " > " FILTER_AFTER : " < " FILTER_AFTER);
    filter_put(b, " ORDER BY ");
    filter_put(b, column);
    filter_put(b, is_up ? "" : " DESC");
}

/* Through the index that n has. */
static void put_index(struct builder *b, const struct filter_node *n)
{
    const struct filter_value *v = &b->f->values[n->first_value];

    filter_put(b, n->field->source);
    if (n->field->type == FILTER_COMPONENT_VERSION)
        filter_put_bound(b, (struct bound){.value = v, .as = BIND_INDEXED});
    else
        filter_put_bound(b, (struct bound){.text = v->text, .as = BIND_TEXT});
    if (!n->name[0]) {
        put_rest(b, "d.id");
        return;
    }
    /* w is a row of the device's, or of the task's */
    bool is_task = n->field->type == FILTER_TASK_COMPONENT;
    filter_put(b, is_task ? " AND w.component = " : " AND w.name = ");
    filter_put_bound(b, (struct bound){.text = n->name, .as = BIND_TEXT});
    put_rest(b, is_task ? "w.task_id" : "w.device_id");
}

static void put_source(struct builder *b, const struct filter_list *list)
{
    const struct filter_node *n = list->has_no_index ? NULL : find_source(b->f);

    filter_put(b, " FROM ");
    if (n) {
        put_index(b, n);
        return;
    }
    filter_put(b, list->from);
    put_rest(b, "d.id");
}

#define NO_TARGETS "('pending', 'deregistered', 'expected')"

static const char is_target[] =
    " AND d.state NOT IN " NO_TARGETS " AND d.created_ms <= " FILTER_CREATED_MS;

/* Through the index of active tasks: most devices have none. */
static const char overlaps_source[] =
    " AND EXISTS (SELECT 1 FROM plan_group g WHERE g.plan_id = " FILTER_PLAN
    " AND g.inventory_id = coalesce(d.inventory_id, 0) AND g.reason = ''),"
    " o.campaign_id FROM task o INDEXED BY task_active CROSS JOIN device d"
    " WHERE o.is_active = 1 AND o.device_id > " FILTER_AFTER " AND d.id = o.device_id"
    " ORDER BY o.device_id";

static void put_hit(struct builder *b)
{
    filter_put(b, "SELECT d.id, ");
    filter_put_tree(b);
}

static const struct filter_list all_devices = {.from = "device d WHERE true"};

static void put_statement(struct builder *b, enum filter_select select)
{
    put_hit(b);
    if (select == FILTER_TARGETS || select == FILTER_OVERLAPS)
        filter_put(b, is_target);
    if (select == FILTER_OVERLAPS) {
        filter_put(b, overlaps_source);
        return;
    }
    if (select == FILTER_TARGETS)
        filter_put(b, ", coalesce(d.inventory_id, 0), d.endpoint");
    if (select == FILTER_GROUPS)
        filter_put(b, ", coalesce(d.inventory_id, 0), d.state IN " NO_TARGETS);
    put_source(b, &all_devices);
}

/* An index has the rows in this order; those of one value go by id. */
static void put_sorted(struct builder *b, const struct filter_list *list,
                       const struct page *page)
{
    bool is_up = page->order == PAGE_UP;
    const char *column = page->sort->column;

    filter_put(b, ", ");
    filter_put(b, column);
    filter_put(b, " FROM ");
    filter_put(b, list->from);
    if (page->after != 0) {
        filter_put(b, " AND (");
        filter_put(b, column);
        filter_put(b, is_up ? ", d.id) > (" : ", d.id) < (");
        filter_put(b, FILTER_AFTER_KEY ", " FILTER_AFTER ")");
    }
    filter_put(b, " ORDER BY ");
    filter_put(b, column);
    filter_put(b, is_up ? ", d.id" : " DESC, d.id DESC");
}

static int bind_one(sqlite3_stmt *stmt, int index, const struct bound *bound)
{
    switch (bound->as) {
    case BIND_KEY:
        return sqlite3_bind_blob(stmt, index, bound->value->key,
                                 (int)bound->value->key_len, SQLITE_STATIC);
    case BIND_INDEXED: /* as in component_by_version */
        if (bound->value->key_len > 0)
            return sqlite3_bind_blob(stmt, index, bound->value->key,
                                     (int)bound->value->key_len, SQLITE_STATIC);
        return sqlite3_bind_blob(stmt, index, bound->value->text,
                                 (int)strlen(bound->value->text), SQLITE_STATIC);
    case BIND_NUMBER:
        return sqlite3_bind_int64(stmt, index, bound->value->number);
    case BIND_TEXT:
        break;
    }
    return sqlite3_bind_text(stmt, index, bound->text, -1, SQLITE_STATIC);
}

static void prepare(struct store *st, struct builder *b, struct query *q)
{
    char *sql = sqlite3_str_finish(b->sql);

    b->sql = NULL;
    q->err =
        sql ? store_rc(sqlite3_prepare_v2(st->db, sql, -1, &q->stmt, NULL)) : -ENOMEM;
    sqlite3_free(sql);
    for (int i = 0; i < b->count && q->err == 0; i++)
        q->err = store_rc(bind_one(q->stmt, i + 1 + FILTER_PARAMS, &b->bound[i]));
}

/* @return owned, sqlite3_free(); NULL: no memory */
static struct builder *begin(struct store *st, const struct filter *filter)
{
    struct builder *b = sqlite3_malloc(sizeof *b);

    if (!b)
        return NULL;
    *b = (struct builder){.f = filter, .sql = sqlite3_str_new(st->db)};
    st->version_key = filter ? filter->context.version_key : NULL;
    return b;
}

struct query filter_query(struct store *st, const struct filter *filter,
                          enum filter_select select)
{
    struct query q = {0};
    struct builder *b = begin(st, filter);
    if (!b)
        return (struct query){.err = -ENOMEM};

    put_statement(b, select);
    prepare(st, b, &q);
    sqlite3_free(b);
    return q;
}

bool filter_is_asked(const struct page *page)
{
    return page->filter || page->sort;
}

static void bind_after(struct query *q, const struct page *page)
{
    bool is_up = page->order == PAGE_UP;

    if (!page->sort || page->after != 0)
        query_bind_int(q, FILTER_AFTER,
                       is_up || page->after > 0 ? page->after : INT64_MAX);
    if (!page->sort || page->after == 0)
        return;
    if (page->sort->type == FILTER_TEXT)
        query_bind_text(q, FILTER_AFTER_KEY, page->after_key);
    else
        query_bind_int(q, FILTER_AFTER_KEY, strtoll(page->after_key, NULL, 10));
}

struct query filter_list_query(struct store *st, const struct filter_list *list,
                               const struct page *page)
{
    struct query q = {0};
    struct builder *b = begin(st, page->filter);
    if (!b)
        return (struct query){.err = -ENOMEM};

    b->order = page->order;
    put_hit(b);
    filter_put(b, list->also ? list->also : "");
    if (page->sort)
        put_sorted(b, list, page);
    else
        put_source(b, list);
    prepare(st, b, &q);
    sqlite3_free(b);
    bind_after(&q, page);
    return q;
}

void filter_query_end(struct query *q)
{
    sqlite3_finalize(q->stmt);
}
