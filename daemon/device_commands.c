/* SPDX-License-Identifier: Apache-2.0 */
/* device_commands.c - the commands that are about devices. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/text.h"
#include "campaigns/tags.h"
#include "daemon/commands.h"
#include "daemon/core_internal.h"
#include "daemon/imports.h"

static void no_memory(struct submitted *item)
{
    command_finish(item, COMMAND_BUSY, "busy",
                   "The server has no memory for this now.");
}

static void on_refresh(struct core *core, struct device *dev, struct submitted *item)
{
    if (dev->location == 0) {
        command_finish(
            item, COMMAND_CONFLICT, "not-registered",
            "The device is not registered now; it is read when it registers.");
        return;
    }
    if (links_is_asleep(core->links, dev))
        dev->flags |= DEVICE_READ_WANTED;
    else
        core_failed(core, refresh_add(core->refresh, dev, REFRESH_ASKED));
    command_finish(item, COMMAND_DONE, "", "");
}

/* The answer waits for the change; on success the command is the release's. */
static void release_command(struct core *core, struct submitted *item,
                            enum release_kind kind, const struct device *dev,
                            size_t change)
{
    core_release(core, (struct release){.kind = kind,
                                        .change = change,
                                        .device_id = dev->id,
                                        .command = item->command,
                                        .ticket = item->ticket});
}

bool command_admit(struct core *core, struct device *dev, const char *actor,
                   size_t *index)
{
    dev->state = dev->location != 0 ? REGISTRY_ALIVE : REGISTRY_EXPIRED;
    struct change change = {
        .kind = CHANGE_DEVICE_STATE,
        .device_state = {dev->id,
                         registry_state_name((enum registry_state)dev->state)}};
    if (!core_put(core, &change, index))
        return false;
    core_device_event(core, dev,
                      &(struct device_event){
                          .name = "admitted", .actor = actor, .needs = *index + 1});
    core_release(core, (struct release){.kind = RELEASE_ONLINE,
                                        .change = *index,
                                        .device_id = dev->id});
    if (dev->location != 0)
        core_failed(core, refresh_add(core->refresh, dev, REFRESH_CHANGED));
    return true;
}

static void on_admit(struct core *core, struct device *dev, struct submitted *item)
{
    size_t index;

    if (dev->state != REGISTRY_PENDING)
        command_finish(item, COMMAND_ALREADY, "", "");
    else if (!command_admit(core, dev, item->command->actor, &index))
        no_memory(item);
    else
        release_command(core, item, RELEASE_COMMAND, dev, index);
}

void command_tag_rows(const struct tag *tags, size_t count, struct tag_row *rows)
{
    for (size_t i = 0; i < count; i++) {
        memcpy(rows[i].name, tags[i].name, sizeof rows[i].name);
        memcpy(rows[i].value, tags[i].value, sizeof rows[i].value);
        rows[i].is_removed = tags[i].is_removed;
    }
}

/* Within a member of their own: a tag may be called as a member of every event is. */
void command_note_tags(struct core *core, const struct device *dev,
                       const struct command *c, size_t index)
{
    const char *name = c->kind == COMMAND_DEVICES_IMPORT ? "created" : "tagged";
    char body[STORE_EVENT_MAX + 1];

    int len = snprintf(body, sizeof body, "{\"tags\":%s}", c->text);
    core_device_event(core, dev,
                      &(struct device_event){name, c->actor,
                                             len < (int)sizeof body ? body : NULL,
                                             index + 1});
}

static void on_tags(struct core *core, struct device *dev, struct submitted *item)
{
    const struct command *c = item->command;
    bool merges = c->kind == COMMAND_DEVICE_TAGS_PATCH;
    struct tag tags[TAGS_MAX];
    struct tag_row rows[TAGS_MAX];
    const char *why;
    size_t count, index;

    int rc = merges ? tags_parse_patch(c->text, tags, &count, &why)
                    : tags_parse(c->text, tags, &count, &why);
    if (rc != 0) {
        command_finish(item, COMMAND_INVALID, "invalid-tags",
                       why ? why : "out of memory");
        return;
    }
    command_tag_rows(tags, count, rows);
    struct change change = {
        .kind = CHANGE_DEVICE_TAGS,
        .tags = {.device_id = dev->id,
                 .items = rows,
                 .count = count,
                 .merges = merges,
                 .mark = c->device.tags_mark[0] ? c->device.tags_mark : NULL}};
    if (!core_put(core, &change, &index)) {
        no_memory(item);
        return;
    }
    command_note_tags(core, dev, c, index);
    release_command(core, item, RELEASE_TAGS, dev, index);
}

