/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/watch.h"

#include <stddef.h>

static const struct {
    const char *name;
    int64_t intervals;
} threads[WATCH_COUNT] = {
    [WATCH_WIRE] = {"wire", 1},
    [WATCH_STORE] = {"store", 4},
    [WATCH_API] = {"api", 10},
    [WATCH_HOOKS] = {"hooks", 10},
};

const char *watch_late(const struct watch_beats *beats, int64_t now_ms,
                       int64_t interval_ms)
{
    for (size_t i = 0; i < WATCH_COUNT; i++)
        if (beats->at_ms[i] != 0 &&
            now_ms - beats->at_ms[i] > threads[i].intervals * interval_ms)
            return threads[i].name;
    return NULL;
}
