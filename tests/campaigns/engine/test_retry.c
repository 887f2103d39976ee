/* SPDX-License-Identifier: Apache-2.0 */
/* test_retry.c - an operator's retry of a whole campaign, and what it is told.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine_world.h"
#include "store/events.h"

static struct world *w;

static void finish(void)
{
    world_close(w);
}

TestSuite(retry, .fini = finish, .timeout = 120);

static char *left_out(int retried, int blocked, int busy, int gone)
{
    static char text[128];

    snprintf(text, sizeof text,
             "{\"retry\":{\"retried\":%d,\"blocked\":%d,\"busy\":%d,"
             "\"deleted\":%d,\"needs_attention\":%d}}",
             retried, blocked, busy, gone, world_tasks(w, "needs-attention", NULL));
    return text;
}

/* By the last event that something was left out. */
static bool is_told(const char *text)
{
    struct event_query query = {.campaign_id = w->campaign_id, .kinds = " campaign "};
    struct event_row rows[64];
    struct page page = {.limit = 64};
    const char *body = "";

    cr_assert(zero(int, store_event_page(w->store, &query, rows, &page)));
    for (size_t i = 0; i < page.count; i++)
        if (strcmp(rows[i].name, "retry-left-out") == 0)
            body = rows[i].body;
    return strstr(body, text) != NULL;
}

Test(retry, tries_no_blocked_digest_again)
{
    struct attempt_row attempt;

    w = world_open(1, true);
    w->devices[0].fault = FAULT_VERSION;
    world_campaign(w, "{" NO_BRAKE ", " QUICK "}", true);
    cr_assert(world_run(w, 60000));
    char digest[65];
    memset(digest, 'a', 64);
    digest[64] = '\0';
    cr_assert(zero(int, store_attempt_get(w->store, 1, digest, &attempt)));
    cr_expect(eq(int, attempt.executes, 1));
    cr_expect(eq(str, attempt.blocked, "version-mismatch"));
    w->devices[0].inventory.components[0].version[1] = '\0';
    w->devices[0].inventory.components[1].version[1] = '\0';
    w->devices[0].fault = HEALTHY;
    cr_assert(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_DONE));
    cr_expect(eq(str, w->extra, left_out(0, 1, 0, 0)));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(str, world_task_row(w, 1).reason, "version-mismatch"));
    cr_expect(eq(i64, world_row(w).ended_failed, 1)); /* not once more */
    cr_expect(zero(int, strlen(world_row(w).detail)));
    cr_expect(is_told("Not tried again: blocked 1 "));
    cr_expect(eq(int, w->devices[0].executes_of_digest_max, 1));
}

/* Not enough flash, as the operator sees it; then there is. */
static void fail_all(size_t devices)
{
    w = world_open(devices, true);
    for (size_t i = 0; i < devices; i++) {
        w->devices[i].fault = FAULT_RESULT;
        w->devices[i].fault_result = 2;
    }
    world_campaign(w, "{" NO_BRAKE ", " QUICK "}", true);
    cr_assert(world_run(w, 120000));
    cr_assert(eq(int, world_tasks(w, "failed", NULL), (int)devices));
    for (size_t i = 0; i < devices; i++)
        w->devices[i].fault = HEALTHY;
}

Test(retry, takes_up_what_failed_over_many_pages)
{
    fail_all(WORLD_DEVICES_MAX);
    cr_assert(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_DONE));
    cr_expect(eq(str, w->extra, left_out(WORLD_DEVICES_MAX, 0, 0, 0)));
    cr_assert(world_run(w, 120000));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), WORLD_DEVICES_MAX));
}

/* In the campaign's row, which the brake goes on from after a restart. */
static void expect_counts(int64_t ended, int64_t failed)
{
    cr_expect(eq(i64, world_row(w).ended, ended));
    cr_expect(eq(i64, world_row(w).ended_failed, failed));
}

