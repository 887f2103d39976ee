/* SPDX-License-Identifier: Apache-2.0 */
/* refresh.c - three rings of device ids and their rate. */
#include "daemon/refresh.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/base/bucket.h"

struct line {
    int64_t *ids;
    size_t room, first, count; /* a ring; room is a power of two */
};

struct refresh {
    struct registry *registry;
    struct line lines[REFRESH_LINES];
    uint32_t in_flight, in_flight_max;
    struct bucket rate;
};

int refresh_open(struct registry *registry, uint32_t in_flight_max, uint32_t per_second,
                 struct refresh **out)
{
    struct refresh *r = calloc(1, sizeof *r);
    if (!r)
        return -ENOMEM;
    r->registry = registry;
    r->in_flight_max = in_flight_max;
    r->rate = bucket_of(per_second);
    *out = r;
    return 0;
}

void refresh_limit(struct refresh *r, uint32_t in_flight_max, uint32_t per_second)
{
    r->in_flight_max = in_flight_max;
    r->rate.per_second = per_second;
}

void refresh_close(struct refresh *r)
{
    if (!r)
        return;
    for (int i = 0; i < REFRESH_LINES; i++)
        free(r->lines[i].ids);
    free(r);
}

static int line_grow(struct line *line)
{
    size_t room = line->room ? 2 * line->room : 64;
    int64_t *ids = malloc(room * sizeof *ids);

    if (!ids)
        return -ENOMEM;
    for (size_t i = 0; i < line->count; i++)
        ids[i] = line->ids[(line->first + i) & (line->room - 1)];
    free(line->ids);
    *line = (struct line){.ids = ids, .room = room, .count = line->count};
    return 0;
}

int refresh_add(struct refresh *r, struct device *dev, enum refresh_line line)
{
    struct line *waiting = &r->lines[line];

    dev->flags &= (uint8_t)~DEVICE_READ_WANTED;
    if (dev->flags & DEVICE_READ_QUEUED)
        return 0;
    if (waiting->count == waiting->room && line_grow(waiting) != 0)
        return -ENOMEM;
    waiting->ids[(waiting->first + waiting->count++) & (waiting->room - 1)] = dev->id;
    dev->flags |= DEVICE_READ_QUEUED;
    return 0;
}

static struct device *line_take(struct refresh *r, struct line *line)
{
    while (line->count > 0) {
        int64_t id = line->ids[line->first];
        line->first = (line->first + 1) & (line->room - 1);
        line->count--;
        struct device *dev = registry_by_id(r->registry, id);
        if (!dev)
            continue; /* deleted meanwhile */
        dev->flags &= (uint8_t)~DEVICE_READ_QUEUED;
        if (dev->location != 0)
            return dev;
    }
    return NULL;
}

struct device *refresh_next(struct refresh *r, int64_t mono_ms)
{
    if (r->in_flight >= r->in_flight_max || !bucket_has(&r->rate, mono_ms))
        return NULL;
    for (int i = 0; i < REFRESH_LINES; i++) {
        struct device *dev = line_take(r, &r->lines[i]);
        if (!dev)
            continue;
        (void)bucket_take(&r->rate, mono_ms);
        if (!(dev->flags & DEVICE_READ_RUNNING))
            r->in_flight++;
        dev->flags |= DEVICE_READ_RUNNING;
        return dev;
    }
    return NULL;
}

void refresh_ended(struct refresh *r, struct device *dev)
{
    if (!(dev->flags & DEVICE_READ_RUNNING))
        return;
    dev->flags &= (uint8_t)~DEVICE_READ_RUNNING;
    r->in_flight--;
}

size_t refresh_waiting(const struct refresh *r)
{
    size_t n = 0;

    for (int i = 0; i < REFRESH_LINES; i++)
        n += r->lines[i].count;
    return n;
}

int64_t refresh_wake_ms(const struct refresh *r, int64_t mono_ms)
{
    if (refresh_waiting(r) == 0 || r->in_flight >= r->in_flight_max)
        return INT64_MAX;
    return bucket_due_ms(&r->rate, mono_ms);
}
