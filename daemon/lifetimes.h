/* SPDX-License-Identifier: Apache-2.0 */
/* lifetimes.h - until when a device counts as registered, and as awake.
 *
 * Any message is a sign of life: a registration does not end while its device answers
 * (a long push keeps some clients from sending their Update).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/registry.h"

struct lifetimes;

/** @param awake_ms  a queue-mode device listens this long after it spoke.
 * @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int lifetimes_open(int64_t awake_ms, int64_t mono_ms,
                                 struct lifetimes **out);
void lifetimes_close(struct lifetimes *l);

/** Its times have changed: wait for the first of them. */
void lifetimes_arm(struct lifetimes *l, struct device *dev);

/** dev is not registered any more. */
void lifetimes_disarm(struct lifetimes *l, struct device *dev);

enum lifetime_end { LIFETIME_OVER, LIFETIME_ASLEEP };

/** @return true if something ended for *dev at mono_ms; it is disarmed then */
bool lifetimes_next(struct lifetimes *l, int64_t mono_ms, struct device **dev,
                    enum lifetime_end *end);

/** @return ms until lifetimes_next() may have something, 0..max_ms */
int64_t lifetimes_wait_ms(const struct lifetimes *l, int64_t mono_ms, int64_t max_ms);
