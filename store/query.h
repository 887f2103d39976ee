/* SPDX-License-Identifier: Apache-2.0 */
/* query.h - one prepared statement, from bind to reset. Internal to store/.
 *
 * The first failure sticks in .err and turns the calls after it into no-ops, so a
 * caller binds everything in a row and looks once, at query_run() or query_next().
 */
#pragma once

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "store/queries.h"

struct store;
struct column;

/* Where the parameters of a statement stand for the columns of a row. */
struct query_map {
    const struct column *columns; /* those it was made for */
    short at[32];                 /* 0: the statement has no such parameter */
};

struct query {
    sqlite3_stmt *stmt;    /* borrowed from the store, or from who made it */
    struct query_map *map; /* the store's; NULL for a statement of its own */
    int err; /* 0 or the first failure, as the store_ functions return it */
};

/** Declares a query that is reset and unbound whichever way its scope is left. */
#define SCOPED_QUERY __attribute__((cleanup(query_end))) struct query

struct query query_begin(struct store *st, enum query_id id);
void query_end(struct query *q);

/** Bind by name. value must outlive the query's scope; a wrong name is a bug and
 * aborts. */
void query_bind_text(struct query *q, const char *name, const char *value);
void query_bind_int(struct query *q, const char *name, int64_t value);
void query_bind_blob(struct query *q, const char *name, const void *bytes, size_t len);

/** A write without rows. @return 0, STORE_E_CONFLICT or -errno */
[[nodiscard]] int query_run(struct query *q);

/** A write that answers one number (RETURNING). @return 0, STORE_E_NOT_FOUND if it
 * answered none, STORE_E_CONFLICT, -errno */
[[nodiscard]] int query_run_for(struct query *q, int64_t *out);

/** @return rows that the last write of st changed */
int64_t query_changes(const struct store *st);

/** @return id of the row that the last insert of st made */
int64_t query_last_id(const struct store *st);

/** @return 1 on a row, 0 at the end, -errno; a conflict of a write is -EILSEQ here */
[[nodiscard]] int query_next(struct query *q);

/** Step to the only row. @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int query_one(struct query *q);

/** Run once more with other values: keeps .err, keeps what is bound. */
void query_again(struct query *q);

/** Copy a column. Text longer than size - 1 bytes is -EOVERFLOW in q->err. */
void query_text(struct query *q, int col, char *out, size_t size);
int64_t query_int(struct query *q, int col);

/** Copy a column into new memory: owned by the caller, free(); NULL on -ENOMEM. */
char *query_text_dup(struct query *q, int col);
