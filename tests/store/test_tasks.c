/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tasks.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "tests/store/fixture.h"

static struct store *st;

static void open_campaign(void)
{
    st = fixture_open();
    fixture_campaign(st, 10);
}

static void close_it(void)
{
    store_close(st);
}

TestSuite(tasks, .init = open_campaign, .fini = close_it);

static int put(const struct task_row *row)
{
    return fixture_apply(st,
                         &(struct change){.kind = CHANGE_TASK_PUT, .task.row = row});
}

/* Bring the task of a device into a state. */
static void move(int64_t device_id, const char *state, const char *waiting_for)
{
    struct task_row row = fixture_task(st, device_id);
    bool is_final = strcmp(state, "succeeded") == 0 || strcmp(state, "failed") == 0;

    snprintf(row.state, sizeof row.state, "%s", state);
    snprintf(row.waiting_for, sizeof row.waiting_for, "%s", waiting_for);
    row.is_active = !is_final;
    cr_assert(zero(int, put(&row)), "%s", store_error(st));
}

Test(tasks, keep_everything_that_was_journalled)
{
    struct task_row cut = fixture_task(st, 3), got = {0};
    struct task_row row = {
        .id = cut.id, .campaign_id = 1, .device_id = 3, .is_active = true};
    struct task_component_row components[2] = {{.component = "app",
                                                .stage_no = 1,
                                                .instance = 2,
                                                .state = "delivering",
                                                .from_version = "2.0",
                                                .to_version = "3.0",
                                                .target_version = "3.0",
                                                .digest = "bb",
                                                .delivered_digest = "aa",
                                                .total_bytes = 300,
                                                .sent_bytes = 120,
                                                .result = 1,
                                                .reason = "x",
                                                .updated_ms = 700000}};
    struct task_component_row read[STORE_COMPONENTS_MAX];
    size_t count = 0;

    strcpy(row.endpoint, "device-3");
    strcpy(row.state, "delivering");
    strcpy(row.action, "execute");
    strcpy(row.journal, "{\"epoch\":5}");
    strcpy(row.reason, "slow");
    strcpy(row.detail, "it takes its time");
    strcpy(row.plan_id, "another");
    row.group_no = 8;
    row.since_ms = 1;
    row.next_at_ms = 2;
    row.deadline_ms = 3;
    row.stage_no = 4;
    row.tries = 5;
    row.replans = 6;
    row.action_ms = 7;
    row.started_ms = 8;
    struct change c = {.kind = CHANGE_TASK_PUT, .task = {&row, components, 1}};
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_task_get(st, row.id, &got)));
    cr_expect(zero(int, memcmp(&got, &row, sizeof row)));
    cr_assert(zero(int, store_task_components(st, row.id, read, &count)));
    cr_assert(eq(sz, count, 2)); /* the other one is left alone */
    cr_expect(zero(int, memcmp(&read[0], &components[0], sizeof read[0])));
}

Test(tasks, that_are_unknown_are_not_put)
{
    struct task_row row = fixture_task(st, 1);

    row.id = 4711;
    cr_expect(eq(int, put(&row), STORE_E_NOT_FOUND));
    cr_expect(eq(int, store_task_get(st, 4711, &row), STORE_E_NOT_FOUND));
    cr_expect(eq(int, store_task_of_device(st, 2, 1, &row), STORE_E_NOT_FOUND));
    cr_expect(eq(int, store_task_active(st, 99, &row), STORE_E_NOT_FOUND));
}

