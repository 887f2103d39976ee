/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/filter_query.h"
#include "store/query.h"
#include "store/store_internal.h"
#include "store/upkeep.h"

enum {
    PAGE_BYTES = 4096,
    LOG_STEP_PAGES = 16 * 1024 * 1024 / PAGE_BYTES,
    LOG_RESTART_PAGES = 64 * 1024 * 1024 / PAGE_BYTES,
    BUSY_MS = 1000,
    READERS_MS = 100, /* most reads take less than half of it */
    LOOKASIDE_BYTES = 1200,
    LOOKASIDE_PIECES = 400,
};

int store_rc(int sqlite_rc)
{
    switch (sqlite_rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
        return 0;
    case SQLITE_CONSTRAINT:
        return STORE_E_CONFLICT;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_TOOBIG:
        return -EMSGSIZE;
    case SQLITE_CANTOPEN:
        return -ENOENT;
    case SQLITE_NOTADB:
        return -EPROTO;
    default:
        return -EIO;
    }
}

/* The lock file has a byte in it while a writer has the store open, and afterwards if
 * it never came to close it or failed, until one that has found the file sound closes
 * it. */
static int mark_open(struct store *st)
{
    char mark;
    ssize_t n = pread(st->lock_fd, &mark, 1, 0);

    if (n < 0)
        return -errno;
    st->is_sound = st->was_closed = n == 0;
    if (st->was_closed &&
        (pwrite(st->lock_fd, "!", 1, 0) != 1 || fsync(st->lock_fd) != 0))
        return -errno;
    return 0;
}

/* Two writers on one file could checkpoint at once, which SQLite 3.40 does not survive;
 * and two daemons on one store would both drive the devices. */
static int lock_file(struct store *st, const char *path)
{
    char name[4096];

    if (strcmp(path, ":memory:") == 0)
        return 0;
    if (snprintf(name, sizeof name, "%s.lock", path) >= (int)sizeof name)
        return -ENAMETOOLONG;
    st->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (st->lock_fd < 0)
        return -errno;
    int rc = flock(st->lock_fd, LOCK_EX | LOCK_NB) < 0 ? -errno : mark_open(st);
    if (rc != 0) { /* what is in the file is another writer's */
        close(st->lock_fd);
        st->lock_fd = -1;
    }
    return rc == -EWOULDBLOCK ? -EBUSY : rc;
}

static int note_log_pages(void *arg, sqlite3 *db, const char *schema, int pages)
{
    struct store *st = arg;

    (void)db;
    (void)schema;
    st->log_pages = pages;
    return SQLITE_OK;
}

