/* SPDX-License-Identifier: Apache-2.0 */
/* tally.h - counts the rows of device and component, task and task_component, summed
 * up in memory as they change until the batch ends: a thousand transitions then write
 * twenty counters, not ten thousand. Internal to store/.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct store;
struct tally;

/** Count whatever the connection of st writes from now on.
 * @param out owned; outlives the connection. @return 0, -errno */
[[nodiscard]] int tally_open(struct store *st, struct tally **out);
void tally_close(struct tally *t); /* NULL is allowed */

/** @return a number that grows with everything that is counted */
uint64_t tally_marks(const struct tally *t);

/** Write and forget what was counted. @return 0, -errno, also if
 * something could not be counted */
[[nodiscard]] int tally_flush(struct store *st, struct tally *t);

/** Forget what was counted. */
void tally_drop(struct tally *t);
