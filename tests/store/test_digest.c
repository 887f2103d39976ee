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

Test(digest, makes_the_hmacs_of_rfc_4231)
{
    static const struct {
        const char *key, *text, *hex;
    } cases[] = {
        {"Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
         "\x0b",
         "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    };
    char long_key[132], hex[STORE_DIGEST_HEX + 1];
    uint8_t digest[STORE_DIGEST_BYTES];
    static const char text[] = "Test Using Larger Than Block-Size Key - Hash Key First";

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct digest_part parts[] = {{cases[i].text, 3},
                                      {cases[i].text + 3, strlen(cases[i].text) - 3}};
        digest_hmac((struct digest_part){cases[i].key, strlen(cases[i].key)}, parts, 2,
                    digest);
        digest_hex(digest, hex);
        cr_expect(eq(str, hex, (char *)cases[i].hex));
    }
    memset(long_key, 0xaa, 131);
    digest_hmac((struct digest_part){long_key, 131},
                &(struct digest_part){text, sizeof text - 1}, 1, digest);
    digest_hex(digest, hex);
    cr_expect(eq(str, hex,
                 "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}
