/* SPDX-License-Identifier: Apache-2.0 */
#include "store/devices.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/campaigns.h"
#include "store/events.h"
#include "store/store_internal.h"
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

TestSuite(devices, .init = open_empty, .fini = close_it);

static struct change_result put(const struct device_row *row, const char *objects)
{
    return fixture_result(
        st, &(struct change){.kind = CHANGE_DEVICE_PUT, .device = {row, objects}});
}

static void expect_registration(struct device_row *a, struct device_row *b)
{
    cr_expect(eq(i64, a->id, b->id));
    cr_expect(eq(str, a->endpoint, b->endpoint));
    cr_expect(eq(str, a->state, b->state));
    cr_expect(eq(str, a->location, b->location));
    cr_expect(eq(str, a->address, b->address));
    cr_expect(eq(str, a->local_address, b->local_address));
    cr_expect(eq(u16, a->port, b->port));
    cr_expect(eq(u16, a->local_port, b->local_port));
    cr_expect(eq(u32, a->scope, b->scope));
    cr_expect(eq(str, a->lwm2m, b->lwm2m));
    cr_expect(eq(str, a->binding, b->binding));
    cr_expect(eq(int, a->queue_mode, b->queue_mode));
    cr_expect(eq(str, a->root_path, b->root_path));
    cr_expect(eq(i64, a->lifetime_s, b->lifetime_s));
    cr_expect(eq(i64, a->registered_ms, b->registered_ms));
    cr_expect(eq(i64, a->seen_ms, b->seen_ms));
    cr_expect(eq(i64, a->expires_ms, b->expires_ms));
    cr_expect(eq(i64, a->created_ms, b->created_ms));
}

Test(devices, are_found_again_by_id_and_endpoint)
{
    struct device_row row = fixture_device(7), got;

    row.scope = 4000000000U;
    row.port = 65535;
    row.queue_mode = true;
    cr_assert(zero(int, put(&row, NULL).rc));
    cr_assert(zero(int, store_device_get(st, 7, &got)));
    expect_registration(&row, &got);
    cr_assert(zero(int, store_device_by_endpoint(st, "device-7", &got)));
    expect_registration(&row, &got);
    cr_expect(eq(i64, got.inventory_id, 0));
}

Test(devices, that_are_unknown_are_not_found)
{
    struct device_row got;
    char *objects = NULL;

    cr_expect(eq(int, store_device_get(st, 1, &got), STORE_E_NOT_FOUND));
    cr_expect(eq(int, store_device_by_endpoint(st, "x", &got), STORE_E_NOT_FOUND));
    cr_expect(eq(int, store_device_objects(st, 1, &objects), STORE_E_NOT_FOUND));
}

Test(devices, keep_their_id_when_they_register_again)
{
    struct device_row row = fixture_device(1), got;

    cr_assert(zero(int, put(&row, NULL).rc));
    fixture_put_inventory(st, 1, "1.0", "7.1");
    row.id = 99;
    row.created_ms = 77777;
    snprintf(row.location, sizeof row.location, "other");
    cr_expect(eq(i64, put(&row, NULL).id, 1));
    cr_assert(zero(int, store_device_get(st, 1, &got)));
    cr_expect(eq(str, got.location, "other"));
    cr_expect(eq(i64, got.created_ms, 1000));
    cr_expect(eq(str, got.model, MODEL)); /* the inventory stands */
    cr_expect(eq(int, store_device_get(st, 99, &got), STORE_E_NOT_FOUND));
}

Test(devices, can_be_put_again_unchanged)
{
    struct device_row row = fixture_device(1);

    cr_assert(zero(int, put(&row, NULL).rc));
    struct change_result again = put(&row, NULL);
    cr_expect(zero(int, again.rc));
    cr_expect(eq(i64, again.id, 1));
}

Test(devices, may_not_share_an_id)
{
    struct device_row row = fixture_device(1);

    fixture_put_device(st, 2);
    row.id = 2; /* of another endpoint */
    cr_expect(eq(int, put(&row, NULL).rc, STORE_E_CONFLICT));
}

Test(devices, without_a_location_do_not_collide)
{
    struct device_row row = fixture_device(1);

    row.location[0] = '\0';
    cr_expect(zero(int, put(&row, NULL).rc));
    row = fixture_device(2);
    row.location[0] = '\0';
    cr_expect(zero(int, put(&row, NULL).rc));
    cr_assert(zero(int, store_device_get(st, 2, &row)));
    cr_expect(eq(str, row.location, ""));
}

Test(devices, with_values_out_of_range_are_refused)
{
    struct device_row row = fixture_device(1);

    row.lifetime_s = -1;
    cr_expect(eq(int, put(&row, NULL).rc, STORE_E_CONFLICT));
    row = fixture_device(1);
    snprintf(row.state, sizeof row.state, "happy");
    cr_expect(eq(int, put(&row, NULL).rc, STORE_E_CONFLICT));
    row = fixture_device(0);
    cr_expect(eq(int, put(&row, NULL).rc, STORE_E_CONFLICT));
    row = fixture_device(1);
    row.endpoint[0] = '\0';
    cr_expect(eq(int, put(&row, NULL).rc, STORE_E_CONFLICT));
}

