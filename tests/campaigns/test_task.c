/* SPDX-License-Identifier: Apache-2.0 */
/* test_task.c - words and the journal. */
#include "campaigns/task_journal.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "campaigns/command.h"

Test(task, words_read_back)
{
    for (int s = 0; s < TASK_STATE_COUNT; s++)
        cr_expect(eq(int, task_state_from_name(task_state_name(s)), s));
    for (int s = 0; s < WAITING_FOR_COUNT; s++)
        cr_expect(eq(int, task_waiting_from_name(task_waiting_name(s)), s));
    for (int s = 0; s < PART_STATE_COUNT; s++)
        cr_expect(eq(int, part_state_from_name(part_state_name(s)), s));
    for (int a = 0; a < CAMPAIGN_ACTION_COUNT; a++)
        cr_expect(eq(int, campaign_action_from_name(campaign_action_name(a)), a));
    for (int c = 0; c < TASK_COMMAND_COUNT; c++)
        cr_expect(eq(int, task_command_from_name(task_command_name(c)), c));
    cr_expect(eq(int, task_state_from_name("Waiting"), -1));
    cr_expect(eq(int, campaign_action_from_name("stop"), -1));
}

static struct task fullest(void)
{
    struct task t = {.part_count = 32,
                     .ending = TASK_NEEDS_ATTENTION,
                     .stop = TASK_CANCELED,
                     .silent = 255,
                     .resets = 255,
                     .code = 0xa3,
                     .action_part = 63,
                     .is_started = true,
                     .has_settings = true,
                     .is_at_risk = true,
                     .lost_ms = 4711,
                     .is_acknowledged = true,
                     .is_away = true,
                     .progress_ms = 1,
                     .executed_ms = 2,
                     .unsure_ms = 3,
                     .deferred_ms = 4};

    memset(t.tries, 100, sizeof t.tries);
    for (size_t i = 0; i < 32; i++)
        t.parts[i] = (struct task_part){.via = VIA_PULL,
                                        .is_accepted = true,
                                        .is_delivered = true,
                                        .is_executed = true,
                                        .is_counted = true,
                                        .no_pull = true,
                                        .was_reset = true,
                                        .was_updating = true,
                                        .is_automatic = true,
                                        .was_clean = true,
                                        .result_before = 255,
                                        .stage = 63};
    return t;
}

Test(task, journal_of_the_largest_stage_fits_and_reads_back)
{
    struct task t = fullest(), back = {.part_count = 32};
    char text[TASK_JOURNAL_MAX + 1];
    int64_t offset = 1790000000000;

    cr_assert(gt(int, task_journal_print(&t, offset, text, sizeof text), 0));
    cr_assert(zero(int, task_journal_parse(text, offset, &back)), "%s", text);
    cr_expect(zero(int, memcmp(&t, &back, sizeof t)), "%s", text);
}

Test(task, journal_refuses_every_truncation_but_the_empty_one)
{
    struct task t = fullest();
    char text[TASK_JOURNAL_MAX + 1], cut[TASK_JOURNAL_MAX + 1];
    int len = task_journal_print(&t, 0, text, sizeof text);

    for (int n = 0; n < len; n++) {
        struct task back = {.part_count = 32};
        memcpy(cut, text, (size_t)n);
        cut[n] = '\0';
        int rc = task_journal_parse(cut, 0, &back);
        bool is_whole_part = n == 0 || (strchr(cut, 'p') && strchr("=,", cut[n - 1]));
        cr_expect(eq(int, rc, is_whole_part ? 0 : TASK_E_JOURNAL), "%s", cut);
    }
    cr_expect(eq(int, task_journal_print(&t, 0, cut, 40), -28));
}

Test(task, journal_refuses_what_makes_no_sense)
{
    static const char *const bad[] = {
        "hello",
        "f=1,ff,0,0,0,0,0 t=0,0,0,0,0,0 m=0,0,0,0,0 p=",
        "f=1,0,0,0,0,0,ff t=0,0,0,0,0,0 m=0,0,0,0,0 p=",
        "f=1,0,0,0,0,0,0 t=0,0,0,0,0,0 m=0,0,0,0,0 p=20.1.0.0,",
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct task t = {.part_count = 32};
        cr_expect(eq(int, task_journal_parse(bad[i], 0, &t), TASK_E_JOURNAL), "%s",
                  bad[i]);
    }
}
