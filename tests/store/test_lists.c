/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of every kind of row: what q picks, each order that they can have, and how
 * SQLite carries that out. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/filter.h"
#include "store/store_internal.h"
#include "tests/store/fixture.h"

static struct store *st;

static void put(struct change c)
{
    cr_assert(zero(int, fixture_apply(st, &c)), "%d: %s", c.kind, store_error(st));
}

static void put_names(int64_t n)
{
    struct profile_row profile = {.updated_ms = n * 1000};
    struct token_row token = {.created_ms = 1, .expires_ms = n % 2 ? 0 : 5000};
    struct webhook_row hook = {.campaign_id = n % 2, .is_enabled = n % 3 == 0};
    struct package_row package = {.size_bytes = n % 2 * 100, .created_ms = n};

    snprintf(profile.name, sizeof profile.name, "p%d", (int)(n * 7 % 10));
    snprintf(profile.model, sizeof profile.model, "GW-%d", (int)n % 2);
    put((struct change){.kind = CHANGE_PROFILE_PUT, .profile = {&profile, "{}"}});
    snprintf(token.name, sizeof token.name, "t%d", (int)(n * 7 % 13));
    strcpy(token.role, n % 2 ? "viewer" : "admin");
    token.hash[0] = (uint8_t)n;
    put((struct change){.kind = CHANGE_TOKEN_ADD, .token = &token});
    snprintf(hook.name, sizeof hook.name, "w%d", (int)(n * 7 % 10));
    strcpy(hook.url, "http://a/");
    strcpy(hook.sealed, "0123456789abcdef");
    put((struct change){.kind = CHANGE_WEBHOOK_PUT, .webhook = &hook});
    snprintf(package.digest, sizeof package.digest, "%064d", (int)(n * 7 % 10));
    strcpy(package.state, n % 2 ? "ready" : "missing");
    put((struct change){.kind = CHANGE_PACKAGE_PUT, .package = &package});
}

static void put_event(int64_t n)
{
    struct event_row event = {.at_ms = n, .campaign_id = n % 2, .device_id = 1};
    struct delivery_row delivery = {.webhook_id = 1, .event_id = n, .tries = 1};

    strcpy(event.kind, n % 3 ? "task" : "campaign");
    strcpy(event.name, "x");
    strcpy(event.actor, n % 2 ? "alice" : "system");
    strcpy(event.body, "{}");
    put((struct change){.kind = CHANGE_EVENT_ADD, .event = &event});
    delivery.status = n % 2 ? 200 : 500;
    put((struct change){.kind = CHANGE_DELIVERY_ADD, .delivery = &delivery});
}

static void put_campaign(int64_t id)
{
    struct campaign_row row = {.id = id, .bundle_id = 1, .is_braked = id % 3 == 0};

    snprintf(row.name, sizeof row.name, "c%d", (int)(id * 7 % 5));
    strcpy(row.plan_id, "p");
    strcpy(row.bundle, "gateway@2");
    strcpy(row.state, id % 2 ? "draft" : "finished");
    row.ended_ms = id % 2 ? 0 : 1000 - id;
    put((struct change){.kind = CHANGE_CAMPAIGN_PUT, .campaign.row = &row});
}

static void put_bundle(int64_t n)
{
    struct bundle_row row = {.sequence = n % 3, .created_ms = n};
    struct bundle_put bundle = {&row, "{}", NULL, 0};

    snprintf(row.name, sizeof row.name, "b%d", (int)n % 3);
    snprintf(row.version, sizeof row.version, "1.%d", (int)n);
    strcpy(row.state, "ready");
    put((struct change){.kind = CHANGE_BUNDLE_PUT, .bundle = bundle});
}

enum { ROWS = 12 };

static void open_store(void)
{
    st = fixture_open();
    fixture_campaign(st, ROWS);
    for (int64_t n = 2; n <= ROWS; n++)
        put_campaign(n);
    for (int64_t n = 1; n <= ROWS; n++) {
        put_names(n);
        put_event(n);
        put_bundle(n);
    }
}

static void close_store(void)
{
    store_close(st);
}

TestSuite(lists, .init = open_store, .fini = close_store);

