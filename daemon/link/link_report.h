/* SPDX-License-Identifier: Apache-2.0 */
/* link_report.h - what comes out of the links: outcomes, inventories, answers; and what
 * is on its way. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/device_facts.h"
#include "campaigns/device_ops.h"
#include "daemon/lwm2m/value.h"

struct device;
struct links;

enum link_report_kind {
    LINK_OUTCOME,        /* .outcome, for the engine */
    LINK_INSPECTED,      /* the inventory was read (by whomever asked): .inventory */
    LINK_INSPECT_FAILED, /* of links_inspect(): .outcome.kind says why */
    LINK_OBSERVED,       /* .inventory: something changed */
    LINK_PROGRESS,       /* .progress */
    LINK_ANSWERED,       /* of links_ask(): .outcome with its ticket, .answer */
};

/** All pointers in it are valid until the next links_take(). */
struct link_report {
    enum link_report_kind kind;
    struct device *dev;
    struct device_outcome outcome;
    const struct inventory *inventory;
    uint32_t changed; /* OBSERVED: bit n: inventory->components[n] changed */
    uint32_t results; /* OBSERVED, INSPECTED: bit n: its Update Result became another,
                         not 0 */
    struct device_progress progress;
    struct {
        const char *root; /* the device's alternate path, "" if it has none */
        int32_t format;   /* < 0: none */
        const void *bytes;
        size_t len;
    } answer;
};

/** @return true if there was a report, in *out */
bool links_take(struct links *links, struct link_report *out);

/** What is on its way to a device, or is observed. */
struct links_sent {
    struct device *dev;
    struct lwm2m_path path;
    uint8_t method;  /* of CoAP; 0: it is observed */
    bool is_push;    /* of a package, by Block1 */
    bool is_observe; /* begins an observation */
    size_t bytes;    /* payload */
    int64_t sent_ms;
};

/** @return true if the ticket of a wire's event is known, in *out */
bool links_sent(const struct links *links, uint64_t ticket, struct links_sent *out);
