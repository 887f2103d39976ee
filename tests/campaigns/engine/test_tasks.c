/* SPDX-License-Identifier: Apache-2.0 */
/* test_tasks.c - several people decide about one task at the same time: what the first
 * was told holds.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine_world.h"
#include "store/events.h"

static struct world *w;
enum { NOTHING = -1 };
static int answers[2]; /* by ticket: an enum command_status, or NOTHING */

/* A task of dev-1 that waits for another campaign. */
static void queue(void)
{
    w = world_open(1, true);
    w->devices[0].fault = FAULT_OFFLINE;
    world_campaign(w, "{" QUICK "}", true);
    w->campaign_id = world_create(w, "{" QUICK "}");
    cr_assert(eq(int, world_act(w, CAMPAIGN_START), COMMAND_DONE));
    world_pass(w, 5000);
    cr_assert(eq(str, world_task_row(w, 1).waiting_for, "campaign"));
}

static void finish(void)
{
    world_close(w);
}

TestSuite(tasks, .init = queue, .fini = finish, .timeout = 60);

static void done(void *arg, uint64_t ticket, const struct command_result *result)
{
    (void)arg;
    answers[ticket] = (int)result->status;
}

/* Unlike world_task() it lets no time pass. */
static void act(uint64_t ticket, enum task_command action)
{
    struct command *c = command_new(COMMAND_TASK_ACTION, "alice");

    c->task_action.campaign_id = w->campaign_id;
    c->task_action.action = action;
    snprintf(c->task_action.endpoint, sizeof c->task_action.endpoint, "dev-1");
    c->done = done;
    answers[ticket] = NOTHING;
    cr_assert(zero(int, engine_command(w->engine, w->now, c, ticket)));
}

static int events_of(const char *name)
{
    struct event_row rows[64];
    struct event_query query = {.campaign_id = w->campaign_id};
    struct page page = {.limit = 64};
    int count = 0;

    cr_assert(zero(int, store_event_page(w->store, &query, rows, &page)));
    for (size_t i = 0; i < page.count; i++)
        count += strcmp(rows[i].name, name) == 0;
    return count;
}

Test(tasks, skipped_while_its_cancel_is_written_stays_canceled)
{
    act(0, TASK_CANCEL);
    act(1, TASK_SKIP);
    world_pass(w, 5000);
    cr_expect(eq(int, answers[0], COMMAND_DONE));
    cr_expect(eq(int, answers[1], COMMAND_BUSY));
    cr_expect(eq(str, world_task_row(w, 1).state, "canceled"));
    cr_expect(eq(int, events_of("cancel"), 1));
    cr_expect(zero(int, events_of("skip")));
    cr_expect(eq(int, world_task(w, 1, TASK_CANCEL), COMMAND_ALREADY));
}

Test(tasks, skipped_while_its_device_leaves_stays_skipped)
{
    struct device_leaving leaving = {1, "bob"};
    struct engine_keeps why;

    act(0, TASK_SKIP);
    cr_expect(zero(int, engine_leave(w->engine, w->now, &leaving, &why)));
    world_pass(w, 5000);
    cr_expect(eq(int, answers[0], COMMAND_DONE));
    cr_expect(eq(str, world_task_row(w, 1).state, "excluded"));
    cr_expect(eq(int, events_of("skip"), 1));
    cr_expect(zero(int, events_of("cancel")));
}
