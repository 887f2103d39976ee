/* SPDX-License-Identifier: Apache-2.0 */
/* profiles.c - the profiles that are durable, read again whenever one changes. */
#include <errno.h>
#include <stdlib.h>

#include "campaigns/engine/engine_internal.h"
#include "store/profiles.h"

enum { ROWS = 64 };

static void add(struct engine *e, const char *body)
{
    struct profile_error why;
    struct profile *p = malloc(sizeof *p);
    struct profile **more =
        reallocarray(e->profiles, e->profile_count + 1, sizeof(struct profile *));

    if (more)
        e->profiles = more;
    if (!p || !more)
        e->err = -ENOMEM;
    else if (profile_parse(body, p, &why) == 0) {
        e->profiles[e->profile_count++] = p;
        return;
    }
    free(p);
}

static void load_page(struct engine *e, struct page *page)
{
    struct profile_row rows[ROWS];

    e->err = store_profile_page(e->reader, rows, page);
    for (size_t i = 0; !e->err && i < page->count; i++) {
        char *body = NULL;
        int rc = store_profile_get(e->reader, rows[i].name, &rows[i], &body);
        if (rc < 0)
            e->err = rc;
        if (rc == 0)
            add(e, body);
        free(body);
    }
    page->after = page->next;
}

/* Tasks in memory point to profiles: they are asked anew, the old ones freed after. */
static void rebind(struct engine *e)
{
    size_t cursor = 0;

    for (struct active *a; (a = idmap_next(&e->actives, &cursor));)
        a->profile = a->view.inventory ? profile_of(e, &a->inventory) : NULL;
}

static void free_list(struct profile **profiles, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(profiles[i]);
    free(profiles);
}

void profiles_load(struct engine *e)
{
    struct page page = {.limit = ROWS};
    struct profile **old = e->profiles;
    size_t old_count = e->profile_count;

    e->profiles = NULL;
    e->profile_count = 0;
    do
        load_page(e, &page);
    while (!e->err && page.next);
    rebind(e);
    free_list(old, old_count);
}

void profiles_close(struct engine *e)
{
    free_list(e->profiles, e->profile_count);
    e->profiles = NULL;
    e->profile_count = 0;
}

const struct profile *profile_of(const struct engine *e, const struct inventory *id)
{
    return profile_choose((const struct profile *const *)e->profiles, e->profile_count,
                          id);
}