Test(tasks, whose_fields_contradict_each_other_are_refused)
{
    static const struct {
        const char *state, *waiting_for;
        bool is_active;
    } cases[] = {
        {"waiting", "", true},        {"waiting", "campaign", true},
        {"waiting", "wave", false},   {"waiting", "godot", true},
        {"delivering", "wave", true}, {"delivering", "", false},
        {"succeeded", "", true},      {"needs-attention", "", true},
        {"finished", "", false},      {"excluded", "campaign", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct task_row row = fixture_task(st, 1);
        strcpy(row.state, cases[i].state);
        strcpy(row.waiting_for, cases[i].waiting_for);
        row.is_active = cases[i].is_active;
        cr_expect(eq(int, put(&row), STORE_E_CONFLICT), "%s %s", cases[i].state,
                  cases[i].waiting_for);
    }
}

Test(tasks, of_one_device_are_active_once)
{
    struct task_row row;

    fixture_put_campaign(st, 2, "p");
    fixture_cut(st, 2);
    cr_assert(zero(int, store_task_of_device(st, 2, 5, &row)));
    strcpy(row.waiting_for, "online");
    row.is_active = true;
    cr_expect(eq(int, put(&row), STORE_E_CONFLICT));
    move(5, "succeeded", "");
    cr_expect(zero(int, put(&row)));
}

static size_t page_count(struct task_query query)
{
    struct task_row rows[20];
    struct page page = {.limit = 20};

    cr_assert(zero(int, store_task_page(st, &query, rows, &page)));
    return page.count;
}

Test(tasks, are_listed_by_what_is_asked)
{
    struct task_row row = fixture_task(st, 4);
    struct task_component_row component = {.component = "radio", .state = "failed"};
    struct change c = {.kind = CHANGE_TASK_PUT, .task = {&row, &component, 1}};

    move(1, "delivering", "");
    move(2, "waiting", "online");
    strcpy(row.state, "failed");
    strcpy(row.waiting_for, "");
    strcpy(row.reason, "update-failed");
    row.is_active = false;
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_expect(eq(sz, page_count((struct task_query){1, 0, "", "", "", "", ""}), 10));
    cr_expect(eq(sz, page_count((struct task_query){2, 0, "", "", "", "", ""}), 0));
    cr_expect(
        eq(sz, page_count((struct task_query){1, 0, "waiting", "", "", "", ""}), 8));
    cr_expect(eq(
        sz, page_count((struct task_query){1, 0, "waiting", "online", "", "", ""}), 1));
    cr_expect(eq(sz, page_count((struct task_query){1, 0, "", "wave", "", "", ""}), 7));
    cr_expect(
        eq(sz, page_count((struct task_query){1, 0, "delivering", "", "", "", ""}), 1));
    cr_expect(eq(
        sz, page_count((struct task_query){1, 0, "", "", "update-failed", "", ""}), 1));
    cr_expect(eq(
        sz, page_count((struct task_query){1, 0, "failed", "", "other", "", ""}), 0));
    cr_expect(eq(
        sz, page_count((struct task_query){1, 0, "", "", "", "radio", "failed"}), 1));
    cr_expect(eq(
        sz, page_count((struct task_query){1, 0, "waiting", "", "", "radio", "failed"}),
        0));
    cr_expect(
        eq(sz, page_count((struct task_query){1, 0, "", "", "", "", "failed"}), 1));
    cr_expect(
        eq(sz, page_count((struct task_query){1, 0, "", "", "", "radio", ""}), 10));
    cr_expect(eq(
        sz, page_count((struct task_query){1, 0, "", "", "", "radio", "pending"}), 9));
    cr_expect(eq(sz, page_count((struct task_query){0, 4, "", "", "", "", ""}), 1));
    cr_expect(eq(sz, page_count((struct task_query){2, 4, "", "", "", "", ""}), 0));
}

Test(tasks, pages_cover_all_of_them_once)
{
    struct task_query query = {.campaign_id = 1};
    struct task_row rows[3];
    struct page page = {.limit = 3};
    size_t total = 0;
    int64_t last = 0;

    do {
        cr_assert(zero(int, store_task_page(st, &query, rows, &page)));
        for (size_t i = 0; i < page.count; i++, total++) {
            cr_assert(gt(i64, rows[i].id, last));
            last = rows[i].id;
        }
        page.after = page.next;
    } while (page.next != 0);
    cr_expect(eq(sz, total, 10));
}

Test(tasks, that_run_are_found_at_the_start)
{
    struct task_row rows[4];
    struct page page = {.limit = 4};

    move(2, "updating", "");
    move(7, "verifying", "");
    move(8, "failed", "");
    move(9, "waiting", "online");
    cr_assert(zero(int, store_task_running(st, rows, &page)));
    cr_assert(eq(sz, page.count, 2));
    cr_expect(eq(i64, rows[1].device_id, 7));
}

Test(tasks, wait_in_order_for_their_turn)
{
    struct task_row rows[4];
    struct page page = {.limit = 4};

    move(1, "delivering", "");
    cr_assert(zero(int, store_task_next(st, 1, "wave", rows, &page)));
    cr_assert(eq(sz, page.count, 4));
    cr_expect(eq(i64, rows[0].device_id, 2));
    cr_expect(eq(i64, page.next, rows[3].id));
}

Test(tasks, are_due_the_earliest_first)
{
    static const int64_t due[] = {0, 50, 40, 60, 101};
    struct task_row rows[4];
    size_t count = 0;

    for (int64_t id = 1; id <= 4; id++) {
        struct task_row row = fixture_task(st, id);
        row.next_at_ms = due[id];
        row.deadline_ms = 2 * due[id];
        cr_assert(zero(int, put(&row)));
    }
    struct task_due before = {1, 100};
    cr_assert(zero(int, store_task_late(st, before, rows, 4, &count)));
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(i64, rows[0].device_id, 2));
    cr_assert(zero(int, store_task_due(st, before, rows, 4, &count)));
    cr_assert(eq(sz, count, 3));
    cr_expect(eq(i64, rows[0].device_id, 2));
    cr_expect(eq(i64, rows[1].device_id, 1));
    before.wall_ms = 30;
    cr_assert(zero(int, store_task_due(st, before, rows, 4, &count)));
    cr_expect(zero(sz, count));
}

