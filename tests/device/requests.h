/* SPDX-License-Identifier: Apache-2.0 */
/* requests.h - what the server asks of the device. */
#pragma once

#include <coap3/coap.h>

struct device;

/** Have every request that comes in at d's context answered. @return 0, -ENOMEM */
[[nodiscard]] int requests_listen(struct device *d);
