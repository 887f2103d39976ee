/* SPDX-License-Identifier: Apache-2.0 */
/* How SQLite carries out each statement: which may look at every row, or sort. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "store/filter_query.h"
#include "store/store_internal.h"
#include "tests/store/fixture.h"

/* Small tables, or pages of them that a bound on the work covers. */
static const enum query_id may_scan[] = {
    Q_COUNT_DEVICES,   /* one row per state */
    Q_COUNT_TASKS_ALL, /* some 20 rows per campaign */
    Q_EVENT_LOOK,      /* ends at its limit */
    Q_WEBHOOK_PUT,     /* counts the few that there are */
    Q_VERSION_MIX,     /* ends at its limit */
    Q_REGISTRATIONS,   /* a row for each minute of a day */
    Q_PACKAGE_IN_USE,  /* campaigns that are under way */
    Q_GONE_FIRST,      /* the first row */
    /* the newest 500 distinct inventories, or 1,000 of their components */
    Q_EXAMPLE_MANUFACTURER,
    Q_EXAMPLE_HARDWARE,
    Q_EXAMPLE_COMPONENT,
    Q_EXAMPLE_VERSION,
};

/* A handful of rows. */
static const enum query_id may_sort[] = {
    Q_TASK_WALK_DEVICE,                              /* tasks of one device */
    Q_TASK_PROMOTE_FIND_DEVICE, Q_CAMPAIGN_OVERLAPS, /* one group per campaign */
    Q_COUNT_TASKS_ALL,          Q_BUNDLE_MISSING,
    Q_CAMPAIGN_BY_BUNDLE, /* campaigns of one bundle */
};

static bool is_in(const enum query_id *ids, size_t count, enum query_id id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

#define IS_IN(array, id) is_in(array, sizeof array / sizeof array[0], id)

struct steps {
    bool scans, sorts;
    char text[1000];
};

static struct steps explain(struct store *st, const char *sql)
{
    struct steps steps = {0};
    sqlite3_stmt *stmt = NULL;
    char *explained = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);

    cr_assert(zero(int, sqlite3_prepare_v2(st->db, explained, -1, &stmt, NULL)),
              "%s: %s", sql, sqlite3_errmsg(st->db));
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(stmt, 3);
        size_t used = strlen(steps.text);
        snprintf(steps.text + used, sizeof steps.text - used, "%s; ", step);
        steps.scans |= strncmp(step, "SCAN", 4) == 0 && !strstr(step, "CONSTANT ROW") &&
                       strcmp(step, "SCAN") != 0;
        steps.sorts |= strstr(step, "TEMP B-TREE") != NULL;
    }
    sqlite3_finalize(stmt);
    sqlite3_free(explained);
    return steps;
}

Test(queries, look_only_at_what_they_need)
{
    struct store *st = fixture_open();

    for (int id = 0; id < QUERY_COUNT; id++) {
        struct steps steps = explain(st, query_sql[id]);
        cr_expect(eq(int, steps.scans, IS_IN(may_scan, id)), "%s: %s", query_sql[id],
                  steps.text);
        cr_expect(eq(int, steps.sorts, IS_IN(may_sort, id)), "%s: %s", query_sql[id],
                  steps.text);
    }
    store_close(st);
}

Test(queries, all_have_a_text)
{
    for (int id = 0; id < QUERY_COUNT; id++)
        cr_expect(ne(ptr, (void *)query_sql[id], NULL), "%d", id);
}

/* A filter walks devices by id, or by an index that yields them in that order: nothing
 * is ever sorted, so the walk can stop anywhere. */
Test(queries, of_filters_walk_in_order)
{
    static const char *const texts[] = {
        "",
        "endpoint==a",
        "location==a",
        "state==asleep",
        "model==a;state==pending",
        "tag.site==north",
        "tag.site==north;component.app.version=lt=3;serial==a*",
        "tag.site==north,endpoint==a",
        "component.app.version==1.2",
        "component.app.version==nightly;state==asleep",
        "serial==a",
        "manufacturer==a;component.app.state==idle",
        "model=in=(a,b)",
        "endpoint==a*",
    };
    struct filter_context context = {.version_key = fixture_version_key, .wall_ms = 0};
    struct store *st = fixture_open();

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct filter *f = NULL;
        cr_assert(zero(int, filter_open(texts[i], &context, NULL, &f)));
        for (int select = FILTER_HIT; select <= FILTER_OVERLAPS; select++) {
            SCOPED_FILTER_QUERY q = filter_query(st, f, select);
            cr_assert(zero(int, q.err), "%s", texts[i]);
            struct steps steps = explain(st, sqlite3_sql(q.stmt));
            cr_expect(eq(int, steps.sorts, false), "%s: %s", texts[i], steps.text);
            cr_expect(eq(int, steps.scans, false), "%s: %s", texts[i], steps.text);
        }
        filter_close(f);
    }
    store_close(st);
}
