/* SPDX-License-Identifier: Apache-2.0 */
/* device_imports.h - a number of devices with tags, to be created or tagged. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/tags.h"

enum {
    IMPORT_ENDPOINT_MAX = 255, /* bytes without NUL */
    /* Devices and tags in one: some 70 ms of the store. What a page of an index costs
     * is shared by all rows of a chunk that go there, and so is what the disk takes. */
    IMPORT_WEIGHT_MAX = 10000,
    IMPORT_ERRORS_MAX = 100, /* that an answer names; all are counted */
};

#define IMPORT_TOO_MANY_TAGS "with these the device would have more than 32 tags"
#define IMPORT_NO_ROOM "there are as many devices as devices_max allows"

struct device_import {
    char endpoint[IMPORT_ENDPOINT_MAX + 1];
    uint32_t first_tag, tag_count; /* in .tags */
    int64_t line;                  /* of the list */
    const char *why; /* the core's note: why it was not taken, static; NULL: it was */
};

struct device_imports {
    struct device_import *devices; /* owned, as all here */
    size_t count, room;
    struct tag *tags; /* of all devices */
    size_t tag_count, tag_room;
};

/** @return an empty one, owned; NULL: no memory */
struct device_imports *device_imports_new(void);
void device_imports_free(struct device_imports *all); /* NULL is allowed */

/** @param line of the list, 0: none
 * @param tags count of them, at most TAGS_MAX. @return 0, -ENOMEM: all is as it was */
[[nodiscard]] int device_imports_add(struct device_imports *all, int64_t line,
                                     const char *endpoint, const struct tag *tags,
                                     size_t count);

/** @return true if it has reached IMPORT_WEIGHT_MAX */
bool device_imports_are_full(const struct device_imports *all);

/** @return what is wrong with an endpoint's name, static; NULL if nothing */
const char *endpoint_problem(const char *endpoint);
