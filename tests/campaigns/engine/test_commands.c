/* SPDX-License-Identifier: Apache-2.0 */
/* test_commands.c - commands that become rows, and what is refused. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/runs.h"
#include "engine_world.h"
#include "store/bundles.h"
#include "store/profiles.h"
#include "store/tokens.h"

static struct world *w;

static void open_one(void)
{
    w = world_open(1, true);
}

static void close_it(void)
{
    world_close(w);
}

TestSuite(commands, .init = open_one, .fini = close_it, .timeout = 60);

static const char one_package[] =
    "{\"name\": \"solo\", \"version\": \"%s\", \"vendor\": \"x\", \"sequence\": 1,"
    " \"applies_to\": {\"manufacturer\": \"Example\", \"model\": \"GW\"}, "
    "\"packages\": ["
    "{\"component\": \"app\", \"version\": \"3\", \"file\": \"c\", \"size\": %d,"
    " \"sha256\": \"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\","
    " \"installs_over\": \"*\"}]}";

static enum command_status put_bundle(const char *version, int size)
{
    struct command *c = command_new(COMMAND_BUNDLE_CREATE, "alice");
    char text[1024];

    snprintf(text, sizeof text, one_package, version, size);
    c->text = strdup(text);
    return world_submit(w, c);
}

static enum command_status put_package(enum command_kind kind)
{
    struct command *c = command_new(kind, "alice");

    memset(c->package.digest, 'c', 64);
    c->package.size_bytes = 10;
    return world_submit(w, c);
}

static struct bundle_row bundle(void)
{
    struct bundle_row row;

    cr_assert(zero(int, store_bundle_by_name(w->store, "solo", "1", &row)));
    return row;
}

Test(commands, bundle_is_ready_when_its_packages_are)
{
    cr_expect(eq(int, put_bundle("1", 10), COMMAND_DONE));
    cr_expect(eq(str, w->id, "solo@1"));
    cr_expect(eq(str, bundle().state, "uploading"));
    cr_expect(eq(int, put_package(COMMAND_PACKAGE_READY), COMMAND_DONE));
    cr_expect(eq(str, bundle().state, "ready"));
    cr_expect(eq(int, put_package(COMMAND_PACKAGE_READY), COMMAND_ALREADY));
    cr_expect(eq(int, put_package(COMMAND_PACKAGE_DAMAGED), COMMAND_DONE));
    cr_expect(eq(str, bundle().state, "quarantined"));
    cr_expect(eq(int, put_package(COMMAND_PACKAGE_READY), COMMAND_DONE));
    cr_expect(eq(str, bundle().state, "ready"));
}

Test(commands, bundle_is_told_ready_at_once_if_the_files_came_first)
{
    put_package(COMMAND_PACKAGE_READY);
    cr_expect(eq(int, put_bundle("1", 10), COMMAND_DONE));
    cr_expect(eq(str, bundle().state, "ready"));
}

/* put_package() has 10 bytes, whichever way round. */
Test(commands, bundle_that_says_another_size_of_a_package_is_quarantined)
{
    for (int i = 0; i < 2; i++) {
        if (i == 1)
            cr_expect(eq(int, put_package(COMMAND_PACKAGE_READY), COMMAND_DONE));
        cr_expect(eq(int, put_bundle("1", 11 - 2 * i), COMMAND_DONE));
        if (i == 0)
            cr_expect(eq(int, put_package(COMMAND_PACKAGE_READY), COMMAND_DONE));
        cr_expect(eq(str, bundle().state, "quarantined"), "case %d", i);
        cr_expect(ne(ptr, strstr(bundle().problem, "has 10 bytes"), NULL), "%s",
                  bundle().problem);
        world_close(w);
        w = world_open(1, true);
    }
}

Test(commands, same_bundle_is_done_and_another_under_its_name_is_not)
{
    cr_expect(eq(int, put_bundle("1", 10), COMMAND_DONE));
    cr_expect(eq(int, put_bundle("1", 10), COMMAND_ALREADY));
    cr_expect(eq(int, put_bundle("1", 11), COMMAND_CONFLICT));
    cr_expect(eq(int, put_bundle("bad version", 10), COMMAND_INVALID));
    cr_expect(ne(ptr, strstr(w->detail, "version"), NULL), "%s", w->detail);
}

Test(commands, bundle_is_withdrawn_once)
{
    for (int i = 0; i < 3; i++) {
        struct command *c = command_new(COMMAND_BUNDLE_WITHDRAW, "alice");
        snprintf(c->bundle.ref, sizeof c->bundle.ref, i < 2 ? "gw@1" : "none@1");
        enum command_status status = world_submit(w, c);
        cr_expect(eq(int, status,
                     i == 0   ? COMMAND_DONE
                     : i == 1 ? COMMAND_ALREADY
                              : COMMAND_NOT_FOUND));
    }
}

