/* SPDX-License-Identifier: Apache-2.0 */
/* filter_sql.c - the tree of a filter as a statement: fixed fragments and parameters.
 *
 * SELECT d.id, <tree> ... FROM <all devices, or those of an index> AND d.id > ?1
 *
 * The statement walks the devices by id and says of each whether it is a hit, so that
 * the caller can stop it anywhere and go on behind it.
 */
#include <errno.h>
#include <string.h>

#include "store/filter_internal.h"
#include "store/store_internal.h"

struct bound {
    const struct filter_value *value; /* NULL: text is bound */
    const char *text;
    enum { BIND_TEXT, BIND_KEY, BIND_INDEXED, BIND_NUMBER } as;
};

/* A value is bound as text and as key; a term binds a name; two for the source. */
enum { BOUND_MAX = 2 * FILTER_VALUES_MAX + FILTER_TERMS_MAX + 2 };

struct builder {
    const struct filter *f;
    sqlite3_str *sql;
    struct bound bound[BOUND_MAX];
    int count;
};

static void put(struct builder *b, const char *fragment)
{
    sqlite3_str_appendall(b->sql, fragment);
}

static void put_bound(struct builder *b, struct bound bound)
{
    b->bound[b->count++] = bound;
    sqlite3_str_appendf(b->sql, "?%d", b->count + FILTER_PARAMS);
}

static const char *order_sign(enum filter_op op)
{
    switch (op) {
    case FILTER_LT:
        return " < ";
    case FILTER_LE:
        return " <= ";
    case FILTER_GT:
        return " > ";
    case FILTER_GE:
        return " >= ";
    case FILTER_EQ:
    case FILTER_NE:
    case FILTER_IN:
    case FILTER_OUT:
        break;
    }
    return " = ";
}

static void put_key_column(struct builder *b, const struct filter_node *n)
{
    if (n->field->type == FILTER_COMPONENT_VERSION) {
        put(b, "x.version_key");
        return;
    }
    put(b, "version_key(");
    put(b, n->field->column);
    put(b, ")");
}

static void put_text_value(struct builder *b, const struct filter_node *n,
                           const struct filter_value *v)
{
    put(b, v->is_pattern ? "wild_match(" : "");
    put(b, n->field->column);
    put(b, v->is_pattern ? ", " : " = ");
    put_bound(b, (struct bound){.text = v->text, .as = BIND_TEXT});
    put(b, v->is_pattern ? ")" : "");
}

static void put_version_value(struct builder *b, const struct filter_node *n,
                              const struct filter_value *v)
{
    bool is_order = filter_op_is_order(n->op);

    if (!is_order) {
        put_text_value(b, n, v);
        if (v->is_pattern || v->key_len == 0)
            return;
        put(b, " OR ");
    } else {
        put(b, "length(");
        put_key_column(b, n);
        put(b, ") > 0 AND ");
    }
    put_key_column(b, n);
    put(b, order_sign(n->op));
    put_bound(b, (struct bound){.value = v, .as = BIND_KEY});
}

static void put_value(struct builder *b, const struct filter_node *n,
                      const struct filter_value *v)
{
    switch (n->field->type) {
    case FILTER_TIME:
    case FILTER_COMPONENT_RESULT:
        put(b, n->field->column);
        put(b, order_sign(n->op));
        put_bound(b, (struct bound){.value = v, .as = BIND_NUMBER});
        return;
    case FILTER_VERSION:
    case FILTER_COMPONENT_VERSION:
        put_version_value(b, n, v);
        return;
    case FILTER_TEXT:
    case FILTER_TAG:
    case FILTER_COMPONENT_STATE:
        put_text_value(b, n, v);
        return;
    }
}

static const char *row_of(enum filter_class type)
{
    switch (type) {
    case FILTER_TAG:
        return "EXISTS (SELECT 1 FROM tag x WHERE x.device_id = d.id AND x.name = ";
    case FILTER_COMPONENT_VERSION:
    case FILTER_COMPONENT_STATE:
    case FILTER_COMPONENT_RESULT:
        return "EXISTS (SELECT 1 FROM component x WHERE x.device_id = d.id"
               " AND x.name = ";
    case FILTER_TEXT:
    case FILTER_VERSION:
    case FILTER_TIME:
        break;
    }
    return NULL;
}

static void put_term(struct builder *b, const struct filter_node *n)
{
    const char *row = row_of(n->field->type);

    if (n->op == FILTER_NE || n->op == FILTER_OUT)
        put(b, "NOT ");
    if (row) {
        put(b, row);
        put_bound(b, (struct bound){.text = n->name, .as = BIND_TEXT});
        put(b, " AND ");
    }
    for (size_t i = 0; i < n->value_count; i++) {
        put(b, i == 0 ? "((" : " OR (");
        put_value(b, n, &b->f->values[n->first_value + i]);
        put(b, ")");
    }
    put(b, row ? "))" : ")");
}

