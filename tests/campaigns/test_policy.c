/* SPDX-License-Identifier: Apache-2.0 */
/* test_policy.c - defaults, every key, and what is refused where. */
#include "campaigns/policy.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

Test(policy, has_the_defaults_of_the_api)
{
    struct policy p;
    struct policy_error why;

    cr_assert(zero(int, policy_parse("{}", &p, &why)));
    struct policy standard = policy_default();
    cr_expect(zero(int, memcmp(&p, &standard, sizeof p)));
    cr_expect(eq(u32, p.brake.first, 5));
    cr_expect(eq(u32, p.brake.failures_in_a_row, 3));
    cr_expect(eq(u32, p.brake.min_sample, 20));
    cr_expect(eq(int, p.min_battery_pct, 30));
    cr_expect(eq(i64, p.expires_after_s, 2592000));
    cr_assert(zero(int, policy_parse(NULL, &p, &why)));
}

Test(policy, reads_every_key_and_prints_it_back)
{
    static const char json[] =
        "{\"in_flight\": 7, \"delivery\": \"push\", \"install\": \"hold\","
        " \"severity\": \"optional\", \"min_battery_pct\": 50, \"max_defer_s\": 3600,"
        " \"expires_after_s\": 86400, \"brake\": {\"first\": 0, \"failure_pct\": 12.5},"
        " \"retry\": {\"update\": {\"max\": 1, \"backoff_s\": 0.5}},"
        " \"timers\": {\"stall_s\": 2.5, \"not_returned_lifetimes\": 3}}";
    struct policy p, again;
    struct policy_error why;
    char out[2048];

    cr_assert(zero(int, policy_parse(json, &p, &why)));
    cr_expect(eq(u32, p.in_flight, 7));
    cr_expect(eq(int, p.delivery, POLICY_PUSH));
    cr_expect(eq(int, p.install, POLICY_HOLD));
    cr_expect(eq(int, p.severity, POLICY_OPTIONAL));
    cr_expect(eq(i64, p.max_defer_s, 3600));
    cr_expect(eq(dbl, p.brake.failure_pct, 12.5));
    cr_expect(eq(u32, p.retry[RETRY_UPDATE].max, 1));
    cr_expect(eq(i64, p.retry[RETRY_UPDATE].backoff_ms, 500));
    cr_expect(eq(i64, p.timers.stall_ms, 2500));
    cr_assert(gt(int, policy_print(&p, out, sizeof out), 0));
    cr_assert(zero(int, policy_parse(out, &again, &why)));
    cr_expect(zero(int, memcmp(&p, &again, sizeof p)));
    cr_expect(lt(int, policy_print(&p, out, 20), 0));
}

Test(policy, says_what_is_wrong_and_where)
{
    static const struct {
        const char *json, *path, *detail;
    } rows[] = {
        {"{", "$", "not JSON"},
        {"[]", "$", "must be an object"},
        {"{} x", "$", "not JSON"},
        {"{\"in_flihgt\": 1}", "$.in_flihgt", "unknown key"},
        {"{\"in_flight\": 0}", "$.in_flight", "must be from 1 to 100000"},
        {"{\"in_flight\": 1.5}", "$.in_flight", "must be a whole number"},
        {"{\"in_flight\": \"9\"}", "$.in_flight", "must be a whole number"},
        {"{\"in_flight\": 1, \"in_flight\": 2}", "$.in_flight", "stands twice"},
        {"{\"delivery\": \"fax\"}", "$.delivery",
         "must be one of \"auto\", \"push\", \"pull\""},
        {"{\"brake\": 3}", "$.brake", "must be an object"},
        {"{\"brake\": {\"frist\": 3}}", "$.brake.frist", "unknown key"},
        {"{\"retry\": {\"permanent\": {\"max\": 1}}}", "$.retry.permanent",
         "unknown key"},
        {"{\"retry\": {\"update\": {\"max\": -1}}}", "$.retry.update.max",
         "must be from 0 to 100"},
        {"{\"timers\": {\"not_returned_lifetimes\": 1}}",
         "$.timers.not_returned_lifetimes", "must be from 2 to 1000"},
        {"{\"waves\": []}", "$.waves", "not yet supported"},
        {"{\"gate\": {}}", "$.gate", "not yet supported"},
        {"{\"windows\": []}", "$.windows", "not yet supported"},
        {"{\"\": 1}", "$", "unknown key"},
        {"{\"in_flight\": 1e999}", "$.in_flight", "must be a whole number"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct policy p;
        struct policy_error why = {0};
        cr_expect(eq(int, policy_parse(rows[i].json, &p, &why), POLICY_E_INVALID), "%s",
                  rows[i].json);
        cr_expect(eq(str, why.path, (char *)rows[i].path), "%s", rows[i].json);
        cr_expect(eq(str, why.detail, (char *)rows[i].detail), "%s", rows[i].json);
    }
}

Test(policy, doubles_the_wait_up_to_its_bound)
{
    struct retry_rule rule = {9, 1000, 5000};

    cr_expect(eq(i64, retry_backoff_ms(&rule, 1), 1000));
    cr_expect(eq(i64, retry_backoff_ms(&rule, 2), 2000));
    cr_expect(eq(i64, retry_backoff_ms(&rule, 3), 4000));
    cr_expect(eq(i64, retry_backoff_ms(&rule, 4), 5000));
    cr_expect(eq(i64, retry_backoff_ms(&rule, 4000000000u), 5000));
}

Test(policy, goes_over_the_defaults_of_an_operator)
{
    struct policy p = policy_default();
    struct policy_error why;

    p.in_flight = 7;
    p.min_battery_pct = 50;
    cr_assert(zero(int, policy_update("{\"min_battery_pct\":40}", &p, &why)));
    cr_expect(eq(u32, p.in_flight, 7));
    cr_expect(eq(int, p.min_battery_pct, 40));
    cr_expect(eq(int, policy_update("{\"in_flight\":0}", &p, &why), POLICY_E_INVALID));
    cr_expect(eq(u32, p.in_flight, 7), "nothing is changed by what is refused");
}
