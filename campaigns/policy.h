/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h - how a campaign is run: read from JSON, every key optional, all defaults
 * here.
 *
 * Pure apart from the JSON parser's memory. Unknown keys, wrong types and values out of
 * range are refused with the JSON path; what later versions will know (waves, gate,
 * windows, ...) is refused as "not yet supported" rather than ignored.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum policy_delivery {
    POLICY_AUTO, /* by resource 9, protocols and queue mode */
    POLICY_PUSH,
    POLICY_PULL,
};

enum policy_install {
    POLICY_AT_ONCE,
    POLICY_HOLD, /* devices wait in Downloaded until the operator says install */
};

/** Classes of failure (standards.md 1.2), each with its own tries and backoff. */
enum retry_class {
    RETRY_TRANSIENT, /* results 3, 4, 10; stalls, timeouts, 5.03 */
    RETRY_INTEGRITY, /* 5: one re-transfer */
    RETRY_SERVER,    /* 7, 9: our URI; another way to deliver is tried first */
    RETRY_CONFLICT,  /* 12, 13: after the conflicting instances were dealt with */
    RETRY_UPDATE,    /* 8, or nothing installed; never more than two Executes */
    RETRY_PERMANENT, /* 2, 6, and what is not known: no retry, not configurable */
    RETRY_CLASS_COUNT,
};

/** What resource 11 is written with. */
enum policy_severity {
    POLICY_AS_BUNDLE,
    POLICY_CRITICAL, /* from here on one more than the resource has */
    POLICY_MANDATORY,
    POLICY_OPTIONAL,
};

struct retry_rule {
    uint32_t max;       /* tries after the first */
    int64_t backoff_ms; /* before the first retry; doubles each time */
    int64_t backoff_max_ms;
};

struct brake_policy {
    uint32_t first; /* all these must end well before any other starts; 0: no */
    uint32_t failures_in_a_row; /* 0: no such stop */
    double failure_pct;  /* over this many of the ended; 100 or more: no such stop */
    uint32_t min_sample; /* ended devices before failure_pct counts */
};

struct policy_timers {
    int64_t stall_ms; /* "stall_s": no block and no change of State while delivering */
    int64_t poll_ms;  /* "poll_s": read again while nothing is heard */
    int64_t updating_ms;  /* "updating_s": when the profile does not say */
    int64_t condition_ms; /* "condition_s": until a condition is looked at again */
    int64_t defer_ms;     /* "defer_s": after Result 11 when max_defer_s is not set */
    int64_t not_returned_lifetimes; /* "not_returned_lifetimes": at least 2 */
};

struct policy {
    uint32_t in_flight;  /* 1..100000 devices delivering or updating */
    uint8_t delivery;    /* enum policy_delivery */
    uint8_t install;     /* enum policy_install */
    bool needs_approval; /* "approval": by another than who made the campaign */
    uint8_t severity;    /* enum policy_severity */
    uint8_t min_battery_pct;
    int64_t max_defer_s; /* -1: not written; 0: no deferral */
    int64_t expires_after_s;
    struct brake_policy brake;
    struct retry_rule retry[RETRY_CLASS_COUNT];
    struct policy_timers timers;
};

struct policy_error {
    char path[96];    /* "$.brake.first" */
    char detail[160]; /* a sentence */
};

/** in_flight 100, auto, at-once, brake 5/3/2 %/20, battery 30, 30 days, ... */
struct policy policy_default(void);

enum { POLICY_E_INVALID = 1 };

/**
 * @param json  NUL-terminated; NULL or "" gives the defaults
 * @param why   written when POLICY_E_INVALID is returned
 * @return 0, POLICY_E_INVALID, -ENOMEM
 */
[[nodiscard]] int policy_parse(const char *json, struct policy *out,
                               struct policy_error *why);

/**
 * The same over other defaults: what json does not name stays as it is in *policy.
 * @param policy  changed only when 0 is returned
 */
[[nodiscard]] int policy_update(const char *json, struct policy *policy,
                                struct policy_error *why);

/**
 * Write p with every key, so that it reads back equal.
 * @return bytes without the NUL, -ENOSPC, -ENOMEM
 */
[[nodiscard]] int policy_print(const struct policy *p, char *out, size_t size);

/** @return ms to wait before try number tried + 1 (tried >= 1): doubling, bounded */
int64_t retry_backoff_ms(const struct retry_rule *rule, uint32_t tried);
