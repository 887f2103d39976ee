/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/hooks/reach.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/socket.h>

static bool is_public(const char *text)
{
    struct sockaddr_storage at = {0};
    struct sockaddr_in *in = (struct sockaddr_in *)&at;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&at;
    bool is_v6 = strchr(text, ':') != NULL;

    at.ss_family = is_v6 ? AF_INET6 : AF_INET;
    cr_assert(eq(int,
                 inet_pton(at.ss_family, text,
                           is_v6 ? (void *)&in6->sin6_addr : (void *)&in->sin_addr),
                 1),
              "%s", text);
    return reach_is_public((struct sockaddr *)&at);
}

Test(reach, is_closed_for_what_is_not_the_internet)
{
    static const char *const closed[] = {
        "0.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.168.1.1",
        "198.19.255.255",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "fc00::1",
        "fdff::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "::169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "64:ff9b:1::101:101",
        "64:ff9b:1:c0a8:1:100:101:101", /* 192.168.1.1, as a /48 has it */
        "2002:7f00:1::1",
        "2002:c0a8:101::1",
        "2001:db8::1",
        "2001::1",
        "100::1",
    };

    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        cr_expect(zero(int, is_public(closed[i])), "%s", closed[i]);
}

Test(reach, is_open_for_the_internet)
{
    static const char *const open[] = {
        "1.1.1.1",        "9.255.255.255",  "11.0.0.1",         "100.63.255.255",
        "100.128.0.1",    "172.15.255.255", "172.32.0.1",       "192.167.1.1",
        "198.17.255.255", "198.20.0.1",     "223.255.255.1",    "2606:4700::1111",
        "2a00::1",        "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1",
    };

    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        cr_expect(eq(int, is_public(open[i]), 1), "%s", open[i]);
}

Test(reach, is_closed_for_what_is_no_ip)
{
    struct sockaddr at = {.sa_family = AF_UNIX};

    cr_expect(zero(int, reach_is_public(&at)));
}
