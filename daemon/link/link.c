/* SPDX-License-Identifier: Apache-2.0 */
/* link.c - one device's list of actions: its head runs, the others wait. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "daemon/link/op_internal.h"
#include "daemon/wire/wire.h"

enum { NO_ROOM_WAIT_MS = 20 };

static const struct op_kind *const op_kinds[] = {
    [DEVICE_INSPECT] = &op_inspect, [DEVICE_OBSERVE] = &op_observe,
    [DEVICE_RESET] = &op_reset,     [DEVICE_SETTINGS] = &op_settings,
    [DEVICE_PUSH] = &op_push,       [DEVICE_WRITE_URI] = &op_write_uri,
    [DEVICE_EXECUTE] = &op_execute, [DEVICE_RELEASE] = &op_release,
};

static const struct op_kind *kind_of(const struct op *op)
{
    return op->asked ? &op_asked : op_kinds[op->action.kind];
}

void link_free(struct device_link *link)
{
    wheel_cancel(link->links->wheel, &link->timer);
    for (struct op *op = link->head, *next; op; op = next) {
        next = op->next;
        link_op_free(op);
    }
    link->links->link_count--;
    link->dev->link = NULL;
    free(link);
}

void link_settle(struct device_link *link)
{
    if (!link->head && link->watch_count == 0 && !link->is_kept &&
        link->report_count == 0)
        link_free(link);
}

struct device_link *link_of(struct links *links, struct device *dev)
{
    if (dev->link)
        return dev->link;
    struct device_link *link = calloc(1, sizeof *link);
    if (!link)
        return NULL;
    link->dev = dev;
    link->links = links;
    link->tail = &link->head;
    links->link_count++;
    dev->link = link;
    return link;
}

struct op *link_unlist(struct device_link *link, struct op **at)
{
    struct op *op = *at;

    *at = op->next;
    if (!*at)
        link->tail = at;
    op->next = NULL;
    return op;
}

static void link_end_with(struct device_link *link, struct device_outcome outcome)
{
    assert(link->head != NULL);
    struct op *op = link_unlist(link, &link->head);
    link->ticket = 0;
    wheel_cancel(link->links->wheel, &link->timer);
    if (op->action.kind == DEVICE_RELEASE && outcome.kind == DEVICE_DONE)
        link->is_kept = false;
    link_report_end(link, op, outcome);
}

void link_end(struct device_link *link, enum device_outcome_kind kind, uint8_t code)
{
    link_end_with(link, (struct device_outcome){.kind = kind, .code = code});
}

/* Sent without an answer, it may have arrived: that is what an update is made of.
 * Anything else is as good as held, and is asked again. */
static bool may_have_arrived(const struct op *op)
{
    switch (op->action.kind) {
    case DEVICE_PUSH:
    case DEVICE_WRITE_URI:
    case DEVICE_EXECUTE:
        return true;
    case DEVICE_INSPECT:
    case DEVICE_OBSERVE:
    case DEVICE_RESET:
    case DEVICE_SETTINGS:
    case DEVICE_RELEASE:
        break;
    }
    return false;
}

static enum device_outcome_kind timeout_kind(const struct device_link *link)
{
    bool is_asleep =
        link->dev->flags & DEVICE_QUEUE_MODE && !may_have_arrived(link->head);

    return is_asleep ? DEVICE_ASLEEP : DEVICE_TIMED_OUT;
}

static enum device_outcome_kind failure_kind(const struct device_link *link,
                                             const struct coap_event *event)
{
    switch (event->outcome) {
    case COAP_TIMEOUT:
        return timeout_kind(link);
    case COAP_UNREACHABLE:
        return link->head->action.kind == DEVICE_EXECUTE ? DEVICE_TIMED_OUT
                                                         : DEVICE_UNREACHABLE;
    case COAP_CANCELED:
        return DEVICE_INTERRUPTED;
    case COAP_NO_PACKAGE:
        return DEVICE_NO_PACKAGE;
    case COAP_ANSWERED:
    case COAP_UNSURE:
    case COAP_RESET:
    case COAP_BROKEN:
    case COAP_BUSY:
        break;
    }
    return DEVICE_REFUSED;
}

