/* SPDX-License-Identifier: Apache-2.0 */
/* device_ops.h - what the engine asks of one device, and what comes of it.
 *
 * Downwards: struct device_ops, implemented by daemon/device_link and by tests.
 * Upwards: outcomes here, and what it learns unasked (device_facts.h), handed to the
 * engine_ functions of engine/engine.h.
 * One action at a time per device; the ticket in its outcome is the action's. An action
 * is one attempt: retries by class, waiting and giving up are the engine's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/inventory.h"

enum {
    DEVICE_PATHS_MAX = 8,  /* extra resources in one inspect */
    DEVICE_PATH_MAX = 31,  /* "/65535/65535/65535/65535" fits */
    DEVICE_VALUE_MAX = 63, /* text of one value */
    DEVICE_OTHERS_MAX = INVENTORY_COMPONENTS_MAX,
};

enum device_action_kind {
    DEVICE_INSPECT,   /* read the whole inventory, then .paths; nothing is written */
    DEVICE_OBSERVE,   /* observe State and Result of .instances (pmin 0); idempotent */
    DEVICE_RESET,     /* Cancel, else empty Package URI, else one zero byte, each
                         confirmed by State 0; done only when State 0 was read */
    DEVICE_SETTINGS,  /* write Severity, Maximum Defer Period where they exist, and
                         Automatic Upgrade (5/x/14) = false if .auto_off */
    DEVICE_PUSH,      /* Block1 to Package, content format 42. One that broke off is
                         never closed with a block that is not the package's own last:
                         the device gives it up in its own time, and is busy until then */
    DEVICE_WRITE_URI, /* Package URI; done means 2.04, not that the download ended */
    DEVICE_EXECUTE,   /* Update; done means 2.04; explicit instance list on 33629 */
    DEVICE_RELEASE,   /* end observations and keep nothing; sends no other request */
};

/** @return "inspect", "write-uri", ...: static, as in the log and the journal */
const char *device_action_name(enum device_action_kind kind);

struct device_action {
    uint64_t ticket; /* never 0, never used twice */
    int64_t device_id;
    int64_t campaign_id; /* for log lines */
    enum device_action_kind kind;
    uint16_t object_id,
        instance;        /* the target of reset, settings, push, uri, execute */
    uint8_t other_count; /* execute: instances besides .instance, never itself;
                            observe: all instances, .instance among them */
    uint16_t others[DEVICE_OTHERS_MAX];
    uint8_t path_count; /* inspect: extra resources such as "/3/0/9" */
    char paths[DEVICE_PATHS_MAX][DEVICE_PATH_MAX + 1];
    char digest[65];         /* push, write-uri: the package; lower-case hex */
    char uri[256];           /* write-uri: hosted elsewhere; "": the daemon builds it */
    uint16_t content_format; /* push: 42 unless the bundle says otherwise */
    uint16_t block_bytes; /* push: largest block to begin with, 16..1024; 0: default */
    int16_t severity;     /* settings: 0..2, -1: leave */
    int64_t max_defer_s;  /* settings: -1: leave */
    bool auto_off;        /* settings: switch Automatic Upgrade off */
};

enum device_outcome_kind {
    DEVICE_DONE,
    DEVICE_REFUSED,     /* the device answered .code (4.xx, 5.xx) */
    DEVICE_TIMED_OUT,   /* sent, no answer: it may have arrived */
    DEVICE_ASLEEP,      /* not sent: queue mode, outside its window; or what may be
                           asked twice was, and was not answered */
    DEVICE_UNREACHABLE, /* not sent: not registered */
    DEVICE_INTERRUPTED, /* by cancel(), by a new registration, or by a restart */
    DEVICE_NO_PACKAGE,  /* push: the file cannot be read (our own fault) */
    DEVICE_NO_SCHEME,   /* write-uri: no scheme that the device lists and we serve */
    DEVICE_UNCONFIRMED, /* reset: all ways were answered, yet State 0 was not read */
};

/** @return "done", "timed-out", ...; static */
const char *device_outcome_name(enum device_outcome_kind kind);

/** One value read for a condition; has_value is false when the device has no such. */
struct device_value {
    char path[DEVICE_PATH_MAX + 1];
    bool has_value;
    char text[DEVICE_VALUE_MAX + 1]; /* numbers in decimal; booleans "0" and "1" */
};

struct device_outcome {
    uint64_t ticket;
    int64_t device_id;
    enum device_action_kind action;
    enum device_outcome_kind kind;
    uint8_t code;           /* CoAP code byte (0x84 = 4.04), 0 when there was none */
    uint32_t retry_after_s; /* of a 5.03's Max-Age; 0 when absent */
    /* inspect that is done: what was read, whole; borrowed for the call, else NULL */
    const struct inventory *inventory;
    uint8_t value_count;
    const struct device_value *values; /* borrowed; inspect with .paths */
};

/** The first of the two tables of functions: engine → daemon. */
struct device_ops {
    /**
     * Begin action. Its outcome is given to engine_outcome(), never from inside
     * start().
     * @return 0; -EAGAIN: no credit now, ask again later; nothing was done
     */
    int (*start)(void *self, const struct device_action *action);
    /** End a push, or what waits for an asleep device, early: DEVICE_INTERRUPTED
     * follows (or the true outcome if that came first). */
    void (*cancel)(void *self, int64_t device_id, uint64_t ticket);
    void *self;
};
