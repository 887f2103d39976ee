/* SPDX-License-Identifier: Apache-2.0 */
/* notify_none.c - built without libsystemd: nobody is told. */
#include "daemon/notify.h"

void notify_ready(void)
{
}

void notify_reloading(void)
{
}

void notify_stopping(void)
{
}

void notify_beat(void)
{
}

int64_t notify_watchdog_ms(void)
{
    return 0;
}

int notify_listen_fd(void)
{
    return 0;
}