Test(devices, keep_their_object_list_until_a_new_one_comes)
{
    struct device_row row = fixture_device(1);
    char *objects = NULL;

    cr_assert(zero(int, put(&row, "</3/0>,</5/0>").rc));
    cr_assert(zero(int, put(&row, NULL).rc));
    cr_assert(zero(int, store_device_objects(st, 1, &objects)));
    cr_expect(eq(str, objects, "</3/0>,</5/0>"));
    free(objects);
    cr_assert(zero(int, put(&row, "</3/0>").rc));
    cr_assert(zero(int, store_device_objects(st, 1, &objects)));
    cr_expect(eq(str, objects, "</3/0>"));
    free(objects);
}

Test(devices, are_seen_in_bulk)
{
    struct device_seen seen[] = {{1, 10, 20}, {5, 11, 21}, {2, 12, 22}};
    struct device_row got;

    fixture_put_device(st, 1);
    fixture_put_device(st, 2);
    struct change c = {.kind = CHANGE_DEVICE_SEEN, .seen = {seen, 3}};
    struct change_result result = fixture_result(st, &c);
    cr_expect(zero(int, result.rc));
    cr_expect(eq(i64, result.count, 2)); /* 5 is unknown */
    cr_assert(zero(int, store_device_get(st, 2, &got)));
    cr_expect(eq(i64, got.seen_ms, 12));
    cr_expect(eq(i64, got.expires_ms, 22));
}

Test(devices, change_their_state)
{
    struct change c = {.kind = CHANGE_DEVICE_STATE, .device_state = {1, "expired"}};
    struct device_row got;

    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_NOT_FOUND));
    fixture_put_device(st, 1);
    cr_expect(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_device_get(st, 1, &got)));
    cr_expect(eq(str, got.state, "expired"));
    c.device_state.state = "lost";
    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_CONFLICT));
}

Test(devices, have_tags_that_are_replaced_as_a_whole)
{
    struct tag_row tags[] = {{"site", "north", false}, {"floor", "2", false}}, got[4];
    struct change c = {.kind = CHANGE_DEVICE_TAGS, .tags = {1, tags, 2}};
    size_t count = 0;

    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_NOT_FOUND));
    fixture_put_device(st, 1);
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_device_tags(st, 1, got, 4, &count)));
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(str, got[0].name, "floor"));
    cr_expect(eq(str, got[1].value, "north"));
    cr_assert(zero(int, store_device_tags(st, 1, got, 1, &count)));
    cr_expect(eq(sz, count, 2)); /* all there are, though one was written */
    c.tags.count = 1;
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_device_tags(st, 1, got, 4, &count)));
    cr_expect(eq(sz, count, 1));
}

Test(devices, with_a_tag_twice_keep_the_tags_they_had)
{
    struct tag_row tags[] = {{"site", "north", false}, {"site", "south", false}},
                   got[4];
    struct change c = {.kind = CHANGE_DEVICE_TAGS, .tags = {1, tags, 1}};
    size_t count = 0;

    fixture_put_device(st, 1);
    cr_assert(zero(int, fixture_apply(st, &c)));
    c.tags.count = 2;
    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_CONFLICT));
    cr_assert(zero(int, store_device_tags(st, 1, got, 4, &count)));
    cr_assert(eq(sz, count, 1));
    cr_expect(eq(str, got[0].value, "north"));
}

Test(devices, that_are_deleted_leave_nothing_and_give_their_id_to_nobody)
{
    struct change c = {.kind = CHANGE_DEVICE_DELETE, .device_id = 9};
    struct component_row components[STORE_COMPONENTS_MAX];
    size_t count = 1;
    int64_t last = 0;

    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_NOT_FOUND));
    fixture_put_device(st, 3);
    fixture_put_device(st, 9);
    fixture_put_inventory(st, 9, "1.0", "7.1");
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_component_list(st, 9, components, &count)));
    cr_expect(eq(sz, count, 0));
    cr_assert(zero(int, store_device_last_id(st, &last)));
    cr_expect(eq(i64, last, 9));
}

Test(devices, with_an_unfinished_task_are_not_deleted)
{
    struct change c = {.kind = CHANGE_DEVICE_DELETE, .device_id = 1};
    struct change end = {.kind = CHANGE_TASKS_MOVE,
                         .tasks_move = {.campaign_id = 1, .state = "canceled"}};
    struct task_row task;

    fixture_campaign(st, 1);
    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_CONFLICT));
    cr_assert(zero(int, fixture_apply(st, &end)));
    cr_expect(zero(int, fixture_apply(st, &c)));
    /* What is counted stays, without a name. */
    cr_assert(zero(int, store_task_of_device(st, 1, 1, &task)));
    cr_expect(eq(str, task.state, "canceled"));
    cr_expect(eq(str, task.endpoint, ""));
}

