/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/hooks/reach.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

struct net4 {
    uint8_t at[4];
    unsigned bits;
};
struct net6 {
    uint8_t at[16];
    unsigned bits;
};

/* Registry of RFC 6890, what is not global. */
static const struct net4 closed4[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 4},
    {{240}, 4},
};
static const struct net6 closed6[] = {
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48}, /* translation within a network */
    {{0x01}, 64},                               /* discard-only */
    {{0x20, 0x01}, 23},                         /* protocols, Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},
    {{0x3f, 0xff}, 20},
    {{0x5f}, 16},
    {{0xfc}, 7},        /* private */
    {{0xfe, 0x80}, 10}, /* link-local */
    {{0xfe, 0xc0}, 10},
    {{0xff}, 8}, /* multicast */
};

/* Where an IPv4 address stands inside. */
static const struct {
    struct net6 net;
    size_t at;
} holds4[] = {
    {{{[10] = 0xff, [11] = 0xff}, 96}, 12},
    {{{0}, 96}, 12}, /* compatible; with ::, ::1 */
    {{{0x00, 0x64, 0xff, 0x9b}, 96}, 12},
    {{{0x20, 0x02}, 16}, 2},
};

static bool is_in(const uint8_t *address, const uint8_t *net, unsigned bits)
{
    unsigned rest = bits % 8;

    if (memcmp(address, net, bits / 8) != 0)
        return false;
    return rest == 0 || ((address[bits / 8] ^ net[bits / 8]) >> (8 - rest)) == 0;
}

static bool is_public4(const uint8_t *address)
{
    for (size_t i = 0; i < sizeof closed4 / sizeof closed4[0]; i++)
        if (is_in(address, closed4[i].at, closed4[i].bits))
            return false;
    return true;
}

static bool is_public6(const uint8_t *address)
{
    for (size_t i = 0; i < sizeof closed6 / sizeof closed6[0]; i++)
        if (is_in(address, closed6[i].at, closed6[i].bits))
            return false;
    for (size_t i = 0; i < sizeof holds4 / sizeof holds4[0]; i++)
        if (is_in(address, holds4[i].net.at, holds4[i].net.bits))
            return is_public4(address + holds4[i].at);
    return true;
}

bool reach_is_public(const struct sockaddr *address)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    switch (address->sa_family) {
    case AF_INET:
        memcpy(&in, address, sizeof in);
        return is_public4((const uint8_t *)&in.sin_addr);
    case AF_INET6:
        memcpy(&in6, address, sizeof in6);
        return is_public6(in6.sin6_addr.s6_addr);
    }
    return false;
}