/* One page, of which only the ids are kept. */
static size_t read_page(enum filter_of of, int64_t *ids, struct page *page)
{
    static union {
        struct device_row device;
        struct campaign_row campaign;
        struct task_row task;
        struct bundle_row bundle;
        struct package_row package;
        struct event_row event;
        struct profile_row profile;
        struct token_row token;
        struct webhook_row webhook;
        struct delivery_row delivery;
    } rows[4 * ROWS];
    static const struct task_query tasks = {.campaign_id = 1};
    static const struct event_query events = {0};
    size_t size = sizeof rows[0];
    int rc = -1;

    cr_assert(page->limit <= sizeof rows / sizeof rows[0]);
#define READ(kind, member, ...)                                                        \
    case kind:                                                                         \
        rc = __VA_ARGS__;                                                              \
        size = sizeof rows[0].member;                                                  \
        break
    switch (of) {
        READ(FILTER_OF_DEVICES, device, store_device_page(st, (void *)rows, page));
        READ(FILTER_OF_CAMPAIGNS, campaign,
             store_campaign_page(st, "", (void *)rows, page));
        READ(FILTER_OF_TASKS, task, store_task_page(st, &tasks, (void *)rows, page));
        READ(FILTER_OF_BUNDLES, bundle, store_bundle_page(st, "", (void *)rows, page));
        READ(FILTER_OF_PACKAGES, package,
             store_package_page(st, "", (void *)rows, page));
        READ(FILTER_OF_EVENTS, event,
             store_event_page(st, &events, (void *)rows, page));
        READ(FILTER_OF_PROFILES, profile, store_profile_page(st, (void *)rows, page));
        READ(FILTER_OF_TOKENS, token, store_token_page(st, (void *)rows, page));
        READ(FILTER_OF_WEBHOOKS, webhook, store_webhook_page(st, (void *)rows, page));
        READ(FILTER_OF_DELIVERIES, delivery,
             store_delivery_page(st, 1, (void *)rows, page));
    case FILTER_OF_COUNT:
        break;
    }
    cr_assert(zero(int, rc), "%s: %s", filter_of_name(of), store_error(st));
    for (size_t i = 0; i < page->count; i++)
        memcpy(&ids[i], (char *)rows + i * size, sizeof ids[i]);
    return page->count;
}

static struct filter *open_filter(enum filter_of of, const char *q)
{
    struct filter_context context = {fixture_version_key, 0, of};
    struct filter_error error = {0};
    struct filter *f = NULL;

    cr_assert(zero(int, filter_open(q, &context, &error, &f)), "%s of %s: %s", q,
              filter_of_name(of), error.text);
    return f;
}

Test(lists, have_what_q_picks)
{
    static const struct {
        enum filter_of of;
        const char *q;
        size_t count;
    } cases[] = {
        {FILTER_OF_CAMPAIGNS, "state==draft", 5},
        {FILTER_OF_CAMPAIGNS, "state==running", 1},
        {FILTER_OF_CAMPAIGNS, "braked==true", 4},
        {FILTER_OF_CAMPAIGNS, "braked!=true;name==c1", 1},
        {FILTER_OF_CAMPAIGNS, "bundle==gateway*;id=gt=10", 2},
        {FILTER_OF_CAMPAIGNS, "plan==p", 12},
        {FILTER_OF_TASKS, "state==waiting", 12},
        {FILTER_OF_TASKS, "waiting_for==wave;endpoint==device-1*", 4},
        {FILTER_OF_TASKS, "state==failed", 0},
        {FILTER_OF_TASKS, "component.app.state==pending", 12},
        {FILTER_OF_TASKS, "component.app.state!=pending", 0},
        {FILTER_OF_TASKS, "component.app.state==failed", 0},
        {FILTER_OF_TASKS, "active==true;id=le=3", 3},
        {FILTER_OF_BUNDLES, "name==b1", 4},
        {FILTER_OF_BUNDLES, "version=ge=1.9;state==ready", 5},
        {FILTER_OF_BUNDLES, "bundle==b1@1.1", 1},
        {FILTER_OF_PACKAGES, "size=gt=0;state==ready", 5},
        {FILTER_OF_EVENTS, "kind==campaign", 4},
        {FILTER_OF_EVENTS, "actor==alice;campaign==1", 6},
        {FILTER_OF_PROFILES, "model==GW-1", 5},
        {FILTER_OF_TOKENS, "role==admin", 6},
        {FILTER_OF_WEBHOOKS, "enabled==true", 4},
        {FILTER_OF_DELIVERIES, "status==500", 6},
        {FILTER_OF_DEVICES, "endpoint==device-1*", 4},
    };
    int64_t ids[4 * ROWS];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int order = PAGE_UP; order <= PAGE_DOWN; order++) {
            struct page page = {.limit = 4 * ROWS, .order = order};
            struct filter *f = open_filter(cases[i].of, cases[i].q);
            page.filter = f;
            cr_expect(eq(sz, read_page(cases[i].of, ids, &page), cases[i].count), "%s",
                      cases[i].q);
            filter_close(f);
        }
}

