/* SPDX-License-Identifier: Apache-2.0 */
/* test_records.c - what a campaign leaves behind: events and counts. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_world.h"
#include "store/events.h"
#include "store/progress.h"
#include "store/webhooks.h"

static struct world *w;

enum { ROWS = 200 };

static void finish(void)
{
    world_close(w);
}

TestSuite(records, .fini = finish, .timeout = 120);

static void run(size_t devices, bool is_together, const char *policy)
{
    w = world_open(devices, is_together);
    world_campaign(w, policy, true);
}

Test(records, records_every_transition_with_its_actor)
{
    struct event_row *rows = calloc(200, sizeof *rows);
    struct event_query query = {.campaign_id = 1};
    struct page page = {.limit = 200};
    int started = 0, updated = 0, succeeded = 0;

    run(1, true, "{" QUICK "}");
    cr_assert(world_run(w, 60000));
    cr_assert(zero(int, store_event_page(w->store, &query, rows, &page)));
    for (size_t i = 0; i < page.count; i++) {
        started +=
            strcmp(rows[i].name, "started") == 0 && strcmp(rows[i].actor, "alice") == 0;
        updated += strcmp(rows[i].kind, "component") == 0 &&
                   strcmp(rows[i].name, "updated") == 0;
        succeeded += strcmp(rows[i].kind, "task") == 0 &&
                     strcmp(rows[i].name, "succeeded") == 0 &&
                     strcmp(rows[i].actor, "system") == 0;
    }
    cr_expect(eq(int, started, 1));
    cr_expect(eq(int, updated, 2));
    cr_expect(eq(int, succeeded, 1));
    free(rows);
}

/* A kill at any moment: what the brake counts is never behind the tasks. */
Test(records, counts_an_end_in_the_batch_of_the_task)
{
    w = world_open(6, true);
    for (size_t i = 0; i < 6; i++)
        w->devices[i].fault = i % 2 ? FAULT_RESULT : HEALTHY;
    for (size_t i = 0; i < 6; i++)
        w->devices[i].fault_result = 8;
    world_campaign(w, "{" NO_BRAKE ", " QUICK "}", true);
    world_pass(w, 100);
    for (int i = 0; i < 1000 && strcmp(world_row(w).state, "finished") != 0; i++) {
        world_pass(w, 10);
        struct campaign_row row = world_row(w);
        int failed = world_tasks(w, "failed", NULL);
        cr_assert(eq(i64, row.ended_failed, failed), "after %d", i);
        cr_assert(eq(i64, row.ended, failed + world_tasks(w, "succeeded", NULL)));
    }
    cr_expect(eq(i64, world_row(w).ended, 6));
}

/* What a campaign's state alone does not tell: who let it go on, and from what. */
Test(records, say_what_was_done_to_a_campaign)
{
    static const enum campaign_action actions[] = {CAMPAIGN_START, CAMPAIGN_PAUSE,
                                                   CAMPAIGN_RESUME, CAMPAIGN_INSTALL};
    struct event_query query = {.kinds = " campaign "};
    struct event_row rows[ROWS];
    struct page page = {.limit = ROWS};
    char names[256] = "";
    size_t len = 0;

    w = world_open(1, true);
    w->devices[0].fault = FAULT_RESULT;
    w->devices[0].fault_result = 2;
    world_campaign(w, "{\"install\": \"hold\", " QUICK "}", false);
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        cr_assert(eq(int, world_act(w, actions[i]), COMMAND_DONE), "action %zu", i);
    while (!world_row(w).is_braked)
        world_pass(w, 10);
    cr_assert(eq(int, world_act(w, CAMPAIGN_RELEASE), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    w->devices[0].fault = HEALTHY;
    cr_assert(eq(int, world_act(w, CAMPAIGN_RETRY), COMMAND_DONE));
    cr_assert(world_run(w, 60000));
    cr_assert(zero(int, store_event_page(w->store, &query, rows, &page)));
    for (size_t i = 0; i < page.count; i++)
        len += (size_t)snprintf(names + len, sizeof names - len, "%s ", rows[i].name);
    cr_expect(eq(str, names,
                 "draft started paused resumed install braked released finished retry "
                 "finished "));
}

static size_t event_count(void)
{
    struct event_query all = {0};
    struct event_row rows[ROWS];
    struct page page = {.limit = ROWS};

    cr_assert(zero(int, store_event_page(w->store, &all, rows, &page)));
    return page.count;
}

static enum command_status put_webhook(int n)
{
    struct command *c = command_new(COMMAND_WEBHOOK_PUT, "alice");

    snprintf(c->webhook.name, sizeof c->webhook.name, "hook-%d", n);
    snprintf(c->webhook.url, sizeof c->webhook.url, "http://127.0.0.1/");
    snprintf(c->webhook.sealed, sizeof c->webhook.sealed, "0123456789abcdef");
    return world_submit(w, c);
}

static enum command_status delete_nobody(enum command_kind kind)
{
    struct command *c = command_new(kind, "alice");

    if (kind == COMMAND_TOKEN_REVOKE)
        snprintf(c->token.name, sizeof c->token.name, "nobody");
    else if (kind == COMMAND_PROFILE_DELETE)
        snprintf(c->profile.name, sizeof c->profile.name, "nobody");
    else
        snprintf(c->webhook.name, sizeof c->webhook.name, "nobody");
    return world_submit(w, c);
}

Test(records, records_nothing_of_what_was_refused)
{
    static const enum command_kind kinds[] = {
        COMMAND_TOKEN_REVOKE, COMMAND_PROFILE_DELETE, COMMAND_WEBHOOK_DELETE};

    w = world_open(1, true);
    for (int i = 0; i < STORE_WEBHOOKS_MAX; i++)
        cr_assert(eq(int, put_webhook(i), COMMAND_DONE));
    size_t before = event_count();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        cr_expect(eq(int, delete_nobody(kinds[i]), COMMAND_NOT_FOUND), "case %zu", i);
    cr_expect(eq(int, put_webhook(STORE_WEBHOOKS_MAX), COMMAND_CONFLICT));
    cr_expect(eq(sz, event_count(), before));
    cr_expect(eq(int, put_webhook(0), COMMAND_DONE));
    cr_expect(eq(sz, event_count(), before + 1));
}
