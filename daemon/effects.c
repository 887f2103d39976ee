/* SPDX-License-Identifier: Apache-2.0 */
/* effects.c - what a durable batch lets go. */
#include "daemon/effects.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/commands.h"
#include "daemon/core_internal.h"
#include "daemon/hooks/hooks.h"
#include "daemon/imports.h"
#include "daemon/packages.h"
#include "daemon/presence.h"
#include "daemon/prune.h"
#include "daemon/reports.h"

static int change_rc(const struct batch *applied, const struct release *r)
{
    return r->change == (size_t)RELEASE_NO_CHANGE
               ? 0
               : batch_result(applied, r->change)->rc;
}

/* What the store did not take is not acknowledged: the device will ask again. */
static void answer_device(struct core *core, const struct release *r, int rc)
{
    char location[LOCATION_TEXT_BYTES + 1], path[LOCATION_TEXT_BYTES + 4];
    struct coap_response response = {.code = rc == 0 ? r->code : (uint8_t)COAP_EMPTY,
                                     .content_format = COAP_FORMAT_NONE,
                                     .max_age_s = -1};

    if (r->location != 0) {
        location_print(r->location, location);
        snprintf(path, sizeof path, "rd/%s", location);
        response.location = path;
    }
    (void)wire_respond(core->wire, r->handle, &response); /* else it asks again */
}

static void answer_command(struct release *r, int rc)
{
    struct command_result result = {.status = COMMAND_DONE};
    bool is_package = r->kind == RELEASE_PACKAGE_GONE;

    if (rc == STORE_E_NOT_FOUND) {
        result.status = COMMAND_NOT_FOUND;
        snprintf(result.problem, sizeof result.problem, "not-found");
        snprintf(result.detail, sizeof result.detail, "There is no such %s.",
                 is_package ? "package" : "device");
    } else if (rc != 0) {
        result.status = COMMAND_CONFLICT;
        snprintf(result.problem, sizeof result.problem, "%s",
                 is_package ? "package-in-use" : "device-busy");
        snprintf(result.detail, sizeof result.detail, "%s",
                 is_package
                     ? "A bundle or a campaign has begun to use it."
                     : "The device has a task that has not ended; cancel it first.");
    }
    r->command->done(r->command->done_arg, r->ticket, &result);
    command_free(r->command);
}

static void answer_refused(struct release *r, enum command_status status,
                           const char *problem, const char *detail)
{
    struct submitted item = {r->command, r->ticket};

    command_finish(&item, status, problem, detail);
}

static void answer_tags(struct release *r, const struct change_result *result)
{
    if (result->rc == STORE_E_CONFLICT && result->count == TAGS_REFUSED_MARK) {
        answer_refused(r, COMMAND_CHANGED, "precondition-failed",
                       "The tags were changed meanwhile.");
    } else if (result->rc == STORE_E_CONFLICT) {
        answer_refused(r, COMMAND_INVALID, "invalid-tags",
                       "A device has at most 32 tags.");
    } else {
        answer_command(r, result->rc);
    }
}

static void remove_device(struct core *core, struct release *r, int rc)
{
    struct device *dev = registry_by_id(core->registry, r->device_id);

    if (rc == 0 && dev && dev->is_leaving) {
        core_failed(core, links_gone(core->links, dev));
        reports_drain(core);
        links_drop(core->links, dev);
        asks_gone(core, dev);
        traces_drop(core->traces, dev);
        refresh_ended(core->refresh, dev);
        lifetimes_disarm(core->lifetimes, dev);
        registry_remove(core->registry, dev);
    } else if (dev) {
        dev->is_leaving = false;
    }
    answer_command(r, rc);
}

/* The store's copy is the truth: profiles are few, read them all again. */
static void reload_profiles(struct core *core)
{
    struct profile_set *fresh;

    int rc = profile_set_open(core->reader, &fresh, NULL);
    if (core_failed(core, rc))
        return;
    profile_set_close(core->profiles);
    core->profiles = fresh;
    links_set_profiles(core->links, fresh);
}

static void package_is_gone(struct core *core, struct release *r, int rc)
{
    if (rc == 0)
        packages_gone(core, r->name, r->command ? r->command->actor : "system");
    if (r->command)
        answer_command(r, rc);
}

/* Its registration is durable, or refused. */
static void let_online(struct core *core, int64_t device_id, int rc)
{
    struct device *dev = registry_by_id(core->registry, device_id);

    if (!dev)
        return;
    dev->flags &= (uint8_t)~DEVICE_REGISTERING;
    links_resume(core->links, dev);
    if (rc == 0)
        presence_online(core, dev);
}

