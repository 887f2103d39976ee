/* SPDX-License-Identifier: Apache-2.0 */
/* store_internal.h - what the files of store/ share and nobody else may see. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/filter.h"
#include "store/queries.h"
#include "store/query.h"
#include "store/store.h"
#include "store/tally.h"

struct store {
    sqlite3 *db;
    sqlite3_stmt *stmt[QUERY_COUNT];
    struct query_map map[QUERY_COUNT];
    enum store_mode mode;
    bool was_closed;                 /* see store_was_closed() */
    bool is_sound;                   /* writer: was closed, or was read since */
    bool has_failed;                 /* writer: a batch, for its disk or its file */
    int lock_fd;                     /* writer: flock()ed while open; -1 for none */
    struct tally *tally;             /* owned */
    filter_version_key *version_key; /* of the filter that was made a statement last */
    int64_t (*mono_ms)(void);        /* NULL: no clock */
    int64_t log_pages;        /* writer: pages in the log after the last commit */
    int64_t checkpoint_pages; /* writer: the next checkpoint is due with so many */
};

/** Version of the schema that this program writes. */
enum { STORE_SCHEMA_VERSION = 1, STORE_APPLICATION_ID = 0x4c6b7374 };

/** SQLite result code to what store_ functions return. */
int store_rc(int sqlite_rc);

/** Bring the file to STORE_SCHEMA_VERSION. @return 0, -EPROTO (newer, or no file of
 * ours), -errno */
[[nodiscard]] int store_migrate(sqlite3 *db);

/** A reader takes the file as it is. @return 0, -EPROTO (another version), -errno */
[[nodiscard]] int store_check_version(sqlite3 *db);
