/* SPDX-License-Identifier: Apache-2.0 */
/* observe.c - serial number arithmetic on 24 bits. */
#include "daemon/coap/observe.h"

bool observe_is_newer(struct observe_mark known, struct observe_mark now)
{
    const uint32_t half = UINT32_C(1) << 23;
    if (known.value < now.value && now.value - known.value < half)
        return true;
    if (known.value > now.value && known.value - now.value > half)
        return true;
    return now.at_ms > known.at_ms + OBSERVE_FRESH_MS;
}
