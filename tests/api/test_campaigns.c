/* SPDX-License-Identifier: Apache-2.0 */
/* How a campaign is created: from a plan, from a part of it, and from what is none. */
#include <stdio.h>
#include <stdlib.h>

#include "campaigns/command.h"
#include "campaigns/version.h"
#include "store/batch.h"
#include "store/tasks.h"
#include "tests/api/core.h"
#include "tests/api/expect.h"

TestSuite(campaigns, .init = served_open, .fini = served_close, .timeout = 120);

Test(campaigns, create_a_campaign_from_a_plan)
{
    char body[200];

    snprintf(body, sizeof body,
             "{\"plan\":\"%s\",\"name\":\"north\",\"policy\":{\"in_flight\":200}}",
             core_plan());
    struct reply r = post("/v1/campaigns", body);

    expect_status(r, 201);
    expect_json(r);
    cr_expect(eq(str, (char *)reply_header(&r, "Location"), "/v1/campaigns/7"));
    expect_says(r, "\"policy\":{\"in_flight\":200}");
    expect_says(r, "\"plan\":\"plan-1\"");
    expect_says(r, "\"overlaps\":[]");
    expect_says(r, "\"q\":\"tag.site==north\"");
    cr_expect(zero(int, core_count(COMMAND_PLAN_STORE)));
}

Test(campaigns, plan_again_for_a_campaign_that_names_some_components)
{
    char body[200];

    snprintf(body, sizeof body, "{\"plan\":\"%s\",\"components\":[\"firmware\"]}",
             core_plan());
    struct reply r = post("/v1/campaigns", body);
    expect_status(r, 201);
    expect_json(r);
    expect_says(r, "\"components\":[\"firmware\"]");
    expect_says(r, "\"q\":\"tag.site==north\"");
    cr_expect(strstr(r.body, "\"plan\":\"plan-1\"") == NULL, "%s", r.body);
    cr_expect(eq(int, core_count(COMMAND_PLAN_STORE), 1));
    snprintf(body, sizeof body, "{\"plan\":\"%s\",\"components\":[\"app\"]}",
             core_plan());
    r = post("/v1/campaigns", body);
    expect_status(r, 409);
    expect_says(r, "subset-breaks-rule");
    expect_says(r, "radio");
    cr_expect(eq(int, core_count(COMMAND_CAMPAIGN_CREATE), 1));
}

static void tag_north(int64_t device_id)
{
    struct tag_row north = {.name = "site", .value = "north"};

    served_change(
        &(struct change){.kind = CHANGE_DEVICE_TAGS, .tags = {device_id, &north, 1}});
}

static void put_modem(int64_t device_id)
{
    struct component_row components[2] = {0};
    struct device_row row = {.id = device_id, .inventory_ms = 5};

    for (int i = 0; i < 2; i++) {
        strcpy(components[i].name, i ? "modem" : "firmware");
        strcpy(components[i].object, "afu");
        strcpy(components[i].version, "1.0");
        strcpy(components[i].state, "idle");
    }
    strcpy(row.manufacturer, "Example");
    strcpy(row.model, "GW-100");
    served_change(&(struct change){.kind = CHANGE_INVENTORY_PUT,
                                   .inventory = {&row, "with modem", components, 2}});
}

/* Without firmware 2 there is no modem 2. */
Test(campaigns, may_not_name_components_that_cannot_go_alone)
{
    char body[200];

    served_add_device(1, "dev-1");
    put_modem(1);
    tag_north(1);
    snprintf(body, sizeof body, "{\"plan\":\"%s\",\"components\":[\"modem\"]}",
             core_plan());
    struct reply r = post("/v1/campaigns", body);
    expect_status(r, 409);
    expect_says(r, "subset-breaks-rule");
    expect_says(r, "modem 2 requires firmware >=2");
    cr_expect(zero(int, core_count(COMMAND_PLAN_STORE)));
    r = post("/v1/plans", "{\"bundle\":\"gateway@1\",\"q\":\"endpoint==*\","
                          "\"components\":[\"modem\"]}");
    expect_status(r, 201); /* a dry run says whom that leaves out */
}

