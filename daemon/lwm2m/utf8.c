/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lwm2m/utf8.h"

/* Bytes of the sequence that starts with first, 0 if none does. */
static size_t sequence_len(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

static bool is_sequence(const uint8_t *at, size_t n)
{
    uint32_t code = n == 1 ? at[0] : at[0] & (0x7fU >> n);
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

    for (size_t i = 1; i < n; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return false;
        code = code << 6 | (at[i] & 0x3f);
    }
    return code >= least[n] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

bool utf8_is_valid(const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    while (len > 0) {
        size_t n = sequence_len(*at);
        if (n == 0 || n > len || !is_sequence(at, n))
            return false;
        at += n;
        len -= n;
    }
    return true;
}

size_t utf8_put(uint32_t code, uint8_t out[4])
{
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        out[i] = (uint8_t)(0x80 | (code & 0x3f));
    out[0] = (uint8_t)((0xf00U >> n) & 0xff) | (uint8_t)code;
    return n;
}
