/* SPDX-License-Identifier: Apache-2.0 */
/* random.h - random numbers: unguessable ones from the kernel, cheap ones from a seed.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Fill with unguessable bytes (getrandom). Aborts if the kernel has none to give. */
void random_fill(void *bytes, size_t len);

/** A small generator for jitter and test faults; the same seed gives the same numbers.
 */
struct random_state {
    uint64_t s;
};

uint64_t random_next(struct random_state *r);

/** @return a number in [low, high] */
int64_t random_between(struct random_state *r, int64_t low, int64_t high);
