/* SPDX-License-Identifier: Apache-2.0 */
/* filter_query.h - the statements that filters become. Internal to store/. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

#include "store/filter_internal.h"
#include "store/query.h"
#include "store/store.h"

/** Parameters of the statement; those behind them are the filter's own. */
#define FILTER_AFTER "?1"      /* the last id that was seen */
#define FILTER_AFTER_KEY "?2"  /* and what it was sorted by */
#define FILTER_CREATED_MS "?3" /* FILTER_TARGETS: only devices that were there then */
#define FILTER_PLAN "?4"       /* FILTER_OVERLAPS: its id */
#define FILTER_SCOPE "?5"      /* lists: id of what they are of */
enum { FILTER_PARAMS = 12 };   /* the rest is a list's .also */

/** What the statement yields besides id and hit. */
enum filter_select {
    FILTER_HIT,      /* with page->sort what it sorts by, else nothing */
    FILTER_TARGETS,  /* inventory_id or 0, endpoint; a hit only if it can be a target */
    FILTER_GROUPS,   /* inventory_id or 0, whether it cannot be a target */
    FILTER_OVERLAPS, /* campaign_id of the active task; devices that have one, a hit
                        only if the plan has something for it */
};

/** A list that pages of filters are of. */
struct filter_list {
    const char *from; /* "campaign d WHERE true": d is what is listed, by d.id */
    const char
        *also; /* what makes a hit besides the filter: " AND ..."; NULL: nothing */
    bool has_no_index; /* those of fields do not fit .from */
};

#define SCOPED_FILTER_QUERY __attribute__((cleanup(filter_query_end))) struct query

/** Prepare the walk over devices by id for filter (NULL: all); errors are in .err. The
 * filter must outlive it. */
struct query filter_query(struct store *st, const struct filter *filter,
                          enum filter_select select);
void filter_query_end(struct query *q);

/** Prepare the walk over a list for page->filter, in the order of page->sort, behind
 * where the page begins; .also is left to bind. */
struct query filter_list_query(struct store *st, const struct filter_list *list,
                               const struct page *page);

/** @return true if the page asks for more than the order of ids */
bool filter_is_asked(const struct page *page);

/** Give a new connection the functions that such statements call. @return 0, -errno */
[[nodiscard]] int filter_register(struct store *st);

/* ---- for the files that make them ---- */

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
    enum page_order order;
};

void filter_put(struct builder *b, const char *fragment);
void filter_put_bound(struct builder *b, struct bound bound);

/** Append the tree as a condition on d. */
void filter_put_tree(struct builder *b);
