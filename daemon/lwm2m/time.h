/* SPDX-License-Identifier: Apache-2.0 */
/* time.h - dates of RFC 3339, as CBOR tag 0 has them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** "2026-11-22T04:33:56.5+01:00" to Unix seconds; a fraction is dropped. @return false
 * if it is none */
bool rfc3339_parse(const void *text, size_t len, int64_t *out_s);
