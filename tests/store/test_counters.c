/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever happens, the counters say what counting would. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/devices.h"
#include "store/store_internal.h"
#include "tests/store/fixture.h"

enum { DEVICES = 40, ROUNDS = 1500 };

static struct store *st;
static uint64_t seed = 0x9E3779B97F4A7C15ULL;

static unsigned pick(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 20) % below;
}

#define PICK(words) words[pick(sizeof words / sizeof words[0])]

static void open_campaigns(void)
{
    st = fixture_open();
    fixture_campaign(st, DEVICES);
    fixture_put_campaign(st, 2, "p");
    fixture_cut(st, 2);
}

static void close_it(void)
{
    store_close(st);
}

TestSuite(counters, .init = open_campaigns, .fini = close_it);

static int64_t number(const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    cr_assert(zero(int, sqlite3_prepare_v2(st->db, sql, -1, &stmt, NULL)), "%s", sql);
    cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

/* Rows that stand in one of the two selects only. */
static void expect_same(const char *counted, const char *kept)
{
    char sql[2000];

    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM (SELECT * FROM (%s EXCEPT %s) UNION ALL"
             " SELECT * FROM (%s EXCEPT %s))",
             counted, kept, kept, counted);
    cr_assert(zero(i64, number(sql)), "%s", kept);
}

#define FINAL "is_active = 0 AND state <> 'waiting'"

static void expect_true_counters(void)
{
    expect_same("SELECT state, count(*) FROM device GROUP BY 1",
                "SELECT state, n FROM device_count WHERE n <> 0");
    expect_same("SELECT name, version, count(*) FROM component GROUP BY 1, 2",
                "SELECT component, version, n FROM version_count");
    expect_same(
        "SELECT campaign_id, state, waiting_for, count(*) FROM task"
        " GROUP BY 1, 2, 3",
        "SELECT campaign_id, state, waiting_for, n FROM task_count WHERE n <> 0");
    expect_same("SELECT campaign_id, reason, state, count(*) FROM task"
                " WHERE reason <> '' AND " FINAL " GROUP BY 1, 2, 3",
                "SELECT campaign_id, reason, state, n FROM reason_count WHERE n <> 0");
    expect_same("SELECT campaign_id, component, state, count(*) FROM task_component"
                " GROUP BY 1, 2, 3",
                "SELECT campaign_id, component, state, n FROM component_count"
                " WHERE n <> 0");
    expect_same("SELECT campaign_id, sum(total_bytes), sum(sent_bytes)"
                " FROM task_component GROUP BY 1",
                "SELECT campaign_id, total_bytes, sent_bytes FROM campaign_bytes");
    expect_same("SELECT campaign_id, state, count(*) FROM task GROUP BY 1, 2",
                "SELECT campaign_id, state, sum(change) FROM rollup_minute"
                " WHERE component = '' GROUP BY 1, 2 HAVING sum(change) <> 0");
    expect_same("SELECT campaign_id, component, state, count(*) FROM task_component"
                " GROUP BY 1, 2, 3",
                "SELECT campaign_id, component, state, sum(change) FROM rollup_minute"
                " WHERE component <> '' GROUP BY 1, 2, 3 HAVING sum(change) <> 0");
}

static void change_task(void)
{
    static const char *const states[] = {
        "waiting",   "delivering", "delivered", "updating", "verifying",
        "succeeded", "failed",     "partial",   "canceled", "needs-attention"};
    static const char *const component_states[] = {"pending", "delivering", "updating",
                                                   "updated", "failed",     "nonsense"};
    static const char *const waits[] = {"wave", "online", "rate", "campaign"};
    static const char *const reasons[] = {"", "", "timeout", "version-mismatch"};
    struct task_row row;
    struct task_component_row component = {.component = "app"};

    if (store_task_of_device(st, 1 + pick(2), 1 + pick(DEVICES), &row) != 0)
        return; /* excluded by nobody here, but its device may never have had one */
    unsigned which = pick(sizeof states / sizeof states[0]);
    strcpy(row.state, states[which]);
    strcpy(row.waiting_for, which == 0 ? PICK(waits) : "");
    strcpy(row.reason, PICK(reasons));
    row.is_active = which < 5 && strcmp(row.waiting_for, "campaign") != 0;
    row.since_ms += 20000;
    strcpy(component.state, PICK(component_states));
    component.total_bytes = pick(1000);
    component.sent_bytes = pick(1000);
    component.updated_ms = row.since_ms;
    struct change c = {.kind = CHANGE_TASK_PUT, .task = {&row, &component, pick(2)}};
    int rc = fixture_apply(st, &c); /* refused: a second active task, nonsense */
    cr_assert(rc == 0 || rc == STORE_E_CONFLICT);
}

static void change_many(void)
{
    struct change move = {.kind = CHANGE_TASKS_MOVE,
                          .tasks_move = {.campaign_id = 1 + pick(2),
                                         .state = "canceled",
                                         .reason = "not-seen",
                                         .at_ms = 900000,
                                         .limit = 1 + pick(4)}};
    struct change promote = {.kind = CHANGE_TASKS_PROMOTE,
                             .tasks_promote = {.campaign_id = 1 + pick(2),
                                               .waiting_for = "wave",
                                               .at_ms = 900000}};

    cr_assert(zero(int, fixture_apply(st, &move)));
    cr_assert(zero(int, fixture_apply(st, &promote)));
}

static void change_versions(int64_t device_id)
{
    static const char *const versions[] = {"1.0", "2.0", "2.1", ""};
    struct device_row row;

    if (store_device_get(st, device_id, &row) == 0)
        (void)fixture_put_inventory(st, device_id, PICK(versions), PICK(versions));
}

static void change_device(void)
{
    static const char *const states[] = {"registered", "asleep", "expired", "pending"};
    struct change state = {.kind = CHANGE_DEVICE_STATE,
                           .device_state = {1 + pick(DEVICES), PICK(states)}};
    struct change delete = {.kind = CHANGE_DEVICE_DELETE,
                            .device_id = 1 + pick(DEVICES)};

    (void)fixture_apply(st, &state);
    if (pick(20) == 0)
        (void)fixture_apply(st, &delete);
    if (pick(10) == 0)
        fixture_put_device(st, 1 + pick(DEVICES));
    if (pick(3) == 0)
        change_versions(1 + pick(DEVICES));
}

Test(counters, are_true_after_anything)
{
    expect_true_counters();
    for (int i = 0; i < ROUNDS; i++) {
        unsigned what = pick(20);
        if (what == 0)
            change_many();
        else if (what < 5)
            change_device();
        else
            change_task();
        if (i % 100 == 0)
            expect_true_counters();
    }
    expect_true_counters();
    cr_expect(gt(i64, number("SELECT count(*) FROM reason_count WHERE n > 0"), 1));
    cr_expect(gt(i64, number("SELECT count(DISTINCT minute) FROM rollup_minute"), 3));
}

/* The whole batch is begun again for a change that fails late. */
Test(counters, are_true_after_a_batch_with_a_change_that_failed_late)
{
    struct task_component_row bad = {.component = "app", .state = "nonsense"};
    struct batch *b = NULL;

    cr_assert(zero(int, batch_open(&b)));
    for (int64_t id = 1; id <= 6; id++) {
        struct task_row row = fixture_task(st, id);
        strcpy(row.state, "delivering");
        row.waiting_for[0] = '\0';
        row.since_ms = 60000 * (30 + id);
        struct change c = {.kind = CHANGE_TASK_PUT, .task = {&row, &bad, id % 2}};
        cr_assert(zero(int, batch_put(b, &c, NULL)));
    }
    cr_assert(zero(int, store_apply(st, b)));
    cr_expect(eq(int, batch_result(b, 0)->rc, STORE_E_CONFLICT));
    cr_expect(zero(int, batch_result(b, 1)->rc));
    cr_expect(
        eq(i64, number("SELECT count(*) FROM task WHERE state = 'delivering'"), 3));
    expect_true_counters();
    batch_close(b);
}

Test(counters, are_read_as_rows)
{
    struct campaign_bytes bytes;
    struct count_row rows[16];
    size_t count = 0;

    cr_assert(zero(int, store_count_devices(st, rows, 16, &count)));
    cr_assert(eq(sz, count, 1));
    cr_expect(eq(i64, fixture_count(rows, count, "", "registered"), DEVICES));
    cr_assert(zero(int, store_count_tasks(st, 1, rows, 16, &count)));
    cr_expect(eq(i64, fixture_count(rows, count, "wave", "waiting"), DEVICES));
    cr_assert(zero(int, store_count_tasks(st, 0, rows, 16, &count)));
    cr_expect(eq(i64, fixture_count(rows, count, "campaign", "waiting"), DEVICES));
    cr_assert(zero(int, store_count_components(st, 2, rows, 16, &count)));
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(i64, fixture_count(rows, count, "radio", "pending"), DEVICES));
    cr_assert(zero(int, store_count_reasons(st, 1, rows, 16, &count)));
    cr_expect(zero(sz, count));
    cr_assert(zero(int, store_campaign_bytes(st, 1, &bytes)));
    cr_expect(eq(i64, bytes.total_bytes, DEVICES * 350));
    cr_assert(zero(int, store_campaign_bytes(st, 77, &bytes)));
    cr_expect(zero(i64, bytes.total_bytes));
}

