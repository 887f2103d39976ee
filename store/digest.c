/* SPDX-License-Identifier: Apache-2.0 */
#include "store/digest.h"

#include <errno.h>
#include <mbedtls/sha256.h>
#include <stdlib.h>
#include <string.h>

struct digest {
    mbedtls_sha256_context sha;
};

/* The software SHA-256 of Mbed TLS has no way to fail once its arguments are right. */
static void must(int rc)
{
    if (rc != 0)
        abort();
}

int digest_open(struct digest **out)
{
    struct digest *d = malloc(sizeof *d);

    if (!d)
        return -ENOMEM;
    mbedtls_sha256_init(&d->sha);
    must(mbedtls_sha256_starts(&d->sha, 0));
    *out = d;
    return 0;
}

void digest_close(struct digest *d)
{
    if (!d)
        return;
    mbedtls_sha256_free(&d->sha);
    free(d);
}

void digest_add(struct digest *d, const void *bytes, size_t len)
{
    must(mbedtls_sha256_update(&d->sha, bytes, len));
}

void digest_end(struct digest *d, uint8_t out[STORE_DIGEST_BYTES])
{
    must(mbedtls_sha256_finish(&d->sha, out));
    must(mbedtls_sha256_starts(&d->sha, 0));
}

void digest_of(const void *bytes, size_t len, uint8_t out[STORE_DIGEST_BYTES])
{
    must(mbedtls_sha256(bytes, len, out, 0));
}

enum { HMAC_BLOCK = 64 };

/* The hash of key XOR pad and what is in parts. */
static void keyed(const uint8_t key[HMAC_BLOCK], uint8_t pad,
                  const struct digest_part *parts, size_t count,
                  uint8_t out[STORE_DIGEST_BYTES])
{
    mbedtls_sha256_context sha;
    uint8_t block[HMAC_BLOCK];

    for (size_t i = 0; i < sizeof block; i++)
        block[i] = key[i] ^ pad;
    mbedtls_sha256_init(&sha);
    must(mbedtls_sha256_starts(&sha, 0));
    must(mbedtls_sha256_update(&sha, block, sizeof block));
    for (size_t i = 0; i < count; i++)
        must(mbedtls_sha256_update(&sha, parts[i].bytes, parts[i].len));
    must(mbedtls_sha256_finish(&sha, out));
    mbedtls_sha256_free(&sha);
    explicit_bzero(block, sizeof block);
}

void digest_hmac(struct digest_part key, const struct digest_part *parts, size_t count,
                 uint8_t out[STORE_DIGEST_BYTES])
{
    uint8_t block[HMAC_BLOCK] = {0}, inner[STORE_DIGEST_BYTES];

    if (key.len > sizeof block)
        digest_of(key.bytes, key.len, block);
    else
        memcpy(block, key.bytes, key.len);
    keyed(block, 0x36, parts, count, inner);
    keyed(block, 0x5c, &(struct digest_part){inner, sizeof inner}, 1, out);
    explicit_bzero(block, sizeof block);
}

void digest_hex(const uint8_t digest[STORE_DIGEST_BYTES],
                char out[STORE_DIGEST_HEX + 1])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < STORE_DIGEST_BYTES; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[STORE_DIGEST_HEX] = '\0';
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int digest_from_hex(const char *hex, uint8_t out[STORE_DIGEST_BYTES])
{
    uint8_t digest[STORE_DIGEST_BYTES];

    for (size_t i = 0; i < STORE_DIGEST_BYTES; i++) {
        int high = nibble(hex[2 * i]);
        int low = high < 0 ? -1 : nibble(hex[2 * i + 1]);
        if (low < 0)
            return -EINVAL;
        digest[i] = (uint8_t)(high << 4 | low);
    }
    if (hex[STORE_DIGEST_HEX] != '\0')
        return -EINVAL;
    for (size_t i = 0; i < STORE_DIGEST_BYTES; i++)
        out[i] = digest[i];
    return 0;
}
