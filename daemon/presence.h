/* SPDX-License-Identifier: Apache-2.0 */
/* presence.h - who can be reached, and who has to know when that changes. */
#pragma once

struct core;
struct device;
struct device_row;

/** End what is over: lifetimes, awake windows. */
void presence_tick(struct core *core);

/** A message came from dev: it is awake, and alive. */
void presence_heard(struct core *core, struct device *dev);

/** Write the times of devices that only said that they are there. */
void presence_flush(struct core *core);

/** Tell the engine, and whoever waits to read it, that dev can be reached. */
void presence_online(struct core *core, struct device *dev);

/** Take dev from the store's row at start. @return 0, -errno */
[[nodiscard]] int presence_load(struct core *core, const struct device_row *row);