Test(counters, rollups_come_in_whole_minutes)
{
    struct rollup_query query = {.campaign_id = 1};
    struct rollup_row rows[4];
    size_t count = 0;
    struct task_row row = fixture_task(st, 1);

    strcpy(row.state, "delivering");
    row.waiting_for[0] = '\0';
    row.since_ms = 60000 * 25;
    struct change c = {.kind = CHANGE_TASK_PUT, .task.row = &row};
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_rollup_page(st, &query, rows, 4, &count)));
    cr_assert(eq(sz, count, 3)); /* tasks, app, radio in the minute of the cut */
    cr_expect(eq(i64, rows[0].minute, 10));
    cr_expect(eq(str, rows[0].component, ""));
    cr_expect(eq(str, rows[0].state, "waiting"));
    cr_expect(eq(i64, rows[0].change, DEVICES));
    cr_expect(eq(i64, query.from_minute, 25));
    cr_assert(zero(int, store_rollup_page(st, &query, rows, 4, &count)));
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(i64, rows[0].change, 1));  /* delivering */
    cr_expect(eq(i64, rows[1].change, -1)); /* waiting */
    cr_expect(zero(i64, query.from_minute));
    cr_expect(eq(int, store_rollup_page(st, &query, rows, 2, &count), -EOVERFLOW));
}