// NOLINTNEXTLINE(misc-no-recursion): FILTER_DEPTH_MAX bounds it
static void put_node(struct builder *b, int at)
{
    const struct filter_node *n = &b->f->nodes[at];

    if (n->kind == FILTER_TERM) {
        put_term(b, n);
        return;
    }
    put(b, "(");
    for (int child = n->first_child; child >= 0; child = b->f->nodes[child].next) {
        if (child != n->first_child)
            put(b, n->kind == FILTER_AND ? " AND " : " OR ");
        put_node(b, child);
    }
    put(b, ")");
}

/* An index may leave out devices whose value is empty. */
static bool has_source(const struct filter *f, const struct filter_node *n)
{
    const struct filter_value *v = &f->values[n->first_value];

    return n->kind == FILTER_TERM && n->op == FILTER_EQ && n->field->source &&
           !v->is_pattern && v->text[0];
}

/* A comparison that must hold for every hit, and whose devices an index lists by id;
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
        if (has_source(f, n) && (!best || n->field->devices < best->field->devices))
            best = n;
    }
    return best;
}

static void put_source(struct builder *b)
{
    const struct filter_node *n = find_source(b->f);
    const struct filter_value *v = n ? &b->f->values[n->first_value] : NULL;

    put(b, " FROM ");
    put(b, n ? n->field->source : "device d WHERE true");
    if (n && n->field->type == FILTER_COMPONENT_VERSION)
        put_bound(b, (struct bound){.value = v, .as = BIND_INDEXED});
    else if (n)
        put_bound(b, (struct bound){.text = v->text, .as = BIND_TEXT});
    if (n && n->name[0]) { /* w is a row of the device's */
        put(b, " AND w.name = ");
        put_bound(b, (struct bound){.text = n->name, .as = BIND_TEXT});
        put(b, " AND w.device_id > " FILTER_AFTER " ORDER BY w.device_id");
    } else {
        put(b, " AND d.id > " FILTER_AFTER " ORDER BY d.id");
    }
}

static const char is_target[] =
    " AND d.state NOT IN ('pending', 'deregistered', 'expected')"
    " AND d.created_ms <= " FILTER_CREATED_MS;

/* Through the index of active tasks: most devices have none. */
static const char overlaps_source[] =
    " AND EXISTS (SELECT 1 FROM plan_group g WHERE g.plan_id = " FILTER_PLAN
    " AND g.inventory_id = coalesce(d.inventory_id, 0) AND g.reason = ''),"
    " o.campaign_id FROM task o INDEXED BY task_active CROSS JOIN device d"
    " WHERE o.is_active = 1 AND o.device_id > " FILTER_AFTER " AND d.id = o.device_id"
    " ORDER BY o.device_id";

static void put_statement(struct builder *b, enum filter_select select)
{
    put(b, "SELECT d.id, ");
    if (!b->f || b->f->node_count == 0)
        put(b, "true");
    else
        put_node(b, b->f->root);
    if (select != FILTER_HIT)
        put(b, is_target);
    if (select == FILTER_OVERLAPS) {
        put(b, overlaps_source);
        return;
    }
    if (select == FILTER_TARGETS)
        put(b, ", coalesce(d.inventory_id, 0), d.endpoint");
    put_source(b);
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

struct query filter_query(struct store *st, const struct filter *filter,
                          enum filter_select select)
{
    struct query q = {0};
    struct builder *b = sqlite3_malloc(sizeof *b);
    if (!b)
        return (struct query){.err = -ENOMEM};

    *b = (struct builder){.f = filter, .sql = sqlite3_str_new(st->db)};
    st->version_key = filter ? filter->context.version_key : NULL;
    put_statement(b, select);
    prepare(st, b, &q);
    sqlite3_free(b);
    return q;
}

void filter_query_end(struct query *q)
{
    sqlite3_finalize(q->stmt);
}

static void call_wild_match(sqlite3_context *context, int count, sqlite3_value **values)
{
    const unsigned char *text = sqlite3_value_text(values[0]);
    const unsigned char *pattern = sqlite3_value_text(values[1]);

    (void)count;
    sqlite3_result_int(
        context, text && pattern &&
                     filter_wild_match((const char *)text, (const char *)pattern));
}

static void call_version_key(sqlite3_context *context, int count,
                             sqlite3_value **values)
{
    const struct store *st = sqlite3_user_data(context);
    const unsigned char *text = sqlite3_value_text(values[0]);
    uint8_t key[STORE_VERSION_KEY_MAX];
    int len = 0;

    (void)count;
    if (text && st->version_key)
        len = st->version_key((const char *)text, key, sizeof key);
    sqlite3_result_blob(context, key, len > 0 ? len : 0, SQLITE_TRANSIENT);
}

int filter_register(struct store *st)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
    int rc = store_rc(sqlite3_create_function(st->db, "wild_match", 2, flags, NULL,
                                              call_wild_match, NULL, NULL));

    if (rc == 0)
        rc = store_rc(sqlite3_create_function(st->db, "version_key", 1, flags, st,
                                              call_version_key, NULL, NULL));
    return rc;
}
