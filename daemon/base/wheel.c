/* SPDX-License-Identifier: Apache-2.0 */
/* wheel.c - seven wheels of 64 slots: a slot of wheel n is 64^n ms wide.
 *
 * A timer waits in the wheel whose turn is longer than its delay. When time enters its
 * slot it is placed again, now in a finer wheel, so it is exact to the millisecond in
 * the end and moves at most six times. One bit per slot tells which are filled.
 */
#include "daemon/base/wheel.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

enum { LEVELS = 7, BITS = 6, SLOTS = 1 << BITS };

struct wheel {
    int64_t now_ms;
    uint64_t filled[LEVELS];
    struct wheel_timer slots[LEVELS][SLOTS]; /* heads of rings */
    struct wheel_timer due;
};

static void ring_init(struct wheel_timer *head)
{
    head->next = head->prev = head;
}

static void ring_add(struct wheel_timer *head, struct wheel_timer *t)
{
    t->next = head;
    t->prev = head->prev;
    head->prev->next = t;
    head->prev = t;
}

static void ring_remove(struct wheel_timer *t)
{
    t->next->prev = t->prev;
    t->prev->next = t->next;
    t->next = t->prev = NULL;
}

/* All of from behind all of to. */
static void ring_splice(struct wheel_timer *to, struct wheel_timer *from)
{
    if (from->next == from)
        return;
    from->next->prev = to->prev;
    from->prev->next = to;
    to->prev->next = from->next;
    to->prev = from->prev;
    ring_init(from);
}

int wheel_open(int64_t now_ms, struct wheel **out)
{
    struct wheel *w = calloc(1, sizeof *w);
    if (!w)
        return -ENOMEM;
    w->now_ms = now_ms;
    for (int level = 0; level < LEVELS; level++)
        for (int slot = 0; slot < SLOTS; slot++)
            ring_init(&w->slots[level][slot]);
    ring_init(&w->due);
    *out = w;
    return 0;
}

void wheel_close(struct wheel *w)
{
    free(w);
}

/* The number of ms' slot in a wheel, counted from time 0 and not modulo SLOTS. */
static uint64_t turn(int64_t ms, int level)
{
    return (uint64_t)(ms >> (BITS * level));
}

static void place(struct wheel *w, struct wheel_timer *t)
{
    const uint64_t longest = (UINT64_C(1) << (BITS * LEVELS)) - 1;

    if (t->due_ms <= w->now_ms) {
        ring_add(&w->due, t);
        return;
    }
    uint64_t delay = (uint64_t)t->due_ms - (uint64_t)w->now_ms;
    if (delay > longest)
        delay = longest;
    int level = (63 - __builtin_clzll(delay)) / BITS;
    int64_t place_ms = (int64_t)((uint64_t)w->now_ms + delay);
    uint64_t slot = turn(place_ms, level) % SLOTS;
    ring_add(&w->slots[level][slot], t);
    w->filled[level] |= UINT64_C(1) << slot;
}

void wheel_set(struct wheel *w, struct wheel_timer *t, int64_t due_ms)
{
    wheel_cancel(w, t);
    t->due_ms = due_ms;
    place(w, t);
}

void wheel_cancel(struct wheel *w, struct wheel_timer *t)
{
    struct wheel_timer *head = t->next;
    if (!head)
        return;
    bool was_alone = head == t->prev;

    ring_remove(t);
    if (was_alone && head != &w->due) {
        ptrdiff_t i = head - &w->slots[0][0];
        w->filled[i / SLOTS] &= ~(UINT64_C(1) << (i % SLOTS));
    }
}

/* The slots that time enters between two turns, as bits. */
static uint64_t entered(uint64_t from, uint64_t to)
{
    if (to - from >= SLOTS)
        return UINT64_MAX;
    uint64_t bits = (UINT64_C(1) << (to - from)) - 1;
    unsigned by = (unsigned)((from + 1) % SLOTS);
    return by == 0 ? bits : bits << by | bits >> (SLOTS - by);
}

static void advance(struct wheel *w, int64_t now_ms)
{
    struct wheel_timer moving;

    ring_init(&moving);
    for (int level = 0; level < LEVELS; level++) {
        uint64_t from = turn(w->now_ms, level), to = turn(now_ms, level);
        if (from == to)
            break;
        uint64_t bits = entered(from, to) & w->filled[level];
        w->filled[level] &= ~bits;
        for (; bits; bits &= bits - 1)
            ring_splice(&moving, &w->slots[level][__builtin_ctzll(bits)]);
    }
    w->now_ms = now_ms;
    while (moving.next != &moving) {
        struct wheel_timer *t = moving.next;
        ring_remove(t);
        place(w, t);
    }
}

struct wheel_timer *wheel_expire(struct wheel *w, int64_t now_ms)
{
    if (now_ms > w->now_ms)
        advance(w, now_ms);
    struct wheel_timer *t = w->due.next;
    if (t == &w->due)
        return NULL;
    ring_remove(t);
    return t;
}

/* When time enters the next filled slot of a wheel; INT64_MAX if none is. */
static int64_t next_ms(const struct wheel *w, int level)
{
    uint64_t bits = w->filled[level];
    if (bits == 0)
        return INT64_MAX;
    uint64_t first = turn(w->now_ms, level) + 1;
    unsigned by = (unsigned)(first % SLOTS);
    if (by != 0)
        bits = bits >> by | bits << (SLOTS - by);
    uint64_t next = first + (uint64_t)__builtin_ctzll(bits);
    return (int64_t)(next << (BITS * level));
}

int64_t wheel_wait_ms(const struct wheel *w, int64_t now_ms, int64_t max_ms)
{
    int64_t earliest = INT64_MAX;

    if (w->due.next != &w->due)
        return 0;
    for (int level = 0; level < LEVELS; level++) {
        int64_t ms = next_ms(w, level);
        if (ms < earliest)
            earliest = ms;
    }
    if (earliest <= now_ms)
        return 0;
    return earliest - now_ms < max_ms ? earliest - now_ms : max_ms;
}
