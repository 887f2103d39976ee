/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/hash.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

/* Made with CPython 3.11, whose str hash is SipHash-1-3 with a key of zeros when
 * PYTHONHASHSEED is 0. */
Test(hash, is_siphash_1_3)
{
    static const struct {
        const char *text;
        uint64_t hash;
    } cases[] = {
        {"abc", 0xc03bc3a0042630f2},
        {"abcdefg", 0x6db12aae9070f506},
        {"abcdefgh", 0x3f7b849c0b8e35ea},
        {"abcdefghijklmnop-xyz", 0xb13c3d1cf231ffe7},
    };
    const struct hash_key zeros = {0, 0};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(eq(u64, hash_bytes(&zeros, cases[i].text, strlen(cases[i].text)),
                     cases[i].hash),
                  "%s", cases[i].text);
}

/* First vector of the reference implementation, key 00..0f, empty input. */
Test(hash, depends_on_the_key)
{
    const struct hash_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

    cr_expect(eq(u64, hash_bytes(&key, "", 0), 0xabac0158050fc4dc));
}
