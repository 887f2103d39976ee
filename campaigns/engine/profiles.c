/* SPDX-License-Identifier: Apache-2.0 */
/* profiles.c - the profiles that are durable, read again whenever one changes. */
#include "campaigns/engine/engine_internal.h"
#include "campaigns/planning/profile_set.h"

/* Tasks in memory point to profiles: they are asked anew, the old ones freed after. */
static void rebind(struct engine *e)
{
    size_t cursor = 0;

    for (struct active *a; (a = idmap_next(&e->actives, &cursor));)
        a->profile = a->view.inventory ? profile_of(e, &a->inventory) : NULL;
}

void profiles_load(struct engine *e)
{
    struct profile_set *old = e->profiles, *fresh;

    e->err = profile_set_open(e->reader, &fresh, NULL);
    if (e->err)
        return;
    e->profiles = fresh;
    rebind(e);
    profile_set_close(old);
}

void profiles_close(struct engine *e)
{
    profile_set_close(e->profiles);
    e->profiles = NULL;
}

const struct profile *profile_of(const struct engine *e, const struct inventory *id)
{
    return profile_set_for(e->profiles, id);
}
