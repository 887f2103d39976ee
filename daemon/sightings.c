/* SPDX-License-Identifier: Apache-2.0 */
/* sightings.c - an array, and a flag in each device that is in it. */
#include "daemon/sightings.h"

#include <errno.h>
#include <stdlib.h>

enum { ROOM = 4096, EVERY_MS = 5000 };

struct sightings {
    struct registry *registry;
    int64_t due_ms;
    size_t count;
    struct device_seen seen[ROOM];
};

int sightings_open(struct registry *registry, struct sightings **out)
{
    struct sightings *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->registry = registry;
    *out = s;
    return 0;
}

void sightings_close(struct sightings *s)
{
    free(s);
}

bool sightings_add(struct sightings *s, struct device *dev, int64_t wall_ms)
{
    if (!(dev->flags & DEVICE_SEEN_DIRTY)) {
        dev->flags |= DEVICE_SEEN_DIRTY;
        s->seen[s->count++] = (struct device_seen){
            .id = dev->id,
            .seen_ms = wall_ms,
            .expires_ms =
                dev->lifetime_s ? wall_ms + INT64_C(1000) * dev->lifetime_s : 0};
    }
    return s->count == ROOM;
}

void sightings_forget(struct device *dev)
{
    if (dev)
        dev->flags &= (uint8_t)~DEVICE_SEEN_DIRTY;
}

const struct device_seen *sightings_take(struct sightings *s, size_t *count)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->count; i++) {
        const struct device *dev = registry_by_id(s->registry, s->seen[i].id);
        if (!dev || dev->flags & DEVICE_SEEN_DIRTY)
            s->seen[kept++] = s->seen[i];
    }
    for (size_t i = 0; i < kept; i++)
        sightings_forget(registry_by_id(s->registry, s->seen[i].id));
    *count = kept;
    s->count = 0;
    return *count > 0 ? s->seen : NULL;
}

int64_t sightings_due_ms(const struct sightings *s)
{
    return s->due_ms;
}

void sightings_taken(struct sightings *s, int64_t mono_ms)
{
    s->due_ms = mono_ms + EVERY_MS;
}
