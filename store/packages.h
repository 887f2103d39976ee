/* SPDX-License-Identifier: Apache-2.0 */
/* packages.h - what the database knows of package files (package_file.h has the bytes).
 */
#pragma once

#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

struct package_row {
    int64_t id; /* given by the store, for pages */
    char digest[STORE_DIGEST_HEX + 1];
    int64_t size_bytes;
    char state[STORE_WORD_MAX + 1]; /* uploading|ready|damaged|missing */
    int64_t created_ms;
};

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_package_get(struct store *st, const char *digest,
                                    struct package_row *out);

/** @param state "" for all. @return 0, -errno */
[[nodiscard]] int store_package_page(struct store *st, const char *state,
                                     struct package_row *rows, struct page *page);
