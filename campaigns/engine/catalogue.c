/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.c - commands that become rows: profiles, plans, tokens, kept answers,
 * attempts; and the table of all commands.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "campaigns/planning/planning.h"
#include "store/bundles.h"
#include "store/devices.h"
#include "store/profiles.h"
#include "store/tokens.h"

void catalogue_event(struct engine *e, const struct answer *a,
                     const struct catalogue_change *c)
{
    if (c->index == SIZE_MAX)
        return;
    event_put(e, &(struct event_of){.kind = c->kind,
                                    .name = c->name,
                                    .actor = a->command->actor,
                                    .id = c->id,
                                    .needs = c->index + 1});
}

void catalogue_answer(struct engine *e, const struct answer *a, size_t index,
                      const char *id)
{
    if (index == SIZE_MAX)
        answer_now(a, COMMAND_INVALID, "too-long", "A text is too long.");
    else
        answer_durable(e, a, index, id, NULL);
}

void catalogue_done(struct engine *e, const struct answer *a,
                    const struct catalogue_change *c)
{
    catalogue_event(e, a, c);
    catalogue_answer(e, a, c->index, c->id);
}

/* ---- profiles ---- */

void engine_reload_profiles(struct engine *e)
{
    (void)effect_new(e, EFFECT_PROFILES, e->number);
}

static void profile_put(struct engine *e, const struct answer *a)
{
    struct profile *p = malloc(sizeof *p);
    struct profile_error why = {.detail = "no memory"};
    struct profile_row row = {.updated_ms = e->now.wall_ms};
    const char *text = a->command->text ? a->command->text : "";
    char detail[270];

    if (!p || profile_parse(text, p, &why) != 0) {
        snprintf(detail, sizeof detail, "%s: %s", why.path, why.detail);
        answer_now(a, COMMAND_INVALID, "invalid-profile", detail);
        free(p);
        return;
    }
    snprintf(row.name, sizeof row.name, "%s", p->name);
    snprintf(row.manufacturer, sizeof row.manufacturer, "%s", p->manufacturer);
    snprintf(row.model, sizeof row.model, "%s", p->model_count ? p->models[0] : "*");
    snprintf(row.updated_by, sizeof row.updated_by, "%s", a->command->actor);
    free(p);
    size_t index = engine_put(e, &(struct change){.kind = CHANGE_PROFILE_PUT,
                                                  .revision = a->command->revision,
                                                  .profile = {&row, text}});
    engine_reload_profiles(e);
    catalogue_done(e, a, &(struct catalogue_change){index, "profile", "put", row.name});
}

static void profile_delete(struct engine *e, const struct answer *a)
{
    const char *name = a->command->profile.name;
    size_t index = engine_put(e, &(struct change){.kind = CHANGE_PROFILE_DELETE,
                                                  .revision = a->command->revision,
                                                  .name = name});

    engine_reload_profiles(e);
    catalogue_done(e, a, &(struct catalogue_change){index, "profile", "deleted", name});
}

/* ---- plans ---- */

static void plan_keep(struct engine *e, const struct answer *a)
{
    const struct plan *plan = a->command->plan.plan;
    struct planning_owner owner = {.created_by = a->command->actor};
    struct bundle_row row;

    if (bundle_find(e, plan->bundle, &row) != 0) {
        answer_now(a, COMMAND_NOT_FOUND, "not-found", "The plan's bundle is gone.");
        return;
    }
    owner.bundle_id = row.id;
    size_t index = batch_count(e->batch);
    int rc = planning_put(e->batch, plan, &owner);
    if (rc == -EMSGSIZE) {
        answer_now(a, COMMAND_INVALID, "too-long", "A text of the plan is too long.");
        return;
    }
    if (rc < 0)
        e->err = rc;
    catalogue_done(e, a,
                   &(struct catalogue_change){index, "plan", "created", plan->id});
}

/* ---- tokens, kept answers, attempts ---- */

static void token_create(struct engine *e, const struct answer *a)
{
    const struct command *c = a->command;
    struct token_row row = {.created_ms = e->now.wall_ms,
                            .expires_ms = c->token.expires_ms};

    snprintf(row.name, sizeof row.name, "%s", c->token.name);
    snprintf(row.role, sizeof row.role, "%s", c->token.role);
    snprintf(row.created_by, sizeof row.created_by, "%s", c->actor);
    memcpy(row.hash, c->token.hash, sizeof row.hash);
    size_t index =
        engine_put(e, &(struct change){.kind = CHANGE_TOKEN_ADD, .token = &row});
    catalogue_done(e, a,
                   &(struct catalogue_change){index, "token", "created", row.name});
}

