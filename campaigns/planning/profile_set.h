/* SPDX-License-Identifier: Apache-2.0 */
/* profile_set.h - the profiles in memory, for one thread: the store's copy is the
 * truth, this one answers which profile a device has.
 */
#pragma once

#include <stddef.h>

#include "campaigns/profile.h"

struct profile_set;
struct store;

/** Load all from the store. One that cannot be parsed is left out and counted.
 * @param broken  may be NULL. @param out owned. @return 0, -errno */
[[nodiscard]] int profile_set_open(struct store *reader, struct profile_set **out,
                                   size_t *broken);
void profile_set_close(struct profile_set *p);

/** Add or replace by name. @param profile copied. @return 0, -ENOMEM */
[[nodiscard]] int profile_set_put(struct profile_set *p, const struct profile *profile);

/** @param p  may be NULL: none is known
 * @return the profile of a device with this identity, NULL if it has none; valid until
 * the next put */
const struct profile *profile_set_for(const struct profile_set *p,
                                      const struct inventory *identity);
