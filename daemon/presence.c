/* SPDX-License-Identifier: Apache-2.0 */
/* presence.c - what the ends and beginnings of being there cause. */
#include "daemon/presence.h"

#include <errno.h>
#include <string.h>

#include "daemon/core_internal.h"
#include "daemon/reports.h"

static void put_state(struct core *core, const struct device *dev)
{
    core_put(core,
             &(struct change){
                 .kind = CHANGE_DEVICE_STATE,
                 .device_state = {dev->id, registry_state_name(
                                               (enum registry_state)dev->state)}},
             NULL);
}

static void expire(struct core *core, struct device *dev)
{
    char location[LOCATION_TEXT_BYTES + 1];

    location_print(dev->location, location);
    core_failed(core, links_gone(core->links, dev));
    reports_drain(core);
    (void)registry_set_location(core->registry, dev, 0); /* 0 needs no memory */
    if (dev->state != REGISTRY_PENDING)
        dev->state = REGISTRY_EXPIRED;
    put_state(core, dev);
    core_device_event(core, dev,
                      &(struct device_event){.name = "expired", .actor = "system"});
    core_failed(core, engine_offline(core->engine, core->now, dev->id, DEVICE_EXPIRED));
}

static void fall_asleep(struct core *core, struct device *dev)
{
    dev->state = REGISTRY_ASLEEP;
    put_state(core, dev);
    core_failed(core,
                engine_offline(core->engine, core->now, dev->id, DEVICE_GONE_ASLEEP));
    lifetimes_arm(core->lifetimes, dev);
}

void presence_tick(struct core *core)
{
    struct device *dev;
    enum lifetime_end end;

    while (lifetimes_next(core->lifetimes, core->now.mono_ms, &dev, &end))
        if (end == LIFETIME_OVER)
            expire(core, dev);
        else
            fall_asleep(core, dev);
}

void presence_flush(struct core *core)
{
    size_t count;
    const struct device_seen *seen = sightings_take(core->sightings, &count);

    if (seen)
        core_put(core,
                 &(struct change){.kind = CHANGE_DEVICE_SEEN, .seen = {seen, count}},
                 NULL);
}

/* The engine reads the devices of its tasks first of all, by itself. */
static void begin_reading(struct core *core, struct device *dev)
{
    enum refresh_line line =
        dev->flags & DEVICE_READ_WANTED ? REFRESH_CHANGED : REFRESH_AGAIN;

    if (!(dev->flags & (DEVICE_READ_WANTED | DEVICE_READ_AGAIN)))
        return;
    dev->flags &= (uint8_t)~DEVICE_READ_AGAIN;
    if (!engine_has_device(core->engine, dev->id))
        core_failed(core, refresh_add(core->refresh, dev, line));
}

void presence_online(struct core *core, struct device *dev)
{
    struct device_online online = {
        .device_id = dev->id,
        .epoch = dev->epoch,
        .lifetime_s = dev->lifetime_s,
        .registered_ms = dev->registered_ms,
        .is_queue_mode = dev->flags & DEVICE_QUEUE_MODE,
    };

    if (dev->state == REGISTRY_PENDING || dev->location == 0)
        return;
    core_failed(core, engine_online(core->engine, core->now, &online));
    asks_online(core, dev);
    begin_reading(core, dev);
}

void presence_heard(struct core *core, struct device *dev)
{
    bool was_asleep = dev->state == REGISTRY_ASLEEP;

    dev->heard_ms = core->now.mono_ms;
    if (dev->location == 0)
        return;
    if (sightings_add(core->sightings, dev, core->now.wall_ms))
        presence_flush(core);
    if (was_asleep) {
        dev->state = REGISTRY_ALIVE;
        put_state(core, dev);
        lifetimes_arm(core->lifetimes, dev);
        presence_online(core, dev);
    }
}

/* ---- start ---- */

static int parse_row_address(const char *host, uint16_t port, uint32_t scope,
                             struct net_address *out)
{
    int rc = net_address_parse(host, port, out);

    if (rc == 0 && out->family == NET_V6)
        out->scope = scope;
    return rc;
}

/* Every registration gets a full lifetime of grace: nobody could renew it while the
 * daemon was down. */
static int restore_registration(struct core *core, struct device *dev,
                                const struct device_row *row)
{
    struct net_address remote;
    uint64_t location;

    if (location_parse(row->location, strlen(row->location), &location) != 0 ||
        parse_row_address(row->address, row->port, row->scope, &remote) != 0 ||
        parse_row_address(row->local_address, row->local_port, 0, &dev->local) != 0)
        return 0; /* it has to register anew */
    int rc = registry_set_location(core->registry, dev, location);
    if (rc == 0)
        rc = registry_set_remote(core->registry, dev, &remote);
    if (rc != 0)
        return rc;
    dev->heard_ms = core->now.mono_ms;
    if (dev->state == REGISTRY_ASLEEP) /* it has not spoken to us: it still sleeps */
        dev->heard_ms -= core->config->awake_ms + 1;
    dev->expires_ms = core->now.mono_ms + INT64_C(1000) * row->lifetime_s;
    lifetimes_arm(core->lifetimes, dev);
    return 0;
}

int presence_load(struct core *core, const struct device_row *row)
{
    enum registry_state state = REGISTRY_EXPIRED;
    struct device *dev =
        registry_add(core->registry, row->id, row->endpoint, strlen(row->endpoint));

    if (!dev)
        return -ENOMEM;
    (void)registry_state_parse(row->state, &state);
    dev->state = (uint8_t)state;
    dev->registered_ms = row->registered_ms;
    dev->lifetime_s = (uint32_t)row->lifetime_s;
    dev->lwm2m =
        (uint8_t)(row->lwm2m[2] >= '0' && row->lwm2m[2] <= '2' ? row->lwm2m[2] - '0'
                                                               : 0);
    if (row->queue_mode)
        dev->flags |= DEVICE_QUEUE_MODE;
    if (row->inventory_id != 0)
        dev->flags |= DEVICE_HAS_INVENTORY;
    if (state == REGISTRY_EXPIRED || state == REGISTRY_GONE ||
        state == REGISTRY_EXPECTED)
        return 0;
    return restore_registration(core, dev, row);
}
