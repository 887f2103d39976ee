/* SPDX-License-Identifier: Apache-2.0 */
/* test_refusals.c - what cannot be known, kept or stored ends a task; it is not done.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_world.h"
#include "store/bundles.h"
#include "store/progress.h"

static struct world *w;

static void open_two(void)
{
    w = world_open(2, true);
}

static void close_it(void)
{
    world_close(w);
}

TestSuite(refusals, .init = open_two, .fini = close_it, .timeout = 60);

static int deliveries(void)
{
    return w->devices[0].deliveries + w->devices[1].deliveries;
}

/* ---- plans that are not whole ---- */

/* Of other hardware, so that no planner uses it by itself. */
static void put_bundle_with_conditions(int count)
{
    static const char manifest[] =
        "{\"name\": \"many\", \"version\": \"1\", \"vendor\": \"x\","
        " \"sequence\": 1,"
        " \"applies_to\": {\"manufacturer\": \"Example\", \"model\": \"Other\"},"
        " \"packages\": [{\"component\": \"app\", \"version\": \"2\","
        " \"file\": \"a\", \"size\": 100, \"sha256\": \"%s\","
        " \"installs_over\": \"*\", \"conditions\": [%s]}]}";
    char digest[65], conditions[1024] = "", text[2048];
    struct command *c = command_new(COMMAND_BUNDLE_CREATE, "alice");

    memset(digest, 'a', 64);
    digest[64] = '\0';
    for (int i = 0; i < count; i++) {
        size_t len = strlen(conditions);
        snprintf(conditions + len, sizeof conditions - len, "%s\"/3/0/%d >= 10\"",
                 i ? ", " : "", i);
    }
    snprintf(text, sizeof text, manifest, digest, conditions);
    c->text = strdup(text);
    cr_assert(eq(int, world_submit(w, c), COMMAND_DONE), "%s", w->detail);
}

static void name_bundle(struct plan *plan, const char *ref)
{
    for (size_t i = 0; i < plan->group_count; i++)
        for (size_t n = 0; n < plan->groups[i].stage_count; n++)
            for (size_t m = 0; m < plan->groups[i].stages[n].count; m++) {
                struct plan_change *c = &plan->groups[i].stages[n].changes[m];
                snprintf(c->bundle, sizeof c->bundle, "%s", ref);
                c->package = 0;
            }
}

static void name_many(struct plan *plan)
{
    name_bundle(plan, "many@1");
}

static void name_nothing(struct plan *plan)
{
    name_bundle(plan, "gone@1");
}

static void run_edited(void (*edit_plan)(struct plan *))
{
    w->edit_plan = edit_plan;
    world_campaign(w, "{}", true);
    cr_expect(world_run(w, 30000));
    cr_expect(eq(str, world_row(w).state, "finished"));
}

Test(refusals, more_conditions_than_can_be_checked_exclude_the_device)
{
    put_bundle_with_conditions(8);
    run_edited(name_many);
    cr_expect(eq(int, world_tasks(w, "excluded", "too-many-conditions"), 2));
    cr_expect(zero(int, deliveries()));
}

Test(refusals, as_many_conditions_as_can_be_checked_are)
{
    put_bundle_with_conditions(7);
    snprintf(w->devices[0].battery, 8, "80"); /* the answer to every path */
    snprintf(w->devices[1].battery, 8, "80");
    run_edited(name_many);
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 2));
}

Test(refusals, start_without_a_bundle_on_the_way)
{
    w->edit_plan = name_nothing;
    world_campaign(w, "{}", false);
    cr_expect(eq(int, world_act(w, CAMPAIGN_START), COMMAND_CONFLICT));
    cr_expect(ne(ptr, strstr(w->detail, "no bundle gone@1"), NULL), "%s", w->detail);
    cr_expect(eq(str, world_row(w).state, "draft"));
}

