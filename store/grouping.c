/* SPDX-License-Identifier: Apache-2.0 */
/* grouping.c - targets by inventory, or by the campaign that has them, in steps. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/filter_query.h"
#include "store/plans.h"
#include "store/row.h"

struct grouping {
    const struct filter *filter; /* borrowed */
    enum filter_select select;
    char plan_id[STORE_KEY_MAX + 1]; /* of FILTER_OVERLAPS */
    int64_t created_ms;              /* likewise: devices that came later are none */
    int64_t after_id;
    struct group_count *counts; /* ascending by key */
    size_t count, room;
    int64_t unregistered;
};

int grouping_open(const struct filter *filter, struct grouping **out)
{
    struct grouping *g = calloc(1, sizeof *g);

    if (!g)
        return -ENOMEM;
    g->filter = filter;
    g->select = FILTER_GROUPS;
    *out = g;
    return 0;
}

int grouping_open_overlaps(const struct filter *filter, const struct plan_row *plan,
                           struct grouping **out)
{
    int rc = grouping_open(filter, out);
    if (rc != 0)
        return rc;
    (*out)->select = FILTER_OVERLAPS;
    (*out)->created_ms = plan->created_ms;
    memcpy((*out)->plan_id, plan->id, sizeof plan->id);
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
        if (g->counts[middle].key < id)
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
        struct group_count *counts = realloc(g->counts, room * sizeof *counts);
        if (!counts)
            return -ENOMEM;
        g->counts = counts;
        g->room = room;
    }
    for (size_t i = g->count; i > at; i--)
        g->counts[i] = g->counts[i - 1];
    g->counts[at] = (struct group_count){.key = id};
    g->count++;
    return 0;
}

static int count_device(struct grouping *g, int64_t key, int64_t device_id)
{
    size_t at = find_place(g, key);

    if (at == g->count || g->counts[at].key != key) {
        int rc = add_place(g, at, key);
        if (rc != 0)
            return rc;
    }
    struct group_count *c = &g->counts[at];
    c->devices++;
    if (c->sample_count < STORE_SAMPLE_MAX)
        c->sample[c->sample_count++] = device_id;
    return 0;
}

int grouping_step(struct store *st, struct grouping *g)
{
    SCOPED_FILTER_QUERY q = filter_query(st, g->filter, g->select);
    struct walk walk = walk_begin(st);
    int rc = 1;

    query_bind_int(&q, FILTER_AFTER, g->after_id);
    if (g->select == FILTER_OVERLAPS) {
        query_bind_int(&q, FILTER_CREATED_MS, g->created_ms);
        query_bind_text(&q, FILTER_PLAN, g->plan_id);
    }
    while (walk_goes_on(&walk) && (rc = query_next(&q)) == 1) {
        g->after_id = query_int(&q, 0);
        if (query_int(&q, 1) == 0)
            continue;
        if (g->select == FILTER_GROUPS && query_int(&q, 3) != 0) {
            g->unregistered++;
            continue;
        }
        int err = count_device(g, query_int(&q, 2), g->after_id);
        if (err != 0)
            return err;
    }
    return rc == 1 ? STORE_E_MORE : rc;
}

int64_t grouping_unregistered(const struct grouping *g)
{
    return g->unregistered;
}

const struct group_count *grouping_counts(const struct grouping *g, size_t *count)
{
    *count = g->count;
    return g->counts;
}
