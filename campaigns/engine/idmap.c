/* SPDX-License-Identifier: Apache-2.0 */
/* idmap.c - open addressing with linear probing; removal moves followers back. */
#include "campaigns/engine/idmap.h"

#include <errno.h>
#include <stdlib.h>

static size_t slot_of(const struct idmap *m, int64_t id)
{
    uint64_t hash = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);

    return (size_t)(hash >> 20) & (m->size - 1);
}

void *idmap_get(const struct idmap *m, int64_t id)
{
    if (m->size == 0)
        return NULL;
    for (size_t i = slot_of(m, id); m->slots[i].id; i = (i + 1) & (m->size - 1))
        if (m->slots[i].id == id)
            return m->slots[i].item;
    return NULL;
}

static void insert(struct idmap *m, int64_t id, void *item)
{
    size_t i = slot_of(m, id);

    while (m->slots[i].id)
        i = (i + 1) & (m->size - 1);
    m->slots[i] = (struct idmap_slot){id, item};
}

static int grow(struct idmap *m)
{
    struct idmap bigger = {.size = m->size ? 2 * m->size : 64, .count = m->count};

    bigger.slots = calloc(bigger.size, sizeof *bigger.slots);
    if (!bigger.slots)
        return -ENOMEM;
    for (size_t i = 0; i < m->size; i++)
        if (m->slots[i].id)
            insert(&bigger, m->slots[i].id, m->slots[i].item);
    free(m->slots);
    *m = bigger;
    return 0;
}

int idmap_put(struct idmap *m, int64_t id, void *item)
{
    if (4 * (m->count + 1) > 3 * m->size) {
        int rc = grow(m);
        if (rc != 0)
            return rc;
    }
    insert(m, id, item);
    m->count++;
    return 0;
}

void idmap_remove(struct idmap *m, int64_t id)
{
    if (m->size == 0)
        return;
    size_t mask = m->size - 1, i = slot_of(m, id);

    while (m->slots[i].id && m->slots[i].id != id)
        i = (i + 1) & mask;
    if (!m->slots[i].id)
        return;
    m->count--;
    for (size_t hole = i;;) {
        m->slots[hole].id = 0;
        do {
            i = (i + 1) & mask;
            if (!m->slots[i].id)
                return;
            /* stays while its home lies between the hole and itself */
        } while (((i - slot_of(m, m->slots[i].id)) & mask) < ((i - hole) & mask));
        m->slots[hole] = m->slots[i];
        hole = i;
    }
}

void *idmap_next(const struct idmap *m, size_t *cursor)
{
    while (*cursor < m->size) {
        const struct idmap_slot *slot = &m->slots[(*cursor)++];
        if (slot->id)
            return slot->item;
    }
    return NULL;
}

void idmap_fini(struct idmap *m)
{
    free(m->slots);
    *m = (struct idmap){0};
}
