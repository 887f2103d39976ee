/* SPDX-License-Identifier: Apache-2.0 */
/* timers.c - see timers.h. */
#include "campaigns/engine/timers.h"

#include <errno.h>
#include <stdlib.h>

static void place(struct timers *h, size_t i, struct timer *t)
{
    h->heap[i] = t;
    t->at = i + 1;
}

static void rise(struct timers *h, size_t i, struct timer *t)
{
    while (i > 0 && h->heap[(i - 1) / 2]->due_ms > t->due_ms) {
        place(h, i, h->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    place(h, i, t);
}

static void sink(struct timers *h, size_t i, struct timer *t)
{
    for (size_t child; (child = 2 * i + 1) < h->count; i = child) {
        if (child + 1 < h->count && h->heap[child + 1]->due_ms < h->heap[child]->due_ms)
            child++;
        if (h->heap[child]->due_ms >= t->due_ms)
            break;
        place(h, i, h->heap[child]);
    }
    place(h, i, t);
}

void timers_cancel(struct timers *h, struct timer *t)
{
    if (t->at == 0)
        return;
    size_t i = t->at - 1;
    struct timer *last = h->heap[--h->count];

    t->at = 0;
    if (last == t)
        return;
    if (i > 0 && h->heap[(i - 1) / 2]->due_ms > last->due_ms)
        rise(h, i, last);
    else
        sink(h, i, last);
}

int timers_set(struct timers *h, struct timer *t, int64_t due_ms)
{
    timers_cancel(h, t);
    if (h->count == h->capacity) {
        size_t capacity = h->capacity ? 2 * h->capacity : 64;
        struct timer **heap = reallocarray(h->heap, capacity, sizeof(struct timer *));
        if (!heap)
            return -ENOMEM;
        h->heap = heap;
        h->capacity = capacity;
    }
    t->due_ms = due_ms;
    rise(h, h->count++, t);
    return 0;
}

struct timer *timers_due(struct timers *h, int64_t now_ms)
{
    struct timer *first = h->count ? h->heap[0] : NULL;

    if (!first || first->due_ms > now_ms)
        return NULL;
    timers_cancel(h, first);
    return first;
}

int64_t timers_next_ms(const struct timers *h)
{
    return h->count ? h->heap[0]->due_ms : INT64_MAX;
}

void timers_fini(struct timers *h)
{
    free(h->heap);
    *h = (struct timers){0};
}
