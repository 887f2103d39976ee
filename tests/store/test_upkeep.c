/* SPDX-License-Identifier: Apache-2.0 */
#include "store/upkeep.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/devices.h"
#include "tests/store/fixture.h"

static char folder[64], path[96], copy[96];

static void make_folder(void)
{
    strcpy(folder, "/tmp/lockstep-upkeep-XXXXXX");
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    snprintf(path, sizeof path, "%s/store.db", folder);
    snprintf(copy, sizeof copy, "%s/copy.db", folder);
}

static void remove_folder(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert(zero(int, system(command)));
}

TestSuite(upkeep, .init = make_folder, .fini = remove_folder);

static struct store *open_at(const char *at, enum store_mode mode)
{
    struct store_failure why = {""};
    struct store *st = NULL;

    cr_assert(zero(int, store_open(at, mode, &why, &st)), "%s", why.text);
    return st;
}

static size_t devices_in(struct store *st)
{
    struct device_row rows[16];
    struct page page = {.limit = 16};

    cr_assert(zero(int, store_device_load(st, rows, &page)));
    return page.count;
}

Test(upkeep, copies_what_is_there_while_others_write)
{
    struct store *writer = open_at(path, STORE_WRITER);
    struct store_failure why;

    for (int64_t id = 1; id <= 5; id++)
        fixture_put_device(writer, id);
    struct store *reader = open_at(path, STORE_READER);
    cr_expect(zero(int, store_backup(reader, copy, &why)), "%s", why.text);
    fixture_put_device(writer, 6);
    store_close(reader);
    store_close(writer);

    struct store *again = open_at(copy, STORE_WRITER);
    cr_expect(eq(sz, devices_in(again), 5));
    cr_expect(zero(int, store_verify(again, &why)), "%s", why.text);
    store_close(again);
}

Test(upkeep, replaces_an_older_copy_and_leaves_nothing_beside_it)
{
    struct store *writer = open_at(path, STORE_WRITER);
    struct store_failure why;
    char beside[128];

    for (int64_t id = 1; id <= 2; id++) {
        fixture_put_device(writer, id);
        cr_expect(zero(int, store_backup(writer, copy, &why)), "%s", why.text);
    }
    store_close(writer);
    static const char *const ends[] = {".part", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(beside, sizeof beside, "%s%s", copy, ends[i]);
        cr_expect(ne(int, access(beside, F_OK), 0), "%s", beside);
    }
    struct store *again = open_at(copy, STORE_WRITER);
    cr_expect(eq(sz, devices_in(again), 2));
    store_close(again);
}

Test(upkeep, keeps_the_older_copy_when_there_can_be_no_new_one)
{
    struct store *writer = open_at(path, STORE_WRITER);
    struct store_failure why;

    cr_expect(lt(int, store_backup(writer, "/nonexistent/copy.db", &why), 0));
    cr_expect(ne(str, why.text, ""));
    store_close(writer);
}

/* Zeros over the root of an index, as a bad disk leaves them. */
static void damage(const char *at)
{
    char zeros[4096] = {0};
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;

    cr_assert(zero(int, sqlite3_open(at, &db)));
    cr_assert(zero(int, sqlite3_prepare_v2(db,
                                           "SELECT rootpage FROM sqlite_schema"
                                           " WHERE name = 'tag_by_value'",
                                           -1, &stmt, NULL)));
    cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
    off_t page = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    int fd = open(at, O_RDWR);
    cr_assert(eq(i64, pwrite(fd, zeros, 4096, (page - 1) * 4096), 4096));
    close(fd);
}

Test(upkeep, finds_damage_and_copies_none)
{
    struct store_failure why = {""};
    struct store *st = open_at(path, STORE_WRITER);

    for (int64_t id = 1; id <= 9; id++)
        fixture_put_device(st, id);
    store_close(st);
    damage(path);
    st = open_at(path, STORE_WRITER);
    cr_expect(eq(int, store_verify(st, &why), STORE_E_DAMAGED));
    cr_expect(ne(str, why.text, ""));
    cr_expect(ne(int, store_backup(st, copy, &why), 0));
    cr_expect(ne(int, access(copy, F_OK), 0));
    store_close(st);
}

static void crash(void)
{
    pid_t child = fork();

    if (child == 0) {
        (void)open_at(path, STORE_WRITER);
        _exit(0); /* nobody closes */
    }
    cr_assert(eq(int, waitpid(child, NULL, 0), child));
}

Test(upkeep, knows_whether_the_last_writer_closed_it)
{
    struct store *st = open_at(path, STORE_WRITER);

    cr_expect(store_was_closed(st), "a new one");
    store_close(st);
    st = open_at(path, STORE_WRITER);
    cr_expect(store_was_closed(st));
    store_close(st);
    crash();
    st = open_at(path, STORE_WRITER);
    cr_expect(not(store_was_closed(st)));
    store_close(st);
}

Test(upkeep, after_a_crash_is_due_until_the_file_was_found_sound)
{
    crash();
    struct store *st = open_at(path, STORE_WRITER);
    store_close(st);
    st = open_at(path, STORE_WRITER);
    cr_expect(not(store_was_closed(st)), "it was closed since, but not read");
    store_set_sound(st);
    cr_expect(not(store_was_closed(st)), "of the past");
    store_close(st);
    st = open_at(path, STORE_WRITER);
    cr_expect(store_was_closed(st));
    store_close(st);
}

Test(upkeep, is_due_after_a_failure_though_the_writer_closed_it)
{
    struct tag_row tag = {.name = "site", .value = "north"};
    struct store *st = open_at(path, STORE_WRITER);

    fixture_put_device(st, 1);
    store_close(st);
    damage(path);
    st = open_at(path, STORE_WRITER);
    cr_expect(store_was_closed(st));
    cr_expect(eq(
        int,
        fixture_apply(
            st, &(struct change){.kind = CHANGE_DEVICE_TAGS,
                                 .tags = {.device_id = 1, .items = &tag, .count = 1}}),
        -EIO));
    store_set_sound(st); /* what was read before */
    store_close(st);
    st = open_at(path, STORE_WRITER);
    cr_expect(not(store_was_closed(st)));
    store_close(st);
}

Test(upkeep, a_writer_that_is_turned_away_leaves_the_mark_of_the_other)
{
    struct store *st = open_at(path, STORE_WRITER), *second;
    struct store_failure why;
    char name[128];
    struct stat mark;

    cr_assert(eq(int, store_open(path, STORE_WRITER, &why, &second), -EBUSY));
    snprintf(name, sizeof name, "%s.lock", path);
    cr_assert(zero(int, stat(name, &mark)));
    cr_expect(eq(long, mark.st_size, 1));
    store_close(st);
}
