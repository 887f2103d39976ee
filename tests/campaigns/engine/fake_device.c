/* SPDX-License-Identifier: Apache-2.0 */
/* fake_device.c - what a device made of values does, and its row in the store. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine_world.h"
#include "store/devices.h"

static const char *const names[FAKE_COMPONENTS] = {"app", "radio"};

/* ---- its row ---- */

static void apply_one(struct world *w, const struct change *c)
{
    struct batch *b;

    cr_assert(zero(int, batch_open(&b)));
    cr_assert(zero(int, batch_put(b, c, NULL)));
    cr_assert(zero(int, store_apply(w->store, b)));
    cr_assert(zero(int, batch_result(b, 0)->rc), "%s", store_error(w->store));
    batch_close(b);
}

static void put_inventory(struct world *w, struct fake_device *d)
{
    struct device_row row = {.id = d->id,
                             .lifetime_s = 60,
                             .registered_ms = d->registered_ms,
                             .queue_mode = d->is_queue_mode,
                             .inventory_ms = w->now.wall_ms};
    struct component_row components[FAKE_COMPONENTS] = {0};
    char canonical[4096];

    snprintf(row.endpoint, sizeof row.endpoint, "dev-%" PRId64, d->id);
    snprintf(row.state, sizeof row.state, "registered");
    snprintf(row.location, sizeof row.location, "loc%" PRId64, d->id);
    snprintf(row.manufacturer, sizeof row.manufacturer, "Example");
    snprintf(row.model, sizeof row.model, "GW");
    apply_one(w, &(struct change){.kind = CHANGE_DEVICE_PUT, .device = {&row, NULL}});
    for (int i = 0; i < FAKE_COMPONENTS; i++) {
        const struct component *c = &d->inventory.components[i];
        snprintf(components[i].name, sizeof components[i].name, "%s", c->name);
        snprintf(components[i].object, sizeof components[i].object, "afu");
        snprintf(components[i].version, sizeof components[i].version, "%s", c->version);
        snprintf(components[i].state, sizeof components[i].state, "idle");
        components[i].object_id = 33629;
        components[i].instance = c->instance;
    }
    cr_assert(
        gt(int, inventory_canonical(&d->inventory, canonical, sizeof canonical), 0));
    apply_one(w, &(struct change){
                     .kind = CHANGE_INVENTORY_PUT,
                     .inventory = {&row, canonical, components, FAKE_COMPONENTS}});
}

void fake_make(struct world *w, size_t n)
{
    struct fake_device *d = &w->devices[n];

    d->id = (int64_t)n + 1;
    d->epoch = 1;
    d->registered_ms = w->now.wall_ms - 1000;
    d->inventory = (struct inventory){
        .manufacturer = "Example", .model = "GW", .count = FAKE_COMPONENTS};
    for (uint16_t i = 0; i < FAKE_COMPONENTS; i++) {
        struct component *c = &d->inventory.components[i];
        *c = (struct component){.version = "1",
                                .object_id = 33629,
                                .instance = i,
                                .object = COMPONENT_AFU,
                                .delivery = DELIVERY_BOTH,
                                .protocols = 1};
        snprintf(c->name, sizeof c->name, "%s", names[i]);
    }
    inventory_finish(&d->inventory);
    put_inventory(w, d);
}

/* ---- what a device does ---- */

static int component_at(const struct fake_device *d, uint16_t instance)
{
    for (int i = 0; i < FAKE_COMPONENTS; i++)
        if (d->inventory.components[i].instance == instance)
            return i;
    return -1;
}

static struct fake_device *device_of(struct world *w, int64_t id)
{
    return &w->devices[id - 1];
}

