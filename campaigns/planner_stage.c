/* SPDX-License-Identifier: Apache-2.0 */
/* planner_stage.c - which packages can change at once from a state, and not one by one.
 *
 * A set grows from each package that is not allowed alone: its first defect (a partner
 * that stays, a rule that breaks) can only be mended by moving a component that the
 * defect speaks of, so those packages are tried, until the set has no defect. A set
 * that holds a smaller allowed one is left out: the smaller one can go first.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/planner_stage.h"

/* Sets that were looked at, by a hash of their moves; 0 is an empty slot. */
struct seen {
    uint64_t *slots;
    size_t count, room;
};

struct growth {
    struct world *w;
    const struct state *from;
    struct stage_list *out;
    struct seen seen;
    bool *is_single; /* per move: allowed alone */
};

static uint64_t hash_of_move(uint16_t move) /* splitmix64 */
{
    uint64_t z = (move + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void seen_insert(struct seen *seen, uint64_t hash)
{
    size_t at = hash & (seen->room - 1);
    while (seen->slots[at] && seen->slots[at] != hash)
        at = (at + 1) & (seen->room - 1);
    seen->count += !seen->slots[at];
    seen->slots[at] = hash;
}

/* @return 1 if it was not there before, 0 if it was, -ENOMEM */
static int seen_put(struct seen *seen, uint64_t hash)
{
    if (2 * seen->count >= seen->room) {
        struct seen bigger = {.room = seen->room ? 4 * seen->room : 64};
        bigger.slots = calloc(bigger.room, sizeof *bigger.slots);
        if (!bigger.slots)
            return -ENOMEM;
        for (size_t i = 0; i < seen->room; i++)
            if (seen->slots[i])
                seen_insert(&bigger, seen->slots[i]);
        free(seen->slots);
        *seen = bigger;
    }
    size_t before = seen->count;
    seen_insert(seen, hash | 1);
    return seen->count != before;
}

static uint64_t hash_of_stage(const struct stage *stage)
{
    uint64_t hash = 0;
    for (uint8_t i = 0; i < stage->count; i++)
        hash ^= hash_of_move(stage->moves[i]);
    return hash;
}

static struct stage with_move(const struct stage *stage, uint16_t move)
{
    struct stage bigger = *stage;
    uint8_t at = bigger.count++;
    for (; at > 0 && bigger.moves[at - 1] > move; at--)
        bigger.moves[at] = bigger.moves[at - 1];
    bigger.moves[at] = move;
    return bigger;
}

static uint32_t parts_of(const struct world *w, const struct stage *stage,
                         const struct bundle *only)
{
    uint32_t parts = 0;
    for (uint8_t i = 0; i < stage->count; i++) {
        const struct move *m = &w->moves[stage->moves[i]];
        if (!only || m->bundle == only)
            parts |= m->parts;
    }
    return parts;
}

/* What keeps a set from being a stage: one of .parts must move, too. */
struct defect {
    uint32_t parts;              /* 0: there is none */
    const struct bundle *bundle; /* whose package must do it; NULL: anybody's */
};

static struct defect find_defect(const struct growth *g, const struct stage *stage)
{
    const struct world *w = g->w;
    for (uint8_t i = 0; i < stage->count && !w->ignores.rules; i++) {
        const struct move *m = &w->moves[stage->moves[i]];
        uint32_t missing = m->together & ~parts_of(w, stage, m->bundle);
        if (missing)
            return (struct defect){missing & -missing, m->bundle};
    }
    struct state after = *g->from;
    stage_apply(w, stage, &after);
    const struct rule *broken = world_broken_rule(w, &after);
    if (!broken)
        return (struct defect){.parts = 0};
    return (struct defect){.parts = UINT32_C(1) << broken->owner |
                                    UINT32_C(1) << broken->about};
}

static int list_put(struct stage_list *list, const struct stage *stage)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 16;
        struct stage *stages = reallocarray(list->stages, room, sizeof *stages);
        if (!stages)
            return -ENOMEM;
        list->stages = stages;
        list->room = room;
    }
    list->stages[list->count++] = *stage;
    return 0;
}

/* NOLINTBEGIN(misc-no-recursion): each step adds a move of other components, so the
 * depth is bounded by the components of a device */
static int grow(struct growth *g, const struct stage *stage);

