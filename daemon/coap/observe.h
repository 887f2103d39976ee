/* SPDX-License-Identifier: Apache-2.0 */
/* observe.h - which of two notifications is the newer one (RFC 7641 3.4). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct observe_mark {
    uint32_t value; /* 24 bits of the Observe option */
    int64_t at_ms;  /* mono_ms of its arrival */
};

/* Longer than a notification can be on its way: whatever comes then is newer. */
enum { OBSERVE_FRESH_MS = 128000 };

/** @return true if now is newer than what is known */
bool observe_is_newer(struct observe_mark known, struct observe_mark now);