int fake_start(void *self, const struct device_action *action)
{
    struct world *w = self;
    struct fake_device *d = device_of(w, action->device_id);

    if (action->kind == DEVICE_RELEASE)
        return 0;
    cr_assert(not(d->has_action), "one action at a time, device %" PRId64, d->id);
    if (action->kind == DEVICE_EXECUTE) {
        d->sends[component_at(d, action->instance)]++;
        for (size_t i = 0; i < action->other_count; i++)
            d->sends[component_at(d, action->others[i])]++;
    }
    d->has_action = true;
    d->action = *action;
    d->answer_ms = w->now.mono_ms + FAKE_LATENCY_MS;
    return 0;
}

void fake_cancel(void *self, int64_t device_id, uint64_t ticket)
{
    (void)self;
    (void)device_id;
    (void)ticket;
}

static void execute_one(struct world *w, struct fake_device *d, int i)
{
    d->executes[i]++;
    if (d->executes[i] > d->executes_of_digest_max)
        d->executes_of_digest_max = d->executes[i];
    if (d->fault == FAULT_DEFER && d->executes[i] == 1) {
        d->inventory.components[i].result = 11;
        return;
    }
    d->inventory.components[i].state = COMPONENT_UPDATING;
    d->inventory.components[i].result = 0;
    d->is_updating[i] = true;
    d->reboot_ms = w->now.mono_ms + FAKE_REBOOT_MS;
}

static uint8_t on_execute(struct world *w, struct fake_device *d)
{
    int main = component_at(d, d->action.instance);

    if (d->inventory.components[main].state != COMPONENT_DOWNLOADED)
        return 0x85;
    execute_one(w, d, main);
    for (size_t i = 0; i < d->action.other_count; i++)
        execute_one(w, d, component_at(d, d->action.others[i]));
    return 0x44;
}

static void load(struct world *w, struct fake_device *d, int i, int64_t delay_ms)
{
    if (strcmp(d->loading[i], d->action.digest) != 0)
        d->executes[i] = 0;
    snprintf(d->loading[i], sizeof d->loading[i], "%s", d->action.digest);
    d->loaded_ms[i] = w->now.mono_ms + delay_ms;
    d->inventory.components[i].result = 0;
    d->deliveries++;
}

static uint8_t on_action(struct world *w, struct fake_device *d)
{
    int i = component_at(d, d->action.instance);
    struct component *c = &d->inventory.components[i];

    switch (d->action.kind) {
    case DEVICE_PUSH:
        load(w, d, i, 0);
        return 0x44;
    case DEVICE_WRITE_URI:
        if (c->state != COMPONENT_IDLE)
            return 0x80;
        c->state = COMPONENT_DOWNLOADING;
        load(w, d, i, FAKE_DOWNLOAD_MS);
        return 0x44;
    case DEVICE_RESET:
        c->state = COMPONENT_IDLE;
        c->result = 0;
        d->loaded_ms[i] = 0;
        d->resets++;
        return 0x44;
    case DEVICE_EXECUTE:
        return on_execute(w, d);
    case DEVICE_INSPECT:
    case DEVICE_OBSERVE:
    case DEVICE_SETTINGS:
    case DEVICE_RELEASE:
        return 0x45;
    }
    return 0x45;
}

/* The outcome goes up unless the engine it is for is gone. */
void fake_answer(struct world *w, struct fake_device *d)
{
    struct device_value values[DEVICE_PATHS_MAX];
    struct device_outcome o = {.ticket = d->action.ticket,
                               .device_id = d->id,
                               .action = d->action.kind,
                               .values = values};

    d->has_action = false;
    d->reads += d->action.kind == DEVICE_INSPECT;
    bool is_lost = d->fault == FAULT_LOST_EXECUTE && d->action.kind == DEVICE_EXECUTE;
    if (is_lost)
        d->fault = HEALTHY;
    if (d->fault == FAULT_OFFLINE || d->reboot_ms) {
        o.kind = d->fault == FAULT_OFFLINE ? DEVICE_UNREACHABLE : DEVICE_TIMED_OUT;
    } else if (is_lost) {
        o.kind = DEVICE_TIMED_OUT;
    } else if (d->fault == FAULT_NO_PACKAGE &&
               (d->action.kind == DEVICE_PUSH || d->action.kind == DEVICE_WRITE_URI)) {
        o.kind = DEVICE_NO_PACKAGE;
    } else {
        o.code = on_action(w, d);
        o.kind = o.code >> 5 == 2 ? DEVICE_DONE : DEVICE_REFUSED;
    }
    if (d->action.kind == DEVICE_INSPECT && o.kind == DEVICE_DONE) {
        o.inventory = &d->inventory;
        for (; o.value_count < d->action.path_count; o.value_count++) {
            struct device_value *v = &values[o.value_count];
            *v = (struct device_value){.has_value = *d->battery != '\0'};
            snprintf(v->path, sizeof v->path, "%s", d->action.paths[o.value_count]);
            snprintf(v->text, sizeof v->text, "%s", d->battery);
        }
    }
    if (w->engine)
        cr_assert(zero(int, engine_outcome(w->engine, w->now, &o)));
}

