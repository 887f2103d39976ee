/* SPDX-License-Identifier: Apache-2.0 */
/* prune.c - what is too old goes, in small chunks: events, kept answers, plans,
 * and what deleted campaigns have left. */
#include "daemon/prune.h"

#include <stdint.h>

#include "daemon/core_internal.h"
#include "store/events.h"

enum { CHUNK = 2000, EVERY_MS = 60000, AGAIN_MS = 20 };

/* Beyond event_keep_max the oldest go, however young they are. */
static int64_t events_before_ms(struct core *core)
{
    const struct config *c = core->config;
    int64_t before_ms = core->now.wall_ms - 1000 * c->event_keep_s;
    int64_t first = 0, last = 0;
    struct event_row row;
    struct page page = {.limit = 1};

    if (core_failed(core, store_event_range(core->reader, &first, &last)) ||
        last - first < c->event_keep_max)
        return before_ms;
    page.after = last - c->event_keep_max;
    if (core_failed(core, store_event_page(core->reader, &(struct event_query){0}, &row,
                                           &page)) ||
        page.count == 0)
        return before_ms;
    return row.at_ms > before_ms ? row.at_ms : before_ms;
}

static void prune(struct core *core, enum change_kind kind, int64_t before_ms)
{
    size_t index;

    if (core_put(core, &(struct change){.kind = kind, .prune = {before_ms, CHUNK}},
                 &index))
        core_release(core, (struct release){.kind = RELEASE_PRUNED, .change = index});
}

void prune_tick(struct core *core)
{
    int64_t now = core->now.wall_ms;

    if (core->now.mono_ms < core->due.prune_ms)
        return;
    core->due.prune_ms = core->now.mono_ms + EVERY_MS;
    prune(core, CHANGE_PRUNE_EVENTS, events_before_ms(core));
    prune(core, CHANGE_PRUNE_ANSWERS, now - 1000 * core->config->idempotency_keep_s);
    prune(core, CHANGE_PRUNE_PLANS, now); /* plans carry their own end */
    prune(core, CHANGE_PRUNE_CAMPAIGNS, 0);
}

void prune_done(struct core *core, bool is_done)
{
    int64_t again = core->now.mono_ms + AGAIN_MS;

    if (!is_done && again < core->due.prune_ms)
        core->due.prune_ms = again;
}
