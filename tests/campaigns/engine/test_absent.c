/* SPDX-License-Identifier: Apache-2.0 */
/* test_absent.c - devices that are not there when a campaign or an operator wants them.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine_world.h"

#define HOLD "{" NO_BRAKE ", \"install\": \"hold\", " QUICK "}"

static struct world *w;

static void finish(void)
{
    world_close(w);
}

TestSuite(absent, .fini = finish, .timeout = 120);

static void run(size_t devices, bool is_together, const char *policy)
{
    w = world_open(devices, is_together);
    world_campaign(w, policy, true);
}

Test(absent, gives_the_slot_of_an_offline_device_to_another)
{
    w = world_open(4, true);
    w->devices[0].fault = FAULT_OFFLINE;
    world_campaign(w, "{" NO_BRAKE ", \"in_flight\": 1, " QUICK "}", true);
    world_pass(w, 60000);
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 3));
    cr_expect(eq(str, world_task_row(w, 1).waiting_for, "online"));
    w->devices[0].fault = HEALTHY;
    world_register(w, 0);
    cr_assert(world_run(w, 60000));
    cr_expect(world_is_updated(w, 1));
}

Test(absent, ends_who_was_not_seen_when_it_expires)
{
    w = world_open(2, true);
    w->devices[0].fault = FAULT_OFFLINE;
    world_campaign(w, "{" NO_BRAKE ", \"expires_after_s\": 60, " QUICK "}", true);
    cr_assert(world_run(w, 120000));
    cr_expect(eq(str, world_row(w).state, "finished"));
    cr_expect(eq(int, world_tasks(w, "canceled", "not-seen"), 1));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 1));
}

Test(absent, aborts_so_that_nothing_half_delivered_stays)
{
    run(6, true, "{" NO_BRAKE ", \"install\": \"hold\", " QUICK "}");
    world_pass(w, 10000);
    cr_expect(eq(int, world_tasks(w, "waiting", NULL), 6));
    cr_expect(eq(str, world_task_row(w, 1).waiting_for, "install"));
    w->devices[5].fault = FAULT_OFFLINE;
    cr_assert(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    world_pass(w, 10000);
    cr_expect(eq(str, world_row(w).state, "aborting")); /* the sixth is not clean */
    cr_expect(eq(int, world_tasks(w, "canceled", "aborted"), 5));
    w->devices[5].fault = HEALTHY;
    world_register(w, 5);
    cr_assert(world_run(w, 10000));
    cr_expect(eq(str, world_row(w).state, "aborted"));
    for (size_t i = 0; i < 6; i++)
        for (int n = 0; n < 2; n++)
            cr_expect(
                eq(int, w->devices[i].inventory.components[n].state, COMPONENT_IDLE));
}

/* Both components are Downloaded and held; the device is gone. */
static void held_and_gone(const char *policy)
{
    run(1, true, policy);
    world_pass(w, 10000);
    cr_assert(eq(str, world_task_row(w, 1).waiting_for, "install"));
    w->devices[0].fault = FAULT_OFFLINE;
}

static bool is_clean(void)
{
    return w->devices[0].inventory.components[0].state == COMPONENT_IDLE &&
           w->devices[0].inventory.components[1].state == COMPONENT_IDLE;
}

static const struct {
    enum task_command action;
    const char *state, *reason;
} ends[] = {
    {TASK_SKIP, "excluded", "skipped"},
    {TASK_CANCEL, "canceled", "operator"},
};

Test(absent, device_is_reset_before_its_task_is_over)
{
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        held_and_gone(HOLD);
        cr_assert(eq(int, world_task(w, 1, ends[i].action), COMMAND_DONE));
        world_pass(w, 300000);
        cr_expect(eq(str, world_task_row(w, 1).waiting_for, "online"), "end %zu", i);
        cr_expect(eq(str, world_task_row(w, 1).reason, (char *)ends[i].reason));
        world_restart(w);
        w->devices[0].fault = HEALTHY;
        world_register(w, 0);
        cr_assert(world_run(w, 10000));
        cr_expect(eq(str, world_task_row(w, 1).state, (char *)ends[i].state));
        cr_expect(eq(str, world_task_row(w, 1).reason, (char *)ends[i].reason));
        cr_expect(is_clean(), "end %zu", i);
        world_close(w);
    }
    w = world_open(1, true);
}

