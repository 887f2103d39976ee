/* SPDX-License-Identifier: Apache-2.0 */
#include "store/events.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "store/event_kinds.h"
#include "tests/store/fixture.h"

static struct store *st;

static void open_empty(void)
{
    st = fixture_open();
}

static void close_it(void)
{
    store_close(st);
}

TestSuite(events, .init = open_empty, .fini = close_it);

static int64_t add(int64_t at_ms, const char *kind, int64_t campaign_id,
                   int64_t device_id)
{
    struct event_row row = {.at_ms = at_ms,
                            .name = "started",
                            .actor = "engine",
                            .campaign_id = campaign_id,
                            .device_id = device_id,
                            .endpoint = "meter-1",
                            .body = "{\"a\":1}"};

    snprintf(row.kind, sizeof row.kind, "%s", kind);
    struct change_result result =
        fixture_result(st, &(struct change){.kind = CHANGE_EVENT_ADD, .event = &row});
    return result.rc == 0 ? result.id : -result.rc;
}

static size_t count_of(struct event_query query)
{
    struct event_row rows[10];
    struct page page = {.limit = 10};

    cr_assert(zero(int, store_event_page(st, &query, rows, &page)));
    return page.count;
}

Test(events, are_followed_in_order)
{
    struct event_query all = {0};
    struct event_row rows[4];
    struct page page = {.limit = 4};

    int64_t first = add(10, "task", 1, 2);
    int64_t second = add(11, "device", 0, 2);
    cr_assert(zero(int, store_event_page(st, &all, rows, &page)));
    cr_assert(eq(sz, page.count, 2));
    cr_expect(eq(i64, rows[0].id, first));
    cr_expect(eq(str, rows[0].body, "{\"a\":1}"));
    cr_expect(eq(str, rows[0].actor, "engine"));
    cr_expect(eq(str, rows[0].kind, "task"));
    cr_expect(eq(str, rows[0].name, "started"));
    cr_expect(eq(str, rows[0].endpoint, "meter-1"));
    cr_expect(eq(i64, rows[0].at_ms, 10));
    page.after = first;
    cr_assert(zero(int, store_event_page(st, &all, rows, &page)));
    cr_assert(eq(sz, page.count, 1));
    cr_expect(eq(i64, rows[0].id, second));
    page.after = second;
    cr_assert(zero(int, store_event_page(st, &all, rows, &page)));
    cr_expect(zero(sz, page.count));
}

Test(events, are_chosen_by_campaign_device_and_kind)
{
    add(1, "task", 1, 1);
    add(2, "task", 1, 2);
    add(3, "component", 1, 2);
    add(4, "device", 0, 2);
    add(5, "campaign", 2, 0);
    cr_expect(eq(sz, count_of((struct event_query){0}), 5));
    cr_expect(eq(
        sz,
        count_of((struct event_query){.campaign_id = 1, .device_id = 0, .kinds = ""}),
        3));
    cr_expect(eq(
        sz,
        count_of((struct event_query){.campaign_id = 0, .device_id = 2, .kinds = ""}),
        3));
    cr_expect(eq(sz,
                 count_of((struct event_query){
                     .campaign_id = 1, .device_id = 0, .kinds = " task "}),
                 2));
    cr_expect(eq(sz,
                 count_of((struct event_query){
                     .campaign_id = 0, .device_id = 0, .kinds = " campaign "}),
                 1));
    cr_expect(eq(sz,
                 count_of((struct event_query){
                     .campaign_id = 0, .device_id = 2, .kinds = " token "}),
                 0));
    cr_expect(eq(sz, count_of((struct event_query){.kinds = " task campaign "}), 3));
    cr_expect(eq(
        sz,
        count_of((struct event_query){.campaign_id = 1, .device_id = 2, .kinds = ""}),
        2));
    cr_expect(eq(
        sz,
        count_of((struct event_query){.campaign_id = 9, .device_id = 2, .kinds = ""}),
        0));
}

Test(events, of_a_campaign_itself_come_in_one_page)
{
    struct event_query query = {.campaign_id = 3, .kinds = " campaign "};
    struct event_row rows[4];
    struct page page = {.limit = 4, .order = PAGE_DOWN};

    add(1, "campaign", 3, 0);
    add(2, "campaign", 4, 0);
    for (int i = 0; i < 10500; i++) /* more than one page looks at */
        add(3, "task", 3, 1);
    cr_assert(zero(int, store_event_page(st, &query, rows, &page)));
    cr_assert(eq(sz, page.count, 1));
    cr_expect(eq(i64, rows[0].at_ms, 1));
    cr_expect(zero(i64, page.next));
    page = (struct page){.limit = 4};
    cr_assert(zero(int, store_event_page(st, &query, rows, &page)));
    cr_expect(eq(sz, page.count, 1));
}

