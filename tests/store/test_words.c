/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "store/words.h"
#include "tests/store/fixture.h"

extern const char schema_sql[];

/* What stands between quotes in the CHECK of a column, "" left out. */
static void words_of(const char *table, const char *column, char *out)
{
    char begin[64];

    snprintf(begin, sizeof begin, "\nCREATE TABLE %s (", table);
    const char *at = strstr(schema_sql, begin);
    cr_assert(at != NULL, "%s", table);
    snprintf(begin, sizeof begin, "\n    %s ", column);
    at = strstr(at, begin);
    cr_assert(at != NULL, "%s.%s", table, column);
    const char *end = strstr(at, "),\n");
    *out = '\0';
    while ((at = strchr(at, '\'')) && at < end) {
        size_t len = strcspn(++at, "'");
        sprintf(out + strlen(out), "%s%.*s", *out && len ? "|" : "", (int)len, at);
        at += len + 1;
    }
}

Test(words, are_those_that_the_schema_lets_in)
{
    static const struct {
        const char *table, *column, *words;
    } cases[] = {
        {"device", "state", WORDS_DEVICE_STATE},
        {"component", "state", WORDS_COMPONENT_STATE},
        {"package", "state", WORDS_PACKAGE_STATE},
        {"bundle", "state", WORDS_BUNDLE_STATE},
        {"campaign", "state", WORDS_CAMPAIGN_STATE},
        {"task", "state", WORDS_TASK_STATE},
        {"task", "waiting_for", WORDS_WAITING_FOR},
        {"task_component", "state", WORDS_TASK_COMPONENT_STATE},
        {"token", "role", WORDS_ROLE},
    };
    char found[1000];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        words_of(cases[i].table, cases[i].column, found);
        cr_expect(eq(str, found, (char *)cases[i].words), "%s.%s", cases[i].table,
                  cases[i].column);
    }
}

Test(words, are_found_whole)
{
    static const char *const there[] = {"a", "bc", "d"};
    static const char *const others[] = {"", "b", "c", "bc|d", "dd", "a|"};

    for (size_t i = 0; i < sizeof there / sizeof there[0]; i++)
        cr_expect(words_have("a|bc|d", there[i]), "%s", there[i]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        cr_expect(not(words_have("a|bc|d", others[i])), "'%s'", others[i]);
}
