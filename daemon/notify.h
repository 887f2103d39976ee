/* SPDX-License-Identifier: Apache-2.0 */
/* notify.h - what systemd is told, sd_notify(3), and what it hands over, or nothing
 * where it is not built in.
 */
#pragma once

#include <stdint.h>

void notify_ready(void);
/** Followed by notify_ready(). */
void notify_reloading(void);
void notify_stopping(void);

/** @return the watchdog's interval; 0: there is none */
int64_t notify_watchdog_ms(void);

/** Feed the watchdog, at most four times per watchdog interval. */
void notify_beat(void);

/** @return the listening stream socket that we were started with (socket activation),
 * owned by the caller; 0: none; -errno: it is something else */
[[nodiscard]] int notify_listen_fd(void);