static enum command_status create(const char *plan, const char *policy)
{
    struct command *c = command_new(COMMAND_CAMPAIGN_CREATE, "alice");

    snprintf(c->campaign.plan_id, sizeof c->campaign.plan_id, "%s", plan);
    c->text = strdup(policy);
    return world_submit(w, c);
}

static const char *plan_of(void)
{
    static struct campaign_row row;

    world_campaign(w, "{}", false);
    row = world_row(w);
    return row.plan_id;
}

Test(commands, campaign_needs_a_plan_and_a_policy_that_can_be_read)
{
    const char *plan = plan_of();

    cr_expect(eq(int, create("nowhere", "{}"), COMMAND_NOT_FOUND));
    cr_expect(eq(int, create(plan, "{\"in_flihgt\": 1}"), COMMAND_INVALID));
    cr_expect(eq(str, w->detail, "policy $.in_flihgt: unknown key"));
    w->now.wall_ms += 25 * 3600000;
    cr_expect(eq(int, create(plan, "{}"), COMMAND_CONFLICT));
}

Test(commands, campaign_of_some_components_leaves_the_others_also_when_replanned)
{
    world_close(w);
    w = world_open(2, false); /* radio requires app 2, app requires nothing */
    w->component = "app";
    world_campaign(w, "{}", true);
    snprintf(w->devices[1].inventory.components[0].version, 64, "1.5");
    cr_assert(world_run(w, 60000));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 2));
    cr_expect(eq(int, world_task_row(w, 2).replans, 1));
    for (size_t i = 0; i < 2; i++) {
        cr_expect(eq(str, w->devices[i].inventory.components[0].version, "2"));
        cr_expect(eq(str, w->devices[i].inventory.components[1].version, "1"));
    }
}

static enum command_status approve_as(const char *actor)
{
    struct command *c = command_new(COMMAND_CAMPAIGN_ACTION, actor);

    c->campaign_action.campaign_id = w->campaign_id;
    c->campaign_action.action = CAMPAIGN_APPROVE;
    return world_submit(w, c);
}

Test(commands, campaign_waits_for_the_approval_of_somebody_else)
{
    w->campaign_id = world_create(w, "{\"approval\": true}");
    char maker[STORE_NAME_MAX + 1];
    struct campaign_row row = world_row(w);

    memcpy(maker, row.created_by, sizeof maker);
    cr_expect(eq(int, world_act(w, CAMPAIGN_START), COMMAND_CONFLICT));
    cr_expect(strstr(w->detail, "has to approve") != NULL, "%s", w->detail);
    cr_expect(eq(int, approve_as(maker), COMMAND_FORBIDDEN));
    cr_expect(eq(int, world_act(w, CAMPAIGN_START), COMMAND_CONFLICT));
    cr_expect(eq(int, approve_as("carol"), COMMAND_DONE));
    cr_expect(eq(int, approve_as("dave"), COMMAND_ALREADY));
    row = world_row(w);
    cr_expect(eq(str, row.approved_by, "carol"));
    cr_expect(eq(int, world_act(w, CAMPAIGN_START), COMMAND_DONE));
    row = world_row(w);
    cr_expect(eq(str, row.approved_by, "carol"));
}

Test(commands, campaign_without_such_a_policy_needs_no_approval)
{
    w->campaign_id = world_create(w, "{}");
    cr_expect(eq(int, approve_as("carol"), COMMAND_CONFLICT));
    cr_expect(eq(int, world_act(w, CAMPAIGN_START), COMMAND_DONE));
}

Test(commands, campaign_actions_say_what_the_state_forbids)
{
    world_campaign(w, "{}", false);
    cr_expect(eq(int, world_act(w, CAMPAIGN_PAUSE), COMMAND_CONFLICT));
    cr_expect(eq(int, world_act(w, CAMPAIGN_RESUME), COMMAND_CONFLICT));
    cr_expect(eq(int, world_act(w, CAMPAIGN_RELEASE), COMMAND_CONFLICT));
    cr_expect(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    cr_expect(eq(str, world_row(w).state, "aborted"));
    cr_expect(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_ALREADY));
    cr_expect(eq(int, world_act(w, CAMPAIGN_START), COMMAND_CONFLICT));
    w->campaign_id = 99;
    cr_expect(eq(int, world_act(w, CAMPAIGN_START), COMMAND_NOT_FOUND));
}

