/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - a connection to the database, and what can go wrong with it.
 *
 * One writer in one thread of one process; any number of readers, one thread each. A
 * reader sees what is durable. Writing is change.h and batch.h; reading is one header
 * per kind of row. A writer can read too (tests do, with ":memory:").
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/sizes.h"

struct filter;
struct filter_field;
struct store;

/** Positive returns of every store_ function: outcomes, not failures. */
enum {
    STORE_E_NOT_FOUND = 1,
    STORE_E_CONFLICT, /* a UNIQUE, CHECK or FOREIGN KEY constraint said no */
    STORE_E_DIGEST,   /* the bytes are not those that the SHA-256 names */
    STORE_E_DAMAGED,  /* the file is not what SQLite wrote */
    STORE_E_MORE,     /* the work budget is used up: call again to go on */
};

enum store_mode {
    STORE_WRITER, /* creates and migrates the file; -EBUSY if another has it */
    STORE_READER, /* query_only; the file must have been opened by a writer before */
};

/** Why store_open() failed, for the operator. */
struct store_failure {
    char text[256];
};

/**
 * Open the database, migrate it (writer), prepare every statement.
 *
 * @param path  file name, or ":memory:" (a writer only: nobody else sees it)
 * @param why   written on failure; may be NULL
 * @param out   owned by the caller; release with store_close()
 *
 * @return 0, or -errno: -EPROTO the file is of a newer version (or, for a reader, of
 *         another one), -EBUSY a second writer, -ENOMEM, -ENOSPC, -EIO, -ENOENT
 */
[[nodiscard]] int store_open(const char *path, enum store_mode mode,
                             struct store_failure *why, struct store **out);

/** What a page or a step of st may cost once st has a clock: one read transaction. */
enum { STORE_BUDGET_MS = 15 };

/**
 * From now on what looks at rows one by one ends after STORE_BUDGET_MS; before, after
 * some number of rows.
 *
 * @param mono_ms  never goes back
 */
void store_set_clock(struct store *st, int64_t (*mono_ms)(void));

/**
 * What is read until store_read_end() is of one moment, and cheaper than apart. Readers
 * only. For short reads: the log cannot begin anew meanwhile.
 */
void store_read_begin(struct store *st);
void store_read_end(struct store *st);

/** Release st and its statements. NULL is allowed. */
void store_close(struct store *st);

/** @return text of the last failure on st; valid until the next call on st */
const char *store_error(const struct store *st);

/**
 * Move committed pages from the log to the file, each time that the log has grown by
 * 16 MB: PASSIVE, above 64 MB RESTART (waits for readers, at most 100 ms).
 * Writer only; call it between batches, while nothing waits.
 *
 * @return 0 (also when a reader kept it from finishing), -ENOSPC, -EIO
 */
[[nodiscard]] int store_checkpoint(struct store *st);

/**
 * A value by name, for what has no table of its own (CHANGE_META_PUT).
 *
 * @return 0, STORE_E_NOT_FOUND, -EOVERFLOW (size too small), -errno
 */
[[nodiscard]] int store_meta_get(struct store *st, const char *key, char *out,
                                 size_t size);

/** Which way a list goes. Lists go up by id unless their header says they can go down.
 */
enum page_order {
    PAGE_UP,
    PAGE_DOWN,
};

/**
 * One page of a list: the caller fills the first part, the function the second. Lists
 * whose kind is in enum filter_of look at .filter and .sort, both ways; others do not.
 */
struct page {
    int64_t after; /* the id that the last page ended with (its .next); 0 at first */
    size_t limit;  /* room in the caller's array of rows */
    enum page_order order;
    const struct filter *filter;            /* NULL: every row */
    const struct filter_field *sort;        /* see filter_sort_find(); NULL: by id */
    char after_key[STORE_ENDPOINT_MAX + 1]; /* .next_key of the last page */

    size_t count; /* rows written; may be 0 with a .next: the budget was used up */
    int64_t next; /* .after of the next page; 0 when there is none */
    char next_key[STORE_ENDPOINT_MAX + 1]; /* with .next and .sort */
};
