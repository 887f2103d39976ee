/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/base64.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>

/* RFC 4648 chapter 10, and both alphabets. */
Test(base64, reads_the_vectors_of_its_rfc)
{
    static const struct {
        const char *text, *bytes;
    } cases[] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9vYg==", "foob"},
        {"Zm9vYmE=", "fooba"},
        {"Zm9vYmFy", "foobar"},
        {"Zg", "f"},
        {"Zm8", "fo"},
        {"Zm9vYg", "foob"},
        {"-_-_", "\xfb\xff\xbf"},
        {"+/+/", "\xfb\xff\xbf"},
    };
    uint8_t out[16];
    size_t len;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *t = cases[i].text;
        cr_assert(zero(int, base64_decode(t, strlen(t), out, sizeof out, &len)), "%s",
                  t);
        cr_assert(eq(sz, len, strlen(cases[i].bytes)), "%s", t);
        cr_expect(zero(int, memcmp(out, cases[i].bytes, len)), "%s", t);
    }
}

Test(base64, refuses_what_is_none)
{
    static const char *const texts[] = {
        "Z",    "Zm9vY", "Zg=",   "Zm9=v",  "====",  "=",     "Z===",
        "Zh==", "Zm9",   "Zg ==", "Zm9v\n", "Zm9v=", "Zm9v=="};
    uint8_t out[16];
    size_t len;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_expect(
            eq(int, base64_decode(texts[i], strlen(texts[i]), out, 16, &len), -EBADMSG),
            "%s", texts[i]);
}

Test(base64, says_when_it_does_not_fit)
{
    uint8_t out[2];
    size_t len;

    cr_expect(eq(int, base64_decode("Zm9v", 4, out, 2, &len), -EMSGSIZE));
    cr_expect(zero(int, base64_decode("Zm8=", 4, out, 2, &len)));
}
