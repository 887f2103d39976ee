/* SPDX-License-Identifier: Apache-2.0 */
#include "campaigns/tags.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

static struct tag tags[TAGS_MAX];
static size_t count;
static const char *why;

Test(tags, are_names_with_texts)
{
    cr_assert(zero(
        int, tags_parse("{\"site\":\"north\",\"row.2\":\"\"}", tags, &count, &why)));
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(str, tags[0].name, "site"));
    cr_expect(eq(str, tags[0].value, "north"));
    cr_expect(eq(str, tags[1].name, "row.2"));
}

Test(tags, may_be_none_at_all)
{
    cr_assert(zero(int, tags_parse("{}", tags, &count, &why)));
    cr_expect(eq(sz, count, 0));
}

Test(tags, say_what_is_wrong_with_them)
{
    char many[2048] = "{\"t\":\"x\"";
    const char *const cases[] = {
        NULL, "", "[]", "{", "\"a\"", "{\"a\":1}", "{\"\":\"x\"}", "{\"a b\":\"x\"}",
        many,
    };

    for (int i = 0; i < TAGS_MAX; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), ",\"t%d\":\"x\"", i);
    strcat(many, "}");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        why = NULL;
        cr_expect(eq(int, tags_parse(cases[i], tags, &count, &why), TAGS_E_INVALID),
                  "case %zu", i);
        cr_expect(why != NULL, "case %zu", i);
    }
}
