/* SPDX-License-Identifier: Apache-2.0 */
#include "store/batch.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_internal.h"
#include "tests/store/fixture.h"

static struct store *st;
static struct batch *b;

static void open_empty(void)
{
    st = fixture_open();
    cr_assert(zero(int, batch_open(&b)));
}

static void close_it(void)
{
    batch_close(b);
    store_close(st);
}

TestSuite(batch, .init = open_empty, .fini = close_it);

static size_t put_device(int64_t id, const char *state)
{
    struct device_row row = fixture_device(id);
    size_t index = 99;

    snprintf(row.state, sizeof row.state, "%s", state);
    struct change c = {.kind = CHANGE_DEVICE_PUT, .device = {&row, "</1/0>"}};
    cr_assert(zero(int, batch_put(b, &c, &index)));
    return index;
}

static int64_t devices(void)
{
    struct count_row rows[8];
    size_t count = 0;
    int64_t sum = 0;

    cr_assert(zero(int, store_count_devices(st, rows, 8, &count)));
    for (size_t i = 0; i < count; i++)
        sum += rows[i].n;
    return sum;
}

Test(batch, applies_in_order_and_tells_each_result)
{
    cr_expect(zero(sz, put_device(1, "registered")));
    struct change state = {.kind = CHANGE_DEVICE_STATE, .device_state = {1, "asleep"}};
    cr_assert(zero(int, batch_put(b, &state, NULL)));
    state.device_state.id = 2;
    cr_assert(zero(int, batch_put(b, &state, NULL)));
    cr_expect(eq(sz, batch_count(b), 3));
    cr_assert(zero(int, store_apply(st, b)));
    cr_expect(zero(int, batch_result(b, 0)->rc));
    cr_expect(eq(i64, batch_result(b, 0)->id, 1));
    cr_expect(zero(int, batch_result(b, 1)->rc));
    cr_expect(eq(int, batch_result(b, 2)->rc, STORE_E_NOT_FOUND));
    cr_expect(eq(int, batch_change(b, 1)->kind, CHANGE_DEVICE_STATE));
}

Test(batch, item_that_is_refused_stops_nothing_else)
{
    put_device(1, "registered");
    put_device(2, "nonsense");
    put_device(3, "registered");
    cr_assert(zero(int, store_apply(st, b)));
    cr_expect(eq(int, batch_result(b, 1)->rc, STORE_E_CONFLICT));
    cr_expect(eq(i64, devices(), 2));
}

Test(batch, item_of_several_statements_leaves_nothing_when_refused)
{
    struct component_row components[] = {fixture_component("app", "1"),
                                         fixture_component("radio", "2")};
    struct device_row row = {.id = 1, .model = "new", .inventory_ms = 5};
    struct device_row got;
    struct component_row read[STORE_COMPONENTS_MAX];
    size_t count = 9;

    put_device(1, "registered");
    strcpy(components[1].state, "nonsense");
    struct change c = {.kind = CHANGE_INVENTORY_PUT,
                       .inventory = {&row, "text", components, 2}};
    cr_assert(zero(int, batch_put(b, &c, NULL)));
    put_device(2, "registered");
    cr_assert(zero(int, store_apply(st, b)));
    cr_expect(eq(int, batch_result(b, 1)->rc, STORE_E_CONFLICT));
    cr_assert(zero(int, store_device_get(st, 1, &got)));
    cr_expect(eq(str, got.model, ""));
    cr_expect(zero(i64, got.inventory_id));
    cr_assert(zero(int, store_component_list(st, 1, read, &count)));
    cr_expect(zero(sz, count));
    cr_expect(eq(i64, devices(), 2));
}

Test(batch, owns_copies_of_all_it_was_given)
{
    struct device_row row = fixture_device(1), got;
    char *objects = strdup("</3/0>"), *read = NULL;
    struct tag_row *tags = calloc(2, sizeof *tags), read_tags[2];
    size_t count = 0;

    strcpy(tags[0].name, "site");
    strcpy(tags[1].name, "zone");
    struct change put = {.kind = CHANGE_DEVICE_PUT, .device = {&row, objects}};
    struct change tag = {.kind = CHANGE_DEVICE_TAGS, .tags = {1, tags, 2}};
    cr_assert(zero(int, batch_put(b, &put, NULL)));
    cr_assert(zero(int, batch_put(b, &tag, NULL)));
    memset(&row, 0xff, sizeof row);
    memset(objects, 'x', 6);
    free(objects);
    free(tags);
    cr_assert(zero(int, store_apply(st, b)));
    cr_assert(zero(int, store_device_get(st, 1, &got)));
    cr_expect(eq(str, got.endpoint, "device-1"));
    cr_assert(zero(int, store_device_objects(st, 1, &read)));
    cr_expect(eq(str, read, "</3/0>"));
    free(read);
    cr_assert(zero(int, store_device_tags(st, 1, read_tags, 2, &count)));
    cr_expect(eq(str, read_tags[1].name, "zone"));
}