Test(counters, versions_come_by_component_the_most_frequent_first)
{
    struct version_count_row rows[8];
    size_t count = 0;

    fixture_put_inventory(st, 1, "9.0", "7.1");
    fixture_put_inventory(st, 2, "9.0", "7.1");
    fixture_put_inventory(st, 3, "", "7.1");
    cr_assert(zero(int, store_version_mix(st, rows, 8, &count)));
    cr_assert(eq(sz, count, 4));
    cr_expect(eq(str, rows[0].component, "app"));
    cr_expect(eq(i64, rows[0].devices, DEVICES - 3));
    cr_expect(eq(str, rows[1].version, "9.0"));
    cr_expect(eq(i64, rows[1].devices, 2));
    cr_expect(eq(str, rows[2].version, ""));
    cr_expect(eq(str, rows[3].component, "radio"));
    cr_expect(eq(i64, rows[3].devices, DEVICES));
    cr_assert(zero(int, store_version_mix(st, rows, 2, &count)));
    cr_expect(eq(sz, count, 2));
    fixture_put_inventory(st, 3, "9.0", "7.1");
    cr_expect(eq(i64, number("SELECT count(*) FROM version_count"), 3),
              "a version that no device has leaves no row");
}

static void register_at(int64_t device_id, int64_t at_ms)
{
    struct device_row row = fixture_device(device_id);
    struct change c = {.kind = CHANGE_DEVICE_PUT, .device = {.row = &row}};

    row.registered_ms = at_ms;
    row.seen_ms = at_ms + 1;
    cr_assert(zero(int, fixture_apply(st, &c)));
}

Test(counters, registrations_are_counted_by_minute_for_a_day)
{
    enum { DAY_MS = 86400000 };
    struct registration_count_row rows[STORE_REGISTRATION_MINUTES];
    int64_t begin_ms = 5 * (int64_t)DAY_MS;
    size_t count = 0;

    register_at(1, begin_ms + 1);
    register_at(2, begin_ms + 59999);
    register_at(2, begin_ms + 59999); /* an update of it */
    register_at(3, begin_ms + 60000);
    register_at(1, begin_ms + 60001); /* once more */
    cr_assert(zero(int, store_registrations(st, begin_ms / 60000, rows, &count)));
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(i64, rows[0].minute, begin_ms / 60000));
    cr_expect(eq(i64, rows[0].devices, 2));
    cr_expect(eq(i64, rows[1].devices, 2));
    register_at(4, begin_ms + DAY_MS); /* takes the place of the first minute */
    register_at(5, begin_ms + 2);      /* of a clock that was set back */
    cr_assert(zero(int, store_registrations(st, begin_ms / 60000, rows, &count)));
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(i64, rows[0].minute, begin_ms / 60000 + 1));
    cr_expect(eq(i64, rows[1].minute, (begin_ms + DAY_MS) / 60000));
    cr_expect(eq(i64, rows[1].devices, 1));
}
