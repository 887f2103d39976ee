/* SPDX-License-Identifier: Apache-2.0 */
/* observe.h - which of two notifications is the newer one (RFC 7641 3.4). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct observe_mark {
    uint32_t value; /* 24 bits of the Observe option */
    int64_t at_ms;  /* mono_ms of its arrival */
};

/** @return true if now is newer than what is known; fresh_ms: 128 s by the standard */
bool observe_is_newer(struct observe_mark known, struct observe_mark now,
                      int32_t fresh_ms);
