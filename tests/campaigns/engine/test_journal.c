/* SPDX-License-Identifier: Apache-2.0 */
/* test_journal.c - what a task has sent is in its row, however much it is. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/task_journal.h"
#include "engine_world.h"

Test(journal, of_all_parts_a_task_can_have_fits_its_row)
{
    static struct task_plan plan = {.target_count = TASK_PARTS_MAX};
    char text[STORE_JOURNAL_MAX + 1];
    struct task t = task_new(&plan, 1), read = task_new(&plan, 1);

    t.is_started = t.has_settings = t.is_acknowledged = t.is_away = true;
    t.ending = t.stop = TASK_NEEDS_ATTENTION;
    t.silent = t.resets = t.code = UINT8_MAX;
    t.action_part = TASK_PARTS_MAX - 1;
    t.progress_ms = t.executed_ms = t.unsure_ms = t.deferred_ms = 1LL << 50;
    memset(t.tries, 0xff, sizeof t.tries);
    for (size_t i = 0; i < TASK_PARTS_MAX; i++)
        t.parts[i] = (struct task_part){.via = VIA_PULL,
                                        .stage = TASK_PARTS_MAX - 1,
                                        .is_accepted = true,
                                        .is_delivered = true,
                                        .is_executed = true,
                                        .is_counted = true,
                                        .no_pull = true,
                                        .was_reset = true,
                                        .was_updating = true,
                                        .is_automatic = true,
                                        .was_clean = true,
                                        .result_before = UINT8_MAX};
    cr_assert(gt(int, task_journal_print(&t, 0, text, sizeof text), 0));
    cr_assert(zero(int, task_journal_parse(text, 0, &read)));
    cr_expect(read.parts[TASK_PARTS_MAX - 1].is_executed);
    cr_expect(eq(int, read.parts[TASK_PARTS_MAX - 1].result_before, UINT8_MAX));
}

static struct world *w;

static void spoil(struct task_row *row)
{
    struct batch *b;

    snprintf(row->journal, sizeof row->journal, "!");
    cr_assert(zero(int, batch_open(&b)));
    cr_assert(zero(
        int,
        batch_put(b, &(struct change){.kind = CHANGE_TASK_PUT, .task = {row, NULL, 0}},
                  NULL)));
    cr_assert(zero(int, store_apply(w->store, b)));
    cr_assert(zero(int, batch_result(b, 0)->rc));
    batch_close(b);
}

/* At each moment: nothing is executed twice because of it. */
Test(journal, that_cannot_be_read_is_no_new_task, .timeout = 60)
{
    for (int at_ms = 50; at_ms < 3000; at_ms += 50) {
        w = world_open(1, true);
        world_campaign(w, "{\"timers\": {\"poll_s\": 1}}", true);
        world_pass(w, at_ms);
        struct task_row row = world_task_row(w, 1);
        spoil(&row);
        world_restart(w);
        cr_assert(world_run(w, 60000), "at %d", at_ms);
        cr_expect(world_is_updated(w, 1), "at %d: %s", at_ms, row.state);
        cr_expect(eq(int, world_sends_max(w), 1), "at %d: %s", at_ms, row.state);
        world_close(w);
    }
}
