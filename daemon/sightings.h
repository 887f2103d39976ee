/* SPDX-License-Identifier: Apache-2.0 */
/* sightings.h - devices that only said that they are there: their times are written
 * together, every few seconds.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/registry.h"
#include "store/change.h"

struct sightings;

/** @param registry  borrowed. @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int sightings_open(struct registry *registry, struct sightings **out);
void sightings_close(struct sightings *s);

/** dev was heard at wall_ms. Once until it is written: what it sends after that is not
 * far from it. @return true: no more fit, take them now */
bool sightings_add(struct sightings *s, struct device *dev, int64_t wall_ms);

/** A newer time was put into its row: that it was heard before is not written any more.
 * @param dev  NULL is allowed */
void sightings_forget(struct device *dev);

/** All that there are; valid until the next sightings_add(). Their next time is
 * noted again. @return NULL if there are none */
const struct device_seen *sightings_take(struct sightings *s, size_t *count);

/** @return when to take them next: every few seconds from the first call on */
int64_t sightings_due_ms(const struct sightings *s);

/** They were taken at mono_ms because it was time. */
void sightings_taken(struct sightings *s, int64_t mono_ms);