static void on_trace(struct core *core, struct device *dev, struct submitted *item)
{
    struct command_result result = {.status = COMMAND_DONE};
    struct text extra = {0};

    traces_want(core->traces, dev);
    traces_print(core->traces, dev, &extra);
    if (extra.bad) {
        no_memory(item);
    } else {
        result.extra = extra.at;
        item->command->done(item->command->done_arg, item->ticket, &result);
        command_free(item->command);
    }
    text_fini(&extra);
}

/* @return false: answered, it cannot be deleted now */
static bool leave_campaigns(struct core *core, const struct device *dev,
                            struct submitted *item)
{
    struct device_leaving leaving = {dev->id, item->command->actor};
    struct engine_keeps why = {0};
    char detail[200];

    int rc = engine_leave(core->engine, core->now, &leaving, &why);
    if (rc == 0)
        return true;
    core_failed(core, rc < 0 ? rc : 0);
    if (rc != ENGINE_E_KEEPS) {
        no_memory(item);
        return false;
    }
    snprintf(detail, sizeof detail,
             "An update of campaign %" PRId64
             " is on its way (%s%s%s): cancel the task, "
             "or wait for its end.",
             why.campaign_id, why.state, why.waiting_for[0] ? ", for " : "",
             why.waiting_for);
    command_finish(item, COMMAND_CONFLICT, "device-busy", detail);
    return false;
}

static void on_delete(struct core *core, struct device *dev, struct submitted *item)
{
    size_t index;

    if (!leave_campaigns(core, dev, item))
        return;
    struct change change = {.kind = CHANGE_DEVICE_DELETE, .device_id = dev->id};
    if (!core_put(core, &change, &index)) {
        no_memory(item);
        return;
    }
    dev->is_leaving = true;
    core_device_event(core, NULL,
                      &(struct device_event){.name = "deleted",
                                             .actor = item->command->actor,
                                             .needs = index + 1});
    release_command(core, item, RELEASE_REMOVE, dev, index);
}

void command_on_device(struct core *core, struct submitted *item)
{
    const struct command *c = item->command;
    const char *endpoint =
        c->kind == COMMAND_DEVICE_RESOURCE ? c->resource.endpoint : c->device.endpoint;
    struct device *dev;

    if (item->command->kind == COMMAND_DEVICES_IMPORT) {
        imports_begin(core, item);
        return;
    }
    if (item->command->kind == COMMAND_ASK_WITHDRAW) {
        asks_withdraw(core, c->asked.ticket);
        command_finish(item, COMMAND_DONE, "", "");
        return;
    }
    dev = registry_by_endpoint(core->registry, endpoint, strlen(endpoint));
    if (!dev) {
        command_finish(item, COMMAND_NOT_FOUND, "not-found",
                       "There is no such device.");
        return;
    }
    if (item->command->kind == COMMAND_DEVICE_REFRESH)
        on_refresh(core, dev, item);
    else if (item->command->kind == COMMAND_DEVICE_ADMIT)
        on_admit(core, dev, item);
    else if (item->command->kind == COMMAND_DEVICE_TAGS ||
             item->command->kind == COMMAND_DEVICE_TAGS_PATCH)
        on_tags(core, dev, item);
    else if (item->command->kind == COMMAND_DEVICE_DELETE)
        on_delete(core, dev, item);
    else if (item->command->kind == COMMAND_DEVICE_TRACE)
        on_trace(core, dev, item);
    else if (item->command->kind == COMMAND_DEVICE_RESOURCE)
        asks_begin(core, dev, item);
    else
        command_finish(item, COMMAND_INVALID, "unknown-command",
                       "Nothing carries this out.");
}
