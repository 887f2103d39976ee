/* SPDX-License-Identifier: Apache-2.0 */
/* row.h - a table of columns binds a row struct to a statement and reads it back.
 * Internal to store/.
 *
 * The table stands once per kind of row, in the order of its COLUMNS in queries.c; a
 * parameter is called as its column.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "store/query.h"

enum column_type {
    COLUMN_INT64,
    COLUMN_INT32,
    COLUMN_UINT32,
    COLUMN_UINT16,
    COLUMN_UINT8,
    COLUMN_BOOL,
    COLUMN_TEXT, /* char[size] */
    COLUMN_BLOB, /* uint8_t[size], all of it */
};

struct column {
    const char *name; /* ":endpoint"; without the colon it is the column's */
    enum column_type type;
    size_t offset;
    size_t size;
};

#define COLUMN_AT(kind, row, field, column)                                            \
    {                                                                                  \
        ":" column, kind, offsetof(struct row, field),                                 \
            sizeof(((struct row *)0)->field)                                           \
    }
#define COLUMN(kind, row, field) COLUMN_AT(kind, row, field, #field)

struct row_shape {
    const struct column *columns;
    size_t count;
};

/** Bind every column that the statement has a parameter for. */
void row_bind(struct query *q, struct row_shape shape, const void *row);

/** Read the current result row; its first columns are those of shape, in order. */
void row_read(struct query *q, struct row_shape shape, void *row);

/** Step to the only result row and read it. @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int row_read_one(struct query *q, struct row_shape shape, void *row);

/** Where rows go: room for limit of row_bytes each. */
struct row_list {
    void *rows;
    size_t row_bytes;
    size_t limit;
    size_t count; /* in: 0; out: rows that there are, written up to limit */
};

/** All result rows. @return 0, -errno */
[[nodiscard]] int row_read_all(struct query *q, struct row_shape shape,
                               struct row_list *list);

#define ROW_LIST(array, n)                                                             \
    ((struct row_list){.rows = (array), .row_bytes = sizeof *(array), .limit = (n)})

struct page;

/** @return the statement for the page's order, with :after bound to where it begins */
struct query row_page_begin(struct store *st, const struct page *page, enum query_id up,
                            enum query_id down);

/**
 * One page: q is bound but for :limit, and goes by the first column, an int64_t. Fills
 * page->count and page->next.
 *
 * @return 0, -errno
 */
[[nodiscard]] int row_read_page(struct query *q, struct row_shape shape,
                                struct row_list *list, struct page *page);

/** How many more rows one page or step may look at: WALK_ROWS, with a clock as many as
 * STORE_BUDGET_MS allows. */
struct walk {
    const struct store *st;
    size_t seen;
    int64_t end_ms;
};

enum { WALK_ROWS = 10000 };

struct walk walk_begin(const struct store *st);

/** Ask before each row. @return false: leave the rest for the next page */
bool walk_goes_on(struct walk *w);

/**
 * Like row_read_page(), for a condition that no index answers: q yields id and whether
 * it is a hit for every row there is, and is left early. Only the first int64_t of each
 * row is written: the id. With page->sort q yields as well what it is sorted by.
 *
 * @return 0, -errno
 */
[[nodiscard]] int row_walk_page(struct store *st, struct query *q,
                                struct row_list *list, struct page *page);

/** The same walk, counting: page->count is the number of hits, page->limit is not
 * looked at. @return 0, -errno */
[[nodiscard]] int row_walk_count(struct store *st, struct query *q, struct page *page);

/** Read each row whose id a walk wrote; those that are gone meanwhile are left out.
 * @param id  a statement with the parameter :id. @return 0, -errno */
[[nodiscard]] int row_fill_page(struct store *st, enum query_id id,
                                struct row_shape shape, struct row_list *list,
                                struct page *page);