static void release_one(struct core *core, struct release *r,
                        const struct batch *applied)
{
    int rc = change_rc(applied, r);

    if (rc != 0)
        log_limited(&core->limit, core->now.mono_ms, LOG_P_WARNING,
                    "change=refused kind=%d rc=%d",
                    (int)batch_change(applied, r->change)->kind, rc);
    switch (r->kind) {
    case RELEASE_ANSWER:
        answer_device(core, r, rc);
        break;
    case RELEASE_ONLINE:
        let_online(core, r->device_id, rc);
        break;
    case RELEASE_PRUNED:
        prune_done(core, batch_change(applied, r->change)->kind,
                   batch_result(applied, r->change));
        break;
    case RELEASE_COMMAND:
        answer_command(r, rc);
        break;
    case RELEASE_TAGS:
        answer_tags(r, batch_result(applied, r->change));
        break;
    case RELEASE_IMPORT:
        imports_end(r, applied);
        break;
    case RELEASE_PROFILE:
        reload_profiles(core);
        break;
    case RELEASE_PACKAGE:
        packages_publish(core, r->name);
        break;
    case RELEASE_PACKAGE_GONE:
        package_is_gone(core, r, rc);
        break;
    case RELEASE_ASK:
        asks_journalled(core, r->ticket);
        break;
    case RELEASE_REMOVE:
        remove_device(core, r, rc);
        break;
    }
}

/* @return the id of the newest event in the batch, 0 if it has none */
static int64_t newest_event(const struct batch *applied)
{
    for (size_t i = batch_count(applied); i > 0; i--)
        if (batch_change(applied, i - 1)->kind == CHANGE_EVENT_ADD &&
            batch_result(applied, i - 1)->rc == 0)
            return batch_result(applied, i - 1)->id;
    return 0;
}

static bool is_bad_end(const char *state)
{
    return strcmp(state, "failed") == 0 || strcmp(state, "needs-attention") == 0;
}

/* @return the component that a task ended for, "" if it is none's */
static const char *component_of(const struct task_put *task)
{
    for (size_t i = 0; i < task->count; i++)
        if (strcmp(task->components[i].state, "failed") == 0 ||
            strcmp(task->components[i].state, "reverted") == 0)
            return task->components[i].component;
    for (size_t i = 0; i < task->count; i++)
        if (*task->components[i].reason)
            return task->components[i].component;
    return "";
}

static void tell_end(struct core *core, const struct task_put *task)
{
    const struct task_row *row = task->row;
    char device[LOG_WORD_MAX], component[LOG_WORD_MAX], detail[LOG_WORD_MAX];

    log_limited(&core->limit, core->now.mono_ms, LOG_P_WARNING,
                "campaign=%" PRId64
                " device=%s component=%s state=%s reason=%s detail=%s",
                row->campaign_id, log_word(row->endpoint, device),
                log_word(component_of(task), component), row->state, row->reason,
                log_word(row->detail, detail));
}

/* What nobody may look at a dashboard for. The event that a task has ended comes before
 * its row; a row alone may be written again later. */
static void tell_operator(struct core *core, const struct batch *applied)
{
    int64_t ended = 0; /* the device */

    for (size_t i = 0; i < batch_count(applied); i++) {
        const struct change *c = batch_change(applied, i);
        if (c->kind == CHANGE_EVENT_ADD && strcmp(c->event->kind, "task") == 0 &&
            is_bad_end(c->event->name))
            ended = c->event->device_id;
        if (c->kind == CHANGE_TASK_PUT && c->task.row->device_id == ended &&
            batch_result(applied, i)->rc == 0) {
            tell_end(core, &c->task);
            ended = 0;
        }
        if (c->kind == CHANGE_EVENT_ADD && strcmp(c->event->name, "braked") == 0)
            log_alert(LOG_M_CAMPAIGN_BRAKED,
                      "campaign=%" PRId64 " state=paused reason=brake",
                      c->event->campaign_id);
    }
}

void effects_durable(struct core *core, const struct store_done *done)
{
    const struct release *next;

    figures_commit(core->figures, done->took_us);
    tell_operator(core, done->batch);
    while ((next = batches_released(core->batches, done->number))) {
        struct release r = *next;
        release_one(core, &r, done->batch);
    }
    core_failed(core,
                engine_durable(core->engine, core->now, done->number, done->batch));
    reports_drain(core);
    int64_t event = newest_event(done->batch);
    if (core->api)
        api_durable(core->api, event);
    if (core->hooks && event != 0)
        hooks_durable(core->hooks);
}
