/* SPDX-License-Identifier: Apache-2.0 */
/* test_step_automatic.c - devices that install by themselves what is delivered
 * (5/x/14): a delivery is an Execute once its last block may have arrived, and not
 * before.
 */
#include "campaigns/step.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "step_world.h"

enum { BYTES = 100000, LAST_BLOCK = BYTES - 1024 };

static struct world w;
static char trail[32];

static void automatic_world(void)
{
    world_new(&w);
    world_component(&w, 0)->has = COMPONENT_HAS_AUTO | COMPONENT_AUTO_ON;
    w.plan.targets[0].bytes = BYTES;
}

TestSuite(step_automatic, .init = automatic_world);

static void begin(uint8_t delivery)
{
    automatic_world();
    world_component(&w, 0)->delivery = delivery;
    struct step_result *r = world_step(&w);
    cr_assert(eq(int, r->action.kind,
                 delivery == DELIVERY_PUSH ? DEVICE_PUSH : DEVICE_WRITE_URI));
    cr_assert(zero(int, r->task.parts[0].executes));
    cr_assert(r->task.parts[0].is_automatic);
}

Test(step_automatic, sends_no_execute)
{
    struct step_result *r = world_play(&w, trail);

    cr_expect(eq(str, trail, "ui"));
    cr_expect(eq(int, r->task.state, TASK_UPDATING));
    cr_expect(eq(int, r->task.parts[0].executes, 1));
}

Test(step_automatic, counts_a_push_whose_last_block_may_have_arrived)
{
    static const struct {
        const char *name;
        enum device_outcome_kind kind;
        uint8_t code;
        int64_t sent;
        bool is_recovery;
        int executes;
    } rows[] = {
        {"done", DEVICE_DONE, 0x44, BYTES, false, 1},
        {"asleep", DEVICE_ASLEEP, 0, 0, false, 0},
        {"no address", DEVICE_UNREACHABLE, 0, 0, false, 0},
        {"no file", DEVICE_NO_PACKAGE, 0, 0, false, 0},
        {"refused at once", DEVICE_REFUSED, 0x8d, 0, false, 0},
        {"silent in the middle", DEVICE_TIMED_OUT, 0, LAST_BLOCK - 1, false, 0},
        {"silent after the last block", DEVICE_TIMED_OUT, 0, LAST_BLOCK, false, 1},
        {"4.08 to the last block again", DEVICE_REFUSED, 0x88, LAST_BLOCK, false, 1},
        {"restarted in the middle", DEVICE_INTERRUPTED, 0, 5000, false, 0},
        {"restarted after the last", DEVICE_INTERRUPTED, 0, BYTES, false, 1},
        {"we were killed: who knows", DEVICE_INTERRUPTED, 0, 5000, true, 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(DELIVERY_PUSH);
        w.task.parts[0].sent_bytes = rows[i].sent;
        w.input.is_recovery = rows[i].is_recovery;
        struct step_result *r = world_outcome(&w, rows[i].kind, rows[i].code);
        cr_expect(eq(int, r->task.parts[0].executes, rows[i].executes), "%s",
                  rows[i].name);
        cr_expect(not(r->task.parts[0].is_automatic), "%s", rows[i].name);
    }
}

static struct step_result *read_after_pull(uint8_t state, uint8_t result, int64_t sent,
                                           const char *version)
{
    struct component *c = world_component(&w, 0);

    world_outcome(&w, DEVICE_DONE, 0x44);
    w.task.parts[0].sent_bytes = sent;
    c->state = state;
    c->result = result;
    snprintf(c->version, sizeof c->version, "%s", version);
    world_read(&w, 100);
    return world_outcome(&w, DEVICE_DONE, 0);
}

Test(step_automatic, counts_a_pull_that_may_have_been_installed)
{
    static const struct {
        const char *name;
        uint8_t state, result;
        const char *version;
        int64_t sent;
        int executes;
    } rows[] = {
        {"on its way", 1, 0, "1", 5000, 0},
        {"lost in the middle", 0, 4, "1", 5000, 0},
        {"lost with its last block", 0, 4, "1", LAST_BLOCK, 1},
        {"Downloaded", 2, 0, "1", BYTES, 1},
        {"Updating", 3, 0, "1", BYTES, 1},
        {"failed before it was seen", 0, 8, "1", 5000, 1},
        {"done before it was seen", 0, 1, "2", 5000, 1},
        {"another version before it was seen", 0, 1, "7", BYTES, 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(DELIVERY_PULL);
        struct step_result *r = read_after_pull(rows[i].state, rows[i].result,
                                                rows[i].sent, rows[i].version);
        cr_expect(eq(int, r->task.parts[0].executes, rows[i].executes), "%s",
                  rows[i].name);
    }
}

Test(step_automatic, counts_a_pull_after_which_the_device_restarted)
{
    begin(DELIVERY_PULL);
    w.view.registered_ms = T0 + 50;
    cr_expect(eq(int, read_after_pull(0, 0, 5000, "1")->task.parts[0].executes, 1));
}

Test(step_automatic, counts_a_pull_whose_uri_may_have_arrived_when_it_shows)
{
    static const struct {
        enum device_outcome_kind kind;
        uint8_t code, state;
        int executes;
    } rows[] = {
        {DEVICE_TIMED_OUT, 0, 3, 1},   {DEVICE_INTERRUPTED, 0, 2, 1},
        {DEVICE_REFUSED, 0, 3, 1},     {DEVICE_TIMED_OUT, 0, 0, 0},
        {DEVICE_REFUSED, 0x80, 3, 0}, /* somebody else's */
        {DEVICE_UNREACHABLE, 0, 3, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(DELIVERY_PULL);
        world_outcome(&w, rows[i].kind, rows[i].code);
        cr_expect(zero(int, w.task.parts[0].executes), "row %zu", i);
        world_component(&w, 0)->state = rows[i].state;
        w.task.next_at_ms = 0;
        world_read(&w, 100);
        world_step(&w);
        cr_expect(eq(int, w.task.parts[0].executes, rows[i].executes), "row %zu", i);
    }
}

/* What is fetched from another server is not seen. */
Test(step_automatic, counts_every_pull_from_elsewhere)
{
    begin(DELIVERY_PULL);
    snprintf(w.plan.targets[0].uri, sizeof w.plan.targets[0].uri, "coap://x/y");
    cr_expect(eq(int, read_after_pull(0, 4, 0, "1")->task.parts[0].executes, 1));
}

Test(step_automatic, delivers_twice_at_most)
{
    w.task.parts[0].executes = 2;
    cr_expect(eq(str, world_step(&w)->task.reason, "attempts-exhausted"));
}
