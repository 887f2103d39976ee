/* SPDX-License-Identifier: Apache-2.0 */
/* answers.c - what a command is told, and when. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "store/webhooks.h"

static void deliver(struct command *command, uint64_t ticket,
                    const struct command_result *result)
{
    if (command->done)
        command->done(command->done_arg, ticket, result);
    command_free(command);
}

void answer_now(const struct answer *a, enum command_status status, const char *problem,
                const char *detail)
{
    struct command_result result = {.status = status};

    snprintf(result.problem, sizeof result.problem, "%s", problem);
    snprintf(result.detail, sizeof result.detail, "%s", detail);
    deliver(a->command, a->ticket, &result);
}

void answer_in_use(const struct answer *a, const char *problem,
                   const struct campaign_row *by)
{
    struct command_result result = {.status = COMMAND_CONFLICT};
    bool has_ended = by->ended_ms != 0 || strcmp(by->state, "draft") == 0;
    char extra[40];

    snprintf(result.problem, sizeof result.problem, "%s", problem);
    snprintf(result.detail, sizeof result.detail, "Campaign %" PRId64 " (%s) %s.",
             by->id, by->state,
             has_ended ? "is kept with it; delete that first" : "uses it");
    snprintf(extra, sizeof extra, "{\"campaign\":\"%" PRId64 "\"}", by->id);
    result.extra = extra;
    deliver(a->command, a->ticket, &result);
}

void answer_keep(struct engine *e, const struct answer *a, size_t effect,
                 const char *id)
{
    struct command_once *once = a->command->once;
    struct answer_row row = {.created_ms = e->now.wall_ms};

    if (!once)
        return;
    snprintf(row.key, sizeof row.key, "%s", once->key);
    snprintf(row.principal, sizeof row.principal, "%s", a->command->actor);
    snprintf(row.route, sizeof row.route, "%s", once->route);
    snprintf(row.request_hash, sizeof row.request_hash, "%s", once->request_hash);
    engine_put(e, &(struct change){.kind = CHANGE_ANSWER_PUT,
                                   .needs = effect == SIZE_MAX ? 0 : effect + 1,
                                   .answer = {&row, id ? id : ""}});
    a->command->once = NULL;
    free(once);
}

void engine_keep_key(struct engine *e, struct engine_now now, struct command *c)
{
    e->now = now;
    answer_keep(e, &(struct answer){.command = c}, SIZE_MAX, NULL);
}

void answer_durable(struct engine *e, const struct answer *a, size_t index,
                    const char *id, char *extra)
{
    answer_keep(e, a, index, id);
    struct effect *f = effect_new(e, EFFECT_ANSWER, e->number);

    if (!f) {
        free(extra);
        answer_now(a, COMMAND_BUSY, "busy", "The server has no memory for this now.");
        return;
    }
    f->command = a->command;
    f->ticket = a->ticket;
    f->index = index;
    f->extra = extra;
    snprintf(f->result.id, sizeof f->result.id, "%s", id ? id : "");
}

static void refuse(struct effect *f, const struct change_result *result)
{
    static const struct {
        int64_t count;
        int rc;
        enum command_status status;
        const char *problem, *detail;
    } rows[] = {
        {0, STORE_E_NOT_FOUND, COMMAND_NOT_FOUND, "not-found",
         "There is no such thing."},
        {STORE_REVISION_OTHER, STORE_E_CONFLICT, COMMAND_CHANGED, "precondition-failed",
         "It was changed meanwhile, or is not there as the request has it."},
        {STORE_WEBHOOKS_FULL, STORE_E_CONFLICT, COMMAND_CONFLICT, "conflict",
         "There are 64 webhooks already, and more are not taken."},
        {0, STORE_E_CONFLICT, COMMAND_CONFLICT, "conflict",
         "Something else has this name, or still uses this."},
        {0, 0, COMMAND_BUSY, "not-stored", "The store refused the change."},
    };
    size_t i = 0;

    while (rows[i].rc != 0 && (rows[i].rc != result->rc ||
                               (rows[i].count != 0 && rows[i].count != result->count)))
        i++;
    f->result.status = rows[i].status;
    snprintf(f->result.problem, sizeof f->result.problem, "%s", rows[i].problem);
    snprintf(f->result.detail, sizeof f->result.detail, "%s", rows[i].detail);
}

void answer_effect(struct effect *f, const struct batch *applied)
{
    const struct change_result *result =
        f->index == SIZE_MAX ? NULL : batch_result(applied, f->index);

    f->result.extra = f->extra;
    if (result && result->rc != 0)
        refuse(f, result);
    deliver(f->command, f->ticket, &f->result);
    f->command = NULL;
}
