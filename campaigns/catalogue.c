/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/catalogue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/version.h"

void catalogue_init(struct catalogue *cat)
{
    *cat = (struct catalogue){.count = 0};
}

void catalogue_fini(struct catalogue *cat)
{
    for (size_t i = 0; i < cat->count; i++)
        free(cat->bundles[i]);
    free(cat->bundles);
    catalogue_init(cat);
}

/* <0: a is believed before b. */
static int precedence(const struct bundle *a, const struct bundle *b)
{
    if (a->sequence != b->sequence)
        return a->sequence > b->sequence ? -1 : 1;
    int order = version_compare(b->version, a->version);
    return order ? order : strcmp(a->name, b->name);
}

static int grow(struct catalogue *cat)
{
    size_t capacity = cat->capacity ? 2 * cat->capacity : 8;
    struct bundle **bundles =
        reallocarray(cat->bundles, capacity, sizeof(struct bundle *));
    if (!bundles)
        return -ENOMEM;
    cat->bundles = bundles;
    cat->capacity = capacity;
    return 0;
}

int catalogue_put(struct catalogue *cat, struct bundle *bundle)
{
    if (cat->count == cat->capacity) {
        int rc = grow(cat);
        if (rc)
            return rc;
    }
    size_t at = cat->count++;
    for (; at > 0 && precedence(bundle, cat->bundles[at - 1]) < 0; at--)
        cat->bundles[at] = cat->bundles[at - 1];
    cat->bundles[at] = bundle;
    return 0;
}

const struct bundle *catalogue_find(const struct catalogue *cat, const char *ref)
{
    char name[BUNDLE_REF_MAX + 1];
    for (size_t i = 0; i < cat->count; i++) {
        bundle_ref(cat->bundles[i], name);
        if (strcmp(name, ref) == 0)
            return cat->bundles[i];
    }
    return NULL;
}
