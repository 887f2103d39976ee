/* SPDX-License-Identifier: Apache-2.0 */
/* links.c - the list of actions of each device. */
#include "daemon/link/links.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/link/link_internal.h"
#include "daemon/wire/wire.h"

enum { NO_ROOM_WAIT_MS = 20, TICKET_SEQUENCE_BITS = 16 };

static const struct op_kind *const op_kinds[] = {
    [DEVICE_INSPECT] = &op_inspect, [DEVICE_OBSERVE] = &op_observe,
    [DEVICE_RESET] = &op_reset,     [DEVICE_SETTINGS] = &op_settings,
    [DEVICE_PUSH] = &op_push,       [DEVICE_WRITE_URI] = &op_write_uri,
    [DEVICE_EXECUTE] = &op_execute, [DEVICE_RELEASE] = &op_release,
};

int links_open(const struct links_options *options, struct links **out)
{
    struct links *links = calloc(1, sizeof *links);
    if (!links)
        return -ENOMEM;
    links->options = *options;
    links->afu = (struct lwm2m_afu_objects){links->options.afu_ids, options->afu_count};
    links->reports_tail = &links->reports;

    int rc = wheel_open(options->mono_ms, &links->wheel);
    if (rc != 0) {
        free(links);
        return rc;
    }
    links->now_ms = options->mono_ms;
    *out = links;
    return 0;
}

static void link_free(struct device_link *link)
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

void links_close(struct links *links)
{
    if (!links)
        return;
    for (struct report *r = links->reports, *next; r; r = next) {
        next = r->next;
        link_report_free(r);
    }
    if (links->taken)
        link_report_free(links->taken);
    size_t cursor = 0;
    for (struct device *dev; (dev = registry_next(links->options.registry, &cursor));)
        if (dev->link)
            link_free(dev->link);
    wheel_close(links->wheel);
    free(links);
}

/* A link that nothing needs any more goes. */
void link_settle(struct device_link *link)
{
    if (!link->head && link->watch_count == 0 && !link->is_kept &&
        link->report_count == 0)
        link_free(link);
}

static struct device_link *link_of(struct links *links, struct device *dev)
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

/* Take the op that *at points to out of the list. */
static struct op *link_unlist(struct device_link *link, struct op **at)
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

