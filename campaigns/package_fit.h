/* SPDX-License-Identifier: Apache-2.0 */
/* package_fit.h - what a profile knows of a component, against what a package needs.
 *
 * Only what both of them say counts: a profile without "formats" takes any.
 */
#pragma once

#include "campaigns/bundle.h"
#include "campaigns/profile.h"

enum package_fit {
    PACKAGE_FITS,
    PACKAGE_FORMAT_UNSUPPORTED, /* format or compression is none of "formats" */
    PACKAGE_SLOT_UNSUPPORTED,   /* slot is none of "slots" */
    PACKAGE_TOO_LARGE,          /* installed_bytes, else size, is over "slot_bytes" */
};

/**
 * The component is the first that p provides: it gets the file. A size is compared only
 * if that is all it provides.
 * @param profile  NULL: everything fits
 * @param detail   why not, a sentence for people; may be NULL
 */
enum package_fit package_fit(const struct bundle *b, const struct bundle_package *p,
                             const struct profile *profile, char detail[256]);
