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
    int64_t wanted_ms; /* when it was last uploaded; a change only moves it on */
};

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_package_get(struct store *st, const char *digest,
                                    struct package_row *out);

/** Does a bundle that is not withdrawn, or a campaign under way, need it?
 * @return 0 yes, STORE_E_NOT_FOUND nobody does, -errno */
[[nodiscard]] int store_package_in_use(struct store *st, const char *digest);

/** Both orders. @param state "" for all. @return 0, -errno */
[[nodiscard]] int store_package_page(struct store *st, const char *state,
                                     struct package_row *rows, struct page *page);
