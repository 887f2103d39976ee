/* SPDX-License-Identifier: Apache-2.0 */
#include "store/components.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/store/fixture.h"

static struct store *st;

static void open_with_devices(void)
{
    st = fixture_open();
    for (int64_t id = 1; id <= 3; id++)
        fixture_put_device(st, id);
}

static void close_it(void)
{
    store_close(st);
}

TestSuite(inventory, .init = open_with_devices, .fini = close_it);

Test(inventory, keeps_every_field_of_a_component)
{
    struct component_row put = fixture_component("modem", "3.2.1"),
                         got[STORE_COMPONENTS_MAX];
    struct device_row device = {.id = 1, .problem = "duplicate-component"}, row;
    size_t count = 0;

    put.instance = 65535;
    put.linked = 0xffffffffU;
    put.conflicting = 0x80000001U;
    put.result = 255;
    put.has = 31;
    snprintf(put.state, sizeof put.state, "unknown");
    struct change c = {.kind = CHANGE_INVENTORY_PUT,
                       .inventory = {&device, "text", &put, 1}};
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_component_list(st, 1, got, &count)));
    cr_assert(eq(sz, count, 1));
    cr_expect(eq(u16, got[0].instance, 65535));
    cr_expect(eq(u16, got[0].object_id, 33629));
    cr_expect(eq(str, got[0].object, "afu"));
    cr_expect(eq(u32, got[0].linked, put.linked));
    cr_expect(eq(u32, got[0].conflicting, put.conflicting));
    cr_expect(eq(u8, got[0].result, 255));
    cr_expect(eq(u8, got[0].delivery, 2));
    cr_expect(eq(u8, got[0].protocols, 1));
    cr_expect(eq(u8, got[0].has, 31));
    cr_expect(eq(str, got[0].state, "unknown"));
    cr_expect(eq(u8, got[0].version_key_len, 3));
    cr_expect(zero(int, memcmp(got[0].version_key, put.version_key, 3)));
    cr_expect(eq(i64, got[0].updated_ms, 5000));
    cr_assert(zero(int, store_device_get(st, 1, &row)));
    cr_expect(eq(str, row.problem, "duplicate-component"));
}

Test(inventory, takes_a_version_key_of_full_length)
{
    struct component_row put = fixture_component("modem", "x"),
                         got[STORE_COMPONENTS_MAX];
    struct device_row device = {.id = 1};
    struct change c = {.kind = CHANGE_INVENTORY_PUT,
                       .inventory = {&device, "text", &put, 1}};
    size_t count = 0;

    memset(put.version_key, 7, sizeof put.version_key);
    put.version_key_len = STORE_VERSION_KEY_MAX;
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_component_list(st, 1, got, &count)));
    cr_expect(eq(u8, got[0].version_key_len, STORE_VERSION_KEY_MAX));
    put.version_key_len = STORE_VERSION_KEY_MAX + 1;
    cr_expect(eq(int, fixture_apply(st, &c), -EMSGSIZE));
}

Test(inventory, is_shared_by_devices_with_equal_text)
{
    int64_t first = fixture_put_inventory(st, 1, "1.0", "7.1");
    struct inventory_row got;
    struct device_row device;

    cr_expect(eq(i64, fixture_put_inventory(st, 2, "1.0", "7.1"), first));
    cr_expect(ne(i64, fixture_put_inventory(st, 3, "1.1", "7.1"), first));
    cr_assert(zero(int, store_device_get(st, 2, &device)));
    cr_expect(eq(i64, device.inventory_id, first));
    cr_expect(eq(i64, device.inventory_ms, 5000));
    cr_assert(zero(int, store_inventory_get(st, first, &got)));
    cr_expect(eq(str, got.model, MODEL));
    cr_expect(eq(str, got.hardware, "2"));
    cr_assert(eq(sz, got.count, 2));
    cr_expect(eq(str, got.components[1].name, "radio"));
    cr_expect(eq(str, got.components[1].version, "7.1"));
    cr_expect(eq(str, got.components[1].object, "afu"));
    cr_expect(eq(int, store_inventory_get(st, 77, &got), STORE_E_NOT_FOUND));
}

