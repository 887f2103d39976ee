/* SPDX-License-Identifier: Apache-2.0 */
/* device_facts.h - what the engine learns of devices without having asked. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct inventory; /* campaigns/inventory.h */

/** A device spoke: Register (epoch goes up) or Update. Sent after its row is durable.
 */
struct device_online {
    int64_t device_id;
    uint32_t epoch;        /* changes with each Register; 0 before the first */
    int64_t registered_ms; /* wall time of that Register */
    int64_t lifetime_s;
    bool is_queue_mode; /* it sleeps between its own messages */
};

enum device_offline_kind {
    DEVICE_GONE_ASLEEP, /* queue mode: its awake window ended */
    DEVICE_EXPIRED,
    DEVICE_DEREGISTERED,
};

/** State, Result or Version changed, by notification, Send, or a read not asked for. */
struct device_observed {
    int64_t device_id;
    uint32_t epoch;
    const struct inventory *inventory; /* whole; patched with what arrived; borrowed */
};

/** Bytes of a package that the device has acknowledged (push) or fetched (pull). */
struct device_progress {
    int64_t device_id;
    char digest[65];
    int64_t sent_bytes;
    int64_t total_bytes;
};
