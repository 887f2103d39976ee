/* SPDX-License-Identifier: Apache-2.0 */
/* profiles.h - what is known of models of devices, as JSON texts. */
#pragma once

#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

struct profile_row {
    int64_t id;                            /* given by the store */
    char name[STORE_NAME_MAX + 1];         /* unique */
    char manufacturer[STORE_NAME_MAX + 1]; /* what it matches, as the JSON says */
    char model[STORE_NAME_MAX + 1];
    int64_t updated_ms;
    char updated_by[STORE_NAME_MAX + 1];
    int64_t revision; /* set by the store */
};

/** @param body owned, free(); may be NULL. @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_profile_get(struct store *st, const char *name,
                                    struct profile_row *out, char **body);

/** Both orders. @return 0, -errno */
[[nodiscard]] int store_profile_page(struct store *st, struct profile_row *rows,
                                     struct page *page);