Test(retry, takes_the_failure_back)
{
    fail_all(2);
    expect_counts(2, 2);
    cr_assert(eq(int, world_task(w, 1, TASK_RETRY), COMMAND_DONE));
    expect_counts(1, 1);
    cr_assert(world_run(w, 60000));
    expect_counts(2, 1);
    cr_assert(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    expect_counts(2, 0);
}

Test(retry, leaves_out_what_another_campaign_has)
{
    fail_all(2);
    int64_t first = w->campaign_id;
    world_campaign(w, "{\"install\": \"hold\", " QUICK "}", true);
    world_pass(w, 10000);
    w->campaign_id = first;
    cr_assert(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_DONE));
    cr_expect(eq(str, w->extra, left_out(0, 0, 2, 0)));
}

Test(retry, leaves_out_whose_device_was_deleted)
{
    struct batch *b = NULL;

    fail_all(2);
    cr_assert(zero(int, batch_open(&b)));
    cr_assert(zero(
        int,
        batch_put(b, &(struct change){.kind = CHANGE_DEVICE_DELETE, .device_id = 1},
                  NULL)));
    cr_assert(zero(int, store_apply(w->store, b)));
    cr_assert(zero(int, batch_result(b, 0)->rc));
    batch_close(b);
    cr_assert(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_DONE));
    cr_expect(eq(str, w->extra, left_out(1, 0, 0, 1)));
    cr_expect(is_told("deleted 1, "));
    cr_assert(world_run(w, 60000));
    cr_expect(eq(int, world_tasks(w, "succeeded", NULL), 1));
}

/* A brake that is on has its reason, and those of whom nothing is known are told. */
Test(retry, leaves_out_who_needs_attention_and_the_reason_of_the_brake)
{
    w = world_open(3, true);
    w->devices[0].fault = FAULT_STUCK;
    world_campaign(w, "{\"brake\": {\"first\": 1}, " QUICK "}", true);
    cr_assert(world_run(w, 60000));
    struct campaign_row before = world_row(w);
    cr_assert(eq(str, before.reason, "first-failed"));
    cr_assert(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_DONE));
    cr_expect(eq(str, w->extra, left_out(0, 0, 0, 0)));
    cr_expect(eq(int, world_tasks(w, "needs-attention", NULL), 1));
    cr_expect(is_told("needs-attention 1 "));
    cr_expect(eq(str, world_row(w).reason, before.reason));
    cr_expect(eq(str, world_row(w).detail, before.detail));
}

static enum command_status answered;
static int answers;

static void on_answer(void *arg, uint64_t ticket, const struct command_result *result)
{
    (void)arg;
    (void)ticket;
    answered = result->status;
    answers++;
}

static void begin_retry(void)
{
    struct command *c = command_new(COMMAND_CAMPAIGN_ACTION, "alice");

    c->campaign_action.campaign_id = w->campaign_id;
    c->campaign_action.action = CAMPAIGN_RETRY;
    c->done = on_answer;
    answers = 0;
    cr_assert(zero(int, engine_command(w->engine, w->now, c, 7)));
    cr_assert(zero(int, answers), "there is more than one page");
}

Test(retry, is_answered_when_the_campaign_is_aborted_meanwhile)
{
    fail_all(1);
    begin_retry();
    cr_expect(eq(int, world_act(w, CAMPAIGN_ABORT), COMMAND_DONE));
    cr_expect(eq(int, answers, 1));
    cr_expect(eq(int, answered, COMMAND_CONFLICT));
}

Test(retry, is_answered_when_the_server_stops_meanwhile)
{
    fail_all(1);
    begin_retry();
    world_restart(w);
    cr_expect(eq(int, answers, 1));
    cr_expect(eq(int, answered, COMMAND_BUSY));
}

Test(retry, runs_once_at_a_time)
{
    fail_all(1);
    begin_retry();
    struct command *c = command_new(COMMAND_CAMPAIGN_ACTION, "alice");
    c->campaign_action.campaign_id = w->campaign_id;
    c->campaign_action.action = CAMPAIGN_RETRY;
    cr_expect(eq(int, world_submit(w, c), COMMAND_CONFLICT));
    world_pass(w, 100);
    cr_expect(eq(int, answers, 1));
    cr_expect(eq(int, answered, COMMAND_DONE));
}
