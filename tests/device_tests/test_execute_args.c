/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/execute_args.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *payload;
    int outcome;
    bool has_argument;
    size_t count;
    uint16_t first, last;
} cases[] = {
    {"", 0, false, 0, 0, 0},
    {"0", 0, true, 0, 0, 0},
    {"0='</33629/1>'", 0, true, 1, 1, 1},
    {"0='</33629/1>,</33629/2>'", 0, true, 2, 1, 2},
    {"1", EXECUTE_E_ARGUMENT, false, 0, 0, 0},
    {"0,1", EXECUTE_E_ARGUMENT, false, 0, 0, 0},
    {"1='</33629/1>'", EXECUTE_E_ARGUMENT, false, 0, 0, 0},
    {"0='</5/1>'", EXECUTE_E_ARGUMENT, false, 0, 0, 0},
    {"0='</33629/1>,</33629/1>'", EXECUTE_E_ARGUMENT, false, 0, 0, 0},
    {"0='</33629/1>,'", EXECUTE_E_ARGUMENT, false, 0, 0, 0},
    {"0='</33629>'", EXECUTE_E_ARGUMENT, false, 0, 0, 0},
    {"0='</33629/65536>'", EXECUTE_E_ARGUMENT, false, 0, 0, 0},
    {"0='x'", EXECUTE_E_ARGUMENT, false, 0, 0, 0},
    {"0=''", EXECUTE_E_ARGUMENT, false, 0, 0, 0},
    {"0='</33629/1>, </33629/2>'", EXECUTE_E_GRAMMAR, false, 0, 0, 0},
    {"0=</33629/1>", EXECUTE_E_GRAMMAR, false, 0, 0, 0},
    {"0='</33629/1>", EXECUTE_E_GRAMMAR, false, 0, 0, 0},
    {"0='\\'", EXECUTE_E_GRAMMAR, false, 0, 0, 0},
    {"0,0", EXECUTE_E_GRAMMAR, false, 0, 0, 0},
    {"0,", EXECUTE_E_GRAMMAR, false, 0, 0, 0},
    {" 0", EXECUTE_E_GRAMMAR, false, 0, 0, 0},
    {"x", EXECUTE_E_GRAMMAR, false, 0, 0, 0},
};

Test(execute_args, every_form_has_its_outcome)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct execute_args a = {0};
        const char *p = cases[i].payload;
        int r = execute_args_read(p, strlen(p), 33629, &a);
        cr_assert_eq(r, cases[i].outcome, "%s gives %d", p, r);
        if (!r) {
            cr_assert_eq(a.has_argument, cases[i].has_argument, "%s", p);
            cr_assert_eq(a.count, cases[i].count, "%s", p);
            cr_assert(!a.count || a.instances[0] == cases[i].first, "%s", p);
            cr_assert(!a.count || a.instances[a.count - 1] == cases[i].last, "%s", p);
        }
    }
}

Test(execute_args, a_payload_cut_anywhere_is_read_within_its_bounds)
{
    const char *whole = "0='</33629/1>,</33629/2>'";
    for (size_t len = 2; len < strlen(whole); len++) {
        char *part = malloc(len); /* the sanitizer sees a byte too far */
        struct execute_args a;
        memcpy(part, whole, len);
        cr_assert_eq(execute_args_read(part, len, 33629, &a), EXECUTE_E_GRAMMAR, "%zu",
                     len);
        free(part);
    }
}
