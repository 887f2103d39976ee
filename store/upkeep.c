/* SPDX-License-Identifier: Apache-2.0 */
#include "store/upkeep.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/store_internal.h"

static int fail(sqlite3 *db, int rc, struct store_failure *why)
{
    snprintf(why->text, sizeof why->text, "%s",
             db ? sqlite3_errmsg(db) : strerror(-rc));
    return rc;
}

static int verify(sqlite3 *db, struct store_failure *why)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    const char *text =
        rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    bool is_sound = text && strcmp(text, "ok") == 0;
    if (!is_sound)
        snprintf(why->text, sizeof why->text, "%s", text ? text : sqlite3_errmsg(db));
    sqlite3_finalize(stmt);
    if (is_sound)
        return 0;
    switch (rc & 0xff) {
    case SQLITE_ROW:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STORE_E_DAMAGED;
    case SQLITE_INTERRUPT:
        return -EINTR;
    default:
        return store_rc(rc);
    }
}

int store_verify(struct store *st, struct store_failure *why)
{
    return verify(st->db, why);
}

void store_interrupt(struct store *st)
{
    sqlite3_interrupt(st->db);
}

/* One file without a log, so that it can be copied and read from anywhere. */
static int copy_into(struct store *st, sqlite3 *to, struct store_failure *why)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", st->db, "main");

    if (!backup)
        return fail(to, -EIO, why);
    sqlite3_backup_step(backup, -1);
    int rc = sqlite3_backup_finish(backup);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    return rc == SQLITE_OK ? verify(to, why) : fail(to, store_rc(rc), why);
}

static int sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    int rc = fd < 0 || fsync(fd) != 0 ? -errno : 0;

    if (fd >= 0)
        close(fd);
    return rc;
}

/* Durable under its name: the file, then the folder. */
static int keep(const char *part, const char *path)
{
    char folder[PATH_MAX];

    int rc = sync_path(part, O_RDONLY);
    if (rc != 0)
        return rc;
    if (rename(part, path) != 0)
        return -errno;
    snprintf(folder, sizeof folder, "%s", path);
    return sync_path(dirname(folder), O_RDONLY | O_DIRECTORY);
}

int store_backup(struct store *st, const char *path, struct store_failure *why)
{
    char part[PATH_MAX];
    sqlite3 *to = NULL;

    why->text[0] = '\0';
    if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part)
        return fail(NULL, -ENAMETOOLONG, why);
    unlink(part);
    int rc = store_rc(
        sqlite3_open_v2(part, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL));
    rc = rc == 0 ? copy_into(st, to, why) : fail(to, rc, why);
    sqlite3_close(to);
    if (rc == 0 && (rc = keep(part, path)) != 0)
        rc = fail(NULL, rc, why);
    if (rc != 0)
        unlink(part);
    return rc;
}
