/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/inventory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const problem_names[] = {
    [INVENTORY_OK] = "",
    [INVENTORY_UNREAD] = "inventory-unread",
    [INVENTORY_NO_COMPONENTS] = "no-components",
    [INVENTORY_DUPLICATE_COMPONENT] = "duplicate-component",
    [INVENTORY_FORBIDDEN_COMPONENT] = "forbidden-component",
    [INVENTORY_TOO_LARGE] = "inventory-too-large",
    [INVENTORY_UNREADABLE] = "inventory-unreadable",
};
enum { PROBLEM_COUNT = sizeof problem_names / sizeof problem_names[0] };

const char *inventory_problem_name(enum inventory_problem p)
{
    return (unsigned)p < PROBLEM_COUNT ? problem_names[p]
                                       : problem_names[INVENTORY_UNREADABLE];
}

enum inventory_problem inventory_problem_parse(const char *name)
{
    for (int p = 0; p < PROBLEM_COUNT; p++)
        if (strcmp(problem_names[p], name) == 0)
            return (enum inventory_problem)p;
    return INVENTORY_UNREADABLE;
}

const struct component *inventory_find(const struct inventory *inv, const char *name)
{
    for (uint8_t i = 0; i < inv->count; i++)
        if (strcmp(inv->components[i].name, name) == 0)
            return &inv->components[i];
    return NULL;
}

static int by_name_and_place(const void *a, const void *b)
{
    const struct component *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (order)
        return order;
    if (x->object_id != y->object_id)
        return x->object_id < y->object_id ? -1 : 1;
    return x->instance < y->instance ? -1 : x->instance > y->instance;
}

void inventory_finish(struct inventory *inv)
{
    qsort(inv->components, inv->count, sizeof inv->components[0], by_name_and_place);
    for (uint8_t i = 1; i < inv->count && inv->problem == INVENTORY_OK; i++)
        if (strcmp(inv->components[i - 1].name, inv->components[i].name) == 0)
            inv->problem = INVENTORY_DUPLICATE_COMPONENT;
}

/* Text that grows to a bound; what does not fit is remembered. */
struct canon {
    char *out;
    size_t len, size;
};

static void put(struct canon *c, char byte)
{
    if (c->len < c->size)
        c->out[c->len] = byte;
    c->len++;
}

/* Names come from devices: what separates fields may not come from them. */
static void put_text(struct canon *c, const char *text, char end)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte >= ' ' && byte != '%' && byte != 0x7f) {
            put(c, *text);
            continue;
        }
        put(c, '%');
        put(c, "0123456789abcdef"[byte >> 4]);
        put(c, "0123456789abcdef"[byte & 15]);
    }
    put(c, end);
}

int inventory_canonical(const struct inventory *inv, char *out, size_t size)
{
    struct canon c = {.out = out, .size = size};

    put_text(&c, inv->manufacturer, '\n');
    put_text(&c, inv->model, '\n');
    put_text(&c, inv->hardware, '\n');
    put_text(&c, inv->firmware, '\n');
    put_text(&c, inventory_problem_name((enum inventory_problem)inv->problem), '\n');
    for (uint8_t i = 0; i < inv->count; i++) {
        const struct component *part = &inv->components[i];
        put_text(&c, part->name, '\t');
        put_text(&c, part->object == COMPONENT_AFU ? "afu" : "fw", '\t');
        put_text(&c, part->version, '\n');
    }
    if (c.len >= size || c.len > INT32_MAX)
        return -ENOSPC;
    out[c.len] = '\0';
    return (int)c.len;
}
