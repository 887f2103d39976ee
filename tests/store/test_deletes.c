/* SPDX-License-Identifier: Apache-2.0 */
/* What may go, and what goes with it. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_internal.h"
#include "tests/store/fixture.h"

enum { DEVICES = 400 };

static struct store *st;

static void open_campaign(void)
{
    st = fixture_open();
    fixture_campaign(st, DEVICES);
}

static void close_it(void)
{
    store_close(st);
}

TestSuite(deletes, .init = open_campaign, .fini = close_it);

static char digest[STORE_DIGEST_HEX + 1];

/* The fixture's plan needs packages "aaa…", "bbb…" and "ccc…". */
static const char *package_of(char letter)
{
    memset(digest, letter, STORE_DIGEST_HEX);
    return digest;
}

static void put_package(char letter)
{
    struct package_row row = {.size_bytes = 10, .state = "ready", .created_ms = 1};

    strcpy(row.digest, package_of(letter));
    cr_assert(zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_PACKAGE_PUT,
                                                           .package = &row})));
}

static int drop_package(char letter)
{
    return fixture_apply(st, &(struct change){.kind = CHANGE_PACKAGE_DELETE,
                                              .name = package_of(letter)});
}

static void set_campaign(const char *state)
{
    struct campaign_row row;

    cr_assert(zero(int, store_campaign_get(st, 1, &row)));
    snprintf(row.state, sizeof row.state, "%s", state);
    cr_assert(zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_CAMPAIGN_PUT,
                                                           .campaign.row = &row})));
}

static int drop_campaign(int64_t id)
{
    return fixture_apply(
        st, &(struct change){.kind = CHANGE_CAMPAIGN_DELETE, .campaign_id = id});
}

static int64_t number(const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    cr_assert(zero(int, sqlite3_prepare_v2(st->db, sql, -1, &stmt, NULL)), "%s", sql);
    cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

/* A plan that the engine made for the task of one device alone. */
static void put_private_plan(char letter)
{
    struct task_row task = fixture_task(st, 1);
    struct plan_row plan = {.bundle_id = 1, .bundle = "gateway@2"};
    struct plan_group_row group = {.group_no = 0};
    struct plan_component_row part = {0, "app", "1.0", "2.0", "", 100};

    snprintf(plan.id, sizeof plan.id, "t%lld-5", (long long)task.id);
    strcpy(task.plan_id, plan.id);
    strcpy(part.digest, package_of(letter));
    struct change changes[] = {
        {.kind = CHANGE_PLAN_PUT, .plan = {&plan, "{}"}},
        {.kind = CHANGE_PLAN_GROUP_PUT,
         .plan_group = {plan.id, &group, "{}", &part, 1}},
        {.kind = CHANGE_TASK_PUT, .task = {&task, NULL, 0}},
    };
    for (size_t i = 0; i < 3; i++)
        cr_assert(zero(int, fixture_apply(st, &changes[i])), "%zu", i);
}

Test(deletes, no_package_that_a_campaign_under_way_needs)
{
    static const char *const states[] = {"scheduled", "running", "paused", "aborting"};
    struct campaign_row rows[2];
    struct page page = {.limit = 2};

    put_package('a');
    for (size_t i = 0; i < 4; i++) {
        set_campaign(states[i]);
        cr_expect(eq(int, drop_package('a'), STORE_E_CONFLICT), "%s", states[i]);
    }
    cr_assert(zero(int, store_campaign_by_package(st, package_of('a'), rows, &page)));
    cr_assert(eq(sz, page.count, 1));
    cr_expect(eq(i64, rows[0].id, 1));
    set_campaign("finished");
    cr_assert(zero(int, store_campaign_by_package(st, package_of('a'), rows, &page)));
    cr_expect(eq(sz, page.count, 0));
    cr_expect(zero(int, drop_package('a')));
}

Test(deletes, no_package_that_the_plan_of_one_task_needs)
{
    put_package('z');
    put_private_plan('z');
    cr_expect(eq(int, drop_package('z'), STORE_E_CONFLICT));
    set_campaign("aborted");
    cr_expect(zero(int, drop_package('z')));
}

Test(deletes, and_campaigns_say_which_package_they_miss)
{
    char missing[STORE_DIGEST_HEX + 1] = "";

    put_package('a');
    put_package('b');
    cr_assert(zero(int, store_campaign_missing(st, 1, missing)));
    cr_expect(eq(str, missing, (char *)package_of('c')));
    put_package('c');
    cr_expect(eq(int, store_campaign_missing(st, 1, missing), STORE_E_NOT_FOUND));
}

Test(deletes, keep_the_time_when_a_package_was_last_wanted)
{
    struct package_row row = {.size_bytes = 1, .state = "ready", .wanted_ms = 7}, got;

    strcpy(row.digest, package_of('w'));
    struct change c = {.kind = CHANGE_PACKAGE_PUT, .package = &row};
    cr_assert(zero(int, fixture_apply(st, &c)));
    row.wanted_ms = 0;
    strcpy(row.state, "damaged");
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_package_get(st, digest, &got)));
    cr_expect(eq(i64, got.wanted_ms, 7));
    row.wanted_ms = 9;
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_package_get(st, digest, &got)));
    cr_expect(eq(i64, got.wanted_ms, 9));
}

