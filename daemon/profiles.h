/* SPDX-License-Identifier: Apache-2.0 */
/* profiles.h - the profiles in memory, for the core thread: the store's copy is the
 * truth, this one answers which profile a device has.
 */
#pragma once

#include <stddef.h>

#include "campaigns/profile.h"

struct profiles;
struct store;

/** Load all from the store. One that cannot be parsed is left out and counted.
 * @param broken  may be NULL. @param out owned. @return 0, -errno */
[[nodiscard]] int profiles_open(struct store *reader, struct profiles **out,
                                size_t *broken);
void profiles_close(struct profiles *p);

/** Add or replace by name. @param profile copied. @return 0, -ENOMEM */
[[nodiscard]] int profiles_put(struct profiles *p, const struct profile *profile);

/** Nothing happens if there is none. */
void profiles_remove(struct profiles *p, const char *name);

/** @return the profile of a device with this identity, NULL if it has none; valid until
 * the next put or remove */
const struct profile *profiles_for(const struct profiles *p,
                                   const struct inventory *identity);