static int run_pragmas(struct store *st)
{
    static const char both[] =
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
        "PRAGMA temp_store = MEMORY; PRAGMA recursive_triggers = OFF;";
    static const char writer[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "PRAGMA cache_size = -16384;";
    static const char reader[] = "PRAGMA query_only = ON; PRAGMA cache_size = -4096;";

    int rc = store_rc(sqlite3_exec(st->db, both, NULL, NULL, NULL));
    if (rc == 0)
        rc = store_rc(sqlite3_exec(st->db, st->mode == STORE_WRITER ? writer : reader,
                                   NULL, NULL, NULL));
    return rc;
}

static int connect_to(struct store *st, const char *path)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

    if (st->mode == STORE_WRITER) {
        flags |= SQLITE_OPEN_CREATE;
        /* Counting all memory takes a lock for each piece. Refused, without harm, if
         * SQLite is in use already. */
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    }
    int rc = store_rc(sqlite3_open_v2(path, &st->db, flags, NULL));
    if (rc != 0)
        return rc;
    sqlite3_db_config(st->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, LOOKASIDE_BYTES,
                      st->mode == STORE_WRITER ? LOOKASIDE_PIECES : 100);
    sqlite3_busy_timeout(st->db, BUSY_MS);
    if (st->mode ==
        STORE_WRITER) { /* a hook takes the place of automatic checkpoints */
        sqlite3_wal_hook(st->db, note_log_pages, st);
    } else {
        sqlite3_wal_autocheckpoint(st->db, 0);
        sqlite3_db_config(st->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    rc = filter_register(st);
    if (rc == 0)
        rc = tally_open(st, &st->tally);
    return rc != 0 ? rc : run_pragmas(st);
}

static int prepare_all(struct store *st)
{
    for (int id = 0; id < QUERY_COUNT; id++) {
        int rc = sqlite3_prepare_v3(st->db, query_sql[id], -1,
                                    SQLITE_PREPARE_PERSISTENT, &st->stmt[id], NULL);
        if (rc != SQLITE_OK)
            return store_rc(rc);
    }
    return 0;
}

static void explain(const struct store *st, int rc, struct store_failure *why)
{
    const char *text = sqlite3_errmsg(st->db);

    if (rc == -EBUSY && st->mode == STORE_WRITER)
        text = "another process has this store open for writing";
    else if (rc == -EPROTO)
        text = "the file was written by another, probably newer, version of this "
               "program, or is no store; it was left as it is";
    else if (rc == -ENOSPC)
        text = "no space left on the device";
    else if (!st->db)
        text = strerror(-rc);
    snprintf(why->text, sizeof why->text, "%s", text);
}

int store_open(const char *path, enum store_mode mode, struct store_failure *why,
               struct store **out)
{
    struct store *st = calloc(1, sizeof *st);
    if (!st)
        return -ENOMEM;
    st->mode = mode;
    st->lock_fd = -1;
    st->checkpoint_pages = LOG_STEP_PAGES;

    int rc = mode == STORE_WRITER ? lock_file(st, path) : 0;
    if (rc == 0)
        rc = connect_to(st, path);
    if (rc == 0)
        rc = mode == STORE_WRITER ? store_migrate(st->db) : store_check_version(st->db);
    if (rc == 0)
        rc = prepare_all(st);
    if (rc > 0) /* a constraint in a migration: a file that is not what it says */
        rc = -EIO;
    if (rc != 0) {
        if (why)
            explain(st, rc, why);
        store_close(st);
        return rc;
    }
    *out = st;
    return 0;
}

/* Where it fails, each statement reads on its own and says so. */
void store_read_begin(struct store *st)
{
    SCOPED_QUERY q = query_begin(st, Q_READ_BEGIN);

    (void)query_run(&q);
}

void store_read_end(struct store *st)
{
    SCOPED_QUERY q = query_begin(st, Q_COMMIT);

    (void)query_run(&q);
}

void store_set_clock(struct store *st, int64_t (*mono_ms)(void))
{
    st->mono_ms = mono_ms;
}

void store_close(struct store *st)
{
    if (!st)
        return;
    for (int id = 0; id < QUERY_COUNT; id++)
        sqlite3_finalize(st->stmt[id]);
    bool is_closed = sqlite3_close(st->db) == SQLITE_OK;
    tally_close(st->tally);
    if (st->lock_fd >= 0) {
        bool is_well = is_closed && st->is_sound && !st->has_failed;
        if (is_well) /* else the next one looks at it all */
            (void)!ftruncate(st->lock_fd, 0);
        close(st->lock_fd);
    }
    free(st);
}

bool store_was_closed(const struct store *st)
{
    return st->was_closed;
}

void store_set_sound(struct store *st)
{
    st->is_sound = true;
}

const char *store_error(const struct store *st)
{
    return sqlite3_errmsg(st->db);
}

int store_checkpoint(struct store *st)
{
    int mode = st->log_pages < LOG_RESTART_PAGES ? SQLITE_CHECKPOINT_PASSIVE
                                                 : SQLITE_CHECKPOINT_RESTART;

    if (st->log_pages + LOG_STEP_PAGES < st->checkpoint_pages) /* it began anew */
        st->checkpoint_pages = LOG_STEP_PAGES;
    if (st->log_pages < st->checkpoint_pages)
        return 0;
    st->checkpoint_pages = st->log_pages + LOG_STEP_PAGES;
    sqlite3_busy_timeout(st->db, READERS_MS);
    int rc = store_rc(sqlite3_wal_checkpoint_v2(st->db, NULL, mode, NULL, NULL));
    sqlite3_busy_timeout(st->db, BUSY_MS);
    return rc == -EBUSY ? 0 : rc;
}

int store_meta_get(struct store *st, const char *key, char *out, size_t size)
{
    SCOPED_QUERY q = query_begin(st, Q_META_GET);

    query_bind_text(&q, ":key", key);
    int rc = query_one(&q);
    if (rc != 0)
        return rc;
    query_text(&q, 0, out, size);
    return q.err;
}
