/* SPDX-License-Identifier: Apache-2.0 */
/* notify_systemd.c - built with libsystemd. */
#include "daemon/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include "daemon/base/clock.h"

void notify_ready(void)
{
    (void)sd_notify(0, "READY=1");
}

void notify_reloading(void)
{
    (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, 1000 * clock_mono_ms());
}

void notify_stopping(void)
{
    (void)sd_notify(0, "STOPPING=1");
}

int64_t notify_watchdog_ms(void)
{
    uint64_t us;

    return sd_watchdog_enabled(0, &us) > 0 ? (int64_t)(us / 1000) : 0;
}

/* Once, from the only thread that beats. */
static int64_t feeding_ms(void)
{
    static int64_t known_ms = -1; /* the environment does not change */

    if (known_ms < 0)
        known_ms = notify_watchdog_ms() / 4;
    return known_ms;
}

void notify_beat(void)
{
    static int64_t last_ms;
    int64_t every_ms = feeding_ms();
    int64_t now_ms = every_ms > 0 ? clock_mono_ms() : 0;

    if (every_ms == 0 || (last_ms != 0 && now_ms - last_ms < every_ms))
        return;
    last_ms = now_ms;
    (void)sd_notify(0, "WATCHDOG=1");
}

int notify_listen_fd(void)
{
    int count = sd_listen_fds(1);

    if (count <= 0)
        return count;
    if (count > 1 || sd_is_socket(SD_LISTEN_FDS_START, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
        return -EINVAL;
    return SD_LISTEN_FDS_START;
}