Test(inventory, of_an_unknown_device_leaves_nothing)
{
    struct device_row device = {.id = 99};
    struct component_row component = fixture_component("app", "1");
    struct change c = {.kind = CHANGE_INVENTORY_PUT,
                       .inventory = {&device, "new text", &component, 1}};
    struct inventory_row got;

    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_NOT_FOUND));
    cr_expect(eq(int, store_inventory_get(st, 1, &got), STORE_E_NOT_FOUND));
}

Test(inventory, drops_components_that_are_gone)
{
    struct device_row device = {.id = 1};
    struct component_row left = fixture_component("radio", "7.1"),
                         got[STORE_COMPONENTS_MAX];
    struct change c = {.kind = CHANGE_INVENTORY_PUT,
                       .inventory = {&device, "less", &left, 1}};
    size_t count = 0;

    fixture_put_inventory(st, 1, "1.0", "7.1");
    cr_assert(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_component_list(st, 1, got, &count)));
    cr_assert(eq(sz, count, 1));
    cr_expect(eq(str, got[0].name, "radio"));
}

Test(inventory, keeps_one_row_of_history_per_change_of_version)
{
    struct component_version_row rows[8];
    struct page page = {.limit = 8};

    fixture_put_inventory(st, 1, "1.0", "7.1");
    fixture_put_inventory(st, 1, "1.0", "7.1");
    fixture_put_inventory(st, 1, "2.0", "7.1");
    fixture_put_inventory(st, 1, "1.0", "7.1");
    cr_assert(zero(int, store_component_history(st, 1, "app", rows, &page)));
    cr_assert(eq(sz, page.count, 3));
    cr_expect(eq(str, rows[0].version, "1.0"));
    cr_expect(eq(str, rows[1].version, "2.0"));
    cr_expect(eq(str, rows[2].version, "1.0"));
    cr_expect(eq(i64, rows[2].at_ms, 5000));
    page = (struct page){.limit = 1, .order = PAGE_DOWN};
    cr_assert(zero(int, store_component_history(st, 1, "", rows, &page)));
    cr_expect(eq(i64, rows[0].id, 4));
    page.after = page.next;
    cr_assert(zero(int, store_component_history(st, 1, "", rows, &page)));
    cr_expect(eq(i64, rows[0].id, 3));
}

Test(inventory, component_changes_its_state)
{
    struct change c = {.kind = CHANGE_COMPONENT_STATE,
                       .component_state = {1, "app", "updating", 0, 6000}};
    struct component_row got[STORE_COMPONENTS_MAX];
    size_t count = 0;

    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_NOT_FOUND));
    fixture_put_inventory(st, 1, "1.0", "7.1");
    cr_expect(zero(int, fixture_apply(st, &c)));
    cr_assert(zero(int, store_component_list(st, 1, got, &count)));
    cr_expect(eq(str, got[0].state, "updating"));
    cr_expect(eq(i64, got[0].updated_ms, 6000));
    c.component_state.state = "sleeping";
    cr_expect(eq(int, fixture_apply(st, &c), STORE_E_CONFLICT));
}

Test(inventory, with_more_components_than_the_bound_is_refused)
{
    static struct component_row many[STORE_COMPONENTS_MAX + 1];
    struct device_row device = {.id = 1};
    struct change c = {.kind = CHANGE_INVENTORY_PUT,
                       .inventory = {&device, "t", many, STORE_COMPONENTS_MAX + 1}};
    char name[16];

    for (int i = 0; i <= STORE_COMPONENTS_MAX; i++) {
        snprintf(name, sizeof name, "c%d", i);
        many[i] = fixture_component(name, "1");
    }
    cr_expect(eq(int, fixture_apply(st, &c), -EMSGSIZE));
    c.inventory.count--;
    cr_expect(zero(int, fixture_apply(st, &c)));
}
