/* SPDX-License-Identifier: Apache-2.0 */
/* refresh.h - whose inventory is read next, outside of campaigns.
 *
 * Three lines: asked for by a person, changed or never read, and merely registered
 * again. A bounded number is read at once and a bounded number begun per second, so
 * that a fleet that comes back after a power cut is not asked everything in one breath.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "daemon/registry.h"

struct refresh;

enum refresh_line {
    REFRESH_ASKED,
    REFRESH_CHANGED, /* object list changed, or never read */
    REFRESH_AGAIN,
    REFRESH_LINES,
};

/** @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int refresh_open(struct registry *registry, uint32_t in_flight_max,
                               uint32_t per_second, struct refresh **out);
void refresh_close(struct refresh *r);

/** From now on these are the bounds. */
void refresh_limit(struct refresh *r, uint32_t in_flight_max, uint32_t per_second);

/** Put dev into a line unless it stands in one. @return 0, -ENOMEM */
[[nodiscard]] int refresh_add(struct refresh *r, struct device *dev,
                              enum refresh_line line);

/** @return the next device whose turn it is, marked as being read; NULL: nobody now */
struct device *refresh_next(struct refresh *r, int64_t mono_ms);

/** Its reading has ended, in whatever way. */
void refresh_ended(struct refresh *r, struct device *dev);

/** @return mono_ms at which refresh_next() may have somebody; INT64_MAX: not by time */
int64_t refresh_wake_ms(const struct refresh *r, int64_t mono_ms);

size_t refresh_waiting(const struct refresh *r);
