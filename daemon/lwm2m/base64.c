/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/base64.h"

#include <errno.h>

/* @return 0..63, or -1 */
static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

static size_t without_padding(const char *text, size_t len)
{
    for (int n = 0; n < 2 && len % 4 == (size_t)(n ? 3 : 0); n++)
        if (len > 0 && text[len - 1] == '=')
            len--;
    return len;
}

int base64_decode(const char *text, size_t len, uint8_t *out, size_t size,
                  size_t *out_len)
{
    uint32_t bits = 0;
    unsigned count = 0; /* bits in bits */
    size_t n = 0;

    len = without_padding(text, len);
    if (len % 4 == 1)
        return -EBADMSG;
    for (size_t i = 0; i < len; i++) {
        int d = digit(text[i]);
        if (d < 0)
            return -EBADMSG;
        bits = (bits << 6 | (uint32_t)d) & 0xffff;
        count += 6;
        if (count < 8)
            continue;
        if (n == size)
            return -EMSGSIZE;
        count -= 8;
        out[n++] = (uint8_t)(bits >> count);
    }
    if (bits & ((1U << count) - 1))
        return -EBADMSG;
    *out_len = n;
    return 0;
}
