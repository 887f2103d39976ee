/* SPDX-License-Identifier: Apache-2.0 */
/* examples.h - values that devices have, for whoever writes a query. */
#pragma once

#include <stddef.h>

#include "store/sizes.h"
#include "store/store.h"

enum example_kind {
    EXAMPLE_MANUFACTURER,
    EXAMPLE_MODEL,
    EXAMPLE_HARDWARE,
    EXAMPLE_TAG,       /* names of tags */
    EXAMPLE_TAG_VALUE, /* values of the tag called name */
    EXAMPLE_COMPONENT, /* names of components */
    EXAMPLE_VERSION,   /* versions of the component called name */
};

/** What is asked for. */
struct example_of {
    enum example_kind kind;
    const char *name; /* of the tag or component, else NULL */
};

struct example_row {
    char text[STORE_DETAIL_MAX + 1];
};

/**
 * The first values in the order of their bytes, each once. Of manufacturers, hardware
 * and components only the newest distinct inventories are looked at.
 *
 * @param rows   room for limit
 * @return 0, -errno
 */
[[nodiscard]] int store_example_list(struct store *st, struct example_of of,
                                     struct example_row *rows, size_t limit,
                                     size_t *count);
