/* SPDX-License-Identifier: Apache-2.0 */
/* package_file.h - packages as files, named by their SHA-256. No SQL in here.
 *
 *   upload: <folder>/.upload-<hex or random>  --finish-->  <folder>/<64 hex digits>
 *
 * A file gets its name only when all its bytes are on disk and hash to it; after that
 * it is never written again. Uploads are refused while free space is below a reserve,
 * so that the database fills last. Any thread may use a folder; an upload and a map
 * belong to one thread at a time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

struct package_folder;
struct package_upload;

/**
 * Open the folder, made with mode 0700 if it is not there.
 *
 * @param reserve_bytes  free space that uploads leave to others
 * @param out            owned; release with package_folder_close()
 * @return 0, -errno
 */
[[nodiscard]] int package_folder_open(const char *path, int64_t reserve_bytes,
                                      struct package_folder **out);
void package_folder_close(struct package_folder *f); /* NULL is allowed */

/**
 * Start an upload, or go on with the one of the same digest that was interrupted.
 *
 * @param hex         the digest, or NULL if it will be known at the end only; then the
 *                    upload cannot be resumed
 * @param size_bytes  what will come in all; 0 if it is not known
 * @param out         owned; package_upload_close() keeps the part that came for later
 *
 * @return 0, -EBUSY (the same digest is being uploaded now), -EEXIST (it is there
 *         already), -ENOSPC, -EINVAL (hex), -errno
 */
[[nodiscard]] int package_upload_open(struct package_folder *f, const char *hex,
                                      int64_t size_bytes, struct package_upload **out);
void package_upload_close(struct package_upload *up); /* NULL is allowed */

/** @return bytes that are there: the next write goes behind them */
int64_t package_upload_offset(const struct package_upload *up);

/** Drop everything after offset bytes (a client that starts over sends 0).
 * @return 0, -EINVAL past the end, -errno */
[[nodiscard]] int package_upload_rewind(struct package_upload *up, int64_t offset);

/** @return 0, -ENOSPC, -EFBIG (more than size_bytes), -errno; what fitted stays */
[[nodiscard]] int package_upload_write(struct package_upload *up, const void *bytes,
                                       size_t len);

/**
 * Sync, verify, rename. The upload is over whatever is returned but -errno; close it.
 *
 * @param hex  written on success: the digest. @param size_bytes likewise
 * @return 0 (also when the same package was there before), STORE_E_DIGEST (the part is
 *         gone: it can never be right), -ENODATA (fewer than size_bytes came), -errno
 */
[[nodiscard]] int package_upload_finish(struct package_upload *up,
                                        char hex[STORE_DIGEST_HEX + 1],
                                        int64_t *size_bytes);

/** A package in memory, read-only. An access can raise SIGBUS if the disk is damaged.
 */
struct package_map {
    const uint8_t *bytes; /* NULL when size is 0 */
    size_t size;
};

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int package_map_open(struct package_folder *f, const char *hex,
                                   struct package_map *out);
void package_map_close(struct package_map *map); /* may be closed already, or {0} */

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int package_size(struct package_folder *f, const char *hex,
                               int64_t *size_bytes);

/** Read it all again. @return 0, STORE_E_DIGEST, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int package_verify(struct package_folder *f, const char *hex);

/** It is not there any more, its bytes go with the next package_sweep(): a disk takes
 * longer to free than to rename. Maps stay valid. @return 0, STORE_E_NOT_FOUND, -errno
 */
[[nodiscard]] int package_remove(struct package_folder *f, const char *hex);

/**
 * The package files that are there, in no order.
 *
 * @param hex    room for limit names
 * @param total  all there are; if more than limit, the rest was left out
 * @return 0, -errno
 */
[[nodiscard]] int package_list(struct package_folder *f,
                               char (*hex)[STORE_DIGEST_HEX + 1], size_t limit,
                               size_t *total);

/** Unlink what was removed, and parts of uploads that nobody writes and that were last
 * written before wall_ms. @return 0, -errno */
[[nodiscard]] int package_sweep(struct package_folder *f, int64_t wall_ms);

/** @return 0 with the free space below the folder, -errno */
[[nodiscard]] int package_free_bytes(struct package_folder *f, int64_t *out);

enum { PACKAGE_SPACE_STEP = 4 * 1024 * 1024 };

/** What grows without a known end asks each PACKAGE_SPACE_STEP for as many bytes.
 * @return 0, -ENOSPC (less than the reserve would be left), -errno */
[[nodiscard]] int package_space(struct package_folder *f, int64_t needed_bytes);
