/* SPDX-License-Identifier: Apache-2.0 */
#include "store/digest.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>

/* FIPS 180-4 examples. */
static const struct {
    const char *text;
    const char *hex;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

Test(digest, has_the_values_of_the_standard_at_once_and_in_parts)
{
    uint8_t digest[STORE_DIGEST_BYTES];
    char hex[STORE_DIGEST_HEX + 1];
    struct digest *d = NULL;

    cr_assert(zero(int, digest_open(&d)));
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        size_t len = strlen(vectors[i].text);
        digest_of(vectors[i].text, len, digest);
        digest_hex(digest, hex);
        cr_expect(eq(str, hex, (char *)vectors[i].hex));
        for (size_t at = 0; at <= len; at++) {
            digest_add(d, vectors[i].text, at);
            digest_add(d, vectors[i].text + at, len - at);
            digest_end(d, digest); /* and begins again */
            digest_hex(digest, hex);
            cr_expect(eq(str, hex, (char *)vectors[i].hex));
        }
    }
    digest_close(d);
    digest_close(NULL);
}

Test(digest, is_read_from_64_digits_and_nothing_else)
{
    uint8_t digest[STORE_DIGEST_BYTES];
    char hex[STORE_DIGEST_HEX + 2], again[STORE_DIGEST_HEX + 1];

    strcpy(hex, vectors[1].hex);
    cr_assert(zero(int, digest_from_hex(hex, digest)));
    digest_hex(digest, again);
    cr_expect(eq(str, again, hex));
    hex[5] = 'F';
    cr_expect(zero(int, digest_from_hex(hex, digest)));
    hex[64] = '0';
    hex[65] = '\0';
    cr_expect(eq(int, digest_from_hex(hex, digest), -EINVAL));
    for (size_t len = 0; len < STORE_DIGEST_HEX; len++) {
        hex[len] = '\0';
        cr_expect(eq(int, digest_from_hex(hex, digest), -EINVAL));
        hex[len] = 'g';
        cr_expect(eq(int, digest_from_hex(hex, digest), -EINVAL));
        hex[len] = '0';
    }
}