static void token_revoke(struct engine *e, const struct answer *a)
{
    const char *name = a->command->token.name;
    size_t index = engine_put(e, &(struct change){.kind = CHANGE_TOKEN_DELETE,
                                                  .revision = a->command->revision,
                                                  .name = name});

    catalogue_done(e, a, &(struct catalogue_change){index, "token", "revoked", name});
}

static void idempotency_record(struct engine *e, const struct answer *a)
{
    const struct command *c = a->command;
    const struct command_once *once = c->once;
    struct answer_row row = {.status = c->idempotency.status,
                             .created_ms = e->now.wall_ms};

    if (!once) {
        answer_now(a, COMMAND_INVALID, "no-key", "There is no key to record.");
        return;
    }
    snprintf(row.key, sizeof row.key, "%s", once->key);
    snprintf(row.principal, sizeof row.principal, "%s", c->actor);
    snprintf(row.route, sizeof row.route, "%s", once->route);
    snprintf(row.request_hash, sizeof row.request_hash, "%s", once->request_hash);
    snprintf(row.endpoint, sizeof row.endpoint, "%s", once->endpoint);
    size_t index =
        engine_put(e, &(struct change){.kind = CHANGE_ANSWER_PUT,
                                       .answer = {&row, c->text ? c->text : ""}});
    free(a->command->once);
    a->command->once = NULL; /* this was it */
    catalogue_answer(e, a, index, row.key);
}

static void forget_attempts(struct active *act, const char *digest)
{
    for (size_t i = 0; act && i < act->task.part_count; i++) {
        if (*digest && strcmp(act->plan->plan.targets[i].digest, digest) != 0)
            continue;
        act->task.parts[i].executes = act->saved.parts[i].executes = 0;
        act->task.parts[i].is_blocked = act->saved.parts[i].is_blocked = false;
    }
}

static void clear_attempts(struct engine *e, const struct answer *a)
{
    const struct command *c = a->command;
    struct device_row device;
    struct attempt_row row = {0};

    int rc = store_device_by_endpoint(e->reader, c->device.endpoint, &device);
    if (rc < 0)
        e->err = rc;
    if (rc != 0) {
        answer_now(a, COMMAND_NOT_FOUND, "not-found", "There is no such device.");
        return;
    }
    row.device_id = device.id;
    snprintf(row.digest, sizeof row.digest, "%s", c->device.digest);
    size_t index =
        engine_put(e, &(struct change){.kind = CHANGE_ATTEMPT_CLEAR, .attempt = &row});
    forget_attempts(active_of(e, device.id), row.digest);
    event_put(e, &(struct event_of){.kind = "device",
                                    .name = "attempts-cleared",
                                    .actor = c->actor,
                                    .device_id = device.id,
                                    .endpoint = device.endpoint,
                                    .needs = index + 1});
    catalogue_answer(e, a, index, device.endpoint);
}

int catalogue_command(struct engine *e, const struct answer *a)
{
    static void (*const takers[COMMAND_KIND_COUNT])(struct engine *,
                                                    const struct answer *) = {
        [COMMAND_BUNDLE_CREATE] = bundle_create,
        [COMMAND_BUNDLE_WITHDRAW] = bundle_withdraw,
        [COMMAND_BUNDLE_DELETE] = bundle_delete,
        [COMMAND_PACKAGE_READY] = package_state,
        [COMMAND_PACKAGE_DAMAGED] = package_state,
        [COMMAND_PROFILE_PUT] = profile_put,
        [COMMAND_PROFILE_DELETE] = profile_delete,
        [COMMAND_PLAN_STORE] = plan_keep,
        [COMMAND_CAMPAIGN_CREATE] = campaign_create,
        [COMMAND_CAMPAIGN_ACTION] = campaign_act,
        [COMMAND_CAMPAIGN_DELETE] = campaign_delete,
        [COMMAND_CAMPAIGN_PATCH] = campaign_edit,
        [COMMAND_TASK_ACTION] = task_act,
        [COMMAND_DEVICE_CLEAR_ATTEMPTS] = clear_attempts,
        [COMMAND_TOKEN_CREATE] = token_create,
        [COMMAND_TOKEN_REVOKE] = token_revoke,
        [COMMAND_WEBHOOK_PUT] = webhook_put,
        [COMMAND_WEBHOOK_DELETE] = webhook_delete,
        [COMMAND_WEBHOOK_TEST] = webhook_test,
        [COMMAND_WEBHOOK_DELIVERED] = webhook_delivered,
        [COMMAND_IDEMPOTENCY_RECORD] = idempotency_record,
    };

    if (!takers[a->command->kind])
        return ENGINE_E_NOT_MINE;
    takers[a->command->kind](e, a);
    return 0;
}