Test(commands, profile_counts_as_soon_as_it_is_durable)
{
    struct command *c = command_new(COMMAND_PROFILE_PUT, "alice");
    struct profile_row row;

    c->text = strdup("{\"name\": \"gw\", \"model\": \"GW\", \"quirks\": "
                     "[\"keeps-version\"]}");
    cr_expect(eq(int, world_submit(w, c), COMMAND_DONE));
    cr_assert(zero(int, store_profile_get(w->store, "gw", &row, NULL)));
    w->devices[0].fault = FAULT_VERSION; /* success, and not the version */
    world_campaign(w, "{}", true);
    cr_assert(world_run(w, 200000));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 1));
    c = command_new(COMMAND_PROFILE_PUT, "alice");
    c->text = strdup("{\"nam\": 1}");
    cr_expect(eq(int, world_submit(w, c), COMMAND_INVALID));
    cr_expect(eq(str, w->detail, "$.nam: unknown key"));
    c = command_new(COMMAND_PROFILE_DELETE, "alice");
    snprintf(c->profile.name, sizeof c->profile.name, "gw");
    cr_expect(eq(int, world_submit(w, c), COMMAND_DONE));
    cr_expect(
        eq(int, store_profile_get(w->store, "gw", &row, NULL), STORE_E_NOT_FOUND));
}

static int edit_as(const char *actor, const char *patch)
{
    struct command *c = command_new(COMMAND_CAMPAIGN_PATCH, actor);

    c->campaign_action.campaign_id = w->campaign_id;
    c->text = strdup(patch);
    return world_submit(w, c);
}

static int edit_campaign(const char *patch)
{
    return edit_as("alice", patch);
}

static const char *kept_policy(void)
{
    static char kept[4096];
    char *text = NULL;

    cr_assert(zero(int, store_campaign_policy(w->store, w->campaign_id, &text)));
    snprintf(kept, sizeof kept, "%s", text);
    free(text);
    return kept;
}

Test(commands, a_draft_is_edited_and_loses_its_approval)
{
    struct campaign_row row;

    world_campaign(w, "{\"approval\": true, \"in_flight\": 7}", false);
    cr_expect(eq(int, approve_as("bob"), COMMAND_DONE));
    cr_expect(eq(int, edit_campaign("{\"name\": \"other\"}"), COMMAND_DONE));
    cr_assert(zero(int, store_campaign_get(w->store, w->campaign_id, &row)));
    cr_expect(eq(str, row.name, "other"));
    cr_expect(eq(str, row.approved_by, "bob"), "the policy is the same");
    cr_expect(eq(int,
                 edit_campaign("{\"policy\": {\"brake\": {\"first\": 0}, "
                               "\"in_flight\": null}}"),
                 COMMAND_DONE));
    cr_assert(zero(int, store_campaign_get(w->store, w->campaign_id, &row)));
    cr_expect(eq(str, row.approved_by, ""));
    cr_expect(strstr(kept_policy(), "\"first\":0") != NULL, "%s", kept_policy());
    cr_expect(strstr(kept_policy(), "\"in_flight\":100") != NULL, "%s", kept_policy());
    cr_expect(eq(int, world_act(w, CAMPAIGN_START), COMMAND_CONFLICT), "not approved");
    cr_expect(eq(int, edit_campaign("{\"policy\": {\"no\": 1}}"), COMMAND_INVALID));
    cr_expect(eq(int, approve_as("bob"), COMMAND_DONE));
    cr_expect(eq(int, world_act(w, CAMPAIGN_START), COMMAND_DONE));
}

Test(commands, who_approves_a_draft_has_not_written_its_policy)
{
    struct campaign_row row;

    world_campaign(w, "{\"approval\": true, \"in_flight\": 7}", false);
    cr_expect(
        eq(int, edit_as("bob", "{\"policy\": {\"in_flight\": 9}}"), COMMAND_FORBIDDEN));
    cr_expect(eq(int, edit_as("bob", "{\"policy\": {\"approval\": false}}"),
                 COMMAND_FORBIDDEN));
    cr_expect(strstr(kept_policy(), "\"in_flight\":7") != NULL, "%s", kept_policy());
    cr_expect(eq(int, edit_as("bob", "{\"name\": \"other\"}"), COMMAND_DONE));
    cr_expect(eq(int, approve_as("bob"), COMMAND_DONE));
    cr_expect(eq(int, edit_as("carol", "{\"policy\": null}"), COMMAND_FORBIDDEN));
    row = world_row(w);
    cr_expect(eq(str, row.approved_by, "bob"), "nothing was written");
}