static void observed(struct world *w, struct fake_device *d)
{
    struct device_observed o = {
        .device_id = d->id, .epoch = d->epoch, .inventory = &d->inventory};

    if (w->engine && !d->reboot_ms)
        cr_assert(zero(int, engine_observed(w->engine, w->now, &o)));
}

void world_register(struct world *w, size_t device)
{
    struct fake_device *d = &w->devices[device];
    struct device_online online = {.device_id = d->id,
                                   .epoch = ++d->epoch,
                                   .registered_ms = w->now.wall_ms,
                                   .lifetime_s = 60,
                                   .is_queue_mode = d->is_queue_mode};

    d->registered_ms = w->now.wall_ms;
    put_inventory(w, d);
    if (d->has_action && w->engine) {
        struct device_outcome o = {.ticket = d->action.ticket,
                                   .device_id = d->id,
                                   .action = d->action.kind,
                                   .kind = DEVICE_INTERRUPTED};
        d->has_action = false;
        cr_assert(zero(int, engine_outcome(w->engine, w->now, &o)));
    }
    if (w->engine)
        cr_assert(zero(int, engine_online(w->engine, w->now, &online)));
}

static void come_back(struct world *w, struct fake_device *d)
{
    d->reboot_ms = 0;
    for (int i = 0; i < FAKE_COMPONENTS; i++) {
        struct component *c = &d->inventory.components[i];
        if (!d->is_updating[i])
            continue;
        d->is_updating[i] = false;
        c->state = COMPONENT_IDLE;
        c->result = d->fault == FAULT_RESULT ? d->fault_result : 1;
        if (d->fault == FAULT_STUCK) {
            c->state = COMPONENT_UPDATING;
            c->result = 0;
        } else if (d->fault == HEALTHY || d->fault == FAULT_DEFER) {
            snprintf(c->version, sizeof c->version, "2");
        } else if (d->fault == FAULT_VERSION) {
            snprintf(c->version, sizeof c->version, "1.5");
        }
    }
    world_register(w, (size_t)d->id - 1);
}

void fake_live(struct world *w, struct fake_device *d)
{
    for (int i = 0; i < FAKE_COMPONENTS; i++) {
        struct component *c = &d->inventory.components[i];
        if (d->loaded_ms[i] == 0 || w->now.mono_ms < d->loaded_ms[i])
            continue;
        d->loaded_ms[i] = 0;
        c->state = d->fault == FAULT_INTEGRITY ? COMPONENT_IDLE : COMPONENT_DOWNLOADED;
        c->result = d->fault == FAULT_INTEGRITY ? 5 : 0;
        observed(w, d);
    }
    if (d->has_action && w->now.mono_ms >= d->answer_ms)
        fake_answer(w, d);
    if (d->late_ms && w->now.mono_ms >= d->late_ms) {
        struct device_action present = d->action;
        d->late_ms = 0;
        d->action = d->late;
        if (!d->reboot_ms)
            (void)on_execute(w, d);
        d->action = present;
    }
    if (d->reboot_ms && w->now.mono_ms >= d->reboot_ms && d->fault != FAULT_GONE)
        come_back(w, d);
}
