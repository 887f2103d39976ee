/* SPDX-License-Identifier: Apache-2.0 */
#include "store/package_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/digest.h"
#include "store/package_internal.h"

enum { CHUNK_BYTES = 256 * 1024 };

/* Of files that were removed. */
#define GONE_PREFIX ".gone-"

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

#define SCOPED_FD __attribute__((cleanup(close_fd))) int
#define SCOPED_DIR __attribute__((cleanup(close_dir))) DIR

int package_name_check(const char *hex)
{
    uint8_t digest[STORE_DIGEST_BYTES];

    for (const char *at = hex; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'F')
            return -EINVAL;
    return digest_from_hex(hex, digest);
}

int package_folder_open(const char *path, int64_t reserve_bytes,
                        struct package_folder **out)
{
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return -errno;
    struct package_folder *f = calloc(1, sizeof *f);
    if (!f)
        return -ENOMEM;
    f->reserve_bytes = reserve_bytes;
    f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->fd < 0) {
        int rc = -errno;
        free(f);
        return rc;
    }
    *out = f;
    return 0;
}

void package_folder_close(struct package_folder *f)
{
    if (!f)
        return;
    close(f->fd);
    free(f);
}

/* @return a descriptor, -ENOENT (also for a name that is no digest), -errno */
static int open_package(struct package_folder *f, const char *hex)
{
    if (package_name_check(hex) != 0)
        return -ENOENT;
    int fd = openat(f->fd, hex, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

static int found(int rc)
{
    return rc == -ENOENT ? STORE_E_NOT_FOUND : rc;
}

int package_map_open(struct package_folder *f, const char *hex, struct package_map *out)
{
    SCOPED_FD fd = open_package(f, hex);
    struct stat info;

    if (fd < 0)
        return found(fd);
    if (fstat(fd, &info) < 0)
        return -errno;
    struct package_map map = {.size = (size_t)info.st_size};
    if (map.size > 0) {
        void *at = mmap(NULL, map.size, PROT_READ, MAP_SHARED, fd, 0);
        if (at == MAP_FAILED)
            return -errno;
        map.bytes = at;
    }
    *out = map;
    return 0;
}

void package_map_close(struct package_map *map)
{
    if (map->bytes)
        munmap((void *)map->bytes, map->size);
    *map = (struct package_map){0};
}

int package_size(struct package_folder *f, const char *hex, int64_t *size_bytes)
{
    struct stat info;

    if (package_name_check(hex) != 0)
        return STORE_E_NOT_FOUND;
    if (fstatat(f->fd, hex, &info, AT_SYMLINK_NOFOLLOW) < 0)
        return found(-errno);
    *size_bytes = info.st_size;
    return 0;
}

/* read(), not the map: a damaged disk answers EIO here, and SIGBUS there. */
static int hash_file(int fd, struct digest *d)
{
    uint8_t *chunk = malloc(CHUNK_BYTES);
    ssize_t len = 0;

    if (!chunk)
        return -ENOMEM;
    while ((len = read(fd, chunk, CHUNK_BYTES)) > 0)
        digest_add(d, chunk, (size_t)len);
    int rc = len < 0 ? -errno : 0;
    free(chunk);
    return rc;
}

int package_verify(struct package_folder *f, const char *hex)
{
    uint8_t digest[STORE_DIGEST_BYTES];
    char actual[STORE_DIGEST_HEX + 1];
    struct digest *d = NULL;
    SCOPED_FD fd = open_package(f, hex);

    if (fd < 0)
        return found(fd);
    int rc = digest_open(&d);
    if (rc == 0)
        rc = hash_file(fd, d);
    if (rc == 0) {
        digest_end(d, digest);
        digest_hex(digest, actual);
        rc = strcmp(actual, hex) == 0 ? 0 : STORE_E_DIGEST;
    }
    digest_close(d);
    return rc;
}

int package_remove(struct package_folder *f, const char *hex)
{
    char gone[sizeof GONE_PREFIX + STORE_DIGEST_HEX];

    if (package_name_check(hex) != 0)
        return STORE_E_NOT_FOUND;
    snprintf(gone, sizeof gone, GONE_PREFIX "%s", hex);
    return renameat(f->fd, hex, f->fd, gone) < 0 ? found(-errno) : 0;
}

/* A second descriptor, as reading a folder moves the first one's offset. */
static DIR *open_entries(struct package_folder *f)
{
    int fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (!dir && fd >= 0) {
        int saved = errno;
        close(fd);
        errno = saved;
    }
    return dir;
}

int package_list(struct package_folder *f, char (*hex)[STORE_DIGEST_HEX + 1],
                 size_t limit, size_t *total)
{
    SCOPED_DIR *dir = open_entries(f);
    const struct dirent *entry = NULL;
    size_t count = 0;

    if (!dir)
        return -errno;
    for (errno = 0; (entry = readdir(dir)) != NULL; errno = 0) {
        if (package_name_check(entry->d_name) != 0)
            continue;
        if (count < limit)
            memcpy(hex[count], entry->d_name, STORE_DIGEST_HEX + 1);
        count++;
    }
    if (errno != 0)
        return -errno;
    *total = count;
    return 0;
}

static bool begins_with(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static int unlink_at(struct package_folder *f, const char *name)
{
    return unlinkat(f->fd, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}

/* Who writes an upload holds its lock. */
static int sweep_upload(struct package_folder *f, const char *name, int64_t wall_ms)
{
    struct stat info;
    SCOPED_FD fd = openat(f->fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    if (fstat(fd, &info) < 0)
        return -errno;
    int64_t written_ms =
        info.st_mtim.tv_sec * INT64_C(1000) + info.st_mtim.tv_nsec / 1000000;
    if (written_ms >= wall_ms || flock(fd, LOCK_EX | LOCK_NB) < 0)
        return 0;
    return unlink_at(f, name);
}

int package_sweep(struct package_folder *f, int64_t wall_ms)
{
    SCOPED_DIR *dir = open_entries(f);
    const struct dirent *entry = NULL;
    int rc = 0;

    if (!dir)
        return -errno;
    while (rc == 0 && (entry = readdir(dir)) != NULL)
        if (begins_with(entry->d_name, UPLOAD_PREFIX))
            rc = sweep_upload(f, entry->d_name, wall_ms);
        else if (begins_with(entry->d_name, GONE_PREFIX))
            rc = unlink_at(f, entry->d_name);
    return rc == 0 && fsync(f->fd) < 0 ? -errno : rc;
}

int package_free_bytes(struct package_folder *f, int64_t *out)
{
    struct statvfs info;

    if (fstatvfs(f->fd, &info) < 0)
        return -errno;
    *out = (int64_t)(info.f_bavail * info.f_frsize);
    return 0;
}

int package_space(struct package_folder *f, int64_t needed_bytes)
{
    int64_t free_bytes;

    int rc = package_free_bytes(f, &free_bytes);
    if (rc != 0)
        return rc;
    return free_bytes - f->reserve_bytes < needed_bytes ? -ENOSPC : 0;
}
