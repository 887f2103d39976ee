/* SPDX-License-Identifier: Apache-2.0 */
/* digest.h - SHA-256, streaming and at once (FIPS 180-4, by Mbed TLS). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/sizes.h"

struct digest;

/** @param out owned; release with digest_close(). @return 0, -ENOMEM */
[[nodiscard]] int digest_open(struct digest **out);
void digest_close(struct digest *d); /* NULL is allowed */

void digest_add(struct digest *d, const void *bytes, size_t len);

/** The digest of all that was added; after it d starts again from nothing. */
void digest_end(struct digest *d, uint8_t out[STORE_DIGEST_BYTES]);

/** All at once. */
void digest_of(const void *bytes, size_t len, uint8_t out[STORE_DIGEST_BYTES]);

/** HMAC-SHA256 (RFC 2104) of what is in parts, one after another. */
struct digest_part {
    const void *bytes;
    size_t len;
};
void digest_hmac(struct digest_part key, const struct digest_part *parts, size_t count,
                 uint8_t out[STORE_DIGEST_BYTES]);

/** 64 lower-case hex digits and a NUL. */
void digest_hex(const uint8_t digest[STORE_DIGEST_BYTES],
                char out[STORE_DIGEST_HEX + 1]);

/** @param hex 64 digits of either case, nothing after them. @return 0, -EINVAL */
[[nodiscard]] int digest_from_hex(const char *hex, uint8_t out[STORE_DIGEST_BYTES]);
