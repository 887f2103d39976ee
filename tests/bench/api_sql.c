/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/api_sql.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "campaigns/version.h"
#include "tests/bench/child.h"
#include "tests/bench/fleet.h"

enum { QUERIES_MAX = 8 };

static void step_all(sqlite3_stmt *stmt, unsigned number)
{
    sqlite3_bind_int64(stmt, 1, number);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(stmt); i++)
            (void)sqlite3_column_text(stmt, i);
    sqlite3_reset(stmt);
}

struct http_seen sql_load(const char *path, const char *const *queries,
                          const char *version, unsigned requests)
{
    sqlite3_stmt *stmts[QUERIES_MAX] = {0};
    double *took = calloc(requests, sizeof *took), begun = now_s();
    struct http_seen seen = {.status = 200};
    uint8_t key[64];
    sqlite3 *db = NULL;

    fleet_must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), "open");
    for (int i = 0; queries[i]; i++) {
        fleet_must(sqlite3_prepare_v2(db, queries[i], -1, &stmts[i], NULL), queries[i]);
        if (sqlite3_bind_parameter_count(stmts[i]) > 1)
            sqlite3_bind_blob(stmts[i], 2, key,
                              version_number_key(version, key, sizeof key),
                              SQLITE_STATIC);
    }
    for (unsigned n = 0; n < requests; n++) {
        double at = now_s();
        for (int i = 0; queries[i]; i++)
            step_all(stmts[i], n);
        took[n] = 1000 * (now_s() - at);
    }
    seen.per_second = requests / (now_s() - begun);
    seen.p50_ms = http_rank(took, requests, 0.5);
    seen.p99_ms = http_rank(took, requests, 0.99);
    seen.max_ms = took[requests - 1];
    for (int i = 0; queries[i]; i++)
        sqlite3_finalize(stmts[i]);
    sqlite3_close(db);
    free(took);
    return seen;
}
