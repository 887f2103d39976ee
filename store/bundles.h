/* SPDX-License-Identifier: Apache-2.0 */
/* bundles.h - bundles (a manifest and its packages) and the packages we hold. */
#pragma once

#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

struct bundle_row {
    int64_t id;                                                 /* given by the store */
    char name[STORE_NAME_MAX + 1], version[STORE_NAME_MAX + 1]; /* unique together */
    char vendor[STORE_NAME_MAX + 1];
    int64_t sequence;
    char state[STORE_WORD_MAX + 1];     /* uploading|ready|quarantined|withdrawn */
    char digest[STORE_DIGEST_HEX + 1];  /* of the manifest, set by the store */
    char problem[STORE_DETAIL_MAX + 1]; /* why it is not ready; "" otherwise */
    int64_t created_ms;
    char created_by[STORE_NAME_MAX + 1];
};

/** One component that a bundle's package installs. A file that provides several
 * components has several rows with one digest. */
struct bundle_package_row {
    int ordinal; /* of the package in the manifest, from 0 */
    char component[STORE_NAME_MAX + 1];
    char version[STORE_NAME_MAX + 1];
    char digest[STORE_DIGEST_HEX + 1]; /* "" when hosted elsewhere without one */
    char uri[STORE_DETAIL_MAX + 1];    /* "" when we hold the file */
    int64_t size_bytes;
    char state[STORE_WORD_MAX + 1]; /* read only: of the package; "" not there yet */
};

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_bundle_get(struct store *st, int64_t id,
                                   struct bundle_row *out);
[[nodiscard]] int store_bundle_by_name(struct store *st, const char *name,
                                       const char *version, struct bundle_row *out);

/** The manifest as it was given. @param out owned, free(). @return 0,
 * STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_bundle_manifest(struct store *st, int64_t id, char **out);

/** Both orders. @param state "" for all. @return 0, -errno */
[[nodiscard]] int store_bundle_page(struct store *st, const char *state,
                                    struct bundle_row *rows, struct page *page);

/** By ordinal and component. @param rows room for limit. @param count all there are,
 * written up to limit. @return 0, -errno */
[[nodiscard]] int store_bundle_packages(struct store *st, int64_t id,
                                        struct bundle_package_row *rows, size_t limit,
                                        size_t *count);

/** Bundles, of any state, that have a package of this digest. @return 0, -errno */
[[nodiscard]] int store_bundle_by_package(struct store *st, const char *digest,
                                          struct bundle_row *rows, struct page *page);

/** Packages of the bundle that we should hold and that are not `ready`.
 * @return 0, -errno */
[[nodiscard]] int store_bundle_missing(struct store *st, int64_t id, size_t *count);

/** A package of which the file that we hold has another size than the bundle says. */
struct bundle_unlike {
    char digest[STORE_DIGEST_HEX + 1];
    int64_t said_bytes, held_bytes;
};

/** One of them. @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_bundle_unlike(struct store *st, int64_t id,
                                      struct bundle_unlike *out);