/* A campaign of the same plan that has begun with every device of it. */
static void run_other_campaign(int64_t id)
{
    struct campaign_row row = {
        .id = id, .bundle_id = core_bundle(), .created_ms = 1, .started_ms = 2};
    struct plan_group_row group = {.inventory_id = 1};

    strcpy(row.name, "other");
    strcpy(row.plan_id, core_plan());
    strcpy(row.bundle, "gateway@1");
    strcpy(row.state, "running");
    served_change(&(struct change){
        .kind = CHANGE_PLAN_GROUP_PUT,
        .plan_group = {.plan_id = core_plan(), .row = &group, .body = "{}"}});
    served_change(
        &(struct change){.kind = CHANGE_CAMPAIGN_PUT, .campaign = {&row, "{}"}});
    served_change(&(struct change){.kind = CHANGE_TASKS_CUT,
                                   .tasks_cut = {.campaign_id = id,
                                                 .at_ms = 5,
                                                 .waiting_for = "wave",
                                                 .version_key = version_number_key}});
}

Test(campaigns, tell_which_campaigns_have_the_devices_of_a_new_one)
{
    char body[64];

    served_add_device(1, "dev-1");
    served_add_device(2, "dev-2");
    served_add_device(3, "dev-3");
    tag_north(2);
    tag_north(3);
    run_other_campaign(3);
    snprintf(body, sizeof body, "{\"plan\":\"%s\"}", core_plan());
    struct reply r = post("/v1/campaigns", body);
    expect_status(r, 201);
    expect_json(r);
    expect_says(r, "\"devices\":0,\"ended\":0,\"tasks\":{}");
    expect_says(r, "\"overlaps\":[{\"campaign\":\"3\",\"devices\":2,"
                   "\"sample\":[\"dev-2\",\"dev-3\"]}]");
    r = ask((struct ask){"GET", "/v1/campaigns?q=id==3", "viewer", NULL, NULL, 0});
    expect_status(r, 200);
    expect_says(r, "\"devices\":2,\"ended\":0,\"tasks\":{\"waiting\":2}");
}

/* Campaign 3 with three tasks, all in the wave. */
static void run_with_three(void)
{
    char endpoint[16];

    for (int i = 1; i <= 3; i++) {
        snprintf(endpoint, sizeof endpoint, "dev-%d", i);
        served_add_device(i, endpoint);
        tag_north(i);
    }
    run_other_campaign(3);
}

static void put_task(int64_t id, const char *state, const char *waiting_for)
{
    struct task_row row = {.id = id, .campaign_id = 3, .device_id = id};

    snprintf(row.endpoint, sizeof row.endpoint, "dev-%d", (int)id);
    strcpy(row.plan_id, core_plan());
    strcpy(row.state, state);
    strcpy(row.waiting_for, waiting_for);
    row.is_active = strcmp(state, "waiting") == 0;
    served_change(&(struct change){.kind = CHANGE_TASK_PUT, .task = {&row, NULL, 0}});
}

/* Others go on, and nothing is wrong: it must be told why these do not. */
Test(campaigns, say_for_whom_the_wave_waits)
{
    run_with_three();
    put_task(2, "waiting", "user");
    struct reply r = get("/v1/campaigns/3/progress");
    expect_status(r, 200);
    expect_json(r);
    expect_says(r, "\"reason\":\"first-devices\"");
    expect_says(r, "0 of the first 5 devices have ended well; until all have, only "
                   "these go on: 1 waiting for user\"");
}

Test(campaigns, say_which_other_a_task_waits_for)
{
    struct campaign_row row = {.id = 4, .bundle_id = core_bundle(), .created_ms = 1};

    run_with_three();
    strcpy(row.plan_id, core_plan());
    strcpy(row.bundle, "gateway@1");
    strcpy(row.state, "running");
    served_change(
        &(struct change){.kind = CHANGE_CAMPAIGN_PUT, .campaign = {&row, "{}"}});
    served_change(&(struct change){.kind = CHANGE_TASKS_CUT,
                                   .tasks_cut = {.campaign_id = 4,
                                                 .at_ms = 6,
                                                 .waiting_for = "wave",
                                                 .version_key = version_number_key}});
    struct reply r = get("/v1/campaigns/4/tasks/dev-2");
    expect_status(r, 200);
    expect_json(r);
    expect_says(r, "\"waiting_for\":\"campaign\"");
    expect_says(r, "\"waiting_for_campaign\":\"3\"");
    r = get("/v1/campaigns/4/tasks");
    expect_says(r, "\"waiting_for_campaign\":\"3\"");
    r = get("/v1/campaigns/3/tasks/dev-2");
    cr_expect(strstr(r.body, "waiting_for_campaign") == NULL, "%s", r.body);
}

