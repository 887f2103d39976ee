/* SPDX-License-Identifier: Apache-2.0 */
/* asks.c - waiting -> (Write, Execute: written down, until that is durable) -> with the
 * link -> answered; back to waiting where nothing was sent.
 */
#include "daemon/asks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json_write.h"
#include "daemon/askable.h"
#include "daemon/coap/code.h"
#include "daemon/core_internal.h"
#include "daemon/resources.h"

enum { ASKS_MAX = 256 };

struct waiting {
    struct waiting *next;
    struct submitted item;
    uint64_t ticket; /* of the link's ask */
    int64_t device_id, due_ms;
    bool is_told;    /* the event that it is to be sent was put */
    bool is_writing; /* that event is not durable yet */
    bool is_sent;    /* the link has it */
    bool was_sent;   /* it had it, and the device may have taken it */
};

struct asks {
    struct waiting *first;
    uint64_t last_ticket;
    size_t count;
};

int asks_open(struct asks **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? 0 : -ENOMEM;
}

static void unlist(struct asks *a, struct waiting *w)
{
    struct waiting **at = &a->first;

    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    a->count--;
}

void asks_close(struct asks *a)
{
    while (a && a->first) {
        struct waiting *w = a->first;
        unlist(a, w);
        command_finish(&w->item, COMMAND_BUSY, "stopping", "The server is stopping.");
        free(w);
    }
    free(a);
}

static struct waiting *by_ticket(const struct asks *a, uint64_t ticket)
{
    struct waiting *w = a->first;

    while (w && w->ticket != ticket)
        w = w->next;
    return w;
}

int64_t asks_due_ms(const struct asks *a)
{
    int64_t due_ms = INT64_MAX;

    for (const struct waiting *w = a->first; w; w = w->next)
        due_ms = w->due_ms < due_ms ? w->due_ms : due_ms;
    return due_ms;
}

/* ---- the end ---- */

/* @param result  NULL: it is about to be sent */
static void note(struct core *core, const struct waiting *w, const char *result)
{
    static const char *const names[][2] = {
        [RESOURCE_READ] = {"read", "read"},
        [RESOURCE_WRITE] = {"write", "written"},
        [RESOURCE_EXECUTE] = {"execute", "executed"}};
    const struct command *c = w->item.command;
    const struct device *dev = registry_by_id(core->registry, w->device_id);
    struct lwm2m_path path = resource_path(c->resource.ask);
    char text[LWM2M_PATH_TEXT_BYTES], body[128];

    lwm2m_path_print(&path, text);
    if (result)
        snprintf(body, sizeof body, "{\"path\":\"%s\",\"result\":\"%s\"}", text,
                 result);
    else
        snprintf(body, sizeof body, "{\"path\":\"%s\"}", text);
    if (dev)
        core_device_event(
            core, dev,
            &(struct device_event){names[c->resource.ask->method][result != NULL],
                                   c->actor, body, 0});
}

static void end(struct core *core, struct waiting *w,
                const struct command_result *result, const char *word)
{
    if (w->is_sent || w->was_sent || w->is_told)
        note(core, w, word);
    unlist(core->asks, w);
    w->item.command->done(w->item.command->done_arg, w->item.ticket, result);
    command_free(w->item.command);
    free(w);
}

static void fail(struct core *core, struct waiting *w, enum command_status status,
                 const char *problem, const char *detail)
{
    struct command_result result = {.status = status};

    snprintf(result.problem, sizeof result.problem, "%s", problem);
    snprintf(result.detail, sizeof result.detail, "%s", detail);
    end(core, w, &result, problem);
}

static void fail_silent(struct core *core, struct waiting *w)
{
    bool is_read = w->item.command->resource.ask->method == RESOURCE_READ;

    fail(core, w, COMMAND_UNANSWERED, "device-silent",
         is_read ? "It was asked, and did not answer in time."
                 : "It was asked, and did not answer in time; it may have done it all "
                   "the same.");
}

/* ---- on its way ---- */

/* Who changes something is on record before it can happen, and that its key is used. */
static void write_down(struct core *core, struct waiting *w)
{
    note(core, w, NULL);
    engine_keep_key(core->engine, core->now, w->item.command);
    w->is_told = w->is_writing = true;
    core_release(core, (struct release){.kind = RELEASE_ASK,
                                        .change = (size_t)RELEASE_NO_CHANGE,
                                        .ticket = w->ticket});
}

/* A campaign may have begun since it was asked for. */
static void send(struct core *core, struct device *dev, struct waiting *w)
{
    const char *detail = NULL;
    const char *problem =
        askable_refusal(core, dev, w->item.command->resource.ask, &detail);
    uint8_t scratch[LINKS_ASK_BYTES];
    struct links_ask ask = {.ticket = w->ticket};

    if (problem) {
        fail(core, w, COMMAND_CONFLICT, problem, detail);
        return;
    }
    if (!w->is_told && w->item.command->resource.ask->method != RESOURCE_READ)
        write_down(core, w);
    if (w->is_writing)
        return;
    w->is_sent = resource_request(w->item.command->resource.ask,
                                  &core->config->afu_objects, scratch, &ask) == NULL &&
                 links_ask(core->links, dev, &ask) == 0;
}

void asks_online(struct core *core, struct device *dev)
{
    struct waiting *next;

    for (struct waiting *w = core->asks->first; w; w = next) {
        next = w->next;
        if (w->device_id == dev->id && !w->is_sent && askable_now(core, dev))
            send(core, dev, w);
    }
}