static void put_event(int64_t device_id, const char *endpoint)
{
    struct event_row row = {.at_ms = 1, .kind = "device", .device_id = device_id};

    strcpy(row.actor, "admin");
    strcpy(row.name, "tagged");
    strcpy(row.endpoint, endpoint);
    sprintf(row.body, "{\"endpoint\":\"%s\"}", endpoint);
    cr_assert(zero(int, fixture_apply(st, &(struct change){.kind = CHANGE_EVENT_ADD,
                                                           .event = &row})));
}

/* Everything that the file holds of it is gone: only then is nobody named. */
static int64_t times_in_file(const char *name)
{
    static const char *const columns[] = {
        "device.endpoint", "task.endpoint", "task.detail",     "event.endpoint",
        "event.body",      "tag.value",     "campaign.detail", "plan.body",
        "plan_group.body", "task.journal",  "device.serial"};
    int64_t n = 0;

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        char sql[200];
        sqlite3_stmt *stmt;
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %.*s WHERE instr(%s, '%s')",
                 (int)strcspn(columns[i], "."), columns[i], columns[i], name);
        cr_assert(zero(int, sqlite3_prepare_v2(st->db, sql, -1, &stmt, NULL)), "%s",
                  sql);
        cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
        n += sqlite3_column_int64(stmt, 0);
        sqlite3_finalize(stmt);
    }
    return n;
}

Test(devices, that_are_deleted_are_named_nowhere)
{
    struct change end = {.kind = CHANGE_TASKS_MOVE,
                         .tasks_move = {.campaign_id = 1, .state = "excluded"}};
    struct change delete = {.kind = CHANGE_DEVICE_DELETE, .device_id = 1};
    struct event_row events[4];
    struct event_query any = {0};
    struct page page = {.limit = 4};

    fixture_campaign(st, 2);
    put_event(1, "device-1");
    put_event(2, "device-2");
    put_event(1, "device-1");
    cr_assert(zero(
        int,
        sqlite3_exec(
            st->db,
            "UPDATE plan SET body = '{\"excluded\":[{\"detail\":\"a [\",\"sample\":["
            "\"device-2\",\"device-1\",\"x\\\"]\"]}],\"device-1\":[\"device-1\"]}';"
            "UPDATE plan SET body = replace(body, ',\"device-1\":[\"device-1\"]', "
            "',\"other\":[\"x\"]');"
            "UPDATE campaign SET detail = 'braked; last: device-1 (flash)';"
            "UPDATE task SET detail = 'device-1 said no' WHERE device_id = 1",
            NULL, NULL, NULL)));
    cr_assert(zero(int, fixture_apply(st, &end)));
    cr_assert(times_in_file("device-1") > 4);
    cr_assert(zero(int, fixture_apply(st, &delete)));
    cr_expect(zero(i64, times_in_file("device-1")));
    cr_expect(times_in_file("device-2") > 2, "others stay");
    cr_assert(zero(int, store_event_page(st, &any, events, &page)));
    cr_assert(eq(sz, page.count, 3), "what people did is still counted");
    cr_expect(eq(str, events[0].actor, "admin"));
    cr_expect(eq(i64, events[2].id, 3));
    cr_expect(eq(str, events[1].endpoint, "device-2"));
}

Test(devices, are_listed_in_pages_by_id)
{
    struct device_row rows[4];
    struct page page = {.limit = 4};

    for (int64_t id = 10; id > 0; id--)
        fixture_put_device(st, id);
    cr_assert(zero(int, store_device_page(st, rows, &page)));
    cr_assert(eq(sz, page.count, 4));
    cr_expect(eq(i64, rows[3].id, 4));
    cr_expect(eq(i64, page.next, 4));
    page.after = 8;
    cr_assert(zero(int, store_device_page(st, rows, &page)));
    cr_expect(eq(sz, page.count, 2));
    cr_expect(eq(i64, page.next, 0));
    page.after = 6;
    cr_assert(zero(int, store_device_page(st, rows, &page)));
    cr_expect(eq(sz, page.count, 4));
    cr_expect(eq(i64, page.next, 0)); /* exactly full */
}

Test(devices, are_counted_a_bounded_number_at_a_time)
{
    enum { COUNT = 10005 };
    struct page page = {0};
    size_t hits = 0;
    int calls = 0;

    for (int64_t id = 1; id <= COUNT; id++)
        fixture_put_device(st, id);
    do {
        cr_assert(zero(int, store_device_count(st, &page)));
        hits += page.count;
        page.after = page.next;
        calls++;
    } while (page.next != 0 && calls < 9);
    cr_expect(eq(sz, hits, COUNT));
    cr_expect(eq(int, calls, 2));
}

Test(devices, are_loaded_with_their_registration_only)
{
    struct device_row rows[2], want = fixture_device(1);
    struct page page = {.limit = 2};

    fixture_put_device(st, 1);
    fixture_put_inventory(st, 1, "1.0", "7.1");
    cr_assert(zero(int, store_device_load(st, rows, &page)));
    cr_assert(eq(sz, page.count, 1));
    expect_registration(&want, &rows[0]);
    cr_expect(eq(str, rows[0].model, ""));
}

Test(devices, last_id_of_none_is_zero)
{
    int64_t last = 5;

    cr_assert(zero(int, store_device_last_id(st, &last)));
    cr_expect(zero(i64, last));
}