Test(tasks, that_wait_end_in_chunks_and_their_components_stay)
{
    struct change c = {.kind = CHANGE_TASKS_MOVE,
                       .tasks_move = {.campaign_id = 1,
                                      .state = "canceled",
                                      .reason = "not-seen",
                                      .detail = "expired",
                                      .at_ms = 900000,
                                      .limit = 6}};
    struct task_component_row components[STORE_COMPONENTS_MAX];
    size_t count = 0;

    move(1, "delivering", "");
    struct change_result result = fixture_result(st, &c);
    cr_expect(eq(i64, result.count, 6));
    cr_expect(eq(int, result.done, false));
    result = fixture_result(st, &c);
    cr_expect(eq(i64, result.count, 3));
    cr_expect(eq(int, result.done, true));
    struct task_row row = fixture_task(st, 5);
    cr_expect(eq(str, row.state, "canceled"));
    cr_expect(eq(str, row.reason, "not-seen"));
    cr_expect(eq(i64, row.ended_ms, 900000));
    cr_expect(eq(int, row.is_active, false));
    cr_assert(zero(int, store_task_components(st, row.id, components, &count)));
    cr_expect(eq(str, components[0].state, "unchanged"));
    cr_expect(eq(str, fixture_task(st, 1).state, "delivering"));
    row = fixture_task(st, 1);
    cr_assert(zero(int, store_task_components(st, row.id, components, &count)));
    cr_expect(eq(str, components[0].state, "pending"));
}

