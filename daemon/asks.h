/* SPDX-License-Identifier: Apache-2.0 */
/* asks.h - what people ask of devices themselves: held until a device that sleeps
 * wakes, and answered in time whatever the device does. A Write or Execute is an event
 * before it is sent, and another one when it is known what became of it.
 */
#pragma once

#include <stdint.h>

#include "daemon/commands.h"
#include "daemon/link/link_report.h"
#include "daemon/link/links.h"

struct asks;
struct device;

/** @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int asks_open(struct asks **out);

/** Those that wait are answered COMMAND_BUSY. NULL is allowed. */
void asks_close(struct asks *a);

/** A COMMAND_DEVICE_RESOURCE about dev; takes it. */
void asks_begin(struct core *core, struct device *dev, struct submitted *item);

/** Nobody waits any more for the COMMAND_DEVICE_RESOURCE with this ticket: it is not
 * sent if it was not yet. One that is not known is over. */
void asks_withdraw(struct core *core, uint64_t ticket);

/** dev can be reached: what waits for it goes on its way. */
void asks_online(struct core *core, struct device *dev);

/** The event of the ask with this ticket is durable: it may be sent. */
void asks_journalled(struct core *core, uint64_t ticket);

/** A LINK_ANSWERED. */
void asks_answered(struct core *core, const struct link_report *report);

/** dev is about to be removed. */
void asks_gone(struct core *core, struct device *dev);

/** Answer those whose time is over. */
void asks_tick(struct core *core);

/** @return mono_ms of the next one whose time will be over; INT64_MAX: none */
int64_t asks_due_ms(const struct asks *a);
