/* SPDX-License-Identifier: Apache-2.0 */
/* registrar.c - Register, Update and De-register.
 *
 * Source: LwM2M Core 1.2.2 6.2, Transport 1.2.2 6.4.3. A registration is in memory at
 * once and acknowledged when it is durable. Without security the address is all that
 * ties a device to its location: an Update from another one is answered 4.04, and the
 * device registers anew.
 */
#include "daemon/registrar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "daemon/core_internal.h"
#include "daemon/lwm2m/registration.h"
#include "daemon/presence.h"
#include "daemon/registrar_rows.h"
#include "daemon/reports.h"
#include "daemon/requests.h"
#include "daemon/sightings.h"

enum { QUERIES_MAX = 32, PORT_TEXT = 16 };

static const char location_prefix[] = "/rd/";

/* Not secret: it only tells one object list from another. */
static const struct hash_key list_key = {.k0 = 0x6c6f636b73746570, .k1 = 1};

/* ---- Register ---- */

static size_t slices_of(const struct coap_message *m,
                        struct lwm2m_slice slices[QUERIES_MAX])
{
    size_t n = m->query_count < QUERIES_MAX ? m->query_count : QUERIES_MAX;

    for (size_t i = 0; i < n; i++)
        slices[i] = (struct lwm2m_slice){m->queries[i], strlen(m->queries[i])};
    return n;
}

/* A list of links or nothing. @return false: refused with 4.00 */
static bool is_list(const struct coap_message *m)
{
    struct lwm2m_links links;

    if (m->payload_len == 0)
        return true;
    if (m->content_format != COAP_FORMAT_LINK && m->content_format != COAP_FORMAT_NONE)
        return false;
    return !memchr(m->payload, '\0', m->payload_len) &&
           lwm2m_links_begin(&links, m->payload, m->payload_len) == 0;
}

static struct device *device_new(struct core *core, const char *endpoint)
{
    struct device *dev = registry_add(core->registry, core->last_device_id + 1,
                                      endpoint, strlen(endpoint));
    if (!dev)
        return NULL;
    core->last_device_id++;
    dev->state =
        core->config->admit == CONFIG_ADMIT_KNOWN ? REGISTRY_PENDING : REGISTRY_ALIVE;
    return dev;
}

/* What we keep it for, whatever the device asks; 0 is for ever. */
static uint32_t lifetime_of(const struct core *core, uint32_t asked_s)
{
    const struct config *c = core->config;

    if (asked_s == 0)
        return 0;
    if (asked_s < c->lifetime_min_s)
        return (uint32_t)c->lifetime_min_s;
    return asked_s > c->lifetime_max_s ? (uint32_t)c->lifetime_max_s : asked_s;
}

/* @return false without memory */
static bool take_registration(struct core *core, struct device *dev,
                              const struct lwm2m_registration *reg,
                              const struct coap_peer *peer)
{
    if (dev->location != 0 &&
        wire_forget(core->wire, &(struct coap_peer){dev->remote, dev->local}) != 0)
        return false;
    dev->flags |= DEVICE_REGISTERING;
    if (dev->is_leaving) { /* its row will be a new one, without an inventory */
        dev->is_leaving = false;
        dev->flags &= (uint8_t)~DEVICE_HAS_INVENTORY;
        dev->objects_hash = 0;
    }
    links_registered(core->links, dev);
    reports_drain(core);
    if (registry_set_location(core->registry, dev,
                              registry_new_location(core->registry)) != 0 ||
        registry_set_remote(core->registry, dev, &peer->remote) != 0)
        return false;
    dev->local = peer->local;
    dev->epoch++;
    dev->lwm2m = (uint8_t)reg->version;
    dev->lifetime_s = lifetime_of(core, reg->lifetime_s);
    dev->heard_ms = core->now.mono_ms;
    dev->registered_ms = core->now.wall_ms;
    dev->expires_ms = core->now.mono_ms + INT64_C(1000) * dev->lifetime_s;
    dev->flags = (uint8_t)(reg->is_queue_mode ? dev->flags | DEVICE_QUEUE_MODE
                                              : dev->flags & ~DEVICE_QUEUE_MODE);
    if (dev->state != REGISTRY_PENDING)
        dev->state = REGISTRY_ALIVE;
    lifetimes_arm(core->lifetimes, dev);
    return true;
}

/* It is read once the registration is durable and answered. */
static void want_reading(struct device *dev, bool is_list_new)
{
    bool is_first = !(dev->flags & DEVICE_HAS_INVENTORY);

    dev->flags |= is_first || is_list_new ? DEVICE_READ_WANTED : DEVICE_READ_AGAIN;
}

