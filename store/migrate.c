/* SPDX-License-Identifier: Apache-2.0 */
/* migrate.c - from the version that a file has to the one that this program writes. */
#include <errno.h>
#include <stdio.h>

#include "store/store_internal.h"

extern const char schema_sql[]; /* schema.sql, embedded by CMakeLists.txt */

/* Entry n brings a file from version n to n + 1. */
static const char *const migrations[STORE_SCHEMA_VERSION] = {schema_sql};

static int pragma_int(sqlite3 *db, const char *sql, int *out)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        *out = sqlite3_column_int(stmt, 0);
        rc = SQLITE_OK;
    }
    sqlite3_finalize(stmt);
    return store_rc(rc);
}

static int read_version(sqlite3 *db, int *out)
{
    int application = 0, objects = 0, version = 0;
    int rc = pragma_int(db, "PRAGMA user_version", &version);

    if (rc == 0)
        rc = pragma_int(db, "PRAGMA application_id", &application);
    if (rc == 0)
        rc = pragma_int(db, "SELECT count(*) FROM sqlite_schema", &objects);
    if (rc != 0)
        return rc;
    if (objects > 0 && application != STORE_APPLICATION_ID)
        return -EPROTO;
    *out = version;
    return 0;
}

static int migrate_one(sqlite3 *db, int version)
{
    char mark[96];

    snprintf(mark, sizeof mark,
             "PRAGMA user_version = %d; PRAGMA application_id = %d; COMMIT",
             version + 1, STORE_APPLICATION_ID);
    int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, migrations[version], NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, mark, NULL, NULL, NULL);
    if (rc != SQLITE_OK && !sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return store_rc(rc);
}

int store_migrate(sqlite3 *db)
{
    int version = 0;
    int rc = read_version(db, &version);

    if (rc == 0 && (version < 0 || version > STORE_SCHEMA_VERSION))
        rc = -EPROTO;
    for (; rc == 0 && version < STORE_SCHEMA_VERSION; version++)
        rc = migrate_one(db, version);
    return rc;
}

int store_check_version(sqlite3 *db)
{
    int version = 0;
    int rc = read_version(db, &version);

    if (rc == 0 && version != STORE_SCHEMA_VERSION)
        rc = -EPROTO;
    return rc;
}
