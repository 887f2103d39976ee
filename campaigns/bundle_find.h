/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_find.h - questions to a bundle: whose it is, what is in it, what it demands.
 */
#pragma once

#include "campaigns/bundle.h"

enum bundle_fit {
    BUNDLE_FITS,
    BUNDLE_FITS_NOT,         /* another manufacturer, model or hardware */
    BUNDLE_UNKNOWN_HARDWARE, /* the device does not report a field that is asked for */
};

/** @return whether applies_to names this device */
enum bundle_fit bundle_fits(const struct bundle *b, const struct inventory *inv);

/** @return the version that the bundle's aim has for component: the one of its packages
 * that are no stepping stones; NULL if none provides it */
const char *bundle_target(const struct bundle *b, const char *component);

/** @return what package brings component to, NULL if it does not touch it */
const struct bundle_provide *package_provide(const struct bundle *b,
                                             const struct bundle_package *p,
                                             const char *component);

/** @return the first package that brings component to version and has this digest
 * (NULL: any digest), NULL if there is none */
const struct bundle_package *bundle_package_find(const struct bundle *b,
                                                 const char *component,
                                                 const char *version,
                                                 const char *digest);
