/* SPDX-License-Identifier: Apache-2.0 */
/* askable.h - whether a device can be asked something by a person, and now. */
#pragma once

#include <stdbool.h>

struct core;
struct device;
struct resource_ask;

/** @param detail  a sentence for people, static, if something forbids it
 * @return the name of the problem, static; NULL: nothing forbids it */
const char *askable_refusal(struct core *core, const struct device *dev,
                            const struct resource_ask *ask, const char **detail);

/** @return true if it is awake and registered */
bool askable_now(const struct core *core, const struct device *dev);