static void put_registration(struct core *core, struct device *dev,
                             const struct lwm2m_registration *reg,
                             const struct coap_message *m, uint64_t handle)
{
    struct device_row row;
    size_t index;

    sightings_forget(dev);
    registrar_row(core, dev, &row);
    registrar_row_binding(&row, reg->binding);
    registrar_row_root(&row, m);
    if (!core_put(core,
                  &(struct change){.kind = CHANGE_DEVICE_PUT,
                                   .device = {&row, (const char *)m->payload}},
                  &index)) {
        requests_answer(core, handle, COAP_EMPTY, NULL);
        return;
    }
    core_release(core, (struct release){.kind = RELEASE_ANSWER,
                                        .change = index,
                                        .handle = handle,
                                        .code = COAP_201_CREATED,
                                        .location = dev->location});
    core_release(core, (struct release){.kind = RELEASE_ONLINE,
                                        .change = index,
                                        .device_id = dev->id});
}

/* With NoSec anybody may register as anybody. Another port of the same address is what
 * every NAT does, and a device whose registration is over may be anywhere. */
static void note_move(struct core *core, const struct device *dev,
                      const struct net_address *now)
{
    char from[NET_ADDRESS_TEXT_MAX], to[NET_ADDRESS_TEXT_MAX], body[200];

    if (!dev || dev->location == 0 ||
        memcmp(dev->remote.ip, now->ip, sizeof now->ip) == 0 ||
        !bucket_take(&core->moves, core->now.mono_ms))
        return;
    snprintf(body, sizeof body, "{\"from\":\"%s\",\"to\":\"%s\"}",
             net_address_host(&dev->remote, from), net_address_host(now, to));
    core_device_event(
        core, dev,
        &(struct device_event){.name = "moved", .actor = "device", .body = body});
}

void registrar_register(struct core *core, const struct coap_event *event)
{
    const struct coap_message *m = event->message;
    struct lwm2m_slice slices[QUERIES_MAX];
    struct lwm2m_registration reg;
    const char *reason = "the payload is no list of links";

    int rc = lwm2m_register_parse((struct lwm2m_query){slices, slices_of(m, slices)},
                                  m->payload_len, &reg, &reason);
    if (rc == 0 && !is_list(m))
        rc = LWM2M_E_BAD_REQUEST;
    if (rc == 0 && reg.endpoint[0] == '\0') {
        rc = LWM2M_E_BAD_REQUEST;
        reason = "ep is missing";
    }
    if (rc != 0) {
        requests_answer(core, event->handle, (uint8_t)rc, reason);
        return;
    }
    struct device *dev =
        registry_by_endpoint(core->registry, reg.endpoint, strlen(reg.endpoint));
    if (!dev && registry_count(core->registry) >= (size_t)core->config->devices_max) {
        /* An error can silence a device for a day. */
        requests_answer(core, event->handle, COAP_EMPTY, NULL);
        return;
    }
    note_move(core, dev, &event->peer.remote);
    /* Many devices register again and again; that is no event. */
    bool is_news = !dev || dev->state == REGISTRY_EXPIRED ||
                   dev->state == REGISTRY_GONE || dev->state == REGISTRY_EXPECTED;
    if (!dev)
        dev = device_new(core, reg.endpoint);
    if (!dev || !take_registration(core, dev, &reg, &event->peer)) {
        core_failed(core, -ENOMEM);
        return;
    }
    uint64_t list = hash_bytes(&list_key, m->payload, m->payload_len);
    want_reading(dev, list != dev->objects_hash);
    dev->objects_hash = list;
    put_registration(core, dev, &reg, m, event->handle);
    figures_registration(core->figures, API_REGISTER);
    if (is_news)
        core_device_event(
            core, dev, &(struct device_event){.name = "registered", .actor = "device"});
}

/* ---- Update and De-register ---- */

/* @return the device at this location and address, NULL if there is none */
static struct device *device_at(struct core *core, const struct coap_event *event)
{
    const char *text = event->message->path + strlen(location_prefix);
    uint64_t location;
    struct device *dev = NULL;

    if (location_parse(text, strlen(text), &location) == 0)
        dev = registry_by_location(core->registry, location);
    if (dev &&
        (dev->is_leaving || !net_address_equal(&dev->remote, &event->peer.remote)))
        return NULL;
    return dev;
}

static bool take_update(struct core *core, struct device *dev,
                        const struct lwm2m_registration *reg,
                        const struct coap_message *m)
{
    bool is_new = false;
    uint32_t lifetime_s = lifetime_of(core, reg->lifetime_s);

    if (reg->has & LWM2M_HAS_B) /* its letters are in its row alone */
        is_new = true;
    if (reg->has & LWM2M_HAS_LT && lifetime_s != dev->lifetime_s) {
        dev->lifetime_s = lifetime_s;
        is_new = true;
    }
    if (reg->has & (LWM2M_HAS_B | LWM2M_HAS_Q) &&
        reg->is_queue_mode != !!(dev->flags & DEVICE_QUEUE_MODE)) {
        dev->flags ^= DEVICE_QUEUE_MODE;
        is_new = true;
    }
    if (m->payload_len > 0) {
        uint64_t list = hash_bytes(&list_key, m->payload, m->payload_len);
        if (list != dev->objects_hash) {
            dev->objects_hash = list;
            want_reading(dev, true);
            is_new = true;
        }
    }
    dev->expires_ms = core->now.mono_ms + INT64_C(1000) * dev->lifetime_s;
    return is_new;
}