static int grow_by_candidates(struct growth *g, const struct stage *stage,
                              struct defect defect)
{
    const struct world *w = g->w;
    uint32_t taken = parts_of(w, stage, NULL);
    int rc = 0;
    for (size_t i = 0; i < w->move_count && rc == 0; i++) {
        const struct move *m = &w->moves[i];
        bool mends = (m->parts & defect.parts) && !(m->parts & taken) &&
                     (!defect.bundle || m->bundle == defect.bundle);
        if (!mends || g->is_single[i] || !move_applies(m, g->from))
            continue;
        struct stage bigger = with_move(stage, (uint16_t)i);
        rc = grow(g, &bigger);
    }
    return rc;
}

static int grow(struct growth *g, const struct stage *stage)
{
    if (++g->w->work > g->w->work_max)
        return 0;
    int rc = seen_put(&g->seen, hash_of_stage(stage));
    if (rc <= 0)
        return rc;
    struct defect defect = find_defect(g, stage);
    if (!defect.parts)
        return list_put(g->out, stage);
    return grow_by_candidates(g, stage, defect);
}

/* NOLINTEND(misc-no-recursion) */

static int add_singles(struct growth *g)
{
    const struct world *w = g->w;
    int rc = 0;
    for (size_t i = 0; i < w->move_count && rc == 0; i++) {
        struct stage single = {.moves = {(uint16_t)i}, .count = 1};
        g->w->work++;
        if (!move_applies(&w->moves[i], g->from) || find_defect(g, &single).parts)
            continue;
        g->is_single[i] = true;
        rc = list_put(g->out, &single);
    }
    return rc;
}

static int add_sets(struct growth *g)
{
    const struct world *w = g->w;
    int rc = 0;
    for (size_t i = 0; i < w->move_count && rc == 0; i++) {
        struct stage start = {.moves = {(uint16_t)i}, .count = 1};
        if (!g->is_single[i] && move_applies(&w->moves[i], g->from))
            rc = grow(g, &start);
    }
    return rc;
}

static bool is_part_of(const struct stage *small, const struct stage *big)
{
    uint8_t found = 0;
    for (uint8_t i = 0; i < big->count && found < small->count; i++)
        if (big->moves[i] == small->moves[found])
            found++;
    return found == small->count && small->count < big->count;
}

static bool is_minimal(const struct stage_list *list, const struct stage *stage)
{
    for (size_t i = 0; i < list->count; i++)
        if (is_part_of(&list->stages[i], stage))
            return false;
    return true;
}

static bool is_best_effort(const struct world *w, const struct stage *stage)
{
    for (uint8_t i = 0; i < stage->count; i++)
        if (!w->moves[stage->moves[i]].bundle->atomic_best_effort)
            return false;
    return true;
}

static bool is_feasible(const struct world *w, const struct stage *stage)
{
    return stage->count == 1 || w->ignores.atomicity || stage_is_atomic(w, stage) ||
           is_best_effort(w, stage);
}

static int keep_minimal(const struct world *w, struct stage_list *list)
{
    struct stage_list kept = {.count = 0};
    for (size_t i = 0; i < list->count; i++) {
        const struct stage *stage = &list->stages[i];
        int rc = 0;
        if (is_minimal(list, stage) && is_feasible(w, stage))
            rc = list_put(&kept, stage);
        if (rc) {
            stage_list_fini(&kept);
            return rc;
        }
    }
    stage_list_fini(list);
    *list = kept;
    return 0;
}

int stage_list_fill(struct world *w, const struct state *s, struct stage_list *out)
{
    struct growth g = {.w = w, .from = s, .out = out};
    *out = (struct stage_list){.count = 0};
    g.is_single = calloc(w->move_count + 1, sizeof *g.is_single);
    int rc = g.is_single ? add_singles(&g) : -ENOMEM;
    if (rc == 0)
        rc = add_sets(&g);
    if (rc == 0)
        rc = keep_minimal(w, out);
    free(g.is_single);
    free(g.seen.slots);
    if (rc)
        stage_list_fini(out);
    return rc;
}

void stage_list_fini(struct stage_list *list)
{
    free(list->stages);
    *list = (struct stage_list){.count = 0};
}

void stage_apply(const struct world *w, const struct stage *stage, struct state *s)
{
    for (uint8_t i = 0; i < stage->count; i++)
        move_apply(&w->moves[stage->moves[i]], s);
}

bool stage_is_atomic(const struct world *w, const struct stage *stage)
{
    uint32_t parts = parts_of(w, stage, NULL);
    const struct component *first = NULL;
    for (uint8_t i = 0; i < w->part_count; i++) {
        const struct component *c = w->parts[i].component;
        if (!(parts >> i & 1))
            continue;
        if (!first)
            first = c;
        if (c->object != COMPONENT_AFU || c->object_id != first->object_id)
            return false;
    }
    return true;
}
