/* SPDX-License-Identifier: Apache-2.0 */
/* Values for who writes a query. */
#include "store/examples.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "store/filter.h"
#include "tests/store/fixture.h"

static struct store *st;

static void fill(void)
{
    static const char *const sites[] = {"south", "north", "south", "a"};

    st = fixture_open();
    for (int64_t id = 1; id <= 4; id++) {
        char radio[8];
        struct tag_row tags[2] = {{.name = "site"}, {.name = "floor", .value = "1"}};
        strcpy(tags[0].value, sites[id - 1]);
        snprintf(radio, sizeof radio, "7.%d", (int)id);
        fixture_put_device(st, id);
        fixture_put_inventory(st, id, "1.0", radio);
        cr_assert(zero(
            int,
            fixture_apply(st, &(struct change){.kind = CHANGE_DEVICE_TAGS,
                                               .tags = {id, tags, id == 4 ? 2 : 1}})));
    }
}

static void close_it(void)
{
    store_close(st);
}

TestSuite(examples, .init = fill, .fini = close_it);

Test(examples, are_distinct_and_in_order)
{
    static const struct {
        struct example_of of;
        const char *expected;
    } cases[] = {
        {{EXAMPLE_MODEL, NULL}, MODEL " "},
        {{EXAMPLE_TAG, NULL}, "floor site "},
        {{EXAMPLE_TAG_VALUE, "site"}, "a north south "},
        {{EXAMPLE_TAG_VALUE, "floor"}, "1 "},
        {{EXAMPLE_TAG_VALUE, "none"}, ""},
        {{EXAMPLE_COMPONENT, NULL}, "app radio "},
        {{EXAMPLE_VERSION, "app"}, "1.0 "},
        {{EXAMPLE_VERSION, "radio"}, "7.1 7.2 7.3 7.4 "},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct example_row rows[8];
        char got[200] = "";
        size_t count = 99;
        cr_assert(zero(int, store_example_list(st, cases[i].of, rows, 8, &count)));
        for (size_t k = 0; k < count; k++)
            strcat(strcat(got, rows[k].text), " ");
        cr_expect(eq(str, got, (char *)cases[i].expected), "case %zu", i);
    }
}

Test(examples, end_at_the_room_there_is)
{
    struct example_row rows[2];
    size_t count = 0;

    cr_assert(zero(
        int, store_example_list(st, ((struct example_of){EXAMPLE_VERSION, "radio"}),
                                rows, 2, &count)));
    cr_expect(eq(sz, count, 2));
}

/* What is offered is what a filter takes. */
Test(examples, and_every_field_that_is_offered_can_be_named)
{
    struct filter_context context = {.version_key = fixture_version_key, .wall_ms = 0};
    struct filter_field_view field;
    size_t count = 0;

    for (; filter_field_view(FILTER_OF_DEVICES, count, &field); count++) {
        char text[100];
        struct filter *f = NULL;
        snprintf(text, sizeof text, "%s=ge=0", field.name);
        int rc = filter_open(text, &context, NULL, &f);
        cr_expect(rc == 0 || strcmp(field.type, "time") == 0 || !field.has_order, "%s",
                  text);
        filter_close(f);
        f = NULL;
        const char *value = strcmp(field.type, "time") == 0 ? "-1h" : "0";
        size_t len = field.words ? strcspn(field.words, "|") : strlen(value);
        snprintf(text, sizeof text, "%s==%.*s", field.name, (int)len,
                 field.words ? field.words : value);
        cr_expect(zero(int, filter_open(text, &context, NULL, &f)), "%s", text);
        filter_close(f);
    }
    cr_expect(count > 10);
}
