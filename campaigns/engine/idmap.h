/* SPDX-License-Identifier: Apache-2.0 */
/* idmap.h - a hash table from our own ids to pointers. Internal to engine/. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct idmap_slot {
    int64_t id; /* 0: free */
    void *item;
};

struct idmap {
    struct idmap_slot *slots; /* a power of two of them */
    size_t size, count;
};

void *idmap_get(const struct idmap *m, int64_t id);

/** @param id not 0, not in m. @return 0, -ENOMEM */
[[nodiscard]] int idmap_put(struct idmap *m, int64_t id, void *item);
void idmap_remove(struct idmap *m, int64_t id);

/** All items in no order: *cursor starts at 0; NULL at the end. m may not change. */
void *idmap_next(const struct idmap *m, size_t *cursor);
void idmap_fini(struct idmap *m);
