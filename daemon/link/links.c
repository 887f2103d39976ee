/* SPDX-License-Identifier: Apache-2.0 */
/* links.c - who has a link, and what the engine, the core and the wire want of it. */
#include "daemon/link/links.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/link/report_internal.h"
#include "daemon/wire/wire.h"

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

static int ops_start(void *self, const struct device_action *action)
{
    struct links *links = self;
    struct device *dev = registry_by_id(links->options.registry, action->device_id);
    struct device_link *link = dev ? link_of(links, dev) : NULL;

    if (!link)
        return -EAGAIN;
    return link_append(link, action, true);
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

int links_gone(struct links *links, struct device *dev)
{
    int rc = 0;

    if (!dev->link)
        return 0;
    if (dev->link->watch_count > 0 || dev->link->ticket != 0)
        rc = wire_forget(links->options.wire,
                         &(struct coap_peer){dev->remote, dev->local});
    link_interrupt(dev->link, DEVICE_UNREACHABLE);
    return rc;
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

bool links_sent(const struct links *links, uint64_t ticket, struct links_sent *out)
{
    int64_t id = (int64_t)(ticket >> TICKET_SEQUENCE_BITS);
    struct device *dev = registry_by_id(links->options.registry, id);
    const struct device_link *link = dev ? dev->link : NULL;

    if (link && ticket != 0 && link->ticket == ticket) {
        *out = link->sent;
        return true;
    }
    for (uint8_t i = 0; link && i < link->watch_count; i++)
        if (link->watches[i].ticket == ticket) {
            *out = (struct links_sent){.dev = dev, .path = link->watches[i].path};
            return true;
        }
    return false;
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
        link_answer(link, event);
    }
    link_run(link);
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

size_t links_count(const struct links *links)
{
    return links->link_count;
}
