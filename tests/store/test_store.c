/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store_internal.h"
#include "tests/store/fixture.h"

static char folder[64];
static char path[96];

static void make_folder(void)
{
    strcpy(folder, "/tmp/lockstep-store-XXXXXX");
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    snprintf(path, sizeof path, "%s/store.db", folder);
}

static void remove_folder(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char name[128];

    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    rmdir(folder);
}

TestSuite(store, .init = make_folder, .fini = remove_folder);

static struct store *open_as(enum store_mode mode)
{
    struct store_failure why = {""};
    struct store *st = NULL;

    cr_assert(zero(int, store_open(path, mode, &why, &st)), "%s", why.text);
    return st;
}

static void run_sql(const char *sql)
{
    sqlite3 *db = NULL;

    cr_assert(zero(int, sqlite3_open(path, &db)));
    cr_assert(zero(int, sqlite3_exec(db, sql, NULL, NULL, NULL)), "%s",
              sqlite3_errmsg(db));
    sqlite3_close(db);
}

static int put_meta(struct store *st, const char *value)
{
    return fixture_apply(
        st, &(struct change){.kind = CHANGE_META_PUT, .meta = {"note", value}});
}

Test(store, keeps_what_was_written)
{
    char value[16];
    struct store *st = open_as(STORE_WRITER);

    cr_assert(zero(int, put_meta(st, "first")));
    cr_assert(zero(int, put_meta(st, "second")));
    store_close(st);
    st = open_as(STORE_WRITER);
    cr_assert(zero(int, store_meta_get(st, "note", value, sizeof value)));
    cr_expect(eq(str, value, "second"));
    cr_expect(
        eq(int, store_meta_get(st, "other", value, sizeof value), STORE_E_NOT_FOUND));
    cr_expect(eq(int, store_meta_get(st, "note", value, 6), -EOVERFLOW));
    store_close(st);
}

Test(store, reads_between_begin_and_end_are_of_one_moment)
{
    struct store *writer = open_as(STORE_WRITER), *reader = open_as(STORE_READER);
    char value[16];

    for (int i = 0; i < 2; i++) {
        cr_assert(zero(int, put_meta(writer, "one")));
        store_read_begin(reader);
        cr_assert(zero(int, store_meta_get(reader, "note", value, sizeof value)));
        cr_assert(zero(int, put_meta(writer, "two")));
        cr_assert(zero(int, store_meta_get(reader, "note", value, sizeof value)));
        cr_expect(eq(str, value, "one"));
        store_read_end(reader);
        cr_assert(zero(int, store_meta_get(reader, "note", value, sizeof value)));
        cr_expect(eq(str, value, "two"));
    }
    store_close(reader);
    store_close(writer);
}

Test(store, reader_sees_what_is_durable_and_writes_nothing)
{
    struct store *writer = open_as(STORE_WRITER), *reader = open_as(STORE_READER);
    struct batch *b = NULL;
    char value[16];

    cr_assert(zero(int, put_meta(writer, "one")));
    cr_assert(zero(int, store_meta_get(reader, "note", value, sizeof value)));
    cr_expect(eq(str, value, "one"));
    cr_assert(zero(int, put_meta(writer, "two")));
    cr_assert(zero(int, store_meta_get(reader, "note", value, sizeof value)));
    cr_expect(eq(str, value, "two"));

    struct change c = {.kind = CHANGE_META_PUT, .meta = {"note", "three"}};
    cr_assert(zero(int, batch_open(&b)));
    cr_assert(zero(int, batch_put(b, &c, NULL)));
    cr_expect(lt(int, store_apply(reader, b), 0));
    cr_assert(zero(int, store_meta_get(writer, "note", value, sizeof value)));
    cr_expect(eq(str, value, "two"));
    batch_close(b);
    store_close(reader);
    store_close(writer);
}

Test(store, has_one_writer)
{
    struct store *st = open_as(STORE_WRITER), *second = NULL;
    struct store_failure why;

    cr_expect(eq(int, store_open(path, STORE_WRITER, &why, &second), -EBUSY));
    cr_expect(ne(ptr, strstr(why.text, "another process"), NULL), "%s", why.text);
    cr_expect(eq(ptr, second, NULL));
    store_close(st);
    store_close(open_as(STORE_WRITER));
}

