/* SPDX-License-Identifier: Apache-2.0 */
/* components.h - what devices are made of: components, their history of versions, and
 * the distinct inventories that plans are made for.
 */
#pragma once

#include <stdint.h>

#include "store/sizes.h"
#include "store/store.h"

struct component_row {
    char name[STORE_NAME_MAX + 1];
    char object[STORE_WORD_MAX + 1]; /* afu (33629) or fw (5) */
    uint16_t object_id, instance;
    char version[STORE_NAME_MAX + 1];           /* "" when the device does not say */
    uint8_t version_key[STORE_VERSION_KEY_MAX]; /* from the caller; memcmp orders it */
    uint8_t version_key_len;                    /* 0: the version has no order */
    char state[STORE_WORD_MAX + 1];   /* idle|downloading|downloaded|updating|unknown */
    uint8_t result;                   /* resource 5 */
    uint8_t delivery, protocols, has; /* as in campaigns/inventory.h, kept as given */
    uint32_t linked, conflicting;
    int64_t updated_ms;
};

struct component_version_row {
    int64_t id;
    char name[STORE_NAME_MAX + 1];
    char version[STORE_NAME_MAX + 1];
    int64_t at_ms; /* when it was first seen with this version */
};

/** A distinct inventory: devices with equal canonical texts share one. */
struct inventory_row {
    int64_t id;
    char manufacturer[STORE_NAME_MAX + 1];
    char model[STORE_NAME_MAX + 1];
    char hardware[STORE_NAME_MAX + 1];
    char firmware[STORE_NAME_MAX + 1];
    char problem[STORE_REASON_MAX + 1];
    size_t count;
    struct {
        char name[STORE_NAME_MAX + 1];
        char object[STORE_WORD_MAX + 1];
        char version[STORE_NAME_MAX + 1];
    } components[STORE_COMPONENTS_MAX]; /* by name */
};

/** By name. @param rows room for STORE_COMPONENTS_MAX. @return 0, -errno */
[[nodiscard]] int store_component_list(struct store *st, int64_t device_id,
                                       struct component_row *rows, size_t *count);

/** History of one device, both orders. @param name "" for all components.
 * @return 0, -errno */
[[nodiscard]] int store_component_history(struct store *st, int64_t device_id,
                                          const char *name,
                                          struct component_version_row *rows,
                                          struct page *page);

/** @return 0, STORE_E_NOT_FOUND, -errno */
[[nodiscard]] int store_inventory_get(struct store *st, int64_t id,
                                      struct inventory_row *out);