Test(batch, refuses_texts_that_are_too_long)
{
    char name[STORE_KEY_MAX + 2];
    struct change c = {.kind = CHANGE_META_PUT, .meta = {name, "v"}};

    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    cr_expect(eq(int, batch_put(b, &c, NULL), -EMSGSIZE));
    cr_expect(zero(sz, batch_count(b)));
    name[STORE_KEY_MAX] = '\0';
    cr_expect(zero(int, batch_put(b, &c, NULL)));
}

Test(batch, is_used_again_after_clear)
{
    for (int64_t id = 1; id <= 2000; id++)
        put_device(id, "registered");
    cr_expect(gt(sz, batch_bytes(b), 1000000));
    cr_assert(zero(int, store_apply(st, b)));
    batch_clear(b);
    cr_expect(zero(sz, batch_bytes(b)));
    put_device(2001, "registered");
    cr_assert(zero(int, store_apply(st, b)));
    cr_expect(eq(i64, devices(), 2001));
}

Test(batch, takes_a_text_larger_than_its_blocks)
{
    size_t size = 1 << 20;
    char *large = malloc(size + 1), *read = NULL;
    struct device_row row = fixture_device(1);

    memset(large, 'o', size);
    large[size] = '\0';
    struct change c = {.kind = CHANGE_DEVICE_PUT, .device = {&row, large}};
    cr_assert(zero(int, batch_put(b, &c, NULL)));
    put_device(2, "registered");
    cr_assert(zero(int, store_apply(st, b)));
    cr_assert(zero(int, store_device_objects(st, 1, &read)));
    cr_expect(eq(sz, strlen(read), size));
    free(read);
    free(large);
    batch_clear(b);
    put_device(3, "registered");
    cr_expect(zero(int, store_apply(st, b)));
}

Test(batch, without_changes_is_fine)
{
    cr_expect(zero(int, store_apply(st, b)));
}

static void limit_pages(int extra)
{
    char sql[100];
    sqlite3_stmt *stmt = NULL;

    cr_assert(
        zero(int, sqlite3_prepare_v2(st->db, "PRAGMA page_count", -1, &stmt, NULL)));
    cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d",
             sqlite3_column_int(stmt, 0) + extra);
    sqlite3_finalize(stmt);
    cr_assert(zero(int, sqlite3_exec(st->db, sql, NULL, NULL, NULL)));
}

/* Wherever in the batch the space ends: nothing is applied, and the same batch goes
 * through when there is room. */
Test(batch, that_finds_no_space_can_be_tried_again)
{
    char note[1000];

    memset(note, 'n', sizeof note);
    note[sizeof note - 1] = '\0';
    for (int64_t id = 1; id <= 200; id++) {
        struct device_row row = fixture_device(id);
        struct change c = {.kind = CHANGE_DEVICE_PUT, .device = {&row, note}};
        cr_assert(zero(int, batch_put(b, &c, NULL)));
    }
    for (int extra = 0; extra < 20; extra++) {
        limit_pages(extra);
        cr_expect(eq(int, store_apply(st, b), -ENOSPC), "%d", extra);
        cr_expect(zero(i64, devices()));
        cr_expect(zero(i64, batch_result(b, 0)->id));
    }
    limit_pages(10000);
    cr_expect(zero(int, store_apply(st, b)));
    cr_expect(eq(i64, devices(), 200));
    cr_expect(zero(int, batch_result(b, 199)->rc));
}

Test(batch, twice_leaves_what_once_leaves)
{
    put_device(1, "registered");
    put_device(2, "registered");
    cr_assert(zero(int, store_apply(st, b)));
    cr_assert(zero(int, store_apply(st, b)));
    cr_expect(eq(i64, devices(), 2));
    cr_expect(zero(int, batch_result(b, 1)->rc));
}
