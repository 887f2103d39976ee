/* SPDX-License-Identifier: Apache-2.0 */
/* child.h - a daemon under measurement, and devices that register at it. */
#pragma once

#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

void die(const char *what);

/** Seconds that only grow. */
double now_s(void);

/** Start lockstepd; settings are name=value, NULL at the end. */
pid_t child_start(const char *lockstepd, const char *const *settings);

/** SIGTERM, and wait. */
void child_end(pid_t pid);

long child_rss_kb(pid_t pid);
double child_cpu_s(pid_t pid);

/** A UDP socket whose source address each message chooses. */
int register_socket(void);

/** Send the Register of one device, as from 127.1.0.0 + number; the number is its
 * token. */
void register_send(int fd, unsigned number, const char *endpoint, uint16_t port);
