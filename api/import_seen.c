/* SPDX-License-Identifier: Apache-2.0 */
#include "api/import_seen.h"

#include <errno.h>
#include <stdlib.h>

struct seen_slot {
    uint64_t hash;
    int64_t line; /* 0: nothing is here */
};

enum { ROOM_FIRST = 1024 };

/* FNV-1a, then the finish of MurmurHash3: its low bits choose the slot. */
static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    while (*text)
        hash = (hash ^ (uint8_t)*text++) * UINT64_C(0x100000001b3);
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 33;
}

/* @return where hash is, or the free slot where it belongs */
static struct seen_slot *find(struct seen_slot *slots, size_t room, uint64_t hash)
{
    size_t at = hash & (room - 1);

    while (slots[at].line != 0 && slots[at].hash != hash)
        at = (at + 1) & (room - 1);
    return &slots[at];
}

/* Half of the slots stay free. */
static int make_room(struct import_seen *s)
{
    size_t room = s->room ? 2 * s->room : ROOM_FIRST;

    if (2 * s->count < s->room)
        return 0;
    struct seen_slot *slots = calloc(room, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i < s->room; i++)
        if (s->slots[i].line != 0)
            *find(slots, room, s->slots[i].hash) = s->slots[i];
    free(s->slots);
    s->slots = slots;
    s->room = room;
    return 0;
}

int import_seen_put(struct import_seen *s, const char *endpoint, int64_t line,
                    int64_t *before)
{
    uint64_t hash = hash_of(endpoint);
    int rc = make_room(s);

    if (rc != 0)
        return rc;
    struct seen_slot *slot = find(s->slots, s->room, hash);
    if (slot->line != 0) {
        *before = slot->line;
        return IMPORT_SEEN_BEFORE;
    }
    if (s->max > 0 && s->count == s->max)
        return IMPORT_SEEN_MANY;
    *slot = (struct seen_slot){hash, line};
    s->count++;
    return 0;
}

void import_seen_clear(struct import_seen *s)
{
    free(s->slots);
    *s = (struct import_seen){.max = s->max};
}