Test(deletes, only_campaigns_that_are_not_under_way)
{
    static const char *const states[] = {"scheduled", "running", "paused", "aborting"};
    struct campaign_row row;
    int64_t last = 0;

    for (size_t i = 0; i < 4; i++) {
        set_campaign(states[i]);
        cr_expect(eq(int, drop_campaign(1), STORE_E_NOT_FOUND), "%s", states[i]);
        cr_assert(zero(int, store_campaign_get(st, 1, &row)), "%s", states[i]);
    }
    set_campaign("finished");
    cr_expect(zero(int, drop_campaign(1)));
    cr_expect(eq(int, store_campaign_get(st, 1, &row), STORE_E_NOT_FOUND));
    cr_expect(eq(int, drop_campaign(1), STORE_E_NOT_FOUND));
    cr_assert(zero(int, store_campaign_last_id(st, &last)));
    cr_expect(eq(i64, last, 1), "its id is never given again");
}

static void put_event(int64_t campaign_id, const char *actor)
{
    struct event_row row = {.kind = "task", .name = "x", .campaign_id = campaign_id};

    strcpy(row.body, "{}");
    strcpy(row.actor, actor);
    cr_assert(zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_EVENT_ADD,
                                                           .event = &row})));
}

static int prune(void)
{
    struct change c = {.kind = CHANGE_PRUNE_CAMPAIGNS};
    struct change_result result;
    int chunks = 0;

    do {
        result = fixture_result(st, &c);
        cr_assert(zero(int, result.rc));
        cr_assert(le(i64, result.count, 2000));
        chunks++;
    } while (!result.done && chunks < 100);
    return chunks;
}

/* Rows of a campaign, in every table that has some. */
static int64_t left_of(int campaign)
{
    static const char *const tables[] = {
        "task",         "task_component", "task_count",     "component_count",
        "reason_count", "rollup_minute",  "campaign_bytes", "event",
    };
    int64_t n = 0;

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE campaign_id = %d",
                 tables[i], campaign);
        n += number(sql);
    }
    return n;
}

Test(deletes, a_campaign_with_all_that_is_its_own_in_chunks)
{
    struct attempt_row attempt = {.device_id = 1};

    strcpy(attempt.digest, package_of('a'));
    cr_assert(zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_ATTEMPT_ADD,
                                                           .attempt = &attempt})));
    fixture_put_campaign(st, 2, "p");
    fixture_cut(st, 2);
    int64_t others = left_of(2);
    put_private_plan('z');
    put_event(1, "system");
    put_event(1, "alice");
    put_event(0, "system");
    set_campaign("finished");
    cr_assert(zero(int, drop_campaign(1)));
    int chunks = prune();
    cr_expect(gt(int, chunks, 3), "%d", chunks);
    cr_expect(lt(int, chunks, 100), "%d", chunks);
    cr_expect(eq(i64, left_of(1), 1), "what people did stays");
    cr_expect(eq(i64, number("SELECT count(*) FROM event WHERE actor = 'alice'"), 1));
    cr_expect(zero(i64, number("SELECT count(*) FROM campaign_gone")));
    cr_expect(zero(i64, number("SELECT count(*) FROM plan WHERE id LIKE 't%'")));
    cr_expect(eq(i64, left_of(2), others));
    cr_expect(eq(i64, number("SELECT executes FROM attempt WHERE device_id = 1"), 1));
    cr_expect(eq(
        i64, number("SELECT count(*) FROM component_version WHERE device_id = 1"), 2));
    cr_expect(eq(int, prune(), 1), "and then there is nothing to do");
}

static struct change_result drop_bundle(int64_t id)
{
    return fixture_result(
        st, &(struct change){.kind = CHANGE_BUNDLE_DELETE, .bundle_id = id});
}

Test(deletes, no_bundle_that_a_campaign_has)
{
    struct campaign_row row;

    set_campaign("finished");
    cr_expect(eq(int, drop_bundle(1).rc, STORE_E_CONFLICT));
    cr_assert(zero(int, store_campaign_by_bundle(st, 1, &row)));
    cr_expect(eq(i64, row.id, 1));
    fixture_put_campaign(st, 2, "p");
    cr_assert(zero(int, store_campaign_by_bundle(st, 1, &row)));
    cr_expect(eq(i64, row.id, 2), "one under way is named first");
    cr_expect(eq(int, store_campaign_by_bundle(st, 9, &row), STORE_E_NOT_FOUND));
}

Test(deletes, a_bundle_with_its_plans_in_chunks)
{
    struct plan_row plan = {.bundle_id = 1, .bundle = "gateway@2", .expires_ms = 99};
    struct change_result result;
    struct bundle_row row;
    int chunks = 0;

    for (int i = 0; i < 120; i++) {
        snprintf(plan.id, sizeof plan.id, "dry-%d", i);
        cr_assert(
            zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_PLAN_PUT,
                                                         .plan = {&plan, "{}"}})));
    }
    set_campaign("finished");
    cr_assert(zero(int, drop_campaign(1)));
    do {
        result = drop_bundle(1);
        cr_assert(zero(int, result.rc));
    } while (!result.done && ++chunks < 10);
    cr_expect(eq(int, chunks, 2));
    cr_expect(eq(int, store_bundle_get(st, 1, &row), STORE_E_NOT_FOUND));
    cr_expect(zero(i64, number("SELECT count(*) FROM plan WHERE bundle_id = 1")));
    cr_expect(eq(int, drop_bundle(1).rc, STORE_E_NOT_FOUND));
}