Test(absent, device_that_never_returns_keeps_the_end_that_was_asked_for)
{
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        held_and_gone("{" NO_BRAKE ", \"install\": \"hold\", "
                      "\"expires_after_s\": 60, " QUICK "}");
        cr_assert(eq(int, world_task(w, 1, ends[i].action), COMMAND_DONE));
        cr_assert(world_run(w, 120000));
        struct task_row row = world_task_row(w, 1);
        cr_expect(eq(str, world_row(w).state, "finished"));
        cr_expect(eq(str, row.state, (char *)ends[i].state));
        cr_expect(eq(str, row.reason, (char *)ends[i].reason));
        cr_expect(ne(ptr, strstr(row.detail, "not there to be reset"), NULL));
        world_close(w);
    }
    w = world_open(1, true);
}

Test(absent, device_does_not_keep_an_abort_from_its_end_for_ever)
{
    held_and_gone("{" NO_BRAKE ", \"install\": \"hold\", "
                  "\"expires_after_s\": 60, " QUICK "}");
    cr_assert(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    world_pass(w, 20000);
    cr_expect(eq(str, world_row(w).state, "aborting"));
    cr_assert(world_run(w, 120000));
    cr_expect(eq(str, world_row(w).state, "aborted"));
    cr_expect(eq(int, world_tasks(w, "canceled", "aborted"), 1));
}

/* Its time is not only over when the campaign's is. */
Test(absent, device_that_failed_is_given_up_in_an_abort_as_well)
{
    struct fake_device *d;

    run(1, true,
        "{" NO_BRAKE ", \"delivery\": \"push\", "
        "\"retry\": {\"transient\": {\"max\": 0}}}");
    d = &w->devices[0];
    while (!d->has_action || d->action.kind != DEVICE_PUSH)
        world_pass(w, 10);
    d->fault = FAULT_GONE;
    d->reboot_ms = w->now.mono_ms; /* it answers nothing any more */
    world_pass(w, 10000);
    cr_assert(eq(str, world_task_row(w, 1).waiting_for, "online"));
    cr_assert(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    cr_assert(world_run(w, 3600000));
    cr_expect(eq(str, world_row(w).state, "aborted"));
    cr_expect(eq(int, world_tasks(w, "failed", "connection-lost"), 1));
}

/* ---- Updating ---- */

/* Update was executed; from now on the test says what the device does. */
static struct fake_device *updating_by_hand(const char *policy)
{
    run(1, true, policy);
    struct fake_device *d = &w->devices[0];
    while (d->reboot_ms == 0)
        world_pass(w, 10);
    d->reboot_ms = 0;
    world_pass(w, 500); /* it is read, and Updating */
    cr_assert(eq(str, world_task_row(w, 1).state, "updating"));
    return d;
}

static void update_done(struct fake_device *d)
{
    for (int i = 0; i < FAKE_COMPONENTS; i++) {
        struct component *c = &d->inventory.components[i];
        d->is_updating[i] = false;
        c->state = COMPONENT_IDLE;
        c->result = 1;
        snprintf(c->version, sizeof c->version, "2");
    }
}

Test(absent, device_that_could_not_be_reached_while_updating_is_asked_again)
{
    struct fake_device *d = updating_by_hand("{" QUICK "}");
    int reads = d->reads;

    d->fault = FAULT_OFFLINE; /* nothing listens at its address */
    world_pass(w, 10000);
    cr_expect(gt(int, d->reads, reads));
    cr_expect(lt(int, d->reads, reads + 6), "%d", d->reads - reads);
    update_done(d);
    d->fault = HEALTHY; /* and it sends nothing, as an update is not due */
    cr_assert(world_run(w, 60000));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 1));
}

Test(absent, device_that_speaks_again_is_read_at_once)
{
    struct fake_device *d =
        updating_by_hand("{\"timers\": {\"poll_s\": 3600, \"updating_s\": 7200}}");
    struct device_online update = {.device_id = d->id,
                                   .epoch = d->epoch,
                                   .registered_ms = d->registered_ms,
                                   .lifetime_s = 60};

    cr_assert(zero(int, engine_online(w->engine, w->now, &update))); /* nothing new */
    world_pass(w, 500);
    cr_assert(zero(int, engine_offline(w->engine, w->now, d->id, DEVICE_EXPIRED)));
    update_done(d);
    cr_assert(zero(int, engine_online(w->engine, w->now, &update)));
    cr_assert(world_run(w, 10000));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 1));
}
