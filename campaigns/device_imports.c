/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/device_imports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct device_imports *device_imports_new(void)
{
    return calloc(1, sizeof(struct device_imports));
}

void device_imports_free(struct device_imports *all)
{
    if (!all)
        return;
    free(all->devices);
    free(all->tags);
    free(all);
}

static size_t grown(size_t room, size_t need)
{
    while (room < need)
        room = room ? 2 * room : 256;
    return room;
}

static int make_room(struct device_imports *all, size_t tag_count)
{
    size_t room = grown(all->room, all->count + 1);
    size_t tag_room = grown(all->tag_room, all->tag_count + tag_count);

    if (room != all->room) {
        void *more = realloc(all->devices, room * sizeof *all->devices);
        if (!more)
            return -ENOMEM;
        all->devices = more;
        all->room = room;
    }
    if (tag_room != all->tag_room) {
        void *more = realloc(all->tags, tag_room * sizeof *all->tags);
        if (!more)
            return -ENOMEM;
        all->tags = more;
        all->tag_room = tag_room;
    }
    return 0;
}

int device_imports_add(struct device_imports *all, int64_t line, const char *endpoint,
                       const struct tag *tags, size_t count)
{
    int rc = make_room(all, count);

    if (rc != 0)
        return rc;
    struct device_import *d = &all->devices[all->count++];
    memcpy(d->endpoint, endpoint, strlen(endpoint) + 1);
    d->line = line;
    d->why = NULL;
    d->first_tag = (uint32_t)all->tag_count;
    d->tag_count = (uint32_t)count;
    if (count > 0)
        memcpy(&all->tags[all->tag_count], tags, count * sizeof *tags);
    all->tag_count += count;
    return 0;
}

bool device_imports_are_full(const struct device_imports *all)
{
    return all->count + all->tag_count >= IMPORT_WEIGHT_MAX;
}

const char *endpoint_problem(const char *endpoint)
{
    size_t len = strlen(endpoint);

    if (len == 0)
        return "the endpoint is missing";
    if (len > IMPORT_ENDPOINT_MAX)
        return "an endpoint has at most 255 bytes";
    for (; *endpoint; endpoint++)
        if ((unsigned char)*endpoint < ' ' || *endpoint == 0x7f)
            return "an endpoint has no control characters";
    return NULL;
}
