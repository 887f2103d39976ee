/* SPDX-License-Identifier: Apache-2.0 */
/* test_leaving.c - devices that are deleted while campaigns want them. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine_world.h"
#include "store/devices.h"

static struct world *w;

static void open_some(void)
{
    w = world_open(3, true);
}

static void close_it(void)
{
    world_close(w);
}

TestSuite(leaving, .init = open_some, .fini = close_it, .timeout = 60);

static struct engine_keeps why;

static int leave(size_t device)
{
    struct device_leaving leaving = {(int64_t)device + 1, "alice"};

    return engine_leave(w->engine, w->now, &leaving, &why);
}

/* As the core does: both in one batch. */
static void delete_device(size_t device)
{
    struct device_row row;
    struct change change = {.kind = CHANGE_DEVICE_DELETE,
                            .device_id = (int64_t)device + 1};

    cr_assert(zero(int, leave(device)));
    cr_assert(zero(int, batch_put(w->batch, &change, NULL)));
    w->devices[device].fault = FAULT_OFFLINE;
    world_pass(w, 100);
    cr_expect(
        eq(int, store_device_get(w->store, change.device_id, &row), STORE_E_NOT_FOUND));
}

static const char one_at_a_time[] =
    "{\"in_flight\": 1, \"install\": \"hold\", " NO_BRAKE ", " QUICK "}";

Test(leaving, ends_a_task_that_only_waits)
{
    world_campaign(w, "{\"brake\": {\"first\": 1}, " QUICK "}", true);
    cr_assert(eq(str, world_task_row(w, 3).waiting_for, "wave"));
    delete_device(2);
    cr_expect(eq(int, world_tasks(w, "canceled", "deleted"), 1));
    cr_assert(world_run(w, 200000));
    cr_expect(eq(str, world_row(w).state, "finished"));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 2));
}

Test(leaving, ends_tasks_of_every_campaign)
{
    int64_t first, second;

    for (size_t i = 0; i < 3; i++)
        w->devices[i].fault = FAULT_OFFLINE;
    world_campaign(w, one_at_a_time, true);
    first = w->campaign_id;
    second = w->campaign_id = world_create(w, "{}");
    cr_assert(eq(int, world_act(w, CAMPAIGN_START), COMMAND_DONE));
    world_pass(w, 5000);
    cr_assert(eq(str, world_task_row(w, 1).waiting_for, "campaign"));
    delete_device(0);
    cr_expect(eq(int, world_tasks(w, "canceled", "deleted"), 1));
    w->campaign_id = first;
    cr_expect(eq(int, world_tasks(w, "canceled", "deleted"), 1));
    w->campaign_id = second;
    cr_assert(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
}

Test(leaving, is_refused_while_the_device_may_hold_what_was_delivered)
{
    struct task_row before;

    world_campaign(w, one_at_a_time, true);
    world_pass(w, 10000);
    before = world_task_row(w, 1);
    cr_assert(eq(str, before.waiting_for, "install"));
    cr_expect(eq(int, leave(0), ENGINE_E_KEEPS));
    cr_expect(eq(i64, why.campaign_id, w->campaign_id));
    cr_expect(eq(str, (char *)why.state, "waiting"));
    cr_expect(eq(str, (char *)why.waiting_for, "install"));
    world_restart(w);
    cr_expect(eq(int, leave(0), ENGINE_E_KEEPS), "from its row as well");
    world_pass(w, 1000);
    cr_expect(eq(str, world_task_row(w, 1).waiting_for, "install"));
    cr_assert(eq(int, world_task(w, 1, TASK_CANCEL), COMMAND_DONE));
    world_pass(w, 5000);
    delete_device(0);
    cr_expect(eq(int, world_tasks(w, "canceled", "operator"), 1));
}

Test(leaving, of_a_device_without_a_task_needs_nothing)
{
    delete_device(1);
    cr_expect(zero(int, leave(1)), "nor of one that is gone");
}
