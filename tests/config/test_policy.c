/* SPDX-License-Identifier: Apache-2.0 */
/* The campaign_ options are the defaults of a policy: both must say the same. */
#include "campaigns/policy.h"
#include "config/config.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(config_policy, has_the_defaults_of_a_policy)
{
    const struct policy p = policy_default();
    struct config cfg;

    config_defaults(&cfg);
    cr_expect(eq(i64, cfg.campaign_in_flight, p.in_flight));
    cr_expect(eq(i64, cfg.campaign_first, p.brake.first));
    cr_expect(eq(i64, cfg.campaign_failures_in_a_row, p.brake.failures_in_a_row));
    cr_expect(eq(i64, cfg.campaign_failure_pct, (int64_t)p.brake.failure_pct));
    cr_expect(eq(i64, cfg.campaign_min_sample, p.brake.min_sample));
    cr_expect(eq(i64, cfg.campaign_min_battery_pct, p.min_battery_pct));
    cr_expect(eq(i64, cfg.campaign_expires_after_s, p.expires_after_s));
    cr_expect(eq(i64, cfg.campaign_stall_ms, p.timers.stall_ms));
    cr_expect(eq(i64, cfg.campaign_updating_ms, p.timers.updating_ms));
    cr_expect(eq(i64, cfg.campaign_return_lifetimes, p.timers.not_returned_lifetimes));
}
