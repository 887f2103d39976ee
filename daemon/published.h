/* SPDX-License-Identifier: Apache-2.0 */
/* published.h - the packages that the wire serves: each mapped once, whoever fetches.
 *
 * Owned by the core thread. A mapping is given back only when the wire says that it no
 * longer uses it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct package_folder;
struct published;
struct store;
struct wire;

/** @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int published_open(struct package_folder *folder, struct wire *wire,
                                 struct published **out);

/** After the wire was closed. */
void published_close(struct published *p);

enum { PUBLISHED_E_MISSING = 1 };

/** Serve the package called digest. Twice is once; after a published_remove() the file
 * is opened anew when the old mapping was given back.
 * @return 0, PUBLISHED_E_MISSING (no such file), -errno */
[[nodiscard]] int published_add(struct published *p, const char *digest);

/** Serve it no longer. */
void published_remove(struct published *p, const char *digest);

/** The wire's WITHDRAWN: unmap. @return as published_add(), if it was added again */
[[nodiscard]] int published_withdrawn(struct published *p, const char *digest);

/** Do what the wire had no room for; call it now and then. */
void published_retry(struct published *p);

/** @return true if it is served, or will be when the wire has room */
bool published_is_served(const struct published *p, const char *digest);