Test(events, of_people_are_found_among_all_others)
{
    struct event_query query = {.is_by_people = true};
    struct event_row rows[4],
        ada = {.kind = "token", .name = "created", .actor = "ada"};
    struct page page = {.limit = 4, .order = PAGE_DOWN};
    struct change c = {.kind = CHANGE_EVENT_ADD, .event = &ada};

    strcpy(ada.body, "{}");
    cr_assert(zero(int, fixture_apply(st, &c)));
    strcpy(ada.actor, "system");
    cr_assert(zero(int, fixture_apply(st, &c)));
    strcpy(ada.actor, "device");
    cr_assert(zero(int, fixture_apply(st, &c)));
    strcpy(ada.actor, "grace");
    strcpy(ada.kind, "bundle");
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_event_page(st, &query, rows, &page)));
    cr_assert(eq(sz, page.count, 2));
    cr_expect(eq(str, rows[0].actor, "grace"));
    cr_expect(eq(str, rows[1].actor, "ada"));
    strcpy(query.kinds, " token ");
    cr_expect(eq(sz, count_of(query), 1));
}

Test(events, are_read_from_the_newest_too)
{
    struct event_query device = {.device_id = 7};
    struct event_row rows[2];
    struct page page = {.limit = 2, .order = PAGE_DOWN};

    for (int64_t i = 1; i <= 5; i++)
        add(i, "task", 0, 7);
    cr_assert(zero(int, store_event_page(st, &device, rows, &page)));
    cr_expect(eq(i64, rows[0].at_ms, 5));
    cr_expect(eq(i64, rows[1].at_ms, 4));
    page.after = page.next;
    cr_assert(zero(int, store_event_page(st, &device, rows, &page)));
    cr_expect(eq(i64, rows[0].at_ms, 3));
}

Test(events, of_every_kind_of_the_table_are_taken)
{
    for (size_t i = 0; i < event_kind_count; i++) {
        cr_expect(add(1, event_kinds[i].name, 0, 0) > 0, "%s", event_kinds[i].name);
        cr_expect(event_kind_find(event_kinds[i].name) == &event_kinds[i]);
        cr_expect(event_kinds[i].text[0] && event_kinds[i].events[0]);
    }
}

Test(events, of_an_unknown_kind_are_refused)
{
    cr_expect(eq(i64, add(1, "party", 0, 0), -STORE_E_CONFLICT));
}

Test(events, are_pruned_by_age_and_never_numbered_again)
{
    struct change prune = {.kind = CHANGE_PRUNE_EVENTS,
                           .prune_events = {.before_ms = 4, .now_ms = 9, .limit = 2}};
    int64_t first = 0, last = 0;

    for (int64_t i = 1; i <= 5; i++)
        add(i, "task", 0, 0);
    struct change_result result = fixture_result(st, &prune);
    cr_expect(eq(i64, result.count, 2));
    cr_expect(eq(i64, result.id, 2));
    cr_expect(eq(int, result.done, false));
    result = fixture_result(st, &prune);
    cr_expect(eq(i64, result.count, 1));
    result = fixture_result(st, &prune);
    cr_expect(zero(i64, result.count));
    cr_expect(eq(int, result.done, true));
    cr_assert(zero(int, store_event_range(st, &first, &last)));
    cr_expect(eq(i64, first, 4));
    cr_expect(eq(i64, last, 5));
    prune.prune_events.before_ms = 100;
    cr_expect(eq(i64, fixture_result(st, &prune).count, 1));
    cr_assert(zero(int, store_event_range(st, &first, &last)));
    cr_expect(eq(i64, last, 5)); /* the newest stays */
    cr_expect(eq(i64, add(9, "task", 0, 0), 6));
}

/* Ids 1 to 6 are of a time to come; 7 to 10 are old, 11 and 12 young. */
static void add_with_a_wrong_clock(void)
{
    for (int64_t i = 1; i <= 12; i++)
        add(i <= 6 ? 1000 : i <= 10 ? 10 : 50, "task", 0, 0);
}

static struct change chunk_of(int64_t after_id, int64_t before_id)
{
    return (struct change){.kind = CHANGE_PRUNE_EVENTS,
                           .prune_events = {.before_ms = 20,
                                            .now_ms = 60,
                                            .before_id = before_id,
                                            .after_id = after_id,
                                            .limit = 3}};
}

Test(events, of_a_time_to_come_keep_no_old_ones)
{
    int64_t pruned = 0, first = 0, last = 0, after = 0;
    struct change_result result = {0};

    add_with_a_wrong_clock();
    for (int i = 0; i < 12 && !result.done; i++, after = result.id) {
        struct change c = chunk_of(after, 0);
        result = fixture_result(st, &c);
        pruned += result.count;
    }
    cr_expect(result.done);
    cr_expect(eq(i64, pruned, 4));
    cr_expect(eq(sz, count_of((struct event_query){0}), 8));
    struct change beyond =
        chunk_of(0, 5); /* too many: the oldest, whatever their time */
    cr_expect(eq(i64, fixture_result(st, &beyond).count, 3));
    beyond.prune_events.after_id = 3;
    cr_expect(eq(i64, fixture_result(st, &beyond).count, 2));
    cr_assert(zero(int, store_event_range(st, &first, &last)));
    cr_expect(eq(i64, first, 6));
}
