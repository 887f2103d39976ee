/* SPDX-License-Identifier: Apache-2.0 */
/* profile_set.c - a small list: models are few. */
#include "campaigns/planning/profile_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/profiles.h"

struct profile_set {
    struct profile **items; /* each owned */
    size_t count, room;
};

enum { PAGE_ROWS = 64 };

static int load_one(struct store *reader, struct profile_set *p, const char *name,
                    size_t *broken)
{
    struct profile_row row;
    struct profile profile;
    struct profile_error why;
    char *body = NULL;

    int rc = store_profile_get(reader, name, &row, &body);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = profile_parse(body, &profile, &why);
    free(body);
    if (rc == 0)
        return profile_set_put(p, &profile);
    if (rc < 0)
        return rc;
    if (broken)
        ++*broken;
    return 0;
}

static int load_all(struct store *reader, struct profile_set *p, size_t *broken)
{
    struct profile_row rows[PAGE_ROWS];
    struct page page = {.limit = PAGE_ROWS};

    do {
        int rc = store_profile_page(reader, rows, &page);
        if (rc != 0)
            return rc;
        for (size_t i = 0; i < page.count; i++) {
            rc = load_one(reader, p, rows[i].name, broken);
            if (rc != 0)
                return rc;
        }
        page.after = page.next;
    } while (page.next != 0);
    return 0;
}

int profile_set_open(struct store *reader, struct profile_set **out, size_t *broken)
{
    struct profile_set *p = calloc(1, sizeof *p);
    if (!p)
        return -ENOMEM;
    int rc = load_all(reader, p, broken);
    if (rc != 0) {
        profile_set_close(p);
        return rc;
    }
    *out = p;
    return 0;
}

void profile_set_close(struct profile_set *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++)
        free(p->items[i]);
    free((void *)p->items);
    free(p);
}

static struct profile **find(const struct profile_set *p, const char *name)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->items[i]->name, name) == 0)
            return &p->items[i];
    return NULL;
}

static int make_room(struct profile_set *p)
{
    if (p->count < p->room)
        return 0;
    size_t room = p->room ? 2 * p->room : 16;
    void *items = realloc((void *)p->items, room * sizeof(struct profile *));
    if (!items)
        return -ENOMEM;
    p->items = items;
    p->room = room;
    return 0;
}

int profile_set_put(struct profile_set *p, const struct profile *profile)
{
    struct profile **old = find(p, profile->name);

    if (old) {
        **old = *profile;
        return 0;
    }
    struct profile *copy = malloc(sizeof *copy);
    if (!copy || make_room(p) != 0) {
        free(copy);
        return -ENOMEM;
    }
    *copy = *profile;
    p->items[p->count++] = copy;
    return 0;
}

const struct profile *profile_set_for(const struct profile_set *p,
                                      const struct inventory *identity)
{
    if (!p)
        return NULL;
    return profile_choose((const struct profile *const *)p->items, p->count, identity);
}