Test(store, of_a_newer_version_is_refused_and_left_alone)
{
    struct store_failure why;
    struct store *st = NULL;

    store_close(open_as(STORE_WRITER));
    run_sql("PRAGMA user_version = 2; CREATE TABLE later (x)");
    cr_expect(eq(int, store_open(path, STORE_WRITER, &why, &st), -EPROTO));
    cr_expect(ne(ptr, strstr(why.text, "newer"), NULL), "%s", why.text);
    cr_expect(eq(int, store_open(path, STORE_READER, &why, &st), -EPROTO));
    run_sql("SELECT x FROM later");
    run_sql("PRAGMA user_version = 1");
    store_close(open_as(STORE_WRITER));
}

Test(store, that_is_none_is_refused)
{
    struct store_failure why;
    struct store *st = NULL;

    run_sql("CREATE TABLE someone_elses (x)");
    cr_expect(eq(int, store_open(path, STORE_WRITER, &why, &st), -EPROTO));
    remove_folder();
    make_folder();
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("this is no database. ", file);
    fclose(file);
    cr_expect(eq(int, store_open(path, STORE_WRITER, &why, &st), -EPROTO));
    cr_expect(eq(int, store_open(path, STORE_WRITER, NULL, &st), -EPROTO));
}

Test(store, must_exist_for_a_reader)
{
    struct store_failure why;
    struct store *st = NULL;

    cr_expect(eq(int, store_open(path, STORE_READER, &why, &st), -ENOENT));
    cr_expect(ne(chr, why.text[0], '\0'));
    cr_expect(
        eq(int, store_open("/nonexistent/x/y", STORE_WRITER, &why, &st), -ENOENT));
    cr_expect(ne(chr, why.text[0], '\0'));
}

Test(store, is_durable_by_its_settings)
{
    struct store *st = open_as(STORE_WRITER);
    sqlite3_stmt *stmt = NULL;

    sqlite3_prepare_v2(st->db, "PRAGMA synchronous", -1, &stmt, NULL);
    cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
    cr_expect(eq(int, sqlite3_column_int(stmt, 0), 2)); /* FULL */
    sqlite3_finalize(stmt);
    sqlite3_prepare_v2(st->db, "PRAGMA journal_mode", -1, &stmt, NULL);
    cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
    cr_expect(eq(str, (char *)sqlite3_column_text(stmt, 0), "wal"));
    sqlite3_finalize(stmt);
    sqlite3_prepare_v2(st->db, "PRAGMA foreign_keys", -1, &stmt, NULL);
    cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
    cr_expect(eq(int, sqlite3_column_int(stmt, 0), 1));
    sqlite3_finalize(stmt);
    store_close(st);
}

static int64_t file_bytes(const char *end)
{
    char name[128];
    struct stat info;

    snprintf(name, sizeof name, "%s%s", path, end);
    return stat(name, &info) == 0 ? info.st_size : -1;
}

static void write_much(struct store *st, int batches)
{
    static int fill;
    static char text[1 << 20];

    for (int i = 0; i < batches; i++) {
        /* The same bytes again would not be written again. */
        memset(text, ++fill % 26 + 'a', sizeof text - 1);
        struct device_row row = fixture_device(i + 1);
        struct change c = {.kind = CHANGE_DEVICE_PUT, .device = {&row, text}};
        cr_assert(zero(int, fixture_apply(st, &c)));
    }
}

Test(store, log_is_moved_into_the_file_once_it_is_long)
{
    struct store *st = open_as(STORE_WRITER);

    write_much(st, 10);
    cr_assert(zero(int, store_checkpoint(st)));
    int64_t before = file_bytes("");
    cr_expect(lt(i64, before, 1 << 20)); /* not worth it yet */
    write_much(st, 10);
    cr_assert(zero(int, store_checkpoint(st)));
    cr_expect(gt(i64, file_bytes(""), 9 << 20));
    write_much(st, 1);
    cr_expect(lt(i64, st->log_pages, 1000)); /* the log began again */
    store_close(st);
}

