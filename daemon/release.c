/* SPDX-License-Identifier: Apache-2.0 */
/* release.c - a ring that grows. */
#include "daemon/release.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct releases {
    struct release *items;
    size_t room, first, count; /* room is a power of two */
    struct release taken;
};

int releases_open(struct releases **out)
{
    struct releases *r = calloc(1, sizeof *r);
    if (!r)
        return -ENOMEM;
    *out = r;
    return 0;
}

void releases_close(struct releases *r)
{
    static const struct command_result busy = {.status = COMMAND_BUSY,
                                               .problem = "stopping",
                                               .detail = "The server is stopping."};
    const struct release *release;

    if (!r)
        return;
    while ((release = releases_take(r, UINT64_MAX))) {
        struct command *c = release->command;
        if (c && c->done)
            c->done(c->done_arg, release->ticket, &busy);
        command_free(c);
    }
    free(r->items);
    free(r);
}

static int grow(struct releases *r)
{
    size_t room = r->room ? 2 * r->room : 64;
    struct release *items = malloc(room * sizeof *items);

    if (!items)
        return -ENOMEM;
    for (size_t i = 0; i < r->count; i++)
        items[i] = r->items[(r->first + i) & (r->room - 1)];
    free(r->items);
    r->items = items;
    r->room = room;
    r->first = 0;
    return 0;
}

int releases_put(struct releases *r, const struct release *release)
{
    if (r->count == r->room && grow(r) != 0)
        return -ENOMEM;
    r->items[(r->first + r->count++) & (r->room - 1)] = *release;
    return 0;
}

bool releases_have(const struct releases *r, enum release_kind kind, const char *name)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct release *item = &r->items[(r->first + i) & (r->room - 1)];
        if (item->kind == kind && strcmp(item->name, name) == 0)
            return true;
    }
    return false;
}

const struct release *releases_take(struct releases *r, uint64_t batch)
{
    if (r->count == 0 || r->items[r->first].batch > batch)
        return NULL;
    r->taken = r->items[r->first];
    r->first = (r->first + 1) & (r->room - 1);
    r->count--;
    return &r->taken;
}
