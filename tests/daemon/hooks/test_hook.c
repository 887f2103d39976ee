/* SPDX-License-Identifier: Apache-2.0 */
/* One webhook and the log of events, without a receiver: what it looks at, what it
 * gives up, and what it has the core write down.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "campaigns/command_port.h"
#include "daemon/hooks/hook.h"
#include "tests/store/fixture.h"

enum { NOW_MS = 1000000, GIVE_UP_MS = 1000 };

static struct store *store;
static struct hook *hook;
static struct command_delivery saved[400];
static size_t saved_count;

static int take(void *self, struct command *command, uint64_t ticket)
{
    (void)self;
    (void)ticket;
    saved[saved_count++] = command->delivery;
    command_free(command);
    atomic_store(&hook->is_saved, true);
    return 0;
}

static const struct command_port port = {.submit = take};
static const struct hooks_options options = {.commands = &port,
                                             .give_up_ms = GIVE_UP_MS};

static void open_all(void)
{
    store = fixture_open();
}

static void close_all(void)
{
    hook_free(hook, NULL);
    store_close(store);
}

TestSuite(hook, .init = open_all, .fini = close_all);

/* Its receiver was silent before, and is not due: nothing is posted here. */
static void put_hook(const char *kinds)
{
    struct webhook_row row = {.name = "chat", .is_enabled = true};

    strcpy(row.kinds, kinds);
    hook = hook_new(&row, 1);
    cr_assert(ne(ptr, hook, NULL));
    hook->is_failing = true;
    hook->due_ms = INT64_MAX;
}

static void put_events(int count, int64_t at_ms)
{
    struct event_row row = {
        .at_ms = at_ms, .kind = "token", .name = "created", .body = "{}"};

    for (int i = 0; i < count; i++)
        cr_assert(
            zero(int, fixture_apply(store, &(struct change){.kind = CHANGE_EVENT_ADD,
                                                            .event = &row})));
}

/* Step after step, until it waits for something. */
static void run(int64_t wall_ms)
{
    const struct hook_world w = {
        .store = store, .options = &options, .mono_ms = 5, .wall_ms = wall_ms};
    int64_t next_ms = 0;

    for (int i = 0; i < 1000 && next_ms <= w.mono_ms; i++) {
        next_ms = hook_step(hook, &w);
        cr_assert(ge(i64, next_ms, 0));
    }
    cr_assert(eq(i64, next_ms, INT64_MAX));
}

Test(hook, looks_once_at_what_is_not_for_it)
{
    put_hook(" plan ");
    put_events(3, NOW_MS);
    run(NOW_MS);
    cr_expect(eq(i64, hook->looked_id, 3));
    put_events(1, NOW_MS);
    run(NOW_MS);
    cr_expect(eq(i64, hook->looked_id, 4));
    cr_expect(zero(sz, saved_count));
}

Test(hook, gives_all_that_are_too_old_up_at_once)
{
    put_hook("");
    put_events(300, NOW_MS - GIVE_UP_MS - 1);
    put_events(2, NOW_MS - GIVE_UP_MS);
    run(NOW_MS);
    cr_assert(eq(sz, saved_count, 1));
    cr_expect(eq(i64, saved[0].event_id, 300));
    cr_expect(saved[0].is_done);
    cr_expect(zero(int, saved[0].tries));
    cr_expect(eq(str, saved[0].error, "given up: it and 299 before it are too old"));
    cr_expect(eq(int, (int)hook->state, (int)HOOK_WAITS));
    cr_expect(eq(i64, hook->event.id, 301));
}

Test(hook, gives_one_up_that_grew_old_between_tries)
{
    put_hook("");
    put_events(1, NOW_MS);
    run(NOW_MS);
    cr_assert(eq(int, (int)hook->state, (int)HOOK_WAITS));
    hook->tries = 7;
    run(NOW_MS + GIVE_UP_MS + 1);
    cr_assert(eq(sz, saved_count, 1));
    cr_expect(eq(i64, saved[0].event_id, 1));
    cr_expect(eq(int, saved[0].tries, 7));
    cr_expect(eq(str, saved[0].error, "given up: it is too old"));
    cr_expect(eq(int, (int)hook->state, (int)HOOK_IDLE));
}
