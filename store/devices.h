/* SPDX-License-Identifier: Apache-2.0 */
/* devices.h - the devices that have ever registered or were announced, and their tags.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

struct device_row {
    int64_t id; /* given by the core, > 0, never used again */
    char endpoint[STORE_ENDPOINT_MAX + 1];

    /* Registration: CHANGE_DEVICE_PUT writes these. */
    char state[STORE_WORD_MAX + 1]; /* registered|asleep|expired|deregistered|pending,
                                        expected: created before it ever registered */
    char location[STORE_NAME_MAX + 1];   /* the part behind /rd/; "" without one */
    char address[STORE_ADDRESS_MAX + 1]; /* of the device, printed; "" if never seen */
    char local_address[STORE_ADDRESS_MAX + 1]; /* ours, that it registered at */
    uint16_t port, local_port;
    uint32_t scope;  /* interface index of a link-local address; 0 otherwise */
    char lwm2m[8];   /* "1.0", "1.1", "1.2" */
    char binding[8]; /* "U", "UQ", ... */
    bool queue_mode;
    char root_path[STORE_NAME_MAX + 1]; /* alternate path, "/" by default */
    int64_t lifetime_s;
    int64_t registered_ms; /* wall clock, as all times in rows; 0 = never */
    int64_t seen_ms;
    int64_t expires_ms;
    int64_t created_ms;

    /* Inventory: CHANGE_INVENTORY_PUT writes these; CHANGE_DEVICE_PUT ignores them. */
    char manufacturer[STORE_NAME_MAX + 1]; /* object 3, resources 0, 1, 2, 3, 18, 19 */
    char model[STORE_NAME_MAX + 1];
    char serial[STORE_NAME_MAX + 1];
    char firmware[STORE_NAME_MAX + 1];
    char hardware[STORE_NAME_MAX + 1];
    char software[STORE_NAME_MAX + 1];
    int64_t inventory_id; /* 0 until the inventory was read */
    int64_t inventory_ms;
    char problem[STORE_REASON_MAX + 1]; /* inventory problem; "" if none */
};

struct tag_row {
    char name[STORE_NAME_MAX + 1];
    char value[STORE_DETAIL_MAX + 1];
    bool is_removed; /* CHANGE_DEVICE_TAGS that merges: it goes; never read */
};

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_device_get(struct store *st, int64_t id,
                                   struct device_row *out);
[[nodiscard]] int store_device_by_endpoint(struct store *st, const char *endpoint,
                                           struct device_row *out);

/** The object list it registered, link format as given to CHANGE_DEVICE_PUT.
 * @param out owned, free(). @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_device_objects(struct store *st, int64_t id, char **out);

/**
 * Devices, both orders. With page->filter it looks at a bounded number of devices, so a
 * page can be short, even empty, and still have a .next.
 *
 * @return 0, -errno
 */
[[nodiscard]] int store_device_page(struct store *st, struct device_row *rows,
                                    struct page *page);

/**
 * Count the devices that page->filter matches: page->count is how many of the bounded
 * number that one call looks at, page->next where the next call goes on, 0 behind the
 * last.
 *
 * @return 0, -errno
 */
[[nodiscard]] int store_device_count(struct store *st, struct page *page);

/** All devices by id, for filling the registry at the start: of each row only .id,
 * .endpoint and the registration is written, the rest is zero. @return 0, -errno */
[[nodiscard]] int store_device_load(struct store *st, struct device_row *rows,
                                    struct page *page);

/** @param out the highest id of a device that ever was, 0 if none. @return 0, -errno */
[[nodiscard]] int store_device_last_id(struct store *st, int64_t *out);

/** @param tags room for limit. @param count all there are, written up to limit.
 * @return 0, -errno */
[[nodiscard]] int store_device_tags(struct store *st, int64_t id, struct tag_row *tags,
                                    size_t limit, size_t *count);

enum { STORE_TAGS_MARK = 16 };

/** What tells one set of tags from another, for If-Match: hexadecimal.
 * @param tags in the order of store_device_tags() */
void store_tags_mark(const struct tag_row *tags, size_t count,
                     char out[STORE_TAGS_MARK + 1]);

struct tags_try {
    int64_t id; /* of the device with this endpoint, 0 if there is none */
    bool fits;  /* false: it would have more than STORE_TAGS_MAX tags */
};

/**
 * What CHANGE_DEVICES_IMPORT would do with a row.
 *
 * @return 0, -errno
 */
[[nodiscard]] int store_device_try_tags(struct store *st, const char *endpoint,
                                        const struct tag_row *tags, size_t count,
                                        struct tags_try *out);
