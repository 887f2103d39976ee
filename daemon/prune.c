/* SPDX-License-Identifier: Apache-2.0 */
/* prune.c - what is too old goes, in small chunks: events, kept answers, plans,
 * and what deleted campaigns have left. */
#include "daemon/prune.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "daemon/core_internal.h"
#include "store/campaigns.h"
#include "store/events.h"

enum { CHUNK = 2000, EVERY_MS = 60000, AGAIN_MS = 20 };

static void put(struct core *core, const struct change *change)
{
    size_t index;

    if (core_put(core, change, &index))
        core_release(core, (struct release){.kind = RELEASE_PRUNED, .change = index});
}

/* Beyond event_keep_max the oldest go, however young they are. */
static void prune_events(struct core *core)
{
    const struct config *c = core->config;
    int64_t first = 0, last = 0;

    if (core_failed(core, store_event_range(core->reader, &first, &last)))
        return;
    struct prune_events what = {.before_ms = core->now.wall_ms - 1000 * c->event_keep_s,
                                .now_ms = core->now.wall_ms,
                                .before_id = last - c->event_keep_max,
                                .after_id = core->event_after_id,
                                .limit = CHUNK};
    put(core, &(struct change){.kind = CHANGE_PRUNE_EVENTS, .prune_events = what});
}

static void prune(struct core *core, enum change_kind kind, int64_t before_ms)
{
    put(core, &(struct change){.kind = kind, .prune = {before_ms, CHUNK}});
}

static void no_answer(void *done_arg, uint64_t ticket,
                      const struct command_result *result)
{
    (void)done_arg;
    (void)ticket;
    (void)result;
}

/* The engine's path, as if a person asked. */
static void remove_campaign(struct core *core, int64_t id)
{
    struct command *command = command_new(COMMAND_CAMPAIGN_DELETE, "system");

    if (!command) {
        core_failed(core, -ENOMEM);
        return;
    }
    command->done = no_answer;
    command->campaign_action.campaign_id = id;
    int rc = engine_command(core->engine, core->now, command, 0);
    if (rc != 0)
        command_free(command);
    core_failed(core, rc);
}

static bool has_ended_before(const struct campaign_row *row, int64_t before_ms)
{
    return (strcmp(row->state, "finished") == 0 ||
            strcmp(row->state, "aborted") == 0) &&
           row->ended_ms < before_ms;
}

/* A page of campaigns at a time, round and round. */
static void prune_campaigns(struct core *core)
{
    enum { ROWS = 32 };
    struct campaign_row rows[ROWS];
    struct page page = {.limit = ROWS, .after = core->campaign_after_id};
    int64_t keep_ms = 1000 * core->config->campaign_keep_s;

    if (keep_ms == 0 ||
        core_failed(core, store_campaign_page(core->reader, "", rows, &page)))
        return;
    for (size_t i = 0; i < page.count && core->failure == 0; i++)
        if (has_ended_before(&rows[i], core->now.wall_ms - keep_ms))
            remove_campaign(core, rows[i].id);
    core->campaign_after_id = page.next;
}

void prune_tick(struct core *core)
{
    int64_t now = core->now.wall_ms;

    if (core->now.mono_ms < core->due.prune_ms)
        return;
    core->due.prune_ms = core->now.mono_ms + EVERY_MS;
    prune_events(core);
    prune(core, CHANGE_PRUNE_ANSWERS, now - 1000 * core->config->idempotency_keep_s);
    prune(core, CHANGE_PRUNE_PLANS, now); /* plans carry their own end */
    prune_campaigns(core);
    prune(core, CHANGE_PRUNE_CAMPAIGNS, 0); /* what those that are gone had */
}

void prune_done(struct core *core, enum change_kind kind,
                const struct change_result *result)
{
    int64_t again = core->now.mono_ms + AGAIN_MS;
    bool is_done = result->rc != 0 || result->done;

    if (kind == CHANGE_PRUNE_EVENTS)
        core->event_after_id = is_done ? 0 : result->id;
    if (!is_done && again < core->due.prune_ms)
        core->due.prune_ms = again;
}
