/* SPDX-License-Identifier: Apache-2.0 */
/* package_upload.c - a package on its way in: hashed while it is written. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/digest.h"
#include "store/package_internal.h"

enum { CHUNK_BYTES = 256 * 1024 };

struct package_upload {
    struct package_folder *folder; /* borrowed */
    int fd;
    char name[PACKAGE_NAME_MAX + 1]; /* "" once it is a package, or gone */
    char hex[STORE_DIGEST_HEX + 1];  /* what it must be; "" not known */
    int64_t size_bytes;              /* 0 not known */
    int64_t offset;
    int64_t checked_offset; /* free space was looked at when this much was there */
    struct digest *digest;
};

static int choose_name(struct package_upload *up, const char *hex)
{
    uint8_t random[16];

    if (hex) {
        if (package_name_check(hex) != 0)
            return -EINVAL;
        memcpy(up->hex, hex, sizeof up->hex);
        snprintf(up->name, sizeof up->name, UPLOAD_PREFIX "%s", hex);
        return 0;
    }
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return -errno;
    int len = snprintf(up->name, sizeof up->name, UPLOAD_PREFIX);
    for (size_t i = 0; i < sizeof random; i++)
        len += snprintf(up->name + len, 3, "%02x", random[i]);
    return 0;
}

/* Hash the first bytes of the file, which someone wrote earlier. */
static int hash_from_start(struct package_upload *up, int64_t bytes)
{
    uint8_t unused[STORE_DIGEST_BYTES];
    uint8_t *chunk = malloc(CHUNK_BYTES);
    int64_t at = 0;

    if (!chunk)
        return -ENOMEM;
    digest_end(up->digest, unused); /* from nothing */
    while (at < bytes) {
        int64_t want = bytes - at < CHUNK_BYTES ? bytes - at : CHUNK_BYTES;
        ssize_t len = pread(up->fd, chunk, (size_t)want, at);
        if (len <= 0)
            break;
        digest_add(up->digest, chunk, (size_t)len);
        at += len;
    }
    free(chunk);
    up->offset = at;
    return at < bytes ? -EIO : 0;
}

/* The lock keeps a second upload of the same digest, and the sweeper, away. */
static int open_file(struct package_upload *up)
{
    struct stat info, named;

    up->fd = openat(up->folder->fd, up->name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                    0600);
    if (up->fd < 0)
        return -errno;
    if (flock(up->fd, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK ? -EBUSY : -errno;
    if (fstat(up->fd, &info) < 0)
        return -errno;
    /* Who held the lock may have renamed or removed it between open and lock. */
    if (fstatat(up->folder->fd, up->name, &named, AT_SYMLINK_NOFOLLOW) < 0 ||
        named.st_ino != info.st_ino)
        return -EBUSY;
    return hash_from_start(up, info.st_size);
}

int package_upload_open(struct package_folder *f, const char *hex, int64_t size_bytes,
                        struct package_upload **out)
{
    int64_t present_bytes = 0;

    if (hex && package_size(f, hex, &present_bytes) == 0)
        return -EEXIST;
    struct package_upload *up = calloc(1, sizeof *up);
    if (!up)
        return -ENOMEM;
    *up = (struct package_upload){.folder = f, .fd = -1, .size_bytes = size_bytes};

    int rc = choose_name(up, hex);
    if (rc == 0)
        rc = digest_open(&up->digest);
    if (rc == 0)
        rc = open_file(up);
    if (rc == 0 && size_bytes > 0 && up->offset > size_bytes)
        rc = package_upload_rewind(up, 0); /* not what was announced then */
    if (rc == 0)
        rc = package_space(f, size_bytes > up->offset ? size_bytes - up->offset : 0);
    if (rc != 0) {
        package_upload_close(up);
        return rc;
    }
    up->checked_offset = up->offset;
    *out = up;
    return 0;
}

static int drop(struct package_upload *up)
{
    int rc = unlinkat(up->folder->fd, up->name, 0) < 0 ? -errno : 0;

    up->name[0] = '\0';
    return rc;
}

void package_upload_close(struct package_upload *up)
{
    if (!up)
        return;
    /* Nobody can go on with a part that has no digest, or no bytes. */
    if (up->fd >= 0 && up->name[0] && (!up->hex[0] || up->offset == 0) &&
        flock(up->fd, LOCK_EX | LOCK_NB) == 0)
        (void)drop(up);
    if (up->fd >= 0)
        close(up->fd);
    digest_close(up->digest);
    free(up);
}

int64_t package_upload_offset(const struct package_upload *up)
{
    return up->offset;
}

int package_upload_rewind(struct package_upload *up, int64_t offset)
{
    if (offset < 0 || offset > up->offset)
        return -EINVAL;
    if (offset == up->offset)
        return 0;
    if (ftruncate(up->fd, offset) < 0)
        return -errno;
    up->checked_offset = offset;
    return hash_from_start(up, offset);
}

static int check_space(struct package_upload *up)
{
    if (up->offset - up->checked_offset < PACKAGE_SPACE_STEP)
        return 0;
    up->checked_offset = up->offset;
    return package_space(up->folder, PACKAGE_SPACE_STEP);
}

int package_upload_write(struct package_upload *up, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    if (up->size_bytes > 0 && (int64_t)len > up->size_bytes - up->offset)
        return -EFBIG;
    int rc = check_space(up);
    while (rc == 0 && len > 0) {
        ssize_t done = pwrite(up->fd, at, len, up->offset);
        if (done < 0)
            return -errno;
        digest_add(up->digest, at, (size_t)done);
        up->offset += done;
        at += done;
        len -= (size_t)done;
    }
    return rc;
}

/* On disk first, then under its name, then the name on disk. */
static int publish(struct package_upload *up, const char *hex)
{
    if (fsync(up->fd) < 0)
        return -errno;
    if (fchmod(up->fd, 0400) < 0)
        return -errno;
    if (renameat(up->folder->fd, up->name, up->folder->fd, hex) < 0)
        return -errno;
    up->name[0] = '\0';
    return fsync(up->folder->fd) < 0 ? -errno : 0;
}

int package_upload_finish(struct package_upload *up, char hex[STORE_DIGEST_HEX + 1],
                          int64_t *size_bytes)
{
    uint8_t digest[STORE_DIGEST_BYTES];
    char actual[STORE_DIGEST_HEX + 1];

    if (up->size_bytes > 0 && up->offset < up->size_bytes)
        return -ENODATA;
    digest_end(up->digest, digest);
    digest_hex(digest, actual);
    if (up->hex[0] && strcmp(up->hex, actual) != 0) {
        int rc = drop(up);
        return rc != 0 ? rc : STORE_E_DIGEST;
    }
    int rc = publish(up, actual);
    if (rc != 0)
        return rc;
    memcpy(hex, actual, sizeof actual);
    *size_bytes = up->offset;
    return 0;
}
