/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.h - the ready bundles that a plan may draw on, in order of precedence.
 *
 * Where two bundles describe one version of a component, the first in the catalogue is
 * believed: higher sequence, then higher version, then name.
 */
#pragma once

#include "campaigns/bundle.h"

struct catalogue {
    struct bundle **bundles; /* owned, each too */
    size_t count, capacity;
    char unreadable[BUNDLE_REF_MAX + 1]; /* one that had to be left out, or "" */
};

void catalogue_init(struct catalogue *cat);
void catalogue_fini(struct catalogue *cat);

/** @param bundle  from malloc(), owned by the catalogue on success. @return 0, -ENOMEM
 */
[[nodiscard]] int catalogue_put(struct catalogue *cat, struct bundle *bundle);

/** @return the bundle called "name@version", NULL if there is none */
const struct bundle *catalogue_find(const struct catalogue *cat, const char *ref);