Test(store, log_that_a_reader_holds_is_no_failure)
{
    struct store *st = open_as(STORE_WRITER), *reader = open_as(STORE_READER);
    sqlite3_stmt *stmt = NULL;

    put_meta(st, "x");
    sqlite3_prepare_v2(reader->db, "SELECT * FROM meta", -1, &stmt, NULL);
    cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
    write_much(st, 70); /* RESTART, which the reader is in the way of */
    cr_expect(zero(int, store_checkpoint(st)));
    sqlite3_finalize(stmt);
    cr_expect(zero(int, store_checkpoint(st)));
    store_close(reader);
    store_close(st);
}

static int64_t slept_us;

static int count_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    slept_us += us;
    return us;
}

/* What SQLite waits for others is counted, and not waited. */
static void count_sleeps(void)
{
    static sqlite3_vfs counting;

    counting = *sqlite3_vfs_find(NULL);
    counting.zName = "counting";
    counting.xSleep = count_sleep;
    cr_assert(zero(int, sqlite3_vfs_register(&counting, 1)));
}

static void write_and_checkpoint(struct store *st, int batches)
{
    for (int i = 0; i < batches; i++) {
        write_much(st, 1);
        cr_assert(zero(int, store_checkpoint(st)));
    }
}

Test(store, commits_beside_a_long_reader_seldom_wait_for_it)
{
    count_sleeps();
    struct store *st = open_as(STORE_WRITER), *reader = open_as(STORE_READER);
    sqlite3_stmt *stmt = NULL;

    put_meta(st, "x");
    sqlite3_prepare_v2(reader->db, "SELECT * FROM meta", -1, &stmt, NULL);
    cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
    write_and_checkpoint(st, 90);
    cr_expect(gt(i64, slept_us, 0), "a short one it does wait for");
    cr_expect(le(i64, slept_us, 2 * 100 * 1000));
    sqlite3_finalize(stmt);
    write_and_checkpoint(st, 18);
    cr_expect(lt(i64, st->log_pages, 5000)); /* the log began again */
    store_close(reader);
    store_close(st);
}

Test(store, on_a_damaged_disk_says_so)
{
    static uint8_t garbage[4096];
    struct store *st = open_as(STORE_WRITER), *again = NULL;
    struct device_row row;
    struct store_failure why;

    write_much(st, 3);
    store_close(st);
    memset(garbage, 0xa5, sizeof garbage);
    FILE *file = fopen(path, "r+");
    for (long at = 4096; at < (long)file_bytes(""); at += 4096) {
        fseek(file, at, SEEK_SET);
        fwrite(garbage, 1, sizeof garbage, file);
    }
    fclose(file);
    int rc = store_open(path, STORE_WRITER, &why, &again);
    if (rc == 0) {
        rc = store_device_get(again, 1, &row);
        cr_expect(ne(int, (int)strlen(store_error(again)), 0));
        cr_expect(eq(int, put_meta(again, "x"), -EIO));
        store_close(again);
    }
    cr_expect(eq(int, rc, -EIO));
}

/* The process dies between two changes of a batch, again and again: after each start
 * the store has whole batches only, and no counter is off. */
Test(store, killed_in_a_batch_keeps_whole_batches)
{
    store_close(open_as(STORE_WRITER));
    for (int round = 1; round <= 5; round++) {
        int ready[2];
        cr_assert(zero(int, pipe(ready)));
        pid_t child = fork();
        if (child == 0) {
            struct store *st = open_as(STORE_WRITER);
            for (int64_t id = 1; id <= 3; id++)
                fixture_put_device(st, round * 10 + id);
            sqlite3_exec(st->db,
                         "BEGIN IMMEDIATE; SAVEPOINT change;"
                         "UPDATE device SET state = 'expired'",
                         NULL, NULL, NULL);
            if (write(ready[1], "x", 1) != 1)
                _exit(1);
            pause();
            _exit(1);
        }
        char mark;
        cr_assert(eq(int, (int)read(ready[0], &mark, 1), 1));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        close(ready[0]);
        close(ready[1]);

        struct store *st = open_as(STORE_WRITER);
        struct count_row rows[4];
        size_t count = 0;
        cr_assert(zero(int, store_count_devices(st, rows, 4, &count)));
        cr_expect(eq(i64, fixture_count(rows, count, "", "registered"), round * 3));
        cr_expect(zero(i64, fixture_count(rows, count, "", "expired")));
        store_close(st);
    }
}