static void go_on(struct page *page)
{
    page->after = page->next;
    memcpy(page->after_key, page->next_key, sizeof page->after_key);
}

/* Pages of two have the rows of the whole, in its order; down is up read backwards. */
static void compare_orders(enum filter_of of, const struct filter_field *sort,
                           const char *name)
{
    int64_t up[4 * ROWS], down[4 * ROWS], parts[4 * ROWS];
    struct page page = {.limit = 4 * ROWS, .sort = sort};
    size_t count = read_page(of, up, &page), part = 0;

    page = (struct page){.limit = 4 * ROWS, .sort = sort, .order = PAGE_DOWN};
    cr_assert(eq(sz, read_page(of, down, &page), count));
    cr_expect(count >= 9, "%s", filter_of_name(of));
    for (size_t i = 0; i < count; i++)
        cr_expect(eq(i64, down[i], up[count - 1 - i]), "%s by %s", filter_of_name(of),
                  name);
    page = (struct page){.limit = 2, .sort = sort, .order = PAGE_DOWN};
    for (int pages = 0; pages == 0 || page.next != 0; pages++) {
        go_on(&page);
        part += read_page(of, parts + part, &page);
        cr_assert(pages < 30, "%s by %s", filter_of_name(of), name);
    }
    cr_assert(eq(sz, part, count), "%s by %s", filter_of_name(of), name);
    cr_expect(zero(int, memcmp(parts, down, count * sizeof *down)), "%s by %s",
              filter_of_name(of), name);
}

Test(lists, have_each_order_in_pages_too)
{
    for (int of = 0; of < FILTER_OF_COUNT; of++) {
        struct filter_field_view field;
        compare_orders(of, NULL, "id");
        for (size_t i = 0; filter_field_view(of, i, &field); i++)
            if (field.is_sorted)
                compare_orders(of, filter_sort_find(of, field.name), field.name);
    }
}

Test(lists, are_sorted_by_the_field)
{
    int64_t ids[4 * ROWS];
    struct page page = {.limit = 4,
                        .sort = filter_sort_find(FILTER_OF_CAMPAIGNS, "ended_at")};

    page.order = PAGE_DOWN;
    read_page(FILTER_OF_CAMPAIGNS, ids, &page);
    for (int i = 0; i < 4; i++)
        cr_expect(eq(i64, ids[i], 2 + 2 * i), "the lowest ended last");
    page = (struct page){.limit = 3,
                         .sort = filter_sort_find(FILTER_OF_DEVICES, "endpoint")};
    read_page(FILTER_OF_DEVICES, ids, &page);
    cr_expect(eq(i64, ids[1], 10), "device-1, device-10");
    cr_expect(zero(ptr, (void *)filter_sort_find(FILTER_OF_DEVICES, "model")));
    cr_expect(zero(ptr, (void *)filter_sort_find(FILTER_OF_DEVICES, "nothing")));
}

/* ---- how SQLite does it ---- */

static char seen[64][6000];
static size_t seen_count;

static int note(unsigned type, void *arg, void *stmt, void *text)
{
    (void)type;
    (void)arg;
    (void)text;
    if (seen_count < 64)
        snprintf(seen[seen_count++], sizeof seen[0], "%s", sqlite3_sql(stmt));
    return 0;
}

