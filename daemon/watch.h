/* SPDX-License-Identifier: Apache-2.0 */
/* watch.h - whether every thread still makes progress: what feeds the watchdog.
 *
 * Core and wire and store and hooks tell when they last went round; the API tells since
 * when it is in one step of a request. How long each may take is a multiple of the
 * watchdog's interval, for a disk may take long to sync what a wire or a timer would
 * not wait for.
 */
#pragma once

#include <stdint.h>

enum watch_thread { WATCH_WIRE, WATCH_STORE, WATCH_API, WATCH_HOOKS, WATCH_COUNT };

/** mono_ms each; 0: it has nothing to do. */
struct watch_beats {
    int64_t at_ms[WATCH_COUNT];
};

/** @return the thread that is late, by name; NULL: all are well */
const char *watch_late(const struct watch_beats *beats, int64_t now_ms,
                       int64_t interval_ms);
