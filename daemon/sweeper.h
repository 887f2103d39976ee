/* SPDX-License-Identifier: Apache-2.0 */
/* sweeper.h - a thread that clears the folder of packages: a disk may take long to give
 * the blocks of a large file back, or to sync, and no device is to wait for that.
 */
#pragma once

#include <stdint.h>

struct package_folder;
struct sweeper;

/** @param folder borrowed. @param out owned. @return 0, -errno */
[[nodiscard]] int sweeper_open(struct package_folder *folder, struct sweeper **out);

/** Waits for the sweep under way; the next start makes up for one that did not begin.
 * NULL is allowed. */
void sweeper_close(struct sweeper *s);

/** Do package_sweep() soon, with this wall_ms. */
void sweeper_wake(struct sweeper *s, int64_t wall_ms);
