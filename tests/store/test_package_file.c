/* SPDX-License-Identifier: Apache-2.0 */
#include "store/package_file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/digest.h"

enum { SIZE = 100000 };

static char path[64];
static struct package_folder *f;
static uint8_t bytes[SIZE];
static char hex[STORE_DIGEST_HEX + 1];

static void open_folder(void)
{
    uint8_t digest[STORE_DIGEST_BYTES];

    strcpy(path, "/tmp/lockstep-packages-XXXXXX");
    cr_assert(ne(ptr, mkdtemp(path), NULL));
    cr_assert(zero(int, package_folder_open(path, 0, &f)));
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    digest_of(bytes, SIZE, digest);
    digest_hex(digest, hex);
}

/* @return files in the folder; unlinks them if asked */
static size_t files(bool is_end)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    size_t count = 0;

    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        if (is_end)
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
    return count;
}

static void close_folder(void)
{
    package_folder_close(f);
    files(true);
    rmdir(path);
}

TestSuite(package_file, .init = open_folder, .fini = close_folder);

static int upload(const char *name, size_t len, int64_t size_bytes)
{
    char actual[STORE_DIGEST_HEX + 1] = "";
    struct package_upload *up = NULL;
    int64_t size = 0;

    int rc = package_upload_open(f, name, size_bytes, &up);
    for (size_t at = 0; rc == 0 && at < len; at += 1000)
        rc = package_upload_write(up, bytes + at, len - at < 1000 ? len - at : 1000);
    if (rc == 0)
        rc = package_upload_finish(up, actual, &size);
    if (rc == 0) {
        cr_expect(eq(i64, size, (int64_t)len));
        cr_expect(len != SIZE || strcmp(actual, hex) == 0);
    }
    package_upload_close(up);
    return rc;
}

static void expect_package(void)
{
    struct package_map map;
    struct stat info;
    char name[200];
    int64_t size = 0;

    cr_assert(zero(int, package_map_open(f, hex, &map)));
    cr_assert(eq(sz, map.size, SIZE));
    cr_expect(zero(int, memcmp(map.bytes, bytes, SIZE)));
    package_map_close(&map);
    package_map_close(&map);
    cr_expect(zero(int, package_verify(f, hex)));
    cr_expect(zero(int, package_size(f, hex, &size)));
    cr_expect(eq(i64, size, SIZE));
    cr_expect(eq(sz, files(false), 1));
    snprintf(name, sizeof name, "%s/%s", path, hex);
    cr_assert(zero(int, stat(name, &info)));
    cr_expect(zero(int, (int)(info.st_mode & 0222)));
}

Test(package_file, is_there_under_its_digest_when_it_is_whole)
{
    cr_assert(zero(int, upload(hex, SIZE, SIZE)));
    expect_package();
    cr_expect(eq(int, upload(hex, SIZE, SIZE), -EEXIST));
}

Test(package_file, may_learn_its_digest_at_the_end)
{
    cr_assert(zero(int, upload(NULL, SIZE, 0)));
    expect_package();
    cr_assert(zero(int, upload(NULL, SIZE, 0))); /* the same again */
    expect_package();
}

Test(package_file, with_a_wrong_digest_leaves_nothing)
{
    char wrong[STORE_DIGEST_HEX + 1];

    strcpy(wrong, hex);
    wrong[0] = wrong[0] == '0' ? '1' : '0';
    cr_expect(eq(int, upload(wrong, SIZE, SIZE), STORE_E_DIGEST));
    cr_expect(zero(sz, files(false)));
}

Test(package_file, upload_goes_on_after_an_interruption_at_any_byte)
{
    static const size_t cuts[] = {1, 999, 1000, 65536, SIZE - 1, SIZE};

    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct package_upload *up = NULL;
        char actual[STORE_DIGEST_HEX + 1];
        int64_t size = 0;

        cr_assert(zero(int, package_upload_open(f, hex, SIZE, &up)));
        cr_assert(zero(i64, package_upload_offset(up)));
        cr_assert(zero(int, package_upload_write(up, bytes, cuts[i])));
        package_upload_close(up);
        cr_assert(zero(int, package_upload_open(f, hex, SIZE, &up)));
        cr_assert(eq(i64, package_upload_offset(up), (int64_t)cuts[i]));
        cr_assert(zero(int, package_upload_write(up, bytes + cuts[i], SIZE - cuts[i])));
        cr_assert(zero(int, package_upload_finish(up, actual, &size)), "%zu", cuts[i]);
        package_upload_close(up);
        expect_package();
        cr_assert(zero(int, package_remove(f, hex)));
        cr_assert(zero(int, package_sweep(f, 0)));
    }
}