void asks_journalled(struct core *core, uint64_t ticket)
{
    struct waiting *w = by_ticket(core->asks, ticket);
    struct device *dev = w ? registry_by_id(core->registry, w->device_id) : NULL;

    if (!dev)
        return; /* its time was over, or it was deleted */
    w->is_writing = false;
    if (askable_now(core, dev))
        send(core, dev, w);
}

void asks_gone(struct core *core, struct device *dev)
{
    struct waiting *next;

    for (struct waiting *w = core->asks->first; w; w = next) {
        next = w->next;
        if (w->device_id == dev->id)
            fail(core, w, COMMAND_NOT_FOUND, "not-found", "The device was deleted.");
    }
}

/* Take it back from the link. @return true if it was sent, or may have been */
static bool take_back(struct core *core, struct waiting *w)
{
    struct device *dev = registry_by_id(core->registry, w->device_id);

    w->is_sent = w->is_sent && dev && links_withdraw(core->links, dev, w->ticket);
    return w->is_sent || w->was_sent;
}

void asks_withdraw(struct core *core, uint64_t ticket)
{
    struct waiting *w = core->asks->first;

    while (w && w->item.ticket != ticket)
        w = w->next;
    if (!w)
        return;
    if (take_back(core, w))
        fail_silent(core, w);
    else
        fail(core, w, COMMAND_CONFLICT, "withdrawn",
             "Nobody waits for it any more; nothing was sent.");
}

void asks_tick(struct core *core)
{
    struct waiting *next;

    for (struct waiting *w = core->asks->first; w; w = next) {
        next = w->next;
        if (w->due_ms > core->now.mono_ms)
            continue;
        if (take_back(core, w))
            fail_silent(core, w);
        else
            fail(core, w, COMMAND_UNANSWERED, "device-asleep",
                 "It did not wake, or was busy, until the time was over; nothing was "
                 "sent.");
    }
}

/* ---- answers ---- */

static void answer_error(struct core *core, struct waiting *w, uint8_t code)
{
    struct command_result result = {.status = COMMAND_DEVICE_ERROR,
                                    .problem = "device-error"};
    char extra[40], word[8];

    snprintf(word, sizeof word, "%u.%02u", code >> 5, code & 31u);
    snprintf(extra, sizeof extra, "{\"coap_code\":\"%s\"}", word);
    snprintf(result.detail, sizeof result.detail, "The device answered %s.", word);
    result.extra = extra;
    end(core, w, &result, word);
}

static void answer_done(struct core *core, struct waiting *w,
                        const struct link_report *report)
{
    struct command_result result = {.status = COMMAND_DONE};
    struct text extra = {0};
    char word[8];

    snprintf(word, sizeof word, "%u.%02u", report->outcome.code >> 5,
             report->outcome.code & 31u);
    int rc = resource_answer(w->item.command->resource.ask, report,
                             &core->config->afu_objects, &extra);
    if (rc != 0 || extra.bad) {
        text_fini(&extra);
        fail(core, w, COMMAND_DEVICE_ERROR, "device-error",
             "The device answered with what cannot be read.");
        return;
    }
    result.extra = extra.at;
    end(core, w, &result, word);
    text_fini(&extra);
}

/* Read or Write, which may be said twice: when it is heard of. */
static void again(struct waiting *w)
{
    w->is_sent = false;
    w->was_sent = true;
}

void asks_answered(struct core *core, const struct link_report *report)
{
    struct waiting *w = by_ticket(core->asks, report->outcome.ticket);

    if (!w)
        return; /* its time was over */
    switch (report->outcome.kind) {
    case DEVICE_DONE:
        answer_done(core, w, report);
        break;
    case DEVICE_ASLEEP:
    case DEVICE_UNREACHABLE:
        w->is_sent = false; /* until it is heard of */
        break;
    case DEVICE_INTERRUPTED: /* it registered anew */
        if (w->item.command->resource.ask->method == RESOURCE_EXECUTE)
            fail_silent(core, w);
        else
            again(w);
        break;
    case DEVICE_TIMED_OUT:
        fail_silent(core, w);
        break;
    case DEVICE_REFUSED:
    case DEVICE_NO_PACKAGE:
    case DEVICE_NO_SCHEME:
    case DEVICE_UNCONFIRMED:
        if (report->outcome.code != 0)
            answer_error(core, w, report->outcome.code);
        else
            fail(core, w, COMMAND_DEVICE_ERROR, "device-error",
                 "The device answered with nonsense, or the value has no form that it "
                 "takes.");
        break;
    }
}

/* ---- the beginning ---- */

void asks_begin(struct core *core, struct device *dev, struct submitted *item)
{
    struct resource_ask *ask = item->command->resource.ask;
    const char *detail = NULL, *problem = askable_refusal(core, dev, ask, &detail);
    uint8_t scratch[LINKS_ASK_BYTES];
    struct links_ask request;
    struct waiting *w = NULL;

    if (problem) {
        command_finish(item, COMMAND_CONFLICT, problem, detail);
        return;
    }
    detail = resource_request(ask, &core->config->afu_objects, scratch, &request);
    if (detail) {
        command_finish(item, COMMAND_INVALID, "invalid-field", detail);
        return;
    }
    if (core->asks->count < ASKS_MAX)
        w = calloc(1, sizeof *w);
    if (!w) {
        command_finish(item, COMMAND_BUSY, "busy", "Too many wait for devices.");
        return;
    }
    *w = (struct waiting){.next = core->asks->first,
                          .item = *item,
                          .ticket = ++core->asks->last_ticket,
                          .device_id = dev->id,
                          .due_ms = core->now.mono_ms + ask->timeout_ms};
    core->asks->first = w;
    traces_want(core->traces, dev);
    core->asks->count++;
    if (askable_now(core, dev))
        send(core, dev, w);
}