/* What no command does, as when somebody puts back an old store. */
static void lose_bundle(const char *name)
{
    struct bundle_row row;
    struct batch *batch;

    cr_assert(zero(int, store_bundle_by_name(w->store, name, "1", &row)));
    cr_assert(zero(int, batch_open(&batch)));
    struct change gone = {.kind = CHANGE_BUNDLE_DELETE, .bundle_id = row.id};
    cr_assert(zero(int, batch_put(batch, &gone, NULL)));
    cr_assert(zero(int, store_apply(w->store, batch)));
    cr_assert(zero(int, batch_result(batch, 0)->rc));
    batch_close(batch);
}

Test(refusals, bundle_that_is_gone_excludes_the_device)
{
    put_bundle_with_conditions(1);
    w->edit_plan = name_many;
    world_campaign(w, "{}", true);
    lose_bundle("many");
    cr_expect(world_run(w, 30000));
    cr_expect(eq(int, world_tasks(w, "excluded", "bundle-unreadable"), 2));
    cr_expect(zero(int, deliveries()));
}

Test(refusals, bundle_withdrawn_since_is_not_planned_with_again)
{
    struct command *c = command_new(COMMAND_BUNDLE_WITHDRAW, "alice");

    for (size_t i = 0; i < 2; i++)
        strcpy(w->devices[i].inventory.components[0].version, "1.5");
    w->devices[1].fault = FAULT_OFFLINE;
    world_campaign(w, "{" QUICK "}", true);
    for (int i = 0; i < 600 && world_tasks(w, "succeeded", NULL) == 0; i++)
        world_pass(w, 100);
    cr_assert(eq(int, world_task_row(w, 1).replans, 1));
    snprintf(c->bundle.ref, sizeof c->bundle.ref, "gw@1");
    cr_assert(eq(int, world_submit(w, c), COMMAND_DONE));
    w->devices[1].fault = HEALTHY;
    world_register(w, 1);
    cr_expect(world_run(w, 60000));
    cr_expect(eq(int, world_tasks(w, "excluded", "no-path"), 1));
}

/* 33 times app and radio: two more than one task can have. */
static void repeat_stage(struct plan *plan)
{
    enum { TIMES = 33 };
    struct plan_group *g = &plan->groups[0];
    const struct plan_stage first = g->stages[0];

    g->stages = reallocarray(g->stages, TIMES, sizeof *g->stages);
    for (g->stage_count = 1; g->stage_count < TIMES; g->stage_count++) {
        struct plan_stage *s = &g->stages[g->stage_count];
        *s = first;
        s->reason = first.reason ? strdup(first.reason) : NULL;
        s->changes = calloc(first.count, sizeof *s->changes);
        memcpy(s->changes, first.changes, first.count * sizeof *s->changes);
    }
}

Test(refusals, more_changes_than_a_task_has_exclude_the_device)
{
    run_edited(repeat_stage);
    cr_expect(eq(int, world_tasks(w, "excluded", "too-many-changes"), 2));
    cr_expect(zero(int, deliveries()));
}

/* ---- rows that the store refuses ---- */

#define POLICY                                                                         \
    "{\"brake\": {\"first\": 0, \"failures_in_a_row\": 0, \"failure_pct\": 100},"      \
    " \"in_flight\": 1, \"timers\": {\"poll_s\": 1}}"

static uint32_t in_flight(void)
{
    struct engine_gauges gauges;

    engine_gauges(w->engine, &gauges);
    return gauges.in_flight;
}

Test(refusals, refused_task_gives_its_slot_back_and_pauses_the_campaign)
{
    w->refuse_kind = 1 + CHANGE_TASK_PUT;
    world_campaign(w, POLICY, true);
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).state, "paused"));
    cr_expect(eq(str, world_row(w).reason, "not-stored"));
    cr_expect(ne(ptr, strstr(world_row(w).detail, "dev-1"), NULL));
    cr_expect(zero(u32, in_flight()));
    cr_assert(eq(int, world_act(w, CAMPAIGN_RESUME), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).state, "finished"));
    cr_expect(eq(str, world_row(w).reason, ""));
    cr_expect(world_is_updated(w, 1));
}

