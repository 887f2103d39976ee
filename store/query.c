/* SPDX-License-Identifier: Apache-2.0 */
#include "store/query.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_internal.h"

struct query query_begin(struct store *st, enum query_id id)
{
    /* A statement is never used twice at once. */
    assert(!sqlite3_stmt_busy(st->stmt[id]));
    return (struct query){.stmt = st->stmt[id], .map = &st->map[id]};
}

void query_end(struct query *q)
{
    sqlite3_reset(q->stmt);
    sqlite3_clear_bindings(q->stmt);
}

void query_again(struct query *q)
{
    sqlite3_reset(q->stmt);
}

static int param(const struct query *q, const char *name)
{
    int index = sqlite3_bind_parameter_index(q->stmt, name);

    assert(index > 0);
    return index;
}

void query_bind_text(struct query *q, const char *name, const char *value)
{
    if (!q->err)
        q->err = store_rc(
            sqlite3_bind_text(q->stmt, param(q, name), value, -1, SQLITE_STATIC));
}

void query_bind_int(struct query *q, const char *name, int64_t value)
{
    if (!q->err)
        q->err = store_rc(sqlite3_bind_int64(q->stmt, param(q, name), value));
}

void query_bind_blob(struct query *q, const char *name, const void *bytes, size_t len)
{
    if (!q->err) /* a NULL pointer would bind NULL, even for no bytes */
        q->err = store_rc(sqlite3_bind_blob(q->stmt, param(q, name), bytes ? bytes : "",
                                            (int)len, SQLITE_STATIC));
}

int query_run(struct query *q)
{
    if (!q->err)
        q->err = store_rc(sqlite3_step(q->stmt));
    return q->err;
}

int query_run_for(struct query *q, int64_t *out)
{
    if (q->err)
        return q->err;
    int rc = sqlite3_step(q->stmt);
    if (rc == SQLITE_DONE)
        return STORE_E_NOT_FOUND;
    if (rc != SQLITE_ROW)
        return q->err = store_rc(rc);
    *out = sqlite3_column_int64(q->stmt, 0);
    return q->err = store_rc(sqlite3_step(q->stmt)); /* RETURNING: writes end here */
}

int64_t query_changes(const struct store *st)
{
    return sqlite3_changes64(st->db);
}

int64_t query_last_id(const struct store *st)
{
    return sqlite3_last_insert_rowid(st->db);
}

int query_next(struct query *q)
{
    if (q->err)
        return q->err;
    int rc = sqlite3_step(q->stmt);
    if (rc == SQLITE_ROW)
        return 1;
    if (rc == SQLITE_DONE)
        return 0;
    q->err = store_rc(rc);
    if (q->err > 0)
        q->err = -EILSEQ;
    return q->err;
}

int query_one(struct query *q)
{
    int rc = query_next(q);

    if (rc < 0)
        return rc;
    return rc == 0 ? STORE_E_NOT_FOUND : 0;
}

void query_text(struct query *q, int col, char *out, size_t size)
{
    const unsigned char *text = sqlite3_column_text(q->stmt, col);
    size_t len = (size_t)sqlite3_column_bytes(q->stmt, col);

    if (len >= size) {
        q->err = -EOVERFLOW;
        len = 0;
    }
    memcpy(out, text ? (const char *)text : "", len);
    out[len] = '\0';
}

int64_t query_int(struct query *q, int col)
{
    return sqlite3_column_int64(q->stmt, col);
}

char *query_text_dup(struct query *q, int col)
{
    const unsigned char *text = sqlite3_column_text(q->stmt, col);
    char *copy = strdup(text ? (const char *)text : "");

    if (!copy)
        q->err = -ENOMEM;
    return copy;
}
