/* SPDX-License-Identifier: Apache-2.0 */
/* world_commands.c - what people ask of an engine's world, and what it is told. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/planning/planning.h"
#include "engine_world.h"

static void digest_of_component(size_t i, char *out)
{
    memset(out, (int)('a' + i), 64);
    out[64] = '\0';
}

static void done(void *arg, uint64_t ticket, const struct command_result *result)
{
    struct world *w = arg;

    (void)ticket;
    w->has_answer = true;
    w->status = result->status;
    snprintf(w->id, sizeof w->id, "%s", result->id);
    snprintf(w->detail, sizeof w->detail, "%s", result->detail);
    snprintf(w->extra, sizeof w->extra, "%s", result->extra ? result->extra : "");
}

enum command_status world_submit(struct world *w, struct command *c)
{
    w->has_answer = false;
    c->done = done;
    c->done_arg = w;
    cr_assert(zero(int, engine_command(w->engine, w->now, c, 1)));
    for (int i = 0; i < 100 && !w->has_answer; i++)
        world_pass(w, 10);
    cr_assert(w->has_answer, "the command was not answered");
    return w->status;
}

enum command_status world_act(struct world *w, enum campaign_action action)
{
    struct command *c = command_new(COMMAND_CAMPAIGN_ACTION, "alice");

    c->campaign_action.campaign_id = w->campaign_id;
    c->campaign_action.action = action;
    return world_submit(w, c);
}

enum command_status world_task(struct world *w, int64_t device_id,
                               enum task_command action)
{
    struct command *c = command_new(COMMAND_TASK_ACTION, "alice");

    c->task_action.campaign_id = w->campaign_id;
    c->task_action.action = action;
    snprintf(c->task_action.endpoint, sizeof c->task_action.endpoint, "dev-%" PRId64,
             device_id);
    return world_submit(w, c);
}

void world_put_bundle(struct world *w, bool is_together)
{
    static const char manifest[] =
        "{\"name\": \"gw\", \"version\": \"1\", \"vendor\": \"x\", \"sequence\": 1,"
        " \"applies_to\": {\"manufacturer\": \"Example\", \"model\": \"GW\"},"
        " \"packages\": ["
        "{\"component\": \"app\", \"version\": \"2\", \"file\": \"a\", \"size\": 100,"
        " \"sha256\": \"%s\", \"installs_over\": \"*\"%s},"
        "{\"component\": \"radio\", \"version\": \"2\", \"file\": \"b\", \"size\": 100,"
        " \"sha256\": \"%s\", \"installs_over\": \"*\"%s}]}";
    char text[2048], digests[2][65];
    struct command *c;

    for (size_t i = 0; i < 2; i++) {
        digest_of_component(i, digests[i]);
        c = command_new(COMMAND_PACKAGE_READY, "alice");
        snprintf(c->package.digest, sizeof c->package.digest, "%s", digests[i]);
        c->package.size_bytes = 100;
        cr_assert(eq(int, world_submit(w, c), COMMAND_DONE));
    }
    snprintf(text, sizeof text, manifest, digests[0],
             is_together ? ", \"together_with\": [\"radio\"]" : "", digests[1],
             is_together ? "" : ", \"requires\": {\"app\": \">=2\"}");
    c = command_new(COMMAND_BUNDLE_CREATE, "alice");
    c->text = strdup(text);
    cr_assert(eq(int, world_submit(w, c), COMMAND_DONE), "%s", w->detail);
}

int64_t world_create(struct world *w, const char *policy)
{
    static int plans;
    struct planning_request request = {
        .bundle = "gw@1",
        .components = &w->component,
        .component_count = w->component ? 1 : 0,
        .now_ms = w->now.wall_ms,
    };
    struct planning_problem problem = {.text = ""};
    struct plan *plan = calloc(1, sizeof *plan);
    char id[32];

    int rc = planning_make(w->store, &request, plan, &problem);
    cr_assert(zero(int, rc), "%s", problem.text);
    snprintf(id, sizeof id, "plan-%d", ++plans);
    snprintf(plan->id, sizeof plan->id, "%s", id);
    if (w->edit_plan)
        w->edit_plan(plan);
    struct command *c = command_new(COMMAND_PLAN_STORE, "alice");
    c->plan.plan = plan;
    cr_assert(eq(int, world_submit(w, c), COMMAND_DONE), "%s", w->detail);
    c = command_new(COMMAND_CAMPAIGN_CREATE, "alice");
    snprintf(c->campaign.plan_id, sizeof c->campaign.plan_id, "%s", id);
    c->text = strdup(policy);
    cr_assert(eq(int, world_submit(w, c), COMMAND_DONE), "%s", w->detail);
    return strtoll(w->id, NULL, 10);
}

void world_campaign(struct world *w, const char *policy, bool has_start)
{
    w->campaign_id = world_create(w, policy);
    if (has_start)
        cr_assert(eq(int, world_act(w, CAMPAIGN_START), COMMAND_DONE), "%s", w->detail);
}
