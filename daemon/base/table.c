/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - linear probing, at most 3/4 full. When it fills up a table twice as large
 * is put beside it, and every change moves a few slots over, so the largest pause is
 * one allocation. Meanwhile a lookup asks both.
 *
 * In the current table a removal shifts the rest of its run back. In the old one runs
 * must stay as they are, so what left it leaves a mark.
 */
#include "daemon/base/table.h"

#include <errno.h>
#include <stdlib.h>

enum { SLOTS_MIN = 16, MOVES_PER_CHANGE = 8 };

struct slot {
    uint64_t hash;
    void *item; /* NULL: free */
};

struct slots {
    struct slot *at;
    size_t size; /* power of two, or 0 */
};

struct table {
    table_match *match;
    struct slots now, old; /* old.size is 0 unless growing */
    size_t moved;          /* slots of old that are done */
    size_t count;          /* in both */
};

static char left_mark;

static bool is_item(const struct slot *s)
{
    return s->item && s->item != &left_mark;
}

static int slots_alloc(struct slots *s, size_t size)
{
    struct slot *at = calloc(size, sizeof *at);

    if (!at)
        return -ENOMEM;
    *s = (struct slots){at, size};
    return 0;
}

int table_open(table_match *match, struct table **out)
{
    struct table *t = calloc(1, sizeof *t);
    if (!t)
        return -ENOMEM;
    t->match = match;
    int rc = slots_alloc(&t->now, SLOTS_MIN);
    if (rc != 0) {
        free(t);
        return rc;
    }
    *out = t;
    return 0;
}

void table_close(struct table *t)
{
    if (!t)
        return;
    free(t->now.at);
    free(t->old.at);
    free(t);
}

size_t table_count(const struct table *t)
{
    return t->count;
}

static struct slot *find(const struct table *t, const struct slots *in, uint64_t hash,
                         const void *key)
{
    if (in->size == 0)
        return NULL;
    size_t mask = in->size - 1;
    for (size_t i = hash & mask; in->at[i].item; i = (i + 1) & mask) {
        struct slot *s = &in->at[i];
        if (s->hash == hash && is_item(s) && t->match(s->item, key))
            return s;
    }
    return NULL;
}

static void fill(struct slots *in, uint64_t hash, void *item)
{
    size_t mask = in->size - 1;
    size_t i = hash & mask;

    while (in->at[i].item)
        i = (i + 1) & mask;
    in->at[i] = (struct slot){hash, item};
}

static void move_some(struct table *t)
{
    if (t->old.size == 0)
        return;
    for (int n = 0; n < MOVES_PER_CHANGE && t->moved < t->old.size; n++) {
        struct slot *s = &t->old.at[t->moved++];
        if (is_item(s)) {
            fill(&t->now, s->hash, s->item);
            s->item = &left_mark;
        }
    }
    if (t->moved == t->old.size) {
        free(t->old.at);
        t->old = (struct slots){0};
    }
}

static int grow_if_full(struct table *t)
{
    if ((t->count + 1) * 4 <= t->now.size * 3)
        return 0;
    /* MOVES_PER_CHANGE slots per put end the last growth long before the next one. */
    while (t->old.size != 0)
        move_some(t);
    struct slots bigger;
    int rc = slots_alloc(&bigger, t->now.size * 2);
    if (rc != 0)
        return rc;
    t->old = t->now;
    t->now = bigger;
    t->moved = 0;
    return 0;
}

void *table_get(const struct table *t, uint64_t hash, const void *key)
{
    const struct slot *s = find(t, &t->now, hash, key);

    if (!s)
        s = find(t, &t->old, hash, key);
    return s ? s->item : NULL;
}

int table_put(struct table *t, uint64_t hash, void *item)
{
    int rc = grow_if_full(t);
    if (rc != 0)
        return rc;
    move_some(t);
    fill(&t->now, hash, item);
    t->count++;
    return 0;
}

/* Close the gap at hole: whatever would not be found any more moves into it. */
static void shift_back(struct slots *in, size_t hole)
{
    size_t mask = in->size - 1;

    for (size_t i = (hole + 1) & mask; in->at[i].item; i = (i + 1) & mask) {
        size_t home = in->at[i].hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            in->at[hole] = in->at[i];
            hole = i;
        }
    }
    in->at[hole] = (struct slot){0};
}

void *table_remove(struct table *t, uint64_t hash, const void *key)
{
    struct slot *s = find(t, &t->now, hash, key);
    bool is_now = s != NULL;

    if (!s)
        s = find(t, &t->old, hash, key);
    if (!s)
        return NULL;
    void *item = s->item;
    if (is_now)
        shift_back(&t->now, (size_t)(s - t->now.at));
    else
        s->item = &left_mark;
    t->count--;
    move_some(t);
    return item;
}

void *table_next(const struct table *t, size_t *cursor)
{
    while (*cursor < t->now.size + t->old.size) {
        size_t i = (*cursor)++;
        const struct slot *s =
            i < t->now.size ? &t->now.at[i] : &t->old.at[i - t->now.size];
        if (is_item(s))
            return s->item;
    }
    return NULL;
}
