/* SPDX-License-Identifier: Apache-2.0 */
/* planner_search.c - A* over states, by stages, then bytes, then packages.
 *
 * What is left is estimated per class of components that may have to share a stage: at
 * least as many stages as the one of them that is farthest from its aim needs by
 * itself. That never says too much, so the first way that reaches the aim is a shortest
 * one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/planner_estimate.h"
#include "campaigns/planner_stage.h"

enum { NO_NODE = UINT32_MAX };

struct node {
    struct state state;
    struct stage stage; /* that led here from parent */
    struct cost cost;   /* from the start */
    uint32_t parent;
    bool is_done;
};

/* One entry of the heap. */
struct open {
    struct cost whole; /* cost so far and the estimate of the rest */
    uint32_t stages;   /* so far: deeper first */
    uint32_t node;
    uint32_t order; /* of insertion: earlier first */
};

struct search {
    struct world *w;
    struct estimate estimate;
    struct node *nodes;
    uint32_t node_count, node_room;
    uint32_t *table; /* node by state, open addressing */
    uint32_t table_room;
    struct open *heap;
    size_t heap_count, heap_room;
    uint32_t order;
};

static bool comes_before(const struct open *a, const struct open *b)
{
    int order = cost_compare(&a->whole, &b->whole);
    if (order)
        return order < 0;
    if (a->stages != b->stages)
        return a->stages > b->stages;
    return a->order < b->order;
}

static int heap_push(struct search *s, struct open entry)
{
    if (s->heap_count == s->heap_room) {
        size_t room = s->heap_room ? 2 * s->heap_room : 256;
        struct open *heap = reallocarray(s->heap, room, sizeof *heap);
        if (!heap)
            return -ENOMEM;
        s->heap = heap;
        s->heap_room = room;
    }
    size_t at = s->heap_count++;
    for (; at > 0 && comes_before(&entry, &s->heap[(at - 1) / 2]); at = (at - 1) / 2)
        s->heap[at] = s->heap[(at - 1) / 2];
    s->heap[at] = entry;
    return 0;
}

static struct open heap_pop(struct search *s)
{
    struct open top = s->heap[0], last = s->heap[--s->heap_count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= s->heap_count)
            break;
        if (child + 1 < s->heap_count &&
            comes_before(&s->heap[child + 1], &s->heap[child]))
            child++;
        if (!comes_before(&s->heap[child], &last))
            break;
        s->heap[at] = s->heap[child];
        at = child;
    }
    s->heap[at] = last;
    return top;
}

static uint32_t *table_slot(const struct search *s, const struct state *state)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (uint8_t i = 0; i < s->w->part_count; i++)
        hash = (hash ^ state->version[i]) * UINT64_C(0x100000001b3);
    uint32_t at = (uint32_t)(hash ^ hash >> 32) & (s->table_room - 1);
    while (s->table[at] != NO_NODE &&
           memcmp(&s->nodes[s->table[at]].state, state, sizeof *state) != 0)
        at = (at + 1) & (s->table_room - 1);
    return &s->table[at];
}

static int table_grow(struct search *s)
{
    uint32_t room = s->table_room ? 2 * s->table_room : 512;
    uint32_t *table = malloc(room * sizeof *table);
    if (!table)
        return -ENOMEM;
    memset(table, 0xff, room * sizeof *table);
    free(s->table);
    s->table = table;
    s->table_room = room;
    for (uint32_t i = 0; i < s->node_count; i++)
        *table_slot(s, &s->nodes[i].state) = i;
    return 0;
}

static int nodes_grow(struct search *s)
{
    uint32_t room = s->node_room ? 2 * s->node_room : 256;
    struct node *nodes = reallocarray(s->nodes, room, sizeof *nodes);
    if (!nodes)
        return -ENOMEM;
    s->nodes = nodes;
    s->node_room = room;
    return 0;
}

/* A state was reached: keep the way there if it is the best so far. */
static int reach(struct search *s, const struct node *node)
{
    struct cost rest;
    if (!estimate_rest(&s->estimate, &node->state, &rest))
        return 0;
    if (s->node_count == s->node_room && nodes_grow(s) != 0)
        return -ENOMEM;
    if (2 * s->node_count >= s->table_room && table_grow(s) != 0)
        return -ENOMEM;

    uint32_t *slot = table_slot(s, &node->state);
    if (*slot == NO_NODE)
        *slot = s->node_count++;
    else if (s->nodes[*slot].is_done ||
             cost_compare(&node->cost, &s->nodes[*slot].cost) >= 0)
        return 0;
    s->nodes[*slot] = *node;
    return heap_push(s, (struct open){
                            .whole = cost_sum(&node->cost, &rest),
                            .stages = node->cost.stages,
                            .node = *slot,
                            .order = s->order++,
                        });
}

static int expand(struct search *s, uint32_t from)
{
    struct stage_list list = {.count = 0};
    struct stage safe;
    struct state state = s->nodes[from].state; /* nodes may move while they grow */
    struct cost cost = s->nodes[from].cost;
    bool is_forced = estimate_safe_stage(&s->estimate, &state, &safe);

    int rc = is_forced ? 0 : stage_list_fill(s->w, &state, &list);
    if (is_forced)
        list = (struct stage_list){.stages = &safe, .count = 1};
    for (size_t i = 0; i < list.count && rc == 0; i++) {
        struct cost more = stage_cost(s->w, &list.stages[i]);
        struct node next = {
            .state = state,
            .stage = list.stages[i],
            .cost = cost_sum(&cost, &more),
            .parent = from,
        };
        stage_apply(s->w, &next.stage, &next.state);
        rc = reach(s, &next);
    }
    if (!is_forced)
        stage_list_fini(&list);
    return rc;
}

static int way_from(const struct search *s, uint32_t last, struct way *out)
{
    size_t count = s->nodes[last].cost.stages;
    out->stages = calloc(count + 1, sizeof *out->stages);
    if (!out->stages)
        return -ENOMEM;
    out->count = count;
    for (uint32_t at = last; count > 0; at = s->nodes[at].parent)
        out->stages[--count] = s->nodes[at].stage;
    return 0;
}

static int run(struct search *s, struct way *out)
{
    struct node start = {.parent = NO_NODE};
    int rc = reach(s, &start);
    while (rc == 0 && s->heap_count > 0) {
        uint32_t at = heap_pop(s).node;
        if (s->nodes[at].is_done)
            continue;
        s->nodes[at].is_done = true;
        if (++s->w->work > s->w->work_max)
            return SEARCH_BOUND;
        if (world_is_aim(s->w, &s->nodes[at].state))
            return way_from(s, at, out);
        rc = expand(s, at);
    }
    if (rc)
        return rc;
    return s->w->work > s->w->work_max ? SEARCH_BOUND : SEARCH_NO_WAY;
}

int search_way(struct world *w, struct way *out)
{
    struct search s = {.w = w};
    estimate_init(&s.estimate, w);
    int rc = run(&s, out);
    free(s.nodes);
    free(s.table);
    free(s.heap);
    return rc;
}

void way_fini(struct way *way)
{
    free(way->stages);
    *way = (struct way){.count = 0};
}