Test(package_file, upload_can_be_wound_back)
{
    struct package_upload *up = NULL;
    char actual[STORE_DIGEST_HEX + 1];
    int64_t size = 0;

    cr_assert(zero(int, package_upload_open(f, hex, SIZE, &up)));
    cr_assert(zero(int, package_upload_write(up, bytes, 500)));
    cr_assert(zero(int, package_upload_write(up, "rubbish", 7)));
    cr_expect(eq(int, package_upload_rewind(up, 508), -EINVAL));
    cr_expect(eq(int, package_upload_rewind(up, -1), -EINVAL));
    cr_assert(zero(int, package_upload_rewind(up, 500)));
    cr_assert(zero(int, package_upload_write(up, bytes + 500, SIZE - 500)));
    cr_expect(zero(int, package_upload_finish(up, actual, &size)));
    package_upload_close(up);
    expect_package();
}

Test(package_file, upload_belongs_to_one_at_a_time)
{
    struct package_upload *up = NULL, *second = NULL;

    cr_assert(zero(int, package_upload_open(f, hex, SIZE, &up)));
    cr_expect(eq(int, package_upload_open(f, hex, SIZE, &second), -EBUSY));
    cr_expect(zero(int, package_sweep(f, INT64_MAX))); /* it is in use */
    cr_assert(zero(int, package_upload_write(up, bytes, 10)));
    package_upload_close(up);
    cr_expect(eq(sz, files(false), 1));
}

Test(package_file, upload_has_the_size_it_announced)
{
    struct package_upload *up = NULL;
    char actual[STORE_DIGEST_HEX + 1];
    int64_t size = 0;

    cr_assert(zero(int, package_upload_open(f, hex, 100, &up)));
    cr_expect(zero(int, package_upload_write(up, bytes, 60)));
    cr_expect(eq(int, package_upload_finish(up, actual, &size), -ENODATA));
    cr_expect(eq(int, package_upload_write(up, bytes, 41), -EFBIG));
    cr_expect(eq(i64, package_upload_offset(up), 60));
    package_upload_close(up);
    /* The part is larger than what is announced now: it was another one. */
    cr_assert(zero(int, package_upload_open(f, hex, 50, &up)));
    cr_expect(zero(i64, package_upload_offset(up)));
    package_upload_close(up);
}

Test(package_file, part_without_a_digest_is_not_kept)
{
    struct package_upload *up = NULL;

    cr_assert(zero(int, package_upload_open(f, NULL, 0, &up)));
    cr_assert(zero(int, package_upload_write(up, bytes, 10)));
    package_upload_close(up);
    cr_expect(zero(sz, files(false)));
    package_upload_close(NULL);
}

Test(package_file, parts_that_nobody_finishes_are_swept)
{
    struct package_upload *up = NULL;
    struct stat info;
    char name[200];

    cr_assert(zero(int, package_upload_open(f, hex, SIZE, &up)));
    cr_assert(zero(int, package_upload_write(up, bytes, 10)));
    package_upload_close(up);
    snprintf(name, sizeof name, "%s/.upload-%s", path, hex);
    cr_assert(zero(int, stat(name, &info)));
    cr_expect(zero(int, package_sweep(f, info.st_mtim.tv_sec * 1000LL)));
    cr_expect(eq(sz, files(false), 1));
    cr_expect(zero(int, package_sweep(f, info.st_mtim.tv_sec * 1000LL + 1001)));
    cr_expect(zero(sz, files(false)));
}

Test(package_file, that_was_removed_is_gone_and_its_bytes_with_the_next_sweep)
{
    struct package_map map = {0};
    int64_t size = 0;

    cr_assert(zero(int, upload(hex, SIZE, SIZE)));
    cr_assert(zero(int, package_map_open(f, hex, &map)));
    cr_assert(zero(int, package_remove(f, hex)));
    cr_expect(eq(int, package_size(f, hex, &size), STORE_E_NOT_FOUND));
    cr_expect(eq(sz, files(false), 1), "its bytes");
    cr_assert(zero(int, upload(hex, SIZE, SIZE)), "another of the same name");
    cr_assert(zero(int, package_sweep(f, 0)));
    cr_expect(eq(sz, files(false), 1));
    cr_expect(zero(int, package_verify(f, hex)));
    cr_expect(zero(int, memcmp(map.bytes, bytes, SIZE)), "the map stays");
    package_map_close(&map);
}

