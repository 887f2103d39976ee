/* SPDX-License-Identifier: Apache-2.0 */
/* base64.h - Base64 and base64url (RFC 4648), with or without padding. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * Both alphabets are read. Bits beyond the last byte must be 0.
 *
 * @param out      room for size bytes
 * @param out_len  written on success only
 *
 * @return 0, -EBADMSG, -EMSGSIZE if it does not fit
 */
[[nodiscard]] int base64_decode(const char *text, size_t len, uint8_t *out, size_t size,
                                size_t *out_len);