Test(refusals, whichever_row_of_a_task_is_refused_it_goes_on_when_resumed)
{
    for (int after = 0; after < 60; after++) {
        world_close(w);
        open_two();
        w->refuse_kind = 1 + CHANGE_TASK_PUT;
        w->refuse_after = after;
        world_campaign(w, POLICY, true);
        cr_assert(world_run(w, 60000), "refused after %d", after);
        if (strcmp(world_row(w).state, "paused") == 0) {
            world_pass(w, 10000);
            cr_assert(eq(int, world_act(w, CAMPAIGN_RESUME), COMMAND_DONE));
            cr_assert(world_run(w, 60000), "refused after %d", after);
        }
        cr_expect(eq(str, world_row(w).state, "finished"), "refused after %d", after);
        cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 2), "refused after %d",
                  after);
        cr_expect(world_is_updated(w, 1), "refused after %d", after);
        cr_expect(eq(int, world_sends_max(w), 1), "refused after %d", after);
        if (w->refusals == 0)
            return;
    }
    cr_fatal("too many rows");
}

Test(refusals, refused_cut_pauses_the_campaign)
{
    w->refuse_kind = 1 + CHANGE_TASKS_CUT;
    world_campaign(w, POLICY, true);
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).state, "paused"));
    cr_expect(eq(str, world_row(w).reason, "not-stored"));
    cr_assert(eq(int, world_act(w, CAMPAIGN_RESUME), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_row(w).state, "finished"));
    cr_expect(world_is_updated(w, 1));
}

/* ---- tasks that cannot be loaded ---- */

static struct task_component_row *components_of(const struct task_row *row)
{
    static struct task_component_row components[STORE_COMPONENTS_MAX];
    size_t count = 0;

    cr_assert(zero(int, store_task_components(w->store, row->id, components, &count)));
    cr_assert(eq(sz, count, FAKE_COMPONENTS));
    return components;
}

/* One component is updated by then. */
static void forget_plans(void)
{
    for (int64_t id = 1; id <= 2; id++) {
        struct task_row row = world_task_row(w, id);
        struct batch *b;
        snprintf(row.plan_id, sizeof row.plan_id, "nowhere");
        snprintf(row.waiting_for, sizeof row.waiting_for, "wave");
        row.next_at_ms = 0;
        struct task_component_row *components = components_of(&row);
        snprintf(components[0].state, sizeof components[0].state, "updated");
        cr_assert(zero(int, batch_open(&b)));
        cr_assert(zero(int, batch_put(b,
                                      &(struct change){
                                          .kind = CHANGE_TASK_PUT,
                                          .task = {&row, components, FAKE_COMPONENTS}},
                                      NULL)));
        cr_assert(zero(int, store_apply(w->store, b)));
        cr_assert(zero(int, batch_result(b, 0)->rc));
        batch_close(b);
    }
}

Test(refusals, task_that_cannot_be_loaded_is_a_failure_for_the_brake)
{
    w->devices[0].fault = w->devices[1].fault = FAULT_OFFLINE;
    world_campaign(w, "{}", true);
    world_pass(w, 5000);
    cr_assert(eq(str, world_task_row(w, 1).waiting_for, "online"));
    world_restart(w);
    for (int64_t id = 1; id <= 2; id++)
        cr_assert(eq(str, world_task_row(w, id).state, "waiting"));
    forget_plans();
    cr_expect(world_run(w, 60000));
    cr_expect(eq(int, world_tasks(w, "failed", "unreadable"), 1), "%s",
              world_row(w).state);
    cr_expect(eq(i64, world_row(w).ended_failed, 1));
    cr_expect(world_row(w).is_braked);
    cr_expect(ne(ptr, strstr(world_row(w).detail, "unreadable"), NULL));
    struct task_row ended = world_task_row(w, 1);
    cr_assert(eq(str, ended.state, "failed"));
    struct task_component_row *components = components_of(&ended);
    cr_expect(eq(str, components[0].state, "updated"));
    cr_expect(eq(str, components[1].state, "unchanged"));
}
