/* SPDX-License-Identifier: Apache-2.0 */
/* address.h - an IP address with a port, as a plain value that can be compared and
 * hashed byte by byte.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NET_NONE = 0, NET_V4 = 4, NET_V6 = 6 };

/** Room for net_address_text(): brackets, address, scope, port and NUL. */
enum { NET_ADDRESS_TEXT_MAX = 72 };

/** No padding: memcmp() and hash_bytes() work on the whole struct. */
struct net_address {
    uint8_t ip[16];  /* network order; v4 uses the first four, the rest is zero */
    uint32_t scope;  /* interface index of a link-local v6 address, else 0 */
    uint16_t port;   /* host order */
    uint8_t family;  /* NET_V4, NET_V6, NET_NONE: not set */
    uint8_t is_zero; /* always 0 */
};

/**
 * Read "192.0.2.1:5683", "[2001:db8::1]:5683", "[fe80::1%eth0]:5683", or the same
 * without a port (v6 then also without brackets). A v4-mapped v6 address becomes v4.
 *
 * @param port  taken when the text names none
 *
 * @return 0, -EINVAL if it is not an address (names are not looked up)
 */
[[nodiscard]] int net_address_parse(const char *text, uint16_t port,
                                    struct net_address *out);

/** Write "192.0.2.1:5683" or "[2001:db8::1]:5683"; the scope as a number. @return text
 */
const char *net_address_text(const struct net_address *a,
                             char text[static NET_ADDRESS_TEXT_MAX]);

/** Write only the address, v6 in brackets, as it stands in a URI. @return text */
const char *net_address_host(const struct net_address *a,
                             char text[static NET_ADDRESS_TEXT_MAX]);

bool net_address_equal(const struct net_address *a, const struct net_address *b);

/** 0.0.0.0 or :: */
bool net_address_is_any(const struct net_address *a);
