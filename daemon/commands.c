/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - the command port: from the API's threads into the core. Those that are
 * about devices are in device_commands.c, all others are the engine's.
 */
#include "daemon/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/core_internal.h"
#include "daemon/packages.h"
#include "store/bundles.h"
#include "store/campaigns.h"
#include "store/packages.h"

static int submit(void *self, struct command *command, uint64_t ticket)
{
    struct core *core = self;
    struct submitted item = {command, ticket};

    return queue_push(core->commands, &item) == 0 ? 0 : -EAGAIN;
}

int commands_open(struct core *core)
{
    enum { COMMANDS_MAX = 1024 };

    core->port = (struct command_port){.submit = submit, .self = core};
    return queue_open(COMMANDS_MAX, sizeof(struct submitted), &core->commands);
}

static void answer(struct submitted *item, const struct command_result *result)
{
    item->command->done(item->command->done_arg, item->ticket, result);
    command_free(item->command);
}

void command_finish(struct submitted *item, enum command_status status,
                    const char *problem, const char *detail)
{
    struct command_result result = {.status = status};

    snprintf(result.problem, sizeof result.problem, "%s", problem);
    snprintf(result.detail, sizeof result.detail, "%s", detail);
    answer(item, &result);
}

void commands_close(struct core *core)
{
    struct submitted item;

    if (!core->commands)
        return;
    while (queue_pop(core->commands, &item, 1) == 1)
        command_finish(&item, COMMAND_BUSY, "stopping", "The server is stopping.");
    queue_close(core->commands);
}

/* ---- packages ---- */

/* @return 0 with *out, STORE_E_NOT_FOUND: none but withdrawn ones, -errno */
static int bundle_with(struct core *core, const char *digest, struct bundle_row *out)
{
    struct page page = {.limit = 1};

    do {
        int rc = store_bundle_by_package(core->reader, digest, out, &page);
        if (rc != 0 || page.count == 0)
            return rc != 0 ? rc : STORE_E_NOT_FOUND;
        if (strcmp(out->state, "withdrawn") != 0)
            return 0;
        page.after = page.next;
    } while (page.next != 0);
    return STORE_E_NOT_FOUND;
}

/* @return 0 and why it must stay, STORE_E_NOT_FOUND, -errno */
static int why_in_use(struct core *core, const char *digest,
                      struct command_result *result, char extra[40])
{
    struct campaign_row campaign;
    struct bundle_row bundle;
    struct page page = {.limit = 1};

    int rc = bundle_with(core, digest, &bundle);
    if (rc == 0)
        snprintf(result->detail, sizeof result->detail,
                 "Bundle %s@%s has it; withdraw or delete that first.", bundle.name,
                 bundle.version);
    if (rc != STORE_E_NOT_FOUND)
        return rc;
    rc = store_campaign_by_package(core->reader, digest, &campaign, &page);
    if (rc != 0 || page.count == 0)
        return rc != 0 ? rc : STORE_E_NOT_FOUND;
    snprintf(result->detail, sizeof result->detail, "Campaign %lld (%s) uses it.",
             (long long)campaign.id, campaign.state);
    snprintf(extra, 40, "{\"campaign\":\"%lld\"}", (long long)campaign.id);
    result->extra = extra;
    return 0;
}

static void on_package_delete(struct core *core, struct submitted *item)
{
    const char *digest = item->command->package.digest;
    struct command_result result = {.status = COMMAND_CONFLICT,
                                    .problem = "package-in-use"};
    struct package_row row;
    char extra[40];

    int rc = store_package_get(core->reader, digest, &row);
    if (rc == STORE_E_NOT_FOUND) {
        command_finish(item, COMMAND_NOT_FOUND, "not-found",
                       "There is no such package.");
        return;
    }
    if (rc == 0)
        rc = why_in_use(core, digest, &result, extra);
    if (rc == 0)
        answer(item, &result);
    else if (rc < 0 || !packages_delete(core, digest, item->command, item->ticket))
        command_finish(item, COMMAND_BUSY, "busy", "The server cannot do this now.");
    core_failed(core, rc);
}

/* ---- what the engine carries out and the daemon has to follow ---- */

static enum api_hook_outcome outcome_of(const struct command *c)
{
    if (c->delivery.status >= 200 && c->delivery.status < 300)
        return API_HOOK_DELIVERED;
    if (c->delivery.is_done)
        return API_HOOK_GIVEN_UP;
    return c->delivery.status != 0 ? API_HOOK_REFUSED : API_HOOK_FAILED;
}

static void follow(struct core *core, const struct command *c)
{
    struct release release = {.change = (size_t)RELEASE_NO_CHANGE};

    if (c->kind == COMMAND_WEBHOOK_DELIVERED) {
        figures_delivery(core->figures, outcome_of(c));
        return;
    }
    if (c->kind == COMMAND_PROFILE_PUT || c->kind == COMMAND_PROFILE_DELETE) {
        release.kind = RELEASE_PROFILE;
    } else if (c->kind == COMMAND_PACKAGE_READY) {
        release.kind = RELEASE_PACKAGE;
        memcpy(release.name, c->package.digest, sizeof release.name);
    } else if (c->kind == COMMAND_CAMPAIGN_DELETE) {
        core->due.prune_ms = core->now.mono_ms; /* what it has goes soon */
        return;
    } else {
        return;
    }
    core_release(core, release);
}

static void on_command(struct core *core, struct submitted *item)
{
    if (store_thread_is_full(core->store)) {
        command_finish(
            item, COMMAND_NO_SPACE, "no-space",
            "The disk of the server is full; nothing new is taken until there is "
            "space.");
        return;
    }
    if (item->command->kind == COMMAND_PACKAGE_DELETE) {
        on_package_delete(core, item);
        return;
    }
    if (item->command->kind == COMMAND_PACKAGE_READY &&
        !packages_has_file(core, item->command->package.digest)) {
        command_finish(item, COMMAND_BUSY, "busy",
                       "The package was deleted meanwhile; upload it again.");
        return;
    }
    follow(core, item->command);
    int rc = engine_command(core->engine, core->now, item->command, item->ticket);
    if (rc == ENGINE_E_NOT_MINE) {
        command_on_device(core, item);
    } else if (rc < 0) {
        core_failed(core, rc);
        command_finish(item, COMMAND_BUSY, "failed", "The server has to restart.");
    }
}

void commands_drain(struct core *core)
{
    struct submitted item;

    while (!batches_is_full(core->batches) && queue_pop(core->commands, &item, 1) == 1)
        on_command(core, &item);
}
