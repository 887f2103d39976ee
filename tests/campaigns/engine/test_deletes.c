/* SPDX-License-Identifier: Apache-2.0 */
/* test_deletes.c - what may be deleted, and what a package that is gone stops. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_world.h"
#include "store/bundles.h"
#include "store/packages.h"

static struct world *w;

static void open_some(void)
{
    w = world_open(4, true);
}

static void close_it(void)
{
    world_close(w);
}

TestSuite(deletes, .init = open_some, .fini = close_it, .timeout = 60);

static const char calm[] = "{\"brake\": {\"first\": 0, \"failures_in_a_row\": 0}, "
                           "\"retry\": {\"server\": {\"max\": 0}}}";

static enum command_status delete_campaign(int64_t id)
{
    struct command *c = command_new(COMMAND_CAMPAIGN_DELETE, "alice");

    c->campaign_action.campaign_id = id;
    return world_submit(w, c);
}

static enum command_status delete_bundle(const char *ref)
{
    struct command *c = command_new(COMMAND_BUNDLE_DELETE, "alice");

    snprintf(c->bundle.ref, sizeof c->bundle.ref, "%s", ref);
    return world_submit(w, c);
}

static enum command_status tell_package(enum command_kind kind, char letter)
{
    struct command *c = command_new(kind, "alice");

    memset(c->package.digest, letter, 64);
    c->package.size_bytes = 100;
    return world_submit(w, c);
}

static struct bundle_row bundle(void)
{
    struct bundle_row row;

    cr_assert(zero(int, store_bundle_by_name(w->store, "gw", "1", &row)));
    return row;
}

Test(deletes, a_campaign_that_is_not_under_way)
{
    struct campaign_row row;

    world_campaign(w, calm, true);
    cr_expect(eq(int, delete_campaign(1), COMMAND_CONFLICT));
    world_act(w, CAMPAIGN_PAUSE);
    cr_expect(eq(int, delete_campaign(1), COMMAND_CONFLICT));
    world_act(w, CAMPAIGN_RESUME);
    cr_assert(world_run(w, 200000));
    cr_expect(eq(int, delete_campaign(1), COMMAND_DONE));
    cr_expect(eq(int, store_campaign_get(w->store, 1, &row), STORE_E_NOT_FOUND));
    cr_expect(eq(int, delete_campaign(1), COMMAND_NOT_FOUND));
    cr_expect(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_NOT_FOUND));
    world_restart(w);
    cr_expect(eq(int, world_create(w, calm), 2), "its id is not used again");
    cr_expect(eq(int, delete_campaign(2), COMMAND_DONE), "a draft");
}

/* While its row is about to go, nothing may bring it back. */
Test(deletes, a_campaign_against_a_retry_at_the_same_time)
{
    struct command *first = command_new(COMMAND_CAMPAIGN_DELETE, "alice");
    struct campaign_row row;

    world_campaign(w, calm, true);
    cr_assert(world_run(w, 200000));
    first->campaign_action.campaign_id = 1;
    cr_assert(zero(int, engine_command(w->engine, w->now, first, 7)));
    cr_expect(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_NOT_FOUND));
    world_pass(w, 1000);
    cr_expect(eq(int, store_campaign_get(w->store, 1, &row), STORE_E_NOT_FOUND));
}

Test(deletes, a_bundle_only_without_campaigns)
{
    struct bundle_row row;

    world_campaign(w, calm, false);
    cr_expect(eq(int, delete_bundle("gw@1"), COMMAND_CONFLICT));
    cr_expect(eq(str, w->extra, "{\"campaign\":\"1\"}"));
    cr_expect(
        eq(str, w->detail, "Campaign 1 (draft) is kept with it; delete that first."));
    world_act(w, CAMPAIGN_START);
    cr_expect(eq(int, delete_bundle("gw@1"), COMMAND_CONFLICT));
    cr_expect(eq(str, w->detail, "Campaign 1 (running) uses it."));
    cr_expect(eq(str, bundle().state, "ready"), "it stays as it was");
    world_act(w, CAMPAIGN_ABORT);
    cr_assert(world_run(w, 200000));
    cr_expect(eq(int, delete_bundle("gw@1"), COMMAND_CONFLICT));
    cr_expect(eq(int, delete_campaign(1), COMMAND_DONE));
    cr_expect(eq(int, delete_bundle("gw@1"), COMMAND_DONE), "%s", w->detail);
    cr_expect(
        eq(int, store_bundle_by_name(w->store, "gw", "1", &row), STORE_E_NOT_FOUND));
    cr_expect(eq(int, delete_bundle("gw@1"), COMMAND_NOT_FOUND));
}

/* More plans than one chunk takes, and a kill between two chunks. */
Test(deletes, a_bundle_with_many_plans_over_a_kill)
{
    struct bundle_row row;

    for (int i = 0; i < 120; i++) {
        struct plan_row plan = {.bundle_id = 1, .bundle = "gw@1", .expires_ms = 9e15};
        snprintf(plan.id, sizeof plan.id, "dry-%d", i);
        cr_assert(zero(int, batch_put(w->batch,
                                      &(struct change){.kind = CHANGE_PLAN_PUT,
                                                       .plan = {&plan, "{}"}},
                                      NULL)));
    }
    world_pass(w, 100);
    w->kill_in = 2;
    w->kill_point = KILL_AFTER_APPLY;
    cr_expect(eq(int, delete_bundle("gw@1"), COMMAND_BUSY), "the daemon stopped");
    cr_assert(zero(int, store_bundle_by_name(w->store, "gw", "1", &row)));
    cr_expect(eq(str, row.state, "withdrawn"));
    cr_expect(eq(int, delete_bundle("gw@1"), COMMAND_DONE));
    cr_expect(
        eq(int, store_bundle_by_name(w->store, "gw", "1", &row), STORE_E_NOT_FOUND));
}

