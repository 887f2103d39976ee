/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - imports many devices into a real lockstepd over HTTP and prints the time,
 * as a ratio to SQLite alone with the same rows.
 *
 *   bench_import LOCKSTEPD [DEVICES]
 *
 * A list as CSV with two tags for each device. Then the sqlite3 library puts the same
 * rows into a file with the tables and indexes that the daemon has made, as many to a
 * transaction.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "campaigns/device_imports.h"
#include "tests/bench/child.h"
#include "tests/bench/http_load.h"

enum {
    HTTP_PORT = 25688,
    CELL_MAX = 40,
    TAGS = 2,
    ROWS_PER_TRANSACTION = IMPORT_WEIGHT_MAX / (1 + TAGS),
};

struct row {
    char endpoint[CELL_MAX], tags[TAGS][CELL_MAX];
};

struct took {
    double wall_s, cpu_s;
};

static struct {
    char folder[64], token[128];
    unsigned devices;
} bench;

static const char *const tag_names[TAGS] = {"site", "ring"};

static struct row row_of(unsigned number)
{
    struct row row;

    snprintf(row.endpoint, CELL_MAX, "urn:imei:%015u", number);
    snprintf(row.tags[0], CELL_MAX, "site-%u", number * 7919u % 1000);
    snprintf(row.tags[1], CELL_MAX, "%u", number % 10);
    return row;
}

static void must(int rc, const char *what)
{
    if (rc != SQLITE_OK && rc != SQLITE_DONE)
        die(what);
}

/* ---- the daemon ---- */

static pid_t start(const char *lockstepd)
{
    char state[128], http[64], path[128];
    double begun = now_s();
    FILE *f = NULL;

    snprintf(state, sizeof state, "state_dir=%s", bench.folder);
    snprintf(http, sizeof http, "http_listen=127.0.0.1:%d", HTTP_PORT);
    snprintf(path, sizeof path, "%s/admin-token", bench.folder);
    pid_t pid = child_start(
        lockstepd, (const char *const[]){state, http, "coap_listen=127.0.0.1:0",
                                         "disk_reserve_bytes=0", NULL});
    while (!f && now_s() - begun < 60) {
        usleep(20000);
        f = fopen(path, "r");
    }
    if (!f || fscanf(f, "%127s", bench.token) != 1)
        die("admin-token");
    fclose(f);
    while (!http_is_there(HTTP_PORT) && now_s() - begun < 60)
        usleep(20000);
    return pid;
}

/* @return owned */
static char *list(size_t *len)
{
    char *text = malloc((size_t)bench.devices * sizeof(struct row) + 64), *at = text;

    if (!text)
        die("malloc");
    at += sprintf(at, "endpoint,tag.%s,tag.%s\n", tag_names[0], tag_names[1]);
    for (unsigned i = 0; i < bench.devices; i++) {
        struct row row = row_of(i);
        at += sprintf(at, "%s,%s,%s\n", row.endpoint, row.tags[0], row.tags[1]);
    }
    *len = (size_t)(at - text);
    return text;
}

static void send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n <= 0)
            die("import");
        bytes += n;
        len -= (size_t)n;
    }
}

static struct took import(pid_t daemon)
{
    char head[400], answer[4096];
    struct took took;
    size_t len, got = 0;
    ssize_t n;

    char *text = list(&len);
    snprintf(head, sizeof head,
             "POST /v1/devices HTTP/1.1\r\nHost: l\r\nAuthorization: Bearer %s\r\n"
             "Content-Type: text/csv\r\nConnection: close\r\nContent-Length: %zu\r\n"
             "\r\n",
             bench.token, len);
    took = (struct took){-now_s(), -child_cpu_s(daemon)};
    int fd = http_open(HTTP_PORT, head);
    send_all(fd, text, len);
    printf("the list was sent  %10.2f s\n", took.wall_s + now_s());
    while (got < sizeof answer - 1 &&
           (n = read(fd, answer + got, sizeof answer - 1 - got)) > 0)
        got += (size_t)n;
    took.wall_s += now_s();
    took.cpu_s += child_cpu_s(daemon);
    answer[got] = '\0';
    close(fd);
    free(text);
    if (strncmp(answer, "HTTP/1.1 200", 12) != 0) {
        fputs(answer, stderr);
        die("the import was refused");
    }
    return took;
}

/* ---- SQLite alone ---- */

