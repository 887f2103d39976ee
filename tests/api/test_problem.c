/* SPDX-License-Identifier: Apache-2.0 */
#include "api/problem.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static struct text out;

static void clear(void)
{
    text_fini(&out);
}

TestSuite(problem, .fini = clear);

Test(problem, is_written_as_rfc_9457_has_it)
{
    struct problem p = {0};

    problem_set_at(&p, PROBLEM_INVALID_QUERY, 1, "unknown field '%s'", "modle");
    problem_write(&p, NULL, &out);
    cr_expect(
        eq(str, out.at,
           "{\"type\":\"/problems/invalid-query\",\"title\":\"Invalid query\","
           "\"status\":400,\"detail\":\"unknown field 'modle'\",\"position\":1}"));
}

Test(problem, keeps_the_first_description)
{
    struct problem p = {0};

    problem_set(&p, PROBLEM_CONFLICT, "first");
    problem_set(&p, PROBLEM_INTERNAL, "second");
    cr_expect(eq(int, p.kind, PROBLEM_CONFLICT));
    cr_expect(eq(str, p.detail, "first"));
}

Test(problem, takes_names_of_the_core_and_members)
{
    struct problem p = {.name = "no-path", .status = 409};

    problem_write(&p, "\"overlaps\":[]", &out);
    cr_expect(eq(str, out.at,
                 "{\"type\":\"/problems/no-path\",\"title\":\"No path\","
                 "\"status\":409,\"overlaps\":[]}"));
}

Test(problem, table_has_a_whole_row_for_each_kind)
{
    for (int kind = PROBLEM_NONE + 1; kind < PROBLEM_KIND_COUNT; kind++) {
        const struct problem_row *row = &problem_rows[kind];
        cr_assert(not(zero(ptr, (void *)row->name)), "kind %d", kind);
        cr_expect(row->title && row->meaning, "%s", row->name);
        cr_expect(row->status >= 400 && row->status < 600, "%s", row->name);
        cr_expect(eq(int, problem_from_name(row->name), kind), "%s twice", row->name);
    }
}
