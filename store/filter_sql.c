/* SPDX-License-Identifier: Apache-2.0 */
/* filter_sql.c - the tree of a filter as a condition: fixed fragments and parameters.
 */
#include <string.h>

#include "store/filter_query.h"
#include "store/store_internal.h"

void filter_put(struct builder *b, const char *fragment)
{
    sqlite3_str_appendall(b->sql, fragment);
}

void filter_put_bound(struct builder *b, struct bound bound)
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
        filter_put(b, "x.version_key");
        return;
    }
    filter_put(b, "version_key(");
    filter_put(b, n->field->column);
    filter_put(b, ")");
}

static void put_text_value(struct builder *b, const struct filter_node *n,
                           const struct filter_value *v)
{
    filter_put(b, v->is_pattern ? "wild_match(" : "");
    filter_put(b, n->field->column);
    filter_put(b, v->is_pattern ? ", " : " = ");
    filter_put_bound(b, (struct bound){.text = v->text, .as = BIND_TEXT});
    filter_put(b, v->is_pattern ? ")" : "");
}

static void put_version_value(struct builder *b, const struct filter_node *n,
                              const struct filter_value *v)
{
    bool is_order = filter_op_is_order(n->op);

    if (!is_order) {
        put_text_value(b, n, v);
        if (v->is_pattern || v->key_len == 0)
            return;
        filter_put(b, " OR ");
    } else {
        filter_put(b, "length(");
        put_key_column(b, n);
        filter_put(b, ") > 0 AND ");
    }
    put_key_column(b, n);
    filter_put(b, order_sign(n->op));
    filter_put_bound(b, (struct bound){.value = v, .as = BIND_KEY});
}

static void put_value(struct builder *b, const struct filter_node *n,
                      const struct filter_value *v)
{
    switch (n->field->type) {
    case FILTER_TIME:
    case FILTER_NUMBER:
    case FILTER_BOOL:
    case FILTER_COMPONENT_RESULT:
        filter_put(b, n->field->column);
        filter_put(b, order_sign(n->op));
        filter_put_bound(b, (struct bound){.value = v, .as = BIND_NUMBER});
        return;
    case FILTER_VERSION:
    case FILTER_COMPONENT_VERSION:
        put_version_value(b, n, v);
        return;
    case FILTER_TEXT:
    case FILTER_TAG:
    case FILTER_COMPONENT_STATE:
    case FILTER_TASK_COMPONENT:
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
    case FILTER_TASK_COMPONENT:
        return "EXISTS (SELECT 1 FROM task_component x WHERE x.task_id = d.id"
               " AND x.component = ";
    case FILTER_TEXT:
    case FILTER_VERSION:
    case FILTER_TIME:
    case FILTER_NUMBER:
    case FILTER_BOOL:
        break;
    }
    return NULL;
}

static void put_term(struct builder *b, const struct filter_node *n)
{
    const char *row = row_of(n->field->type);

    if (n->op == FILTER_NE || n->op == FILTER_OUT)
        filter_put(b, "NOT ");
    if (row) {
        filter_put(b, row);
        filter_put_bound(b, (struct bound){.text = n->name, .as = BIND_TEXT});
        filter_put(b, " AND ");
    }
    for (size_t i = 0; i < n->value_count; i++) {
        filter_put(b, i == 0 ? "((" : " OR (");
        put_value(b, n, &b->f->values[n->first_value + i]);
        filter_put(b, ")");
    }
    filter_put(b, row ? "))" : ")");
}

// NOLINTNEXTLINE(misc-no-recursion): FILTER_DEPTH_MAX bounds it
static void put_node(struct builder *b, int at)
{
    const struct filter_node *n = &b->f->nodes[at];

    if (n->kind == FILTER_TERM) {
        put_term(b, n);
        return;
    }
    filter_put(b, "(");
    for (int child = n->first_child; child >= 0; child = b->f->nodes[child].next) {
        if (child != n->first_child)
            filter_put(b, n->kind == FILTER_AND ? " AND " : " OR ");
        put_node(b, child);
    }
    filter_put(b, ")");
}

void filter_put_tree(struct builder *b)
{
    if (!b->f || b->f->node_count == 0)
        filter_put(b, "true");
    else
        put_node(b, b->f->root);
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