static void explain_seen(const char *what)
{
    sqlite3_trace_v2(st->db, 0, NULL, NULL);
    cr_assert(seen_count > 0 && seen_count < 64, "%s", what);
    for (size_t i = 0; i < seen_count; i++) {
        sqlite3_stmt *stmt = NULL;
        char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", seen[i]);
        cr_assert(zero(int, sqlite3_prepare_v2(st->db, sql, -1, &stmt, NULL)));
        while (sqlite3_step(stmt) == SQLITE_ROW)
            cr_expect(zero(ptr, strstr((char *)sqlite3_column_text(stmt, 3), "TEMP")),
                      "%s: %s", seen[i], sqlite3_column_text(stmt, 3));
        sqlite3_finalize(stmt);
        sqlite3_free(sql);
    }
    seen_count = 0;
}

static void explain(enum filter_of of, struct page page, const char *what)
{
    int64_t ids[4 * ROWS];

    for (int order = PAGE_UP; order <= PAGE_DOWN; order++) {
        page.order = order;
        page.limit = 3;
        sqlite3_trace_v2(st->db, SQLITE_TRACE_STMT, note, NULL);
        read_page(of, ids, &page);
        explain_seen(what);
        page.after = 5;
        strcpy(page.after_key, "5");
    }
}

static const char *value_for(const struct filter_field_view *field)
{
    static char word[32];

    if (field->words) {
        snprintf(word, sizeof word, "%.*s", (int)strcspn(field->words, "|"),
                 field->words);
        return word;
    }
    return strcmp(field->type, "time") == 0   ? "-1h"
           : strcmp(field->type, "bool") == 0 ? "true"
                                              : "1";
}

/* Nothing is sorted, so a page ends when its time is over, whatever it looks for. */
Test(lists, are_walked_in_order_whatever_is_asked)
{
    for (int of = 0; of < FILTER_OF_COUNT; of++) {
        struct filter_field_view field;
        for (size_t i = 0; filter_field_view(of, i, &field); i++) {
            char q[200];
            snprintf(q, sizeof q, "%s==%s", field.name, value_for(&field));
            struct filter *f = open_filter(of, q);
            explain(of, (struct page){.filter = f}, q);
            if (field.is_sorted) {
                const struct filter_field *sort = filter_sort_find(of, field.name);
                explain(of, (struct page){.filter = f, .sort = sort}, q);
            }
            filter_close(f);
        }
    }
}

/* A walk through an index goes to the rows that it is for. */
Test(lists, of_tasks_use_the_indices_of_tasks)
{
    static const struct {
        const char *q, *index;
    } cases[] = {
        {"state==failed", "task_by_state (campaign_id=? AND state=? AND waiting_for=?"},
        {"state==waiting", "task_by_campaign (campaign_id=?"},
        {"waiting_for==wave;reason==x", "task_by_state (campaign_id=? AND state=?"},
        {"component.app.state==failed;state==waiting", "task_component_by_state"},
    };
    int64_t ids[4 * ROWS];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct filter *f = open_filter(FILTER_OF_TASKS, cases[i].q);
        struct page page = {.limit = 3, .filter = f};
        sqlite3_stmt *stmt = NULL;
        sqlite3_trace_v2(st->db, SQLITE_TRACE_STMT, note, NULL);
        read_page(FILTER_OF_TASKS, ids, &page);
        sqlite3_trace_v2(st->db, 0, NULL, NULL);
        char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", seen[0]);
        bool is_used = false;
        cr_assert(zero(int, sqlite3_prepare_v2(st->db, sql, -1, &stmt, NULL)));
        while (sqlite3_step(stmt) == SQLITE_ROW)
            is_used |=
                strstr((char *)sqlite3_column_text(stmt, 3), cases[i].index) != NULL;
        cr_expect(is_used, "%s: %s", cases[i].q, seen[0]);
        sqlite3_finalize(stmt);
        sqlite3_free(sql);
        filter_close(f);
        seen_count = 0;
    }
}

Test(lists, tell_the_fields_that_there_are)
{
    struct filter_context context = {fixture_version_key, 0, FILTER_OF_TOKENS};
    struct filter_error error = {0};
    struct filter *f = NULL;

    cr_expect(lt(int, filter_open("name==a;endpoint==b", &context, &error, &f), 0));
    cr_expect(eq(sz, error.position, 9));
    cr_expect(eq(str, error.text,
                 "unknown field 'endpoint' at position 9; there are name, role, "
                 "created_at, expires_at, created_by"));
}
