/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/inventory.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>

static struct inventory sample(void)
{
    return (struct inventory){
        .manufacturer = "Example",
        .model = "GW-100",
        .hardware = "2",
        .serial = "77",
        .count = 3,
        .components =
            {
                {.name = "radio", .version = "7.1", .object_id = 33629, .instance = 3},
                {.name = "app", .version = "0.9", .object_id = 33629, .instance = 0},
                {.name = "boot", .version = "", .object = COMPONENT_FW, .object_id = 5},
            },
    };
}

Test(inventory, is_sorted_and_found_by_name)
{
    struct inventory inv = sample();
    inventory_finish(&inv);
    cr_expect(eq(str, inv.components[0].name, "app"));
    cr_expect(eq(int, inv.problem, INVENTORY_OK));
    cr_expect(eq(str, (char *)inventory_find(&inv, "radio")->version, "7.1"));
    cr_expect(inventory_find(&inv, "modem") == NULL);
}

Test(inventory, with_one_name_twice_is_a_problem)
{
    struct inventory inv = sample();
    strcpy(inv.components[1].name, "radio");
    inventory_finish(&inv);
    cr_expect(eq(int, inv.problem, INVENTORY_DUPLICATE_COMPONENT));
}

Test(inventory, keeps_the_problem_it_had)
{
    struct inventory inv = sample();
    inv.problem = INVENTORY_FORBIDDEN_COMPONENT;
    strcpy(inv.components[1].name, "radio");
    inventory_finish(&inv);
    cr_expect(eq(int, inv.problem, INVENTORY_FORBIDDEN_COMPONENT));
}

Test(inventory, is_canonical_about_what_plans_depend_on_only)
{
    struct inventory a = sample(), b = sample();
    char text_a[1024], text_b[1024];
    inventory_finish(&a);
    inventory_finish(&b);
    strcpy(b.serial, "78");
    b.components[0].state = COMPONENT_UPDATING;
    b.components[0].result = 8;
    int len = inventory_canonical(&a, text_a, sizeof text_a);
    cr_assert(eq(int, inventory_canonical(&b, text_b, sizeof text_b), len));
    cr_expect(eq(str, text_a, text_b));
    cr_expect(eq(sz, strlen(text_a), (size_t)len));

    strcpy(b.components[0].version, "1.0");
    cr_assert(gt(int, inventory_canonical(&b, text_b, sizeof text_b), 0));
    cr_expect(ne(str, text_a, text_b));
}

Test(inventory, cannot_be_imitated_by_separators_in_a_name)
{
    struct inventory a = sample(), b = sample();
    char text_a[1024], text_b[1024];
    strcpy(a.components[0].name, "x\tafu\t1\ny");
    strcpy(b.components[0].name, "x");
    cr_assert(gt(int, inventory_canonical(&a, text_a, sizeof text_a), 0));
    cr_assert(gt(int, inventory_canonical(&b, text_b, sizeof text_b), 0));
    cr_expect(strstr(text_a, "x%09afu%091%0ay\t") != NULL);
    cr_expect(ne(str, text_a, text_b));
    strcpy(b.components[0].name, "x%09afu%091%0ay");
    cr_assert(gt(int, inventory_canonical(&b, text_b, sizeof text_b), 0));
    cr_expect(ne(str, text_a, text_b));
}

Test(inventory, text_needs_room)
{
    struct inventory inv = sample();
    char text[1024], small[1024];
    int len = inventory_canonical(&inv, text, sizeof text);
    for (int size = 0; size <= len; size++)
        cr_expect(eq(int, inventory_canonical(&inv, small, (size_t)size), -ENOSPC));
    cr_expect(eq(int, inventory_canonical(&inv, small, (size_t)len + 1), len));
}

Test(inventory, problems_have_names)
{
    for (int p = INVENTORY_OK; p <= INVENTORY_UNREADABLE; p++)
        cr_expect(eq(int, (int)inventory_problem_parse(inventory_problem_name(p)), p));
    cr_expect(eq(int, (int)inventory_problem_parse("odd"), INVENTORY_UNREADABLE));
}
