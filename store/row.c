/* SPDX-License-Identifier: Apache-2.0 */
#include "store/row.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "store/store_internal.h"

/* A look at the clock costs a tenth of a cheap row. */
enum { ROWS_PER_LOOK = 16 };

static int64_t load_int(const struct column *c, const void *field)
{
    switch (c->type) {
    case COLUMN_INT64:
        return *(const int64_t *)field;
    case COLUMN_INT32:
        return *(const int32_t *)field;
    case COLUMN_UINT32:
        return *(const uint32_t *)field;
    case COLUMN_UINT16:
        return *(const uint16_t *)field;
    case COLUMN_UINT8:
        return *(const uint8_t *)field;
    case COLUMN_BOOL:
        return *(const bool *)field;
    case COLUMN_TEXT:
    case COLUMN_BLOB:
        break;
    }
    return 0;
}

static void save_int(const struct column *c, void *field, int64_t value)
{
    switch (c->type) {
    case COLUMN_INT64:
        *(int64_t *)field = value;
        break;
    case COLUMN_INT32:
        *(int32_t *)field = (int32_t)value;
        break;
    case COLUMN_UINT32:
        *(uint32_t *)field = (uint32_t)value;
        break;
    case COLUMN_UINT16:
        *(uint16_t *)field = (uint16_t)value;
        break;
    case COLUMN_UINT8:
        *(uint8_t *)field = (uint8_t)value;
        break;
    case COLUMN_BOOL:
        *(bool *)field = value != 0;
        break;
    case COLUMN_TEXT:
    case COLUMN_BLOB:
        break;
    }
}

static int bind_at(struct query *q, int index, const struct column *c,
                   const void *field)
{
    if (c->type == COLUMN_TEXT)
        return sqlite3_bind_text(q->stmt, index, field, -1, SQLITE_STATIC);
    if (c->type == COLUMN_BLOB)
        return sqlite3_bind_blob(q->stmt, index, field, (int)c->size, SQLITE_STATIC);
    return sqlite3_bind_int64(q->stmt, index, load_int(c, field));
}

/* Looking parameters up by name for each row would cost as much as a small insert. */
static const short *find_params(struct query *q, struct row_shape shape)
{
    assert(q->map && shape.count <= sizeof q->map->at / sizeof q->map->at[0]);
    if (q->map->columns == shape.columns)
        return q->map->at;
    for (size_t i = 0; i < shape.count; i++)
        q->map->at[i] =
            (short)sqlite3_bind_parameter_index(q->stmt, shape.columns[i].name);
    q->map->columns = shape.columns;
    return q->map->at;
}

void row_bind(struct query *q, struct row_shape shape, const void *row)
{
    const short *at = find_params(q, shape);

    for (size_t i = 0; i < shape.count && !q->err; i++) {
        const struct column *c = &shape.columns[i];
        if (at[i] > 0)
            q->err = store_rc(bind_at(q, at[i], c, (const char *)row + c->offset));
    }
}

static void read_blob(struct query *q, int col, const struct column *c, void *field)
{
    const void *bytes = sqlite3_column_blob(q->stmt, col);
    size_t len = (size_t)sqlite3_column_bytes(q->stmt, col);

    if (len > c->size) {
        q->err = -EOVERFLOW;
        return;
    }
    memset(field, 0, c->size);
    if (len > 0)
        memcpy(field, bytes, len);
}

void row_read(struct query *q, struct row_shape shape, void *row)
{
    assert((size_t)sqlite3_column_count(q->stmt) >= shape.count);
    for (size_t i = 0; i < shape.count; i++) {
        const struct column *c = &shape.columns[i];
        void *field = (char *)row + c->offset;

        if (c->type == COLUMN_TEXT)
            query_text(q, (int)i, field, c->size);
        else if (c->type == COLUMN_BLOB)
            read_blob(q, (int)i, c, field);
        else
            save_int(c, field, query_int(q, (int)i));
    }
}