static enum device_outcome_kind failure_kind(const struct device_link *link,
                                             const struct coap_event *event)
{
    bool may_have_arrived = link->head->action.kind == DEVICE_EXECUTE;

    switch (event->outcome) {
    case COAP_TIMEOUT:
        return link->dev->flags & DEVICE_QUEUE_MODE && !may_have_arrived
                   ? DEVICE_ASLEEP
                   : DEVICE_TIMED_OUT;
    case COAP_UNREACHABLE:
        return may_have_arrived ? DEVICE_TIMED_OUT : DEVICE_UNREACHABLE;
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

/* Run the head until something is on its way; then see whether the link is needed. */
static void link_run(struct device_link *link)
{
    while (link->head && link->ticket == 0 && !wheel_is_set(&link->timer) &&
           !(link->dev->flags & DEVICE_REGISTERING)) {
        struct op *op = link->head;
        if (op->is_canceled)
            link_end(link, DEVICE_INTERRUPTED, 0);
        else if (op_kinds[op->action.kind]->proceed(link, op) == WIRE_E_FULL)
            link_pause(link, NO_ROOM_WAIT_MS);
    }
    link_settle(link);
}

static int link_append(struct device_link *link, const struct device_action *action,
                       bool is_engines)
{
    struct op *op = calloc(1, sizeof *op);
    if (!op) {
        link_settle(link);
        return -EAGAIN;
    }
    op->action = *action;
    op->is_engines = is_engines;
    *link->tail = op;
    link->tail = &op->next;
    if (is_engines)
        link->is_kept = true;
    link_run(link);
    return 0;
}

static int ops_start(void *self, const struct device_action *action)
{
    struct links *links = self;
    struct device *dev = registry_by_id(links->options.registry, action->device_id);
    struct device_link *link = dev ? link_of(links, dev) : NULL;

    if (!link)
        return -EAGAIN;
    log_line(LOG_P_DEBUG,
             "campaign=%" PRId64 " device=%s action=%s object=%u instance=%u",
             action->campaign_id, dev->endpoint, device_action_name(action->kind),
             action->object_id, action->instance);
    return link_append(link, action, true);
}

/* Its FAILURE or PUSH_END ends the head; a wire without room is asked again. */
static void link_cancel_head(struct device_link *link)
{
    if (wire_cancel(link->links->options.wire, link->ticket) == WIRE_E_FULL)
        link_pause(link, NO_ROOM_WAIT_MS);
}

static void ops_cancel(void *self, int64_t device_id, uint64_t ticket)
{
    struct links *links = self;
    struct device *dev = registry_by_id(links->options.registry, device_id);
    struct device_link *link = dev ? dev->link : NULL;
    struct op **at = link ? &link->head : NULL;

    while (at && *at && !((*at)->is_engines && (*at)->action.ticket == ticket))
        at = &(*at)->next;
    if (!at || !*at)
        return;
    if (at != &link->head) {
        link_report_end(link, link_unlist(link, at),
                        (struct device_outcome){.kind = DEVICE_INTERRUPTED});
        return;
    }
    link->head->is_canceled = true;
    if (link->ticket != 0) {
        link_cancel_head(link);
    } else {
        wheel_cancel(links->wheel, &link->timer);
        link_run(link);
    }
}

struct device_ops links_ops(struct links *links)
{
    return (struct device_ops){.start = ops_start, .cancel = ops_cancel, .self = links};
}

int links_inspect(struct links *links, struct device *dev)
{
    static const struct device_action inspect = {.kind = DEVICE_INSPECT};

    if (dev->location == 0)
        return -ENOENT;
    struct device_link *link = link_of(links, dev);
    return link ? link_append(link, &inspect, false) : -EAGAIN;
}

/* All that runs or waits ends; observations are gone. */
static void link_interrupt(struct device_link *link, enum device_outcome_kind kind)
{
    link->watch_count = 0;
    link->has_objects = false;
    link->accept_count = 0;
    link->no_composite = false;
    link->is_discovered = false;
    link->listed = link->with_cancel = 0;
    while (link->head) {
        bool is_release = link->head->action.kind == DEVICE_RELEASE;
        link_end(link, is_release ? DEVICE_DONE : kind, 0);
    }
    link_settle(link);
}

void links_registered(struct links *links, struct device *dev)
{
    (void)links;
    if (dev->link)
        link_interrupt(dev->link, DEVICE_INTERRUPTED);
}

void links_resume(struct links *links, struct device *dev)
{
    (void)links;
    if (dev->link)
        link_run(dev->link);
}

void links_gone(struct links *links, struct device *dev)
{
    if (!dev->link)
        return;
    if (dev->link->watch_count > 0 || dev->link->ticket != 0)
        (void)wire_forget(links->options.wire,
                          &(struct coap_peer){dev->remote, dev->local});
    link_interrupt(dev->link, DEVICE_UNREACHABLE);
}

void links_drop(struct links *links, struct device *dev)
{
    (void)links;
    if (dev->link)
        link_free(dev->link);
}

bool links_is_asleep(const struct links *links, const struct device *dev)
{
    return dev->flags & DEVICE_QUEUE_MODE &&
           links->now_ms - dev->heard_ms > links->options.awake_ms;
}

static void link_notified(struct device_link *link, const struct coap_event *event)
{
    for (uint8_t i = 0; i < link->watch_count; i++) {
        struct watch *w = &link->watches[i];
        if (w->ticket != event->ticket)
            continue;
        const struct coap_message *m = event->message;
        if (!m)
            link_report_observed(link,
                                 0); /* some were lost: what is known may be old */
        else if (coap_code_is_success(m->code))
            (void)link_absorb(link, &w->path, m->content_format, m->payload,
                              m->payload_len);
        if (event->is_final)
            *w = link->watches[--link->watch_count];
        return;
    }
}

void links_event(struct links *links, const struct coap_event *event)
{
    int64_t id = (int64_t)(event->ticket >> TICKET_SEQUENCE_BITS);
    struct device *dev = registry_by_id(links->options.registry, id);
    struct device_link *link = dev ? dev->link : NULL;

    if (!link)
        return;
    if (event->kind == COAP_EV_NOTIFICATION) {
        link_notified(link, event);
    } else if (link->head && event->ticket == link->ticket) {
        if (event->kind != COAP_EV_PROGRESS)
            link->ticket = 0;
        op_kinds[link->head->action.kind]->answer(link, link->head, event);
    }
    link_run(link);
}

int links_send(struct links *links, struct device *dev,
               const struct links_payload *payload, bool *is_ours)
{
    static const struct lwm2m_path root = {0};
    struct device_link *link = dev->link && dev->link->has_known ? dev->link : NULL;
    struct inventory none = {0};
    struct object_list objects = {0};
    struct absorber absorber = {.inv = link ? &link->known : &none, .afu = &links->afu};

    if (links_objects(links, dev, &objects) != 0)
        objects = (struct object_list){0}; /* it registered none: no root */
    int rc =
        inventory_absorb_payload(&absorber, &objects, &root, (uint16_t)payload->format,
                                 payload->bytes, payload->len);
    if (link && absorber.has_changed)
        link_report_observed(link, absorber.changed);
    *is_ours = absorber.has_ours;
    return rc;
}

void links_set_profiles(struct links *links, const struct profile_set *profiles)
{
    links->options.profiles = profiles;
}

void links_tick(struct links *links, int64_t mono_ms)
{
    struct wheel_timer *t;

    links->now_ms = mono_ms;
    while ((t = wheel_expire(links->wheel, mono_ms))) {
        struct device_link *link = WHEEL_OWNER(t, struct device_link, timer);
        if (link->ticket != 0)
            link_cancel_head(link);
        else
            link_run(link);
    }
}

int64_t links_wait_ms(const struct links *links, int64_t max_ms)
{
    return wheel_wait_ms(links->wheel, links->now_ms, max_ms);
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

size_t links_count(const struct links *links)
{
    return links->link_count;
}
