/* SPDX-License-Identifier: Apache-2.0 */
/* fake_device.h - a device of values behind device_ops, for tests of the engine. */
#pragma once

#include "campaigns/device_facts.h"
#include "campaigns/device_ops.h"

struct world;

enum fault {
    HEALTHY,
    FAULT_RESULT,       /* Update ends in State 0 with .fault_result */
    FAULT_STUCK,        /* Updating for ever */
    FAULT_GONE,         /* never comes back after Execute */
    FAULT_VERSION,      /* success, another version */
    FAULT_INTEGRITY,    /* 2.04 to the package, then State 0 and Result 5 */
    FAULT_DEFER,        /* postpones the first Execute */
    FAULT_OFFLINE,      /* does not answer at all until woken */
    FAULT_LOST_EXECUTE, /* the first Execute never arrives */
    FAULT_NO_PACKAGE,   /* of ours: there is no file to deliver to it */
};

enum {
    FAKE_COMPONENTS = 2,
    FAKE_LATENCY_MS = 20,
    FAKE_DOWNLOAD_MS = 500,
    FAKE_REBOOT_MS = 2000,
    FAKE_LATE_MS = 1500, /* less than the world's EXCHANGE_LIFETIME */
};

struct fake_device {
    int64_t id;
    struct inventory inventory;
    uint32_t epoch;
    int64_t registered_ms; /* wall */
    enum fault fault;
    uint8_t fault_result;
    bool is_queue_mode;
    char battery[8]; /* "" without one */
    /* under way */
    bool has_action;
    struct device_action action;
    int64_t answer_ms;                  /* mono */
    struct device_action late;          /* an Execute that was on its way in a kill */
    int64_t late_ms;                    /* mono, when it arrives; 0: none */
    char loading[FAKE_COMPONENTS][65];  /* digest in or on its way */
    int64_t loaded_ms[FAKE_COMPONENTS]; /* mono; 0: nothing on its way */
    int64_t reboot_ms;                  /* mono; 0: none */
    bool is_updating[FAKE_COMPONENTS];
    /* what tests look at */
    int executes[FAKE_COMPONENTS]; /* of the digest in it, since the last delivery */
    int executes_of_digest_max;    /* the most that one digest was executed */
    int sends[FAKE_COMPONENTS];    /* of Execute to it, whether it arrived or not */
    int resets, deliveries, reads;
};

/** Device n + 1 of w, healthy, with its row in the store. */
void fake_make(struct world *w, size_t n);

/** What device_ops ask; self is a struct world. */
int fake_start(void *self, const struct device_action *action);
void fake_cancel(void *self, int64_t device_id, uint64_t ticket);

/** The running action is over, its outcome goes to the engine, if there is one. */
void fake_answer(struct world *w, struct fake_device *d);

/** Whatever is due at w->now. */
void fake_live(struct world *w, struct fake_device *d);
