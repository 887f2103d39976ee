/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

static struct config cfg;
static struct config_error error;

static void start_from_defaults(void)
{
    config_defaults(&cfg);
}

TestSuite(config_check, .init = start_from_defaults);

static void set(const char *assignment)
{
    cr_assert(zero(int, config_set(&cfg, assignment, &error)), "%s", error.text);
}

Test(config_check, accepts_the_defaults)
{
    cr_expect(zero(int, config_check(&cfg, &error)), "%s", error.text);
}

Test(config_check, refuses_coap_beyond_loopback_without_insecure_nosec)
{
    static const char *const beyond[] = {
        "coap_listen = 0.0.0.0:5683",
        "coap_listen = 127.0.0.1:5683, 192.0.2.1:5683",
        "coap_listen = [::]:5683",
        "coap_listen = [::ffff:127.0.0.1]:5683",
    };

    for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
        start_from_defaults();
        set(beyond[i]);
        cr_expect(eq(int, config_check(&cfg, &error), CONFIG_E_INVALID), "%s",
                  beyond[i]);
        cr_expect(strstr(error.text, "insecure_nosec = yes") != NULL);
        set("insecure_nosec = yes");
        cr_expect(zero(int, config_check(&cfg, &error)), "%s", beyond[i]);
    }
}

Test(config_check, takes_every_loopback_address_as_such)
{
    set("coap_listen = 127.1.2.3:5683, [::1]:5684");
    cr_expect(zero(int, config_check(&cfg, &error)), "%s", error.text);
}

Test(config_check, lets_http_beyond_loopback_when_told)
{
    set("http_listen = 0.0.0.0:80");
    cr_expect(zero(int, config_check(&cfg, &error)), "%s", error.text);
}

Test(config_check, refuses_an_address_twice_but_not_two_free_ports)
{
    set("coap_listen = 127.0.0.1:0, 127.0.0.1:0");
    cr_expect(zero(int, config_check(&cfg, &error)), "%s", error.text);
    set("coap_listen = 127.0.0.1:1, 127.0.0.1:1");
    cr_expect(eq(int, config_check(&cfg, &error), CONFIG_E_INVALID));
}

Test(config_check, refuses_an_exchange_shorter_than_its_retransmissions)
{
    set("exchange_lifetime_ms = 45 s");
    set("execute_settle_ms = 45 s");
    cr_expect(zero(int, config_check(&cfg, &error)), "%s", error.text);
    set("exchange_lifetime_ms = 44999");
    cr_expect(eq(int, config_check(&cfg, &error), CONFIG_E_INVALID));
    cr_expect(strstr(error.text, "45000 ms") != NULL, "%s", error.text);
}

Test(config_check, refuses_to_settle_before_an_execute_is_over)
{
    set("execute_settle_ms = 246 s");
    cr_expect(eq(int, config_check(&cfg, &error), CONFIG_E_INVALID));
    cr_expect(strstr(error.text, "second time") != NULL);
}

Test(config_check, refuses_a_shortest_lifetime_above_the_longest)
{
    set("lifetime_min_s = 61");
    set("lifetime_max_s = 60");
    cr_expect(eq(int, config_check(&cfg, &error), CONFIG_E_INVALID));
}

static void advertise(const char *end, size_t len)
{
    char assignment[512] = "coap_advertise = ";
    size_t start = strlen(assignment), host = len - strlen(end);

    for (size_t i = 0; i < host; i++)
        assignment[start + i] = i % 8 == 7 ? '.' : 'a';
    snprintf(assignment + start + host, sizeof assignment - start - host, "%s", end);
    set(assignment);
}

Test(config_check, refuses_a_host_that_does_not_fit_into_a_package_uri)
{
    /* 7 coap://, 3 /p/, 64 digest, 3 ?d=, 8 location; 6 for a port that is not named */
    static const struct {
        const char *end;
        size_t fits;
    } cases[] = {{":5683", 170}, {"a", 164}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        advertise(cases[i].end, cases[i].fits);
        cr_expect(zero(int, config_check(&cfg, &error)), "%s", error.text);
        advertise(cases[i].end, cases[i].fits + 1);
        cr_expect(eq(int, config_check(&cfg, &error), CONFIG_E_INVALID));
        cr_expect(strstr(error.text, "coap_advertise") != NULL, "%s", error.text);
    }
}
