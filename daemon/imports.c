/* SPDX-License-Identifier: Apache-2.0 */
/* imports.c - devices that are created or tagged, a chunk of them at a time. */
#include "daemon/imports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json_write.h"
#include "api/text.h"
#include "campaigns/device_imports.h"
#include "daemon/commands.h"
#include "daemon/core_internal.h"

static const char no_memory[] = "the server has no memory for it now";

/* @return why it is not taken, NULL if it is: then *out is its record */
static const char *find_or_add(struct core *core, const struct device_import *d,
                               const char *actor, struct device **out)
{
    size_t len = strlen(d->endpoint), index;
    struct device *dev = registry_by_endpoint(core->registry, d->endpoint, len);

    *out = dev;
    if (dev && dev->is_leaving)
        return "the device is being deleted";
    if (dev && dev->state == REGISTRY_PENDING)
        return command_admit(core, dev, actor, &index) ? NULL : no_memory;
    if (dev)
        return NULL;
    if (registry_count(core->registry) >= (size_t)core->config->devices_max)
        return IMPORT_NO_ROOM;
    dev = registry_add(core->registry, core->last_device_id + 1, d->endpoint, len);
    if (!dev)
        return no_memory;
    core->last_device_id++;
    dev->state = REGISTRY_EXPECTED;
    *out = dev;
    return NULL;
}

/* What the store shall do with those that are taken; who is new is in the registry at
 * once. @return how many */
static size_t take_all(struct core *core, const struct command *c,
                       struct device_import_row *rows)
{
    struct device_imports *chunk = c->import.chunk;
    size_t count = 0;

    for (size_t i = 0; i < chunk->count; i++) {
        struct device_import *d = &chunk->devices[i];
        struct device *dev;
        d->why = find_or_add(core, d, c->actor, &dev);
        if (d->why)
            continue;
        rows[count] = (struct device_import_row){
            .id = dev->id, .first_tag = d->first_tag, .tag_count = d->tag_count};
        memcpy(rows[count++].endpoint, d->endpoint, strlen(d->endpoint) + 1);
    }
    return count;
}

static bool put_chunk(struct core *core, const struct command *c, size_t *index)
{
    const struct device_imports *chunk = c->import.chunk;
    struct device_import_row *rows = calloc(chunk->count + 1, sizeof *rows);
    struct tag_row *tags = calloc(chunk->tag_count + 1, sizeof *tags);
    bool is_put = false;

    if (rows && tags) {
        size_t count = take_all(core, c, rows);
        command_tag_rows(chunk->tags, chunk->tag_count, tags);
        is_put =
            core_put(core,
                     &(struct change){.kind = CHANGE_DEVICES_IMPORT,
                                      .import = {rows, count, tags, chunk->tag_count,
                                                 core->now.wall_ms}},
                     index);
    }
    free(rows);
    free(tags);
    return is_put;
}

static bool is_there(const struct core *core, const struct device_imports *chunk)
{
    const char *endpoint = chunk->devices[0].endpoint;

    return registry_by_endpoint(core->registry, endpoint, strlen(endpoint)) != NULL;
}

static void note_created(struct core *core, const struct command *c, size_t index)
{
    const struct device_import *d = &c->import.chunk->devices[0];

    if (!d->why)
        command_note_tags(
            core,
            registry_by_endpoint(core->registry, d->endpoint, strlen(d->endpoint)), c,
            index);
}

void imports_begin(struct core *core, struct submitted *item)
{
    struct command *c = item->command;
    const struct device_imports *chunk = c->import.chunk;
    size_t index = (size_t)RELEASE_NO_CHANGE;

    if (c->import.is_one && is_there(core, chunk)) {
        command_finish(item, COMMAND_CONFLICT, "device-exists",
                       "There is a device with this endpoint.");
        return;
    }
    if (chunk && !put_chunk(core, c, &index)) {
        command_finish(item, COMMAND_BUSY, "busy",
                       "The server has no memory for this now.");
        return;
    }
    if (c->import.is_one)
        note_created(core, c, index);
    else if (c->text) /* of the whole list: with its first chunk, and after the last */
        core_device_event(
            core, NULL,
            &(struct device_event){.name = chunk ? "importing" : "imported",
                                   .actor = c->actor,
                                   .body = c->text,
                                   .needs = chunk ? index + 1 : 0});
    core_release(core, (struct release){.kind = RELEASE_IMPORT,
                                        .change = index,
                                        .command = c,
                                        .ticket = item->ticket});
}

/* ---- when it is durable ---- */

/* What the store has refused is marked in its rows, which are those that were taken. */
static void note_refused(struct device_imports *chunk,
                         const struct devices_import *applied)
{
    size_t row = 0;

    for (size_t i = 0; i < chunk->count && row < applied->count; i++)
        if (!chunk->devices[i].why && applied->items[row++].is_refused)
            chunk->devices[i].why = IMPORT_TOO_MANY_TAGS;
}

/* {"errors": [...]}, the first of them. @return how many there are */
static int64_t print_refused(const struct device_imports *chunk, struct text *out)
{
    struct json j = json_to(out);
    int64_t count = 0;

    json_object(&j, NULL);
    json_array(&j, "errors");
    for (size_t i = 0; i < chunk->count; i++) {
        if (!chunk->devices[i].why || ++count > IMPORT_ERRORS_MAX)
            continue;
        json_object(&j, NULL);
        json_int(&j, "line", chunk->devices[i].line);
        json_text(&j, "reason", chunk->devices[i].why);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    return count;
}

static void refuse(struct command_result *result, const char *why)
{
    result->status = COMMAND_CONFLICT;
    snprintf(result->problem, sizeof result->problem, "conflict");
    snprintf(result->detail, sizeof result->detail, "%s", why);
}

static void answer(struct release *r, const struct command_result *result)
{
    r->command->done(r->command->done_arg, r->ticket, result);
    command_free(r->command);
}

void imports_end(struct release *r, const struct batch *applied)
{
    struct command_result result = {.status = COMMAND_DONE};
    struct device_imports *chunk = r->command->import.chunk;
    struct text extra = {0};

    if (r->change == (size_t)RELEASE_NO_CHANGE) {
        answer(r, &result);
        return;
    }
    if (batch_result(applied, r->change)->rc != 0) {
        refuse(&result, "The store refused the devices.");
    } else {
        note_refused(chunk, &batch_change(applied, r->change)->import);
        result.made = batch_result(applied, r->change)->count;
        result.refused = print_refused(chunk, &extra);
        result.extra = result.refused > 0 && !extra.bad ? extra.at : NULL;
        if (r->command->import.is_one && chunk->devices[0].why)
            refuse(&result, chunk->devices[0].why);
    }
    answer(r, &result);
    text_fini(&extra);
}
