/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - what holds where nobody says otherwise, and how long a retry waits. */
#include "campaigns/policy.h"

struct policy policy_default(void)
{
    return (struct policy){
        .in_flight = 100,
        .min_battery_pct = 30,
        .max_defer_s = -1,
        .expires_after_s = 2592000,
        .brake = {5, 3, 2, 20},
        .retry =
            {
                [RETRY_TRANSIENT] = {5, 30000, 3600000},
                [RETRY_INTEGRITY] = {1, 10000, 3600000},
                [RETRY_SERVER] = {1, 60000, 3600000},
                [RETRY_CONFLICT] = {2, 10000, 3600000},
                [RETRY_UPDATE] = {0, 60000, 3600000},
            },
        .timers =
            {
                .stall_ms = 300000,
                .poll_ms = 20000,
                .updating_ms = 1800000,
                .condition_ms = 600000,
                .defer_ms = 86400000,
                .not_returned_lifetimes = 2,
            },
    };
}

int64_t retry_backoff_ms(const struct retry_rule *rule, uint32_t tried)
{
    int64_t wait = rule->backoff_ms;

    for (uint32_t i = 1; i < tried && wait < rule->backoff_max_ms; i++)
        wait *= 2;
    return wait < rule->backoff_max_ms ? wait : rule->backoff_max_ms;
}