static void damage(off_t at, bool is_cut)
{
    char name[200];

    snprintf(name, sizeof name, "%s/%s", path, hex);
    cr_assert(zero(int, chmod(name, 0600)));
    int fd = open(name, O_WRONLY);
    cr_assert(
        zero(int, is_cut ? ftruncate(fd, at) : (int)(pwrite(fd, "!", 1, at) - 1)));
    close(fd);
}

Test(package_file, that_was_torn_or_changed_is_found_out)
{
    cr_assert(zero(int, upload(hex, SIZE, SIZE)));
    damage(4711, false);
    cr_expect(eq(int, package_verify(f, hex), STORE_E_DIGEST));
    cr_assert(zero(int, package_remove(f, hex)));
    cr_assert(zero(int, upload(hex, SIZE, SIZE)));
    damage(SIZE - 1, true);
    cr_expect(eq(int, package_verify(f, hex), STORE_E_DIGEST));
}

/* A part that was torn by a power cut in the middle of a write. */
Test(package_file, part_whose_bytes_are_wrong_ends_as_wrong_digest)
{
    struct package_upload *up = NULL;
    char actual[STORE_DIGEST_HEX + 1], name[200];
    int64_t size = 0;

    cr_assert(zero(int, package_upload_open(f, hex, SIZE, &up)));
    cr_assert(zero(int, package_upload_write(up, bytes, 5000)));
    package_upload_close(up);
    snprintf(name, sizeof name, "%s/.upload-%s", path, hex);
    int fd = open(name, O_WRONLY);
    cr_assert(eq(int, (int)pwrite(fd, "\0\0\0\0", 4, 4000), 4));
    close(fd);
    cr_assert(zero(int, package_upload_open(f, hex, SIZE, &up)));
    cr_assert(zero(int, package_upload_write(up, bytes + 5000, SIZE - 5000)));
    cr_expect(eq(int, package_upload_finish(up, actual, &size), STORE_E_DIGEST));
    package_upload_close(up);
    cr_expect(zero(sz, files(false)));
    cr_expect(zero(int, upload(hex, SIZE, SIZE)));
}

Test(package_file, that_is_not_there_is_not_found)
{
    static const char *const names[] = {"", "..", "../etc/passwd", ".upload-x"};
    struct package_map map;
    int64_t size = 0;

    cr_expect(eq(int, package_map_open(f, hex, &map), STORE_E_NOT_FOUND));
    cr_expect(eq(int, package_size(f, hex, &size), STORE_E_NOT_FOUND));
    cr_expect(eq(int, package_verify(f, hex), STORE_E_NOT_FOUND));
    cr_expect(eq(int, package_remove(f, hex), STORE_E_NOT_FOUND));
    for (size_t i = 0; i < 4; i++) {
        struct package_upload *up = NULL;
        cr_expect(eq(int, package_map_open(f, names[i], &map), STORE_E_NOT_FOUND));
        cr_expect(eq(int, package_remove(f, names[i]), STORE_E_NOT_FOUND));
        cr_expect(eq(int, package_upload_open(f, names[i], 1, &up), -EINVAL));
    }
}

Test(package_file, names_are_listed_without_parts)
{
    char names[1][STORE_DIGEST_HEX + 1];
    struct package_upload *up = NULL;
    size_t total = 9;

    cr_assert(zero(int, package_list(f, names, 1, &total)));
    cr_expect(zero(sz, total));
    cr_assert(zero(int, upload(hex, SIZE, SIZE)));
    cr_assert(zero(int, upload(NULL, 10, 0)));
    cr_assert(zero(int, package_upload_open(f, NULL, 0, &up)));
    cr_assert(zero(int, package_list(f, names, 1, &total)));
    cr_expect(eq(sz, total, 2));
    package_upload_close(up);
}

Test(package_file, empty_one_is_a_package_too)
{
    static const char *const empty =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    struct package_map map;

    cr_assert(zero(int, upload(empty, 0, 0)));
    cr_assert(zero(int, package_map_open(f, empty, &map)));
    cr_expect(zero(sz, map.size));
    package_map_close(&map);
    cr_expect(zero(int, package_verify(f, empty)));
}

Test(package_file, uploads_leave_the_reserve)
{
    struct package_folder *full = NULL;
    struct package_upload *up = NULL;

    cr_assert(zero(int, package_folder_open(path, INT64_MAX / 2, &full)));
    cr_expect(eq(int, package_space(full, 0), -ENOSPC));
    cr_expect(eq(int, package_upload_open(full, hex, SIZE, &up), -ENOSPC));
    cr_expect(zero(sz, files(false)));
    cr_expect(zero(int, package_space(f, 1)));
    package_folder_close(full);
    package_folder_close(NULL);
}
