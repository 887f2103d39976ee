/* SPDX-License-Identifier: Apache-2.0 */
/* reach.h - which addresses a webhook may connect to. */
#pragma once

#include <stdbool.h>

struct sockaddr;

/** @return true for what is on the public Internet: not loopback, private, link-local,
 * shared, multicast or reserved (RFC 6890), nor one of those inside an IPv6 address
 * (mapped, compatible, NAT64, 6to4); false for all that is not IP */
bool reach_is_public(const struct sockaddr *address);
