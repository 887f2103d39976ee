/* SPDX-License-Identifier: Apache-2.0 */
/* holds.h - files of packages that a request counts on: nobody else takes them away.
 *
 * A request takes a hold before it can see that a file is there and keeps it until its
 * command is durable; after that the store says that the package stays.
 */
#pragma once

#include <stdint.h>

#include "store/sizes.h"

struct api;
struct package_upload;

struct hold {
    struct hold *next; /* in api->holds */
    char digest[STORE_DIGEST_HEX + 1];
};

/** @param h the caller's, until hold_drop() */
void hold_take(struct api *api, struct hold *h, const char *digest);

/** package_upload_finish() and a hold on what came out of it, in one. */
[[nodiscard]] int hold_finish(struct api *api, struct hold *h,
                              struct package_upload *up, int64_t *size_bytes);

/** Let go. A hold that was never taken is allowed. */
void hold_drop(struct api *api, struct hold *h);

/** Let go, and remove the file if nobody else holds it and the store does not know it.
 */
void hold_remove(struct api *api, struct hold *h);
