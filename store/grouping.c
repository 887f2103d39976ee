/* SPDX-License-Identifier: Apache-2.0 */
/* grouping.c - how many targets have which inventory, counted in steps. */
#include <errno.h>
#include <stdlib.h>

#include "store/filter_internal.h"
#include "store/plans.h"
#include "store/row.h"

struct grouping {
    const struct filter *filter; /* borrowed */
    int64_t after_id;
    struct inventory_count *counts; /* ascending by inventory_id */
    size_t count, room;
};

int grouping_open(const struct filter *filter, struct grouping **out)
{
    struct grouping *g = calloc(1, sizeof *g);

    if (!g)
        return -ENOMEM;
    g->filter = filter;
    *out = g;
    return 0;
}

void grouping_close(struct grouping *g)
{
    if (!g)
        return;
    free(g->counts);
    free(g);
}

/* @return the first place whose inventory is not below id */
static size_t find_place(const struct grouping *g, int64_t id)
{
    size_t low = 0, high = g->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g->counts[middle].inventory_id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int add_place(struct grouping *g, size_t at, int64_t id)
{
    if (g->count == g->room) {
        size_t room = g->room ? g->room * 2 : 64;
        struct inventory_count *counts = realloc(g->counts, room * sizeof *counts);
        if (!counts)
            return -ENOMEM;
        g->counts = counts;
        g->room = room;
    }
    for (size_t i = g->count; i > at; i--)
        g->counts[i] = g->counts[i - 1];
    g->counts[at] = (struct inventory_count){.inventory_id = id};
    g->count++;
    return 0;
}

static int count_device(struct grouping *g, int64_t inventory_id, int64_t device_id)
{
    size_t at = find_place(g, inventory_id);

    if (at == g->count || g->counts[at].inventory_id != inventory_id) {
        int rc = add_place(g, at, inventory_id);
        if (rc != 0)
            return rc;
    }
    struct inventory_count *c = &g->counts[at];
    c->devices++;
    if (c->sample_count < STORE_SAMPLE_MAX)
        c->sample[c->sample_count++] = device_id;
    return 0;
}

int grouping_step(struct store *st, struct grouping *g)
{
    SCOPED_FILTER_QUERY q = filter_query(st, g->filter, FILTER_TARGETS);
    struct walk walk = walk_begin(st);
    int rc = 1;

    query_bind_int(&q, FILTER_AFTER, g->after_id);
    query_bind_int(&q, FILTER_CREATED_MS, INT64_MAX);
    while (walk_goes_on(&walk) && (rc = query_next(&q)) == 1) {
        g->after_id = query_int(&q, 0);
        if (query_int(&q, 1) == 0)
            continue;
        int err = count_device(g, query_int(&q, 2), g->after_id);
        if (err != 0)
            return err;
    }
    return rc == 1 ? STORE_E_MORE : rc;
}

const struct inventory_count *grouping_counts(const struct grouping *g, size_t *count)
{
    *count = g->count;
    return g->counts;
}
