/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/watch.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

enum { NOW = 1000000, INTERVAL = 1000 };

static struct watch_beats beats_now(void)
{
    return (struct watch_beats){{NOW, NOW, NOW, NOW}};
}

Test(watch, is_content_while_everybody_goes_round)
{
    struct watch_beats beats = beats_now();

    cr_expect(watch_late(&beats, NOW, INTERVAL) == NULL);
}

Test(watch, does_not_wait_for_who_has_nothing_to_do)
{
    struct watch_beats beats = beats_now();

    beats.at_ms[WATCH_API] = 0;
    cr_expect(watch_late(&beats, NOW, INTERVAL) == NULL);
}

/* Each may take its own time, and not a millisecond more. */
Test(watch, names_the_one_that_is_late)
{
    static const struct {
        enum watch_thread thread;
        const char *name;
        int64_t may_ms;
    } cases[] = {
        {WATCH_WIRE, "wire", INTERVAL},
        {WATCH_STORE, "store", 4 * INTERVAL},
        {WATCH_API, "api", 10 * INTERVAL},
        {WATCH_HOOKS, "hooks", 10 * INTERVAL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct watch_beats beats = beats_now();
        beats.at_ms[cases[i].thread] = NOW - cases[i].may_ms;
        cr_expect(watch_late(&beats, NOW, INTERVAL) == NULL, "%s", cases[i].name);
        const char *late = watch_late(&beats, NOW + 1, INTERVAL);
        cr_assert(late != NULL, "%s", cases[i].name);
        cr_expect(eq(str, (char *)late, (char *)cases[i].name));
    }
}
