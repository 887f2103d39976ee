/* SPDX-License-Identifier: Apache-2.0 */
/* Options that stand for values of other modules have the defaults of those. */
#include "campaigns/policy.h"
#include "config/config.h"
#include "daemon/coap/options.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct config cfg;

static void start_from_defaults(void)
{
    config_defaults(&cfg);
}

TestSuite(config_others, .init = start_from_defaults);

Test(config_others, campaign_options_are_those_of_a_policy)
{
    const struct policy p = policy_default();

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

Test(config_others, coap_options_are_those_of_the_message_layer)
{
    const struct coap_options o = coap_options_default();

    cr_expect(eq(i64, cfg.ack_timeout_ms, o.ack_timeout_ms));
    cr_expect(eq(i64, cfg.ack_random_factor_pct, o.ack_random_pct));
    cr_expect(eq(i64, cfg.max_retransmit, o.max_retransmit));
    cr_expect(eq(i64, cfg.exchange_lifetime_ms, o.exchange_lifetime_ms));
    cr_expect(eq(i64, cfg.non_lifetime_ms, o.non_lifetime_ms));
    cr_expect(eq(i64, cfg.processing_delay_ms, o.processing_delay_ms));
    cr_expect(eq(i64, cfg.response_timeout_ms, o.response_timeout_ms));
    cr_expect(eq(i64, cfg.body_timeout_ms, o.body_timeout_ms));
    cr_expect(eq(i64, cfg.busy_wait_ms, o.busy_wait_ms));
    cr_expect(eq(i64, cfg.busy_wait_max_ms, o.busy_wait_max_ms));
    cr_expect(eq(i64, cfg.body_max_bytes, o.body_max_bytes));
    cr_expect(eq(i64, cfg.block_size_bytes, o.block_bytes));
}
