/* SPDX-License-Identifier: Apache-2.0 */
/* requests.h - what the server asks of the device. */
#pragma once

#include "tests/device/path.h"

#include <coap3/coap.h>

struct remembered { /* an answer, for a request that comes again */
    uint16_t mid;
    uint8_t method, code;
    bool has_block;
    uint32_t block;
};

struct attributes {
    struct path path;
    int32_t pmin_s, pmax_s; /* -1: not set */
    char text[64];          /* as Discover shows them, each with its semicolon */
};

struct device;

/** Have every request that comes in at d's context answered. @return 0, -ENOMEM */
[[nodiscard]] int requests_listen(struct device *d);
