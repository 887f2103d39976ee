/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that are with the core, without a server: nobody is suspended here. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "api/sleepers.h"

enum { MANY = 70000 };

static int64_t at_zero(void)
{
    return 0;
}

Test(sleepers, as_many_commands_as_slots_and_each_gets_its_own_result)
{
    const struct api_options options = {.env.mono_ms = at_zero};
    struct sleeper *s = calloc(MANY, sizeof *s);
    uint64_t *ticket = calloc(MANY, sizeof *ticket), one_more;
    struct sleepers *all;

    cr_assert(s && ticket);
    cr_assert(zero(int, sleepers_open(&options, MANY, &all)));
    for (int i = 0; i < MANY; i++) {
        s[i].all = all;
        cr_assert(zero(int, sleeper_expect(&s[i], &ticket[i])));
    }
    struct sleeper late = {.all = all};
    cr_expect(sleeper_expect(&late, &one_more) != 0);
    for (int i = 0; i < MANY; i++) {
        sleepers_result(all, ticket[i], &(struct command_result){.made = i + 1});
        cr_assert(s[i].is_woken && s[i].result.made == i + 1, "sleeper %d", i);
    }
    for (int i = 0; i < MANY; i++)
        sleeper_fini(&s[i]);
    sleepers_stop(all);
    sleepers_close(all);
    free(ticket);
    free(s);
}