void link_end_by(struct device_link *link, const struct coap_event *event)
{
    struct device_outcome outcome = {.kind = DEVICE_REFUSED, .code = event_code(event)};

    if (event->kind != COAP_EV_RESPONSE)
        outcome.kind = failure_kind(link, event);
    else if (event->message->max_age_s > 0)
        outcome.retry_after_s = event->message->max_age_s > UINT32_MAX
                                    ? UINT32_MAX
                                    : (uint32_t)event->message->max_age_s;
    link_end_with(link, outcome);
}

void link_pause(struct device_link *link, int64_t wait_ms)
{
    wheel_set(link->links->wheel, &link->timer, link->links->now_ms + wait_ms);
}

void link_run(struct device_link *link)
{
    while (link->head && link->ticket == 0 && !wheel_is_set(&link->timer) &&
           !(link->dev->flags & DEVICE_REGISTERING)) {
        struct op *op = link->head;
        if (op->is_canceled)
            link_end(link, DEVICE_INTERRUPTED, 0);
        else if (kind_of(op)->proceed(link, op) == WIRE_E_FULL)
            link_pause(link, NO_ROOM_WAIT_MS);
    }
    link_settle(link);
}

/* Where the engine's next action belongs: in front of what people ask, but for what
 * runs. */
static struct op **behind_engines(struct device_link *link)
{
    struct op **at = &link->head;

    if (*at)
        at = &(*at)->next;
    while (*at && !(*at)->asked)
        at = &(*at)->next;
    return at;
}

void link_insert(struct device_link *link, struct op *op)
{
    struct op **at = op->is_engines ? behind_engines(link) : link->tail;

    op->next = *at;
    *at = op;
    if (!op->next)
        link->tail = &op->next;
    if (op->is_engines)
        link->is_kept = true;
    link_run(link);
}

int link_append(struct device_link *link, const struct device_action *action,
                bool is_engines)
{
    struct op *op = calloc(1, sizeof *op);
    if (!op) {
        link_settle(link);
        return -EAGAIN;
    }
    op->action = *action;
    op->is_engines = is_engines;
    link_insert(link, op);
    return 0;
}

void link_cancel_head(struct device_link *link)
{
    if (wire_cancel(link->links->options.wire, link->ticket) == WIRE_E_FULL)
        link_pause(link, NO_ROOM_WAIT_MS);
}

/* What is on its way is not unsent because its device is gone. */
static enum device_outcome_kind interrupt_kind(const struct device_link *link,
                                               enum device_outcome_kind kind)
{
    if (link->head->action.kind == DEVICE_RELEASE)
        return DEVICE_DONE;
    if (kind == DEVICE_UNREACHABLE && link->ticket != 0 && may_have_arrived(link->head))
        return DEVICE_TIMED_OUT;
    return kind;
}

void link_interrupt(struct device_link *link, enum device_outcome_kind kind)
{
    link->watch_count = 0;
    link->has_objects = false;
    link->accept_count = 0;
    link->no_composite = false;
    link->is_discovered = false;
    link->listed = link->with_cancel = 0;
    while (link->head)
        link_end(link, interrupt_kind(link, kind), 0);
    link_settle(link);
}

void link_notified(struct device_link *link, const struct coap_event *event)
{
    for (uint8_t i = 0; i < link->watch_count; i++) {
        struct watch *w = &link->watches[i];
        if (w->ticket != event->ticket)
            continue;
        const struct coap_message *m = event->message;
        if (!m)
            link_report_observed(link, 0,
                                 0); /* some were lost: what is known may be old */
        else if (coap_code_is_success(m->code))
            (void)link_absorb(link, &w->path, m->content_format, m->payload,
                              m->payload_len);
        if (event->is_final)
            *w = link->watches[--link->watch_count];
        return;
    }
}

static bool is_watch(const struct device_link *link, uint64_t ticket)
{
    for (uint8_t i = 0; i < link->watch_count; i++)
        if (link->watches[i].ticket == ticket)
            return true;
    return false;
}

uint64_t link_ticket(struct device_link *link)
{
    uint64_t ticket;

    do {
        link->sequence++;
        ticket = (uint64_t)link->dev->id << TICKET_SEQUENCE_BITS | link->sequence;
    } while (is_watch(link, ticket)); /* the sequence has wrapped */
    return ticket;
}

void link_answer(struct device_link *link, const struct coap_event *event)
{
    kind_of(link->head)->answer(link, link->head, event);
}
