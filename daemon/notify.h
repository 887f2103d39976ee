/* SPDX-License-Identifier: Apache-2.0 */
/* notify.h - what systemd is told: sd_notify(3), or nothing where it is not built in.
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