/* The tables of the daemon's file, with their indexes. */
static void copy_tables(sqlite3 *db, const char *from)
{
    char attach[200];
    sqlite3_stmt *q;

    snprintf(attach, sizeof attach, "ATTACH '%s' AS theirs", from);
    must(sqlite3_exec(db, attach, NULL, NULL, NULL), "attach");
    must(sqlite3_prepare_v2(db,
                            "SELECT sql FROM theirs.sqlite_schema WHERE sql NOT NULL"
                            " AND tbl_name IN ('device', 'tag')",
                            -1, &q, NULL),
         "schema");
    while (sqlite3_step(q) == SQLITE_ROW)
        must(
            sqlite3_exec(db, (const char *)sqlite3_column_text(q, 0), NULL, NULL, NULL),
            "table");
    sqlite3_finalize(q);
    must(sqlite3_exec(db, "DETACH theirs", NULL, NULL, NULL), "detach");
}

static void put(sqlite3_stmt *device, sqlite3_stmt *tag, unsigned number)
{
    struct row row = row_of(number);

    sqlite3_bind_int64(device, 1, (sqlite3_int64)number + 1);
    sqlite3_bind_text(device, 2, row.endpoint, -1, SQLITE_STATIC);
    must(sqlite3_step(device), "device");
    sqlite3_reset(device);
    for (int i = 0; i < TAGS; i++) {
        sqlite3_bind_int64(tag, 1, (sqlite3_int64)number + 1);
        sqlite3_bind_text(tag, 2, tag_names[i], -1, SQLITE_STATIC);
        sqlite3_bind_text(tag, 3, row.tags[i], -1, SQLITE_STATIC);
        must(sqlite3_step(tag), "tag");
        sqlite3_reset(tag);
    }
}

static void put_all(sqlite3 *db)
{
    sqlite3_stmt *device, *tag;

    must(sqlite3_prepare_v2(
             db,
             "INSERT INTO device (id, endpoint, state, location, address,"
             " local_address, port, local_port, scope, lwm2m, binding, queue_mode,"
             " root_path, lifetime_s, registered_ms, seen_ms, expires_ms, created_ms)"
             " VALUES (?, ?, 'expected', '', '', '', 0, 0, 0, '', '', 0, '/', 0, 0, 0,"
             " 0, 1)",
             -1, &device, NULL),
         "prepare");
    must(sqlite3_prepare_v2(db, "INSERT INTO tag VALUES (?, ?, ?)", -1, &tag, NULL),
         "prepare");
    for (unsigned i = 0; i < bench.devices; i++) {
        if (i % ROWS_PER_TRANSACTION == 0)
            must(sqlite3_exec(db, i ? "COMMIT; BEGIN" : "BEGIN", NULL, NULL, NULL),
                 "begin");
        put(device, tag, i);
    }
    must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), "commit");
    sqlite3_finalize(device);
    sqlite3_finalize(tag);
}

static struct took insert(void)
{
    char ours[100], theirs[100];
    struct took took;
    sqlite3 *db;

    snprintf(ours, sizeof ours, "%s/alone.db", bench.folder);
    snprintf(theirs, sizeof theirs, "%s/lockstep.db", bench.folder);
    must(sqlite3_open(ours, &db), "open");
    must(sqlite3_exec(db,
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                      "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096;"
                      "PRAGMA foreign_keys = ON",
                      NULL, NULL, NULL),
         "pragma");
    copy_tables(db, theirs);
    took = (struct took){-now_s(), -(double)clock() / CLOCKS_PER_SEC};
    put_all(db);
    took.wall_s += now_s();
    took.cpu_s += (double)clock() / CLOCKS_PER_SEC;
    sqlite3_close(db);
    return took;
}

int main(int argc, char **argv)
{
    char command[128];

    bench.devices = argc > 2 ? (unsigned)atoi(argv[2]) : 1000000;
    snprintf(bench.folder, sizeof bench.folder, "/tmp/lockstep-bench-XXXXXX");
    if (argc < 2 || bench.devices < 1 || !mkdtemp(bench.folder)) {
        fprintf(stderr, "usage: bench_import LOCKSTEPD [DEVICES]\n");
        return 2;
    }
    pid_t daemon = start(argv[1]);
    struct took ours = import(daemon);
    child_end(daemon);
    struct took alone = insert();

    printf("import             %10.2f s by the clock, %.2f s CPU, %u devices\n",
           ours.wall_s, ours.cpu_s, bench.devices);
    printf("SQLite alone       %10.2f s by the clock, %.2f s CPU\n", alone.wall_s,
           alone.cpu_s);
    printf("ratio              %10.2f by the clock, %.2f by CPU\n",
           ours.wall_s / alone.wall_s, ours.cpu_s / alone.cpu_s);
    snprintf(command, sizeof command, "rm -rf %s", bench.folder);
    return system(command) == 0 ? 0 : 1;
}
