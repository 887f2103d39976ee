/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/bundle_find.h"

#include <stdio.h>
#include <string.h>

#include "campaigns/version.h"

void bundle_ref(const struct bundle *b, char *out)
{
    snprintf(out, BUNDLE_REF_MAX + 1, "%s@%s", b->name, b->version);
}

static bool names_model(const struct bundle *b, const char *model)
{
    for (uint8_t i = 0; i < b->model_count; i++)
        if (strcmp(b->models[i], model) == 0)
            return true;
    return false;
}

enum bundle_fit bundle_fits(const struct bundle *b, const struct inventory *inv)
{
    if (*inv->manufacturer && strcmp(b->manufacturer, inv->manufacturer) != 0)
        return BUNDLE_FITS_NOT;
    if (*inv->model && !names_model(b, inv->model))
        return BUNDLE_FITS_NOT;
    if (b->names_hardware && *inv->hardware &&
        !range_matches(&b->hardware, inv->hardware))
        return BUNDLE_FITS_NOT;
    bool unknown =
        !*inv->manufacturer || !*inv->model || (b->names_hardware && !*inv->hardware);
    return unknown ? BUNDLE_UNKNOWN_HARDWARE : BUNDLE_FITS;
}

const char *bundle_target(const struct bundle *b, const char *component)
{
    for (uint16_t i = 0; i < b->package_count; i++) {
        const struct bundle_provide *to =
            package_provide(b, &b->packages[i], component);
        if (to && !b->packages[i].stepping_stone)
            return to->version;
    }
    return NULL;
}

const struct bundle_provide *package_provide(const struct bundle *b,
                                             const struct bundle_package *p,
                                             const char *component)
{
    for (uint16_t i = 0; i < p->provide_count; i++) {
        const struct bundle_provide *to = &b->provides[p->provide_first + i];
        if (strcmp(to->component, component) == 0)
            return to;
    }
    return NULL;
}

const struct bundle_package *bundle_package_find(const struct bundle *b,
                                                 const char *component,
                                                 const char *version,
                                                 const char *digest)
{
    for (uint16_t i = 0; i < b->package_count; i++) {
        const struct bundle_package *p = &b->packages[i];
        const struct bundle_provide *to = package_provide(b, p, component);
        if (to && version_equal(to->version, version) &&
            (!digest || strcmp(p->digest, digest) == 0))
            return p;
    }
    return NULL;
}
