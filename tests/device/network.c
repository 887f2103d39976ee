/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/network.h"

#include "daemon/base/clock.h"

#include <coap3/coap.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* recv() and send() get a descriptor and no context: whose step runs can only stand
 * here. */
static struct network *current;

void network_enter(struct network *n)
{
    current = n;
}

static bool is_lost(struct network *n, uint32_t pct)
{
    bool lost = n->is_deaf || (pct && random_between(&n->random, 0, 99) < (int64_t)pct);
    n->lost += lost;
    return lost;
}

/* First byte: version, type, token length; second: code; then the message id. */
static bool is_request(const uint8_t *p, size_t len)
{
    return len >= 4 && p[1] && p[1] < 0x20;
}

static bool is_taken(struct network *n, const uint8_t *p, size_t len)
{
    bool is_reset = len >= 4 && (p[0] >> 4 & 3) == 3;
    if (is_lost(n, n->loss_in_pct) || (n->is_mute && is_request(p, len))) {
        return false;
    }
    n->has_traffic = true;
    if (is_reset && n->reset_count < NETWORK_RESETS_MAX) {
        n->resets[n->reset_count++] = (uint16_t)(p[2] << 8 | p[3]);
    }
    return true;
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the C library's
ssize_t recv(int fd, void *bytes, size_t size, int flags)
{
    ssize_t len = syscall(SYS_recvfrom, fd, bytes, size, flags, NULL, NULL);
    if (!current || (len < 0 && errno != ECONNREFUSED)) {
        return len;
    }
    if (len >= 0 && is_taken(current, bytes, (size_t)len)) {
        return len;
    }
    errno = EAGAIN; /* lost; what else waits wakes the loop again */
    return -1;
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the C library's
ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
    if (current) {
        bool is_hushed = current->is_hushed && !is_request(bytes, len);
        if (is_hushed || is_lost(current, current->loss_out_pct)) {
            return (ssize_t)len;
        }
        current->has_traffic = true;
    }
    ssize_t sent = syscall(SYS_sendto, fd, bytes, len, flags, NULL, 0);
    return current && sent < 0 && (errno == ECONNREFUSED || errno == EAGAIN)
               ? (ssize_t)len
               : sent;
}

void coap_ticks(coap_tick_t *out)
{
    coap_tick_t second_ms = current ? current->second_ms : 1000;
    *out = (coap_tick_t)clock_mono_ms() * COAP_TICKS_PER_SECOND / second_ms;
}
