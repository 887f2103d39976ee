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

static struct world *w;

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
            strcmp(rows[i].name, "running") == 0 && strcmp(rows[i].actor, "alice") == 0;
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
