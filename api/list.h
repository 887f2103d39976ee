/* SPDX-License-Identifier: Apache-2.0 */
/* list.h - pages of rows: {"items": [...], "next": cursor} with a Link, or with
 * Accept: application/x-ndjson all of them, one on a line.
 *
 * What no index answers is looked for during STORE_BUDGET_MS: a page may be short, even
 * empty, while it has a cursor. There is more until "next" is null.
 *
 * Parameters: limit (100; up to LIST_LIMIT_MAX), cursor; q and sort by the fields of
 * its kind of row (store/filter.h), - before a field turns the order.
 */
#pragma once

#include <stddef.h>

#include "api/request.h"
#include "store/filter.h"
#include "store/store.h"

/** Where the rows of a page go. */
struct rows {
    struct json j; /* between row_begin() and row_end(): inside the row's object */
    bool is_lines;
};

struct json *row_begin(struct rows *rows);
void row_end(struct rows *rows);

/**
 * Read one page of at most page->limit rows and write each. What else it needs, it
 * finds in rq->kept.
 * @return 0, -errno
 */
typedef int list_fill(struct request *rq, struct page *page, struct rows *rows);

struct list {
    enum filter_of of;     /* FILTER_OF_COUNT: sorted by id alone, and no q */
    enum page_order order; /* without sort */
    list_fill *fill;
};

/** Answer with a list. @return what a handler returns */
int list_answer(struct request *rq, struct response *rs, const struct list *list);

/** Take in q as rq->filter: NULL without one. @return 0, -EINVAL with *rs set, -errno
 */
[[nodiscard]] int list_filter(struct request *rq, struct response *rs,
                              enum filter_of of);

/** @return room for limit rows of size bytes, owned; NULL: no memory */
void *list_rows(const struct page *page, size_t size);

/** @return true if the Accept header names the type */
bool request_accepts(const struct request *rq, const char *type);

/** @return true if the comma-separated parameter include has the word */
bool request_includes(const struct request *rq, const char *word);
