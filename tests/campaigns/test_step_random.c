/* SPDX-License-Identifier: Apache-2.0 */
/* test_step_random.c - whatever a device reports and answers, in any order, some things
 * never happen.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "step_world.h"

enum { WALKS = 3000, STEPS = 120 };

static uint64_t seed;

static uint32_t below(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(seed >> 33) % n;
}

static void shake_device(struct world *w)
{
    for (size_t i = 0; i < w->inventory.count; i++) {
        struct component *c = &w->inventory.components[i];
        if (below(3) == 0)
            c->state = (uint8_t)(below(20) == 0 ? 255 : below(4));
        if (below(3) == 0)
            c->result = (uint8_t)below(15);
        if (below(12) == 0)
            snprintf(c->version, 8, "%u", 1 + below(3));
        c->conflicting = below(10) == 0 ? below(16) : 0;
        c->has = below(30) == 0 ? COMPONENT_HAS_AUTO | COMPONENT_AUTO_ON : c->has;
    }
}

static void shake_world(struct world *w)
{
    static const uint8_t reaches[] = {REACH_ONLINE,  REACH_ONLINE, REACH_ONLINE,
                                      REACH_UNKNOWN, REACH_ASLEEP, REACH_OFFLINE};

    shake_device(w);
    w->input.now_ms += below(100000);
    w->view.reach = reaches[below(6)];
    w->view.is_fresh = below(3) != 0;
    if (w->view.is_fresh)
        w->view.read_ms = w->input.now_ms;
    if (below(8) == 0)
        w->view.registered_ms = w->input.now_ms;
    w->view.is_observed = below(4) != 0;
    w->input.may_deliver = below(5) != 0;
    w->input.may_install = below(5) != 0;
    w->input.is_recovery = below(6) == 0;
    if (below(150) == 0)
        step_stop(&w->task, below(2) ? TASK_CANCELED : TASK_EXCLUDED, "operator");
}

static void check_execute(const struct world *w, const struct step_result *r)
{
    cr_assert(w->view.is_fresh);
    cr_assert(w->input.may_install);
    for (size_t i = 0; i < r->task.part_count; i++) {
        if (!r->task.parts[i].is_executed)
            continue;
        cr_assert(le(int, r->task.parts[i].executes, 2));
        if (r->action.instance == r->task.parts[i].instance)
            cr_assert(r->task.parts[i].is_delivered);
    }
    for (size_t i = 0; i < r->action.other_count; i++)
        cr_assert(ne(int, r->action.others[i], r->action.instance));
    cr_assert(eq(int, w->inventory.components[r->action.instance].state,
                 COMPONENT_DOWNLOADED));
}

/* Whom an operator took out is not given up while it is absent and may hold ours. */
static void check_end(const struct world *w, const struct task *before,
                      const struct step_result *r)
{
    bool is_absent = w->view.reach == REACH_ASLEEP || w->view.reach == REACH_OFFLINE;

    if (!is_absent || task_is_executed(before) ||
        (r->task.state != TASK_CANCELED && r->task.state != TASK_EXCLUDED))
        return;
    for (size_t i = 0; i < r->task.part_count; i++)
        if (r->task.parts[i].stage == r->task.stage)
            cr_assert(eq(int, r->task.parts[i].via, VIA_NONE));
}

static void check(const struct world *w, const struct task *before,
                  const struct step_result *r)
{
    bool is_writing = r->next == STEP_ACT && (r->action.kind == DEVICE_PUSH ||
                                              r->action.kind == DEVICE_WRITE_URI ||
                                              r->action.kind == DEVICE_EXECUTE);

    if (is_writing) {
        cr_assert(w->input.may_deliver);
        cr_assert(not(before->ending));
    }
    if (r->next == STEP_ACT && r->action.kind == DEVICE_EXECUTE)
        check_execute(w, r);
    if (r->next == STEP_ENDED)
        check_end(w, before, r);
    cr_assert(eq(int, r->next == STEP_ENDED, task_is_final(r->task.state)));
    cr_assert(eq(int, r->next == STEP_PARKED,
                 r->task.state == TASK_WAITING && r->next != STEP_ACT &&
                     r->next != STEP_WAIT && r->next != STEP_REPLAN));
    cr_assert(eq(int, (r->task.state == TASK_WAITING),
                 r->task.waiting_for != WAITING_FOR_NOTHING));
    for (size_t i = 0; i < r->task.part_count; i++)
        cr_assert(le(int, r->task.parts[i].executes, 2));
    cr_assert(le(int, r->task.stage, w->plan.stage_count));
}

Test(step_random, nothing_forbidden_ever_happens, .timeout = 120)
{
    static struct world w;
    int ended = 0;

    for (int walk = 0; walk < WALKS; walk++) {
        seed = (uint64_t)walk + 1;
        world_new(&w);
        world_add(&w, "radio", (uint8_t)below(2));
        if (below(2))
            world_add(&w, "modem", (uint8_t)(w.plan.stage_count - 1));
        w.policy.retry[RETRY_UPDATE].max = below(3);
        for (int i = 0; i < STEPS; i++) {
            struct task before = w.task;
            struct step_result *r;
            shake_world(&w);
            before = w.task;
            if (w.task.action && below(4) != 0) {
                static const uint8_t codes[] = {0x44, 0x80, 0x84, 0x85,
                                                0x8d, 0xa0, 0xa3};
                enum device_outcome_kind kind = (enum device_outcome_kind)below(9);
                if (kind == DEVICE_DONE || kind == DEVICE_REFUSED ||
                    kind == DEVICE_UNCONFIRMED)
                    w.view.reach = REACH_ONLINE;
                if (w.task.action == 1 + DEVICE_INSPECT && kind == DEVICE_DONE)
                    world_read(&w, 0);
                r = world_outcome(&w, kind, codes[below(7)]);
            } else {
                r = world_step(&w);
            }
            check(&w, &before, r);
            if (r->next == STEP_ENDED) {
                ended++;
                break;
            }
        }
    }
    cr_expect(gt(int, ended, WALKS / 2), "only %d of %d ended", ended, WALKS);
}
