/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/random.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void random_fill(void *bytes, size_t len)
{
    for (char *at = bytes; len > 0;) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            abort();
        at += got;
        len -= (size_t)got;
    }
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t random_next(struct random_state *r)
{
    uint64_t z = r->s += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

int64_t random_between(struct random_state *r, int64_t low, int64_t high)
{
    assert(low <= high);
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    uint64_t raw = random_next(r);

    if (span == 0) /* all 64-bit numbers */
        return (int64_t)raw;
    uint64_t offset = (uint64_t)((unsigned __int128)raw * span >> 64);
    return (int64_t)((uint64_t)low + offset);
}
