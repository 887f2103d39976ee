/* SPDX-License-Identifier: Apache-2.0 */
/* wheel.h - a hierarchical timer wheel: add, move and cancel in O(1), expiry O(1) each.
 *
 * Timers are members of the caller's structs. Resolution 1 ms near, coarser far away
 * but never early. Time comes in as an argument; the wheel reads no clock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct wheel;

struct wheel_timer {
    struct wheel_timer *next, *prev; /* NULL while not armed */
    int64_t due_ms;                  /* mono_ms */
};

/** @param now_ms mono_ms. @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int wheel_open(int64_t now_ms, struct wheel **out);
void wheel_close(struct wheel *w);

/** Arm t for due_ms, or move it there if it is armed. A past time is due at once. */
void wheel_set(struct wheel *w, struct wheel_timer *t, int64_t due_ms);

/** Disarm t; nothing happens if it is not armed. */
void wheel_cancel(struct wheel *w, struct wheel_timer *t);

static inline bool wheel_is_set(const struct wheel_timer *t)
{
    return t->next != 0;
}

/**
 * Move the wheel to now_ms and take one timer that is due, disarmed. Call it until it
 * returns NULL; timers may be set and cancelled between the calls.
 */
struct wheel_timer *wheel_expire(struct wheel *w, int64_t now_ms);

/** @return ms until the wheel wants to be looked at again, 0..max_ms */
int64_t wheel_wait_ms(const struct wheel *w, int64_t now_ms, int64_t max_ms);

/** The struct that holds a timer: WHEEL_OWNER(t, struct peer, timer). */
#define WHEEL_OWNER(t, type, member)                                                   \
    ((type *)(void *)((char *)(t) - __builtin_offsetof(type, member)))