Test(commands, a_draft_that_asks_for_an_approval_goes_on_asking)
{
    static const char *const patches[] = {"{\"policy\": {\"approval\": false}}",
                                          "{\"policy\": {\"approval\": null}}",
                                          "{\"policy\": null}"};

    world_campaign(w, "{\"approval\": true}", false);
    for (size_t i = 0; i < sizeof patches / sizeof patches[0]; i++)
        cr_expect(eq(int, edit_campaign(patches[i]), COMMAND_CONFLICT), "%s",
                  patches[i]);
    cr_expect(eq(int, world_act(w, CAMPAIGN_START), COMMAND_CONFLICT));
    cr_expect(strstr(w->detail, "has to approve") != NULL, "%s", w->detail);
}

Test(commands, one_that_runs_takes_up_another_policy)
{
    world_campaign(w, "{\"in_flight\": 1, \"brake\": {\"first\": 0}}", true);
    cr_expect(eq(int, edit_campaign("{\"policy\": {\"in_flight\": 5}}"), COMMAND_DONE));
    cr_expect(strstr(kept_policy(), "\"in_flight\":5,") != NULL, "%s", kept_policy());
    cr_expect(eq(int, edit_campaign("{\"policy\": {\"install\": \"hold\"}}"),
                 COMMAND_CONFLICT));
    cr_expect(
        eq(int, edit_campaign("{\"policy\": {\"approval\": true}}"), COMMAND_CONFLICT));
    /* It is in memory, too: what comes next is as it says. */
    cr_expect(eq(u32, run_of(w->engine, w->campaign_id)->policy.in_flight, 5));
    cr_expect(eq(int, edit_campaign("{\"name\": \"brisk\"}"), COMMAND_DONE));
    cr_assert(world_run(w, 200000));
    cr_expect(eq(str, world_row(w).name, "brisk"));
    cr_expect(eq(int, edit_campaign("{\"name\": \"late\"}"), COMMAND_CONFLICT));
}

Test(commands, operator_clears_a_blocked_digest)
{
    w->devices[0].fault = FAULT_VERSION;
    world_campaign(w, "{\"brake\": {\"first\": 0}}", true);
    cr_assert(world_run(w, 200000));
    cr_expect(eq(str, world_task_row(w, 1).reason, "version-mismatch"));
    cr_expect(eq(int, world_task(w, 1, TASK_RETRY), COMMAND_CONFLICT));
    cr_expect(ne(ptr, strstr(w->detail, "DELETE /v1/devices/dev-1/attempts"), NULL));
    struct command *c = command_new(COMMAND_DEVICE_CLEAR_ATTEMPTS, "alice");
    snprintf(c->device.endpoint, sizeof c->device.endpoint, "dev-1");
    cr_expect(eq(int, world_submit(w, c), COMMAND_DONE));
    w->devices[0].fault = HEALTHY;
    cr_expect(eq(int, world_task(w, 1, TASK_RETRY), COMMAND_DONE));
    cr_assert(world_run(w, 200000));
    cr_expect(eq(str, world_task_row(w, 1).state, "succeeded"), "%s",
              world_task_row(w, 1).detail);
}

Test(commands, tokens_and_kept_answers_become_rows)
{
    struct command *c = command_new(COMMAND_TOKEN_CREATE, "alice");
    uint8_t hash[32] = {7};
    struct token_row row;
    struct answer_row answer;
    char *body = NULL;

    snprintf(c->token.name, sizeof c->token.name, "ci");
    snprintf(c->token.role, sizeof c->token.role, "operator");
    memcpy(c->token.hash, hash, sizeof hash);
    cr_expect(eq(int, world_submit(w, c), COMMAND_DONE));
    cr_assert(zero(int, store_token_by_hash(w->store, hash, &row)));
    cr_expect(eq(str, row.created_by, "alice"));
    c = command_new(COMMAND_TOKEN_REVOKE, "alice");
    snprintf(c->token.name, sizeof c->token.name, "ci");
    cr_expect(eq(int, world_submit(w, c), COMMAND_DONE));
    c = command_new(COMMAND_TOKEN_REVOKE, "alice");
    snprintf(c->token.name, sizeof c->token.name, "ci");
    cr_expect(eq(int, world_submit(w, c), COMMAND_NOT_FOUND));
    c = command_new(COMMAND_IDEMPOTENCY_RECORD, "alice");
    c->once = calloc(1, sizeof *c->once);
    snprintf(c->once->key, sizeof c->once->key, "k");
    c->idempotency.status = 201;
    c->text = strdup("{}");
    cr_expect(eq(int, world_submit(w, c), COMMAND_DONE));
    cr_assert(zero(int, store_answer_get(w->store, "alice", "k", &answer, &body)));
    cr_expect(eq(str, body, "{}"));
    free(body);
}

Test(commands, of_devices_are_not_the_engines)
{
    struct command *c = command_new(COMMAND_DEVICE_REFRESH, "alice");

    cr_expect(eq(int, engine_command(w->engine, w->now, c, 1), ENGINE_E_NOT_MINE));
    command_free(c);
}