Test(deletes, a_damaged_package_pauses_the_campaign_and_fails_nobody)
{
    for (size_t i = 0; i < w->count; i++)
        w->devices[i].fault = FAULT_NO_PACKAGE;
    world_campaign(w, calm, true);
    world_pass(w, 100);
    cr_expect(eq(int, tell_package(COMMAND_PACKAGE_DAMAGED, 'a'), COMMAND_DONE));
    struct campaign_row row = world_row(w);
    cr_expect(eq(str, row.state, "paused"));
    cr_expect(eq(str, row.reason, "package-missing"));
    cr_expect(strncmp(row.detail, "Package aaaa", 12) == 0, "%s", row.detail);
    cr_expect(eq(int, row.is_braked, 0));
    world_pass(w, 100000);
    cr_expect(zero(int, world_tasks(w, "failed", NULL)));

    cr_expect(eq(int, world_act(w, CAMPAIGN_RESUME), COMMAND_CONFLICT));
    cr_expect(strncmp(w->detail, "Package aaaa", 12) == 0, "%s", w->detail);
    for (size_t i = 0; i < w->count; i++)
        w->devices[i].fault = HEALTHY;
    cr_expect(eq(int, tell_package(COMMAND_PACKAGE_READY, 'a'), COMMAND_DONE));
    cr_expect(eq(str, bundle().state, "ready"));
    cr_expect(eq(int, world_act(w, CAMPAIGN_RESUME), COMMAND_DONE), "%s", w->detail);
    cr_assert(world_run(w, 400000));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), (int)w->count));
    cr_expect(eq(str, world_row(w).reason, ""));
}

/* The row says ready, so it is only late: the devices wait, with all their tries. */
Test(deletes, a_package_that_is_not_served_yet_uses_up_no_tries)
{
    for (size_t i = 0; i < w->count; i++)
        w->devices[i].fault = FAULT_NO_PACKAGE;
    world_campaign(w, calm, true);
    world_pass(w, 5000);
    cr_expect(eq(str, world_row(w).state, "running"));
    cr_expect(eq(int, world_tasks(w, "waiting", "package-missing"), (int)w->count));
    for (size_t i = 0; i < w->count; i++)
        w->devices[i].fault = HEALTHY;
    cr_assert(world_run(w, 400000));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), (int)w->count));
}

Test(deletes, a_package_that_went_before_pauses_at_its_first_delivery)
{
    for (size_t i = 0; i < w->count; i++)
        w->devices[i].fault = FAULT_NO_PACKAGE;
    world_campaign(w, calm, true);
    struct package_row row = {.state = "damaged", .size_bytes = 100};
    memset(row.digest, 'a', 64);
    cr_assert(zero(
        int, batch_put(w->batch,
                       &(struct change){.kind = CHANGE_PACKAGE_PUT, .package = &row},
                       NULL)));
    world_pass(w, 5000);
    cr_expect(eq(str, world_row(w).state, "paused"));
    cr_expect(eq(str, world_row(w).reason, "package-missing"));
    cr_expect(zero(int, world_tasks(w, "failed", NULL)));
}

Test(deletes, a_retry_needs_the_packages_still)
{
    w->devices[0].fault = FAULT_RESULT;
    w->devices[0].fault_result = 8;
    world_campaign(w, calm, true);
    cr_assert(world_run(w, 400000));
    cr_assert(eq(int, world_tasks(w, "failed", NULL), 1));
    tell_package(COMMAND_PACKAGE_DAMAGED, 'b');
    cr_expect(eq(str, world_row(w).state, "finished"), "it needs it no more");
    cr_expect(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_CONFLICT));
    cr_expect(eq(int, world_task(w, 1, TASK_RETRY), COMMAND_CONFLICT));
    cr_expect(strncmp(w->detail, "Package bbbb", 12) == 0, "%s", w->detail);
    tell_package(COMMAND_PACKAGE_READY, 'b');
    cr_expect(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_DONE), "%s", w->detail);
}

/* Damage, and the upload that mends it, before either is durable. */
Test(deletes, damage_and_its_mend_at_once_leave_the_bundle_ready)
{
    struct command *damaged = command_new(COMMAND_PACKAGE_DAMAGED, "system");
    struct package_row row;
    char digest[65] = "";

    memset(damaged->package.digest, 'a', 64);
    memset(digest, 'a', 64);
    cr_assert(zero(int, engine_command(w->engine, w->now, damaged, 7)));
    tell_package(COMMAND_PACKAGE_READY, 'a');
    world_pass(w, 1000);
    cr_assert(zero(int, store_package_get(w->store, digest, &row)));
    cr_expect(eq(str, row.state, "ready"));
    cr_expect(eq(str, bundle().state, "ready"));
}