Test(campaigns, estimate_the_end_of_those_that_go_on)
{
    run_with_three();
    put_task(1, "succeeded", "");
    struct reply r = get("/v1/campaigns/3/progress");
    expect_says(r, "\"estimated_end_at\"");
    put_task(2, "waiting", "condition");
    put_task(3, "waiting", "user");
    r = get("/v1/campaigns/3/progress");
    cr_expect(strstr(r.body, "estimated_end_at") == NULL, "%s", r.body);
}

/* Who forgets q does not mean the whole fleet. */
Test(campaigns, and_plans_say_which_devices_they_are_for)
{
    static const char *const paths[] = {"/v1/plans", "/v1/campaigns"};
    static const char *const bodies[] = {
        "{\"bundle\":\"gateway@1\"}",
        "{\"bundle\":\"gateway@1\",\"q\":\"\"}",
        "{\"bundle\":\"gateway@1\",\"q\":\" \\t\"}",
    };

    served_add_device(1, "dev-1");
    core_bundle();
    for (size_t i = 0; i < 6; i++) {
        struct reply r = post(paths[i / 3], bodies[i % 3]);
        expect_status(r, 400);
        expect_says(r, "endpoint==*");
    }
    cr_expect(zero(int, core_count(COMMAND_PLAN_STORE)));
    struct reply r =
        post("/v1/plans", "{\"bundle\":\"gateway@1\",\"q\":\"endpoint==*\"}");
    expect_status(r, 201);
}

Test(campaigns, refuse_a_campaign_that_makes_no_sense)
{
    static const struct {
        const char *body;
        int status;
        const char *says;
    } cases[] = {
        {"{}", 400, "'bundle' is missing"},
        {"{\"bundel\":\"a@1\"}", 400, "'bundel'; did you mean 'bundle'"},
        {"{\"plan\":\"none\"}", 404, "no such plan"},
        {"{\"plan\":\"x\",\"bundle\":\"a@1\"}", 400, "unknown member 'bundle'"},
        {"{\"plan\":\"x\",\"polcy\":{}}", 400, "did you mean 'policy'"},
        {"{\"plan\":\"x\",\"policy\":{\"in_flight\":0}}", 422, "in_flight"},
        {"{\"bundle\":\"nope@1\",\"q\":\"endpoint==*\"}", 404, "nope@1"},
        {"{\"bundle\":\"gateway@1\",\"q\":\"modle==1\"}", 400, "did you mean 'model'"},
    };

    core_bundle();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r = post("/v1/campaigns", cases[i].body);
        cr_expect(eq(int, r.status, cases[i].status), "%s: %s", cases[i].body, r.body);
        expect_says(r, cases[i].says);
    }
    cr_expect(eq(int, core_count(COMMAND_CAMPAIGN_CREATE), 0));
}

/* That it is not ready can pass; that there is none cannot. */
Test(campaigns, and_plans_need_a_bundle_that_is_ready)
{
    static const char body[] = "{\"bundle\":\"gateway@1\",\"q\":\"endpoint==*\"}";

    served_change(
        &(struct change){.kind = CHANGE_BUNDLE_STATE,
                         .bundle_state = {core_bundle(), "withdrawn", "recalled"}});
    struct reply r = post("/v1/plans", body);
    expect_status(r, 409);
    expect_says(r, "bundle-not-ready");
    expect_says(r, "recalled");
    r = post("/v1/campaigns", body);
    expect_status(r, 409);
    expect_says(r, "bundle-not-ready");
}