static void put_update(struct core *core, struct device *dev,
                       const struct lwm2m_registration *reg,
                       const struct coap_message *m, uint64_t handle)
{
    struct device_row row;
    size_t index;
    char location[LOCATION_TEXT_BYTES + 1];

    location_print(dev->location, location);
    if (store_device_get(core->reader, dev->id, &row) != 0 ||
        strcmp(row.location, location) != 0) {
        /* Its registration is not durable yet: it shall register anew. */
        requests_answer(core, handle, COAP_404_NOT_FOUND, NULL);
        return;
    }
    sightings_forget(dev);
    row.lifetime_s = dev->lifetime_s;
    row.queue_mode = dev->flags & DEVICE_QUEUE_MODE;
    registrar_row_binding(&row, reg->has & LWM2M_HAS_B ? reg->binding : NULL);
    if (m->payload_len > 0)
        registrar_row_root(&row, m);
    row.seen_ms = core->now.wall_ms;
    row.expires_ms =
        dev->lifetime_s ? core->now.wall_ms + INT64_C(1000) * dev->lifetime_s : 0;
    snprintf(row.state, sizeof row.state, "%s",
             registry_state_name((enum registry_state)dev->state));
    const char *objects = m->payload_len > 0 ? (const char *)m->payload : NULL;
    if (!core_put(
            core,
            &(struct change){.kind = CHANGE_DEVICE_PUT, .device = {&row, objects}},
            &index)) {
        requests_answer(core, handle, COAP_EMPTY, NULL);
        return;
    }
    core_release(core, (struct release){.kind = RELEASE_ANSWER,
                                        .change = index,
                                        .handle = handle,
                                        .code = COAP_204_CHANGED});
}

static void on_update(struct core *core, struct device *dev,
                      const struct coap_event *event)
{
    const struct coap_message *m = event->message;
    struct lwm2m_slice slices[QUERIES_MAX];
    struct lwm2m_registration reg = {0};
    const char *reason = "the payload is no list of links";

    int rc = lwm2m_update_parse((struct lwm2m_query){slices, slices_of(m, slices)},
                                &reg, &reason);
    if (rc == 0 && !is_list(m))
        rc = LWM2M_E_BAD_REQUEST;
    if (rc != 0) {
        requests_answer(core, event->handle, (uint8_t)rc, reason);
        return;
    }
    bool is_new = take_update(core, dev, &reg, m);
    figures_registration(core->figures, API_UPDATE);
    presence_heard(core, dev);
    lifetimes_arm(core->lifetimes, dev);
    if (is_new)
        put_update(core, dev, &reg, m, event->handle);
    else
        requests_answer(core, event->handle, COAP_204_CHANGED, NULL);
    presence_online(core, dev);
}

static void on_deregister(struct core *core, struct device *dev,
                          const struct coap_event *event)
{
    struct device_row row;
    size_t index;

    core_failed(core, links_gone(core->links, dev));
    reports_drain(core);
    lifetimes_disarm(core->lifetimes, dev);
    (void)registry_set_location(core->registry, dev, 0);
    if (dev->state != REGISTRY_PENDING)
        dev->state = REGISTRY_GONE;
    core_failed(core,
                engine_offline(core->engine, core->now, dev->id, DEVICE_DEREGISTERED));
    registrar_row(core, dev, &row);
    figures_registration(core->figures, API_DEREGISTER);
    core_device_event(
        core, dev, &(struct device_event){.name = "deregistered", .actor = "device"});
    if (core_put(core,
                 &(struct change){.kind = CHANGE_DEVICE_STATE,
                                  .device_state = {dev->id, row.state}},
                 &index))
        core_release(core, (struct release){.kind = RELEASE_ANSWER,
                                            .change = index,
                                            .handle = event->handle,
                                            .code = COAP_202_DELETED});
}

void registrar_location(struct core *core, const struct coap_event *event)
{
    struct device *dev = device_at(core, event);
    uint8_t method = event->message->code;

    if (!dev)
        requests_answer(core, event->handle, COAP_404_NOT_FOUND, NULL);
    else if (method == COAP_POST || method == COAP_PUT) /* PUT: drafts of LwM2M 1.0 */
        on_update(core, dev, event);
    else if (method == COAP_DELETE)
        on_deregister(core, dev, event);
    else
        requests_answer(core, event->handle, COAP_405_METHOD_NOT_ALLOWED, NULL);
}
