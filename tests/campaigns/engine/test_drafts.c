/* SPDX-License-Identifier: Apache-2.0 */
/* test_drafts.c - two people decide about one draft at the same time: what the first
 * was told holds.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "engine_world.h"

static struct world *w;
enum { NOTHING = -1 };
static int answers[2]; /* by ticket: an enum command_status, or NOTHING */

static void finish(void)
{
    world_close(w);
}

TestSuite(drafts, .fini = finish, .timeout = 60);

static void done(void *arg, uint64_t ticket, const struct command_result *result)
{
    (void)arg;
    answers[ticket] = (int)result->status;
}

/* Unlike world_act() it lets no time pass. */
static void act(uint64_t ticket, enum campaign_action action, const char *actor)
{
    struct command *c = command_new(COMMAND_CAMPAIGN_ACTION, actor);

    c->campaign_action.campaign_id = w->campaign_id;
    c->campaign_action.action = action;
    c->done = done;
    answers[ticket] = NOTHING;
    cr_assert(zero(int, engine_command(w->engine, w->now, c, ticket)));
}

static void make_draft(const char *policy)
{
    w = world_open(1, true);
    world_campaign(w, policy, false);
}

static void expect_aborted(void)
{
    world_pass(w, 5000);
    cr_expect(eq(str, world_row(w).state, "aborted"));
    cr_expect(zero(int, w->devices[0].deliveries));
    world_restart(w);
    world_pass(w, 5000);
    cr_expect(eq(str, world_row(w).state, "aborted"));
}

Test(drafts, aborted_while_its_devices_are_counted_does_not_start)
{
    make_draft("{}");
    act(0, CAMPAIGN_START, "alice");
    act(1, CAMPAIGN_ABORT, "bob");
    expect_aborted();
    cr_expect(eq(int, answers[0], COMMAND_CONFLICT));
    cr_expect(eq(int, answers[1], COMMAND_DONE));
}

Test(drafts, neither_starts_nor_is_approved_while_its_abort_is_written)
{
    static const struct {
        enum campaign_action action;
        const char *policy;
    } cases[] = {{CAMPAIGN_START, "{}"},
                 {CAMPAIGN_APPROVE, "{\"approval\": true}"},
                 {CAMPAIGN_ABORT, "{}"}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (i > 0)
            world_close(w);
        make_draft(cases[i].policy);
        act(0, CAMPAIGN_ABORT, "alice");
        act(1, cases[i].action, "bob");
        cr_expect(eq(int, answers[1], COMMAND_BUSY), "case %zu", i);
        expect_aborted();
        cr_expect(eq(int, answers[0], COMMAND_DONE), "case %zu", i);
    }
}

Test(drafts, started_twice_at_the_same_time_starts_once)
{
    make_draft("{}");
    act(0, CAMPAIGN_START, "alice");
    act(1, CAMPAIGN_START, "bob");
    world_pass(w, 1000);
    cr_expect(eq(int, answers[0] + answers[1], COMMAND_DONE + COMMAND_ALREADY));
    cr_expect(eq(str, world_row(w).state, "running"));
}
