/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.h - is it UTF-8 (RFC 3629: shortest form, no surrogates)? */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_is_valid(const void *bytes, size_t len);

/** Write one code point. @return bytes written to out, 1..4; 0 for a surrogate or above
 * 0x10ffff */
size_t utf8_put(uint32_t code, uint8_t out[4]);