Test(tasks, wait_for_something_else_together)
{
    struct change c = {.kind = CHANGE_TASKS_MOVE,
                       .tasks_move = {.campaign_id = 1,
                                      .waiting_for = "wave",
                                      .state = "waiting",
                                      .next_waiting_for = "rate",
                                      .at_ms = 900000}};

    struct task_component_row components[STORE_COMPONENTS_MAX];
    size_t count = 0;

    move(3, "waiting", "online");
    struct change_result result = fixture_result(st, &c);
    cr_expect(zero(int, result.rc));
    cr_expect(eq(i64, result.count, 9));
    int64_t id = fixture_task(st, 1).id;
    cr_assert(zero(int, store_task_components(st, id, components, &count)));
    cr_expect(eq(str, components[0].state, "pending"));
    cr_expect(eq(str, fixture_task(st, 1).waiting_for, "rate"));
    cr_expect(eq(int, fixture_task(st, 1).is_active, true));
    cr_expect(zero(i64, fixture_task(st, 1).ended_ms));
    cr_expect(eq(str, fixture_task(st, 3).waiting_for, "online"));
}

Test(tasks, are_promoted_oldest_first_when_the_device_is_free)
{
    struct change c = {
        .kind = CHANGE_TASKS_PROMOTE,
        .tasks_promote = {.campaign_id = 3, .waiting_for = "wave", .at_ms = 900000}};
    struct task_row row;

    for (int64_t id = 2; id <= 3; id++) {
        fixture_put_campaign(st, id, "p");
        fixture_cut(st, id);
    }
    cr_expect(zero(i64, fixture_result(st, &c).count)); /* campaign 1 has them all */
    move(4, "succeeded", "");
    cr_expect(zero(i64, fixture_result(st, &c).count)); /* campaign 2 is older */
    c.tasks_promote =
        (struct tasks_promote){.device_id = 4, .waiting_for = "wave", .at_ms = 900000};
    cr_expect(eq(i64, fixture_result(st, &c).count, 1));
    cr_assert(zero(int, store_task_active(st, 4, &row)));
    cr_expect(eq(i64, row.campaign_id, 2));
    cr_expect(eq(str, row.waiting_for, "wave"));
    cr_expect(zero(i64, fixture_result(st, &c).count));
}

Test(tasks, executions_are_counted_for_ever)
{
    struct attempt_row row = {.device_id = 1, .last_ms = 5}, got, rows[2];
    struct change add = {.kind = CHANGE_ATTEMPT_ADD, .attempt = &row};
    struct change block = {.kind = CHANGE_ATTEMPT_BLOCK, .attempt = &row};
    struct change clear = {.kind = CHANGE_ATTEMPT_CLEAR, .attempt = &row};
    size_t count = 0;

    memset(row.digest, 'd', STORE_DIGEST_HEX);
    cr_expect(eq(i64, fixture_result(st, &add).count, 1));
    row.last_ms = 6;
    cr_expect(eq(i64, fixture_result(st, &add).count, 2));
    strcpy(row.blocked, "version-mismatch");
    cr_expect(zero(int, fixture_apply(st, &block)));
    cr_assert(zero(int, store_attempt_get(st, 1, row.digest, &got)));
    cr_expect(eq(int, got.executes, 2));
    cr_expect(eq(i64, got.last_ms, 6));
    cr_expect(eq(str, got.blocked, "version-mismatch"));
    row.blocked[0] = '\0';
    memset(row.digest, 'e', STORE_DIGEST_HEX);
    cr_expect(zero(int, fixture_apply(st, &block))); /* blocked before any Execute */
    cr_assert(zero(int, store_attempt_list(st, 1, rows, 2, &count)));
    cr_expect(eq(sz, count, 2));
    cr_expect(zero(int, rows[1].executes));
    cr_expect(eq(i64, fixture_result(st, &clear).count, 1));
    cr_expect(eq(int, store_attempt_get(st, 1, row.digest, &got), STORE_E_NOT_FOUND));
    row.digest[0] = '\0';
    cr_expect(eq(i64, fixture_result(st, &clear).count, 1));
    row.device_id = 77;
    cr_expect(eq(int, fixture_apply(st, &add), STORE_E_CONFLICT));
}
