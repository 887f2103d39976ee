/* SPDX-License-Identifier: Apache-2.0 */
/* test_address.c - addresses as text. */
#include <criterion/criterion.h>
#include <errno.h>

#include "daemon/base/address.h"

Test(address, text_is_read_and_written)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"192.0.2.1:5683", "192.0.2.1:5683"},
        {"192.0.2.1", "192.0.2.1:7"},
        {"0.0.0.0:0", "0.0.0.0:0"},
        {"[2001:db8::1]:5683", "[2001:db8::1]:5683"},
        {"2001:db8::1", "[2001:db8::1]:7"},
        {"[::]", "[::]:7"},
        {"[fe80::1%1]:80", "[fe80::1%1]:80"},
        {"[fe80::1%lo]:80", "[fe80::1%1]:80"},
        {"[::ffff:192.0.2.1]:5", "192.0.2.1:5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct net_address a, again;
        char text[NET_ADDRESS_TEXT_MAX];
        cr_assert_eq(net_address_parse(cases[i].in, 7, &a), 0, "%s", cases[i].in);
        cr_assert_str_eq(net_address_text(&a, text), cases[i].out);
        cr_assert_eq(net_address_parse(text, 0, &again), 0);
        cr_assert(net_address_equal(&a, &again));
    }
}

Test(address, what_is_no_address_is_refused)
{
    static const char *const cases[] = {
        "",
        ":",
        "host",
        "1.2.3",
        "1.2.3.4:",
        "1.2.3.4:65536",
        "1.2.3.4:-1",
        "1.2.3.4: 1",
        "1.2.3.4:1x",
        "[::1",
        "[::1]x",
        "[::1]:",
        "[1.2.3.4]:5",
        "::1%",
        "[fe80::1%]:5",
        "[fe80::1%no-such-interface]:5",
        "1.2.3.4%1",
        "1.2.3.4%1:5",
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001]:"
        "1",
    };
    struct net_address a = {.port = 99};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_assert_eq(net_address_parse(cases[i], 7, &a), -EINVAL, "%s", cases[i]);
    cr_assert_eq(a.port, 99);
}

Test(address, any_and_host)
{
    static const struct {
        const char *text, *host;
        bool is_any;
    } cases[] = {
        {"127.0.0.1", "127.0.0.1", false},
        {"127.9.9.9", "127.9.9.9", false},
        {"128.0.0.1", "128.0.0.1", false},
        {"::1", "[::1]", false},
        {"::2", "[::2]", false},
        {"0.0.0.0", "0.0.0.0", true},
        {"::", "[::]", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct net_address a;
        char text[NET_ADDRESS_TEXT_MAX];
        cr_assert_eq(net_address_parse(cases[i].text, 1, &a), 0);
        cr_assert_eq(net_address_is_any(&a), cases[i].is_any);
        cr_assert_str_eq(net_address_host(&a, text), cases[i].host);
    }
}