int row_read_one(struct query *q, struct row_shape shape, void *row)
{
    int rc = query_one(q);

    if (rc != 0)
        return rc;
    row_read(q, shape, row);
    return q->err;
}

int row_read_all(struct query *q, struct row_shape shape, struct row_list *list)
{
    int rc;

    while ((rc = query_next(q)) == 1) {
        if (list->count < list->limit) {
            void *row = (char *)list->rows + list->count * list->row_bytes;
            memset(row, 0, list->row_bytes);
            row_read(q, shape, row);
        }
        list->count++;
    }
    return rc < 0 ? rc : q->err;
}

int row_read_page(struct query *q, struct row_shape shape, struct row_list *list,
                  struct page *page)
{
    /* One row more than asked for tells whether there is a next page. */
    query_bind_int(q, ":limit", (int64_t)page->limit + 1);
    list->limit = page->limit;
    int rc = row_read_all(q, shape, list);
    if (rc != 0)
        return rc;

    page->count = list->count < page->limit ? list->count : page->limit;
    page->next = 0;
    if (list->count > page->limit && page->count > 0) {
        const char *last = (char *)list->rows + (page->count - 1) * list->row_bytes;
        memcpy(&page->next, last + shape.columns[0].offset, sizeof page->next);
    }
    return 0;
}

struct query row_page_begin(struct store *st, const struct page *page, enum query_id up,
                            enum query_id down)
{
    bool is_up = page->order == PAGE_UP;
    struct query q = query_begin(st, is_up ? up : down);

    query_bind_int(&q, ":after", is_up || page->after > 0 ? page->after : INT64_MAX);
    return q;
}

struct walk walk_begin(const struct store *st)
{
    return (struct walk){st, 0, st->mono_ms ? st->mono_ms() + STORE_BUDGET_MS : 0};
}

bool walk_goes_on(struct walk *w)
{
    size_t seen = w->seen++;

    if (!w->st->mono_ms)
        return seen < WALK_ROWS;
    /* The first row is free: every page gets further. */
    return seen == 0 || seen % ROWS_PER_LOOK != 0 || w->st->mono_ms() < w->end_ms;
}

int row_walk_page(struct store *st, struct query *q, struct row_list *list,
                  struct page *page)
{
    struct walk walk = walk_begin(st);
    int64_t id = 0;
    int rc = 1;

    page->count = 0;
    while (page->count < page->limit && walk_goes_on(&walk) &&
           (rc = query_next(q)) == 1) {
        id = query_int(q, 0);
        if (query_int(q, 1) == 0)
            continue;
        void *row = (char *)list->rows + page->count * list->row_bytes;
        memcpy(row, &id, sizeof id);
        page->count++;
    }
    if (rc < 0)
        return rc;
    page->next = rc == 1 ? id : 0;
    if (page->next != 0 && page->sort)
        query_text(q, 2, page->next_key, sizeof page->next_key);
    return q->err;
}

int row_walk_count(struct store *st, struct query *q, struct page *page)
{
    struct walk walk = walk_begin(st);
    int64_t id = 0;
    int rc = 1;

    page->count = 0;
    while (walk_goes_on(&walk) && (rc = query_next(q)) == 1) {
        id = query_int(q, 0);
        page->count += query_int(q, 1) != 0;
    }
    page->next = rc == 1 ? id : 0;
    return rc < 0 ? rc : 0;
}

int row_fill_page(struct store *st, enum query_id id, struct row_shape shape,
                  struct row_list *list, struct page *page)
{
    SCOPED_QUERY q = query_begin(st, id);
    size_t kept = 0;

    for (size_t i = 0; i < page->count; i++) {
        int64_t key = 0;
        memcpy(&key, (char *)list->rows + i * list->row_bytes, sizeof key);
        void *row = (char *)list->rows + kept * list->row_bytes;
        memset(row, 0, list->row_bytes);
        query_bind_int(&q, ":id", key);
        int rc = row_read_one(&q, shape, row);
        if (rc < 0)
            return rc;
        kept += rc == 0;
        query_again(&q);
    }
    page->count = kept;
    return 0;
}
