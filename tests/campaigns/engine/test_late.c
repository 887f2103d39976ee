/* SPDX-License-Identifier: Apache-2.0 */
/* test_late.c - tasks that are past their deadline, in their row and in the gauge.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine_world.h"

static struct world *w;

static void open_one(void)
{
    w = world_open(1, true);
}

static void close_it(void)
{
    world_close(w);
}

TestSuite(late, .init = open_one, .fini = close_it, .timeout = 60);

static void expect_stuck(uint32_t not_returned, uint32_t no_progress)
{
    struct engine_gauges gauges;

    engine_gauges(w->engine, &gauges);
    cr_expect(eq(u32, gauges.stuck[ENGINE_STUCK_NOT_RETURNED], not_returned));
    cr_expect(eq(u32, gauges.stuck[ENGINE_STUCK_NO_PROGRESS], no_progress));
}

static int64_t left_ms(void)
{
    return world_task_row(w, 1).deadline_ms - w->now.wall_ms;
}

Test(late, is_who_does_not_return_in_the_time_of_updating)
{
    w->devices[0].fault = FAULT_GONE;
    world_campaign(w, "{" NO_BRAKE ", " QUICK "}", true);
    cr_expect(zero(i64, world_task_row(w, 1).deadline_ms));
    world_pass(w, 5000);
    cr_expect(eq(str, world_task_row(w, 1).state, "updating"));
    cr_expect(left_ms() > 10000 && left_ms() < 20000, "%d", (int)left_ms());
    expect_stuck(0, 0);
    world_pass(w, 20000);
    cr_expect(lt(i64, left_ms(), 0));
    expect_stuck(1, 0);
    cr_assert(world_run(w, 300000));
    cr_expect(eq(int, world_tasks(w, "failed", "not-returned"), 1));
    cr_expect(zero(i64, world_task_row(w, 1).deadline_ms));
    expect_stuck(0, 0);
}

Test(late, is_who_waits_for_the_update_of_somebody_else)
{
    w->devices[0].inventory.components[0].state = COMPONENT_UPDATING;
    world_campaign(w, "{" NO_BRAKE ", " QUICK "}", true);
    world_pass(w, 3000);
    expect_stuck(0, 0);
    world_pass(w, 5000);
    expect_stuck(0, 1);
    world_restart(w); /* which gives it as much time again */
    world_pass(w, 6000);
    expect_stuck(0, 1);
    cr_assert(world_run(w, 60000));
    expect_stuck(0, 0);
}

/* More of them than one page wait for a turn that a paused campaign does not give. */
Test(late, is_judged_though_many_wait_for_their_turn)
{
    world_close(w);
    w = world_open(40, true);
    w->devices[0].fault = FAULT_DEFER;
    for (int i = 1; i < 40; i++)
        w->devices[i].fault = FAULT_INTEGRITY;
    world_campaign(w, "{" NO_BRAKE ", \"in_flight\": 40, " QUICK "}", true);
    while (strcmp(world_task_row(w, 1).waiting_for, "user") != 0)
        world_pass(w, 100);
    cr_assert(eq(int, world_act(w, CAMPAIGN_PAUSE), COMMAND_DONE));
    world_pass(w, 3000);
    cr_expect(eq(int, world_tasks(w, "waiting", NULL), 40));
    world_pass(w, 7000);
    cr_expect(eq(str, world_task_row(w, 1).waiting_for, "rate"));
}

Test(late, is_an_action_whose_outcome_never_comes)
{
    struct fake_device *d = &w->devices[0];

    world_campaign(w, "{\"delivery\": \"push\", " NO_BRAKE ", " QUICK "}", true);
    while (!d->has_action || d->action.kind != DEVICE_PUSH)
        world_pass(w, 10);
    d->answer_ms = INT64_MAX;
    world_pass(w, 4500);
    expect_stuck(0, 0);
    struct device_progress block = {
        .device_id = 1, .sent_bytes = 64, .total_bytes = 100};
    memcpy(block.digest, d->action.digest, sizeof block.digest);
    cr_assert(zero(int, engine_progress(w->engine, w->now, &block)));
    world_pass(w, 4500);
    expect_stuck(0, 0);
    world_pass(w, 1000);
    expect_stuck(0, 1);
    d->answer_ms = 0;
    world_pass(w, 100);
    expect_stuck(0, 0);
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 1));
}
