/* SPDX-License-Identifier: Apache-2.0 */
/* engine_world.c - see engine_world.h. */
#include "engine_world.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/planning/planning.h"
#include "campaigns/version.h"
#include "store/devices.h"
#include "store/progress.h"

static const char *const names[FAKE_COMPONENTS] = {"app", "radio"};

static void digest_of_component(size_t i, char *out)
{
    memset(out, (int)('a' + i), 64);
    out[64] = '\0';
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

static int start(void *self, const struct device_action *action)
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

static void cancel(void *self, int64_t device_id, uint64_t ticket)
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
static void answer(struct world *w, struct fake_device *d)
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

static void put_inventory(struct world *w, struct fake_device *d);

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

static void live(struct world *w, struct fake_device *d)
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
        answer(w, d);
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

/* ---- the core's part ---- */

static void open_engine(struct world *w)
{
    struct engine_config config = {
        .reader = w->store, .ops = &w->ops, .exchange_lifetime_ms = 5000};

    cr_assert(zero(int, engine_open(&config, w->now, &w->engine)));
    engine_begin_batch(w->engine, w->batch, ++w->number);
}

void world_restart(struct world *w)
{
    engine_close(w->engine);
    w->engine = NULL;
    batch_clear(w->batch);
    /* what was on its way to a device arrives, nobody hears the answer */
    for (size_t i = 0; i < w->count; i++) {
        struct fake_device *d = &w->devices[i];
        if (d->has_action && d->action.kind == DEVICE_EXECUTE) {
            d->late = d->action;
            d->late_ms = w->now.mono_ms + FAKE_LATE_MS;
        } else if (d->has_action && !d->reboot_ms) {
            answer(w, d);
        }
        d->has_action = false;
    }
    open_engine(w);
}

static bool is_kill(struct world *w, enum kill_point point)
{
    if (w->kill_in != 1 || w->kill_point != point)
        return false;
    w->kill_in = 0;
    w->kills++;
    world_restart(w);
    return true;
}

/* A row that is not there: refused by the store for itself alone. */
static void refuse_one(struct world *w)
{
    for (size_t i = 0; w->refuse_kind && i < batch_count(w->batch); i++) {
        struct change *c = (struct change *)batch_change(w->batch, i);
        if ((int)c->kind != w->refuse_kind - 1 || w->refuse_after-- > 0)
            continue;
        w->refuse_kind = 0;
        w->refusals++;
        if (c->kind == CHANGE_TASK_PUT)
            ((struct task_row *)c->task.row)->id = INT64_MAX;
        else if (c->kind == CHANGE_TASKS_CUT)
            c->tasks_cut.campaign_id = INT64_MAX;
    }
}

static void flush(struct world *w)
{
    if (batch_count(w->batch) == 0)
        return;
    if (is_kill(w, KILL_BEFORE_APPLY))
        return;
    refuse_one(w);
    cr_assert(zero(int, store_apply(w->store, w->batch)), "%s", store_error(w->store));
    for (size_t i = 0; i < batch_count(w->batch); i++)
        cr_assert(ge(int, batch_result(w->batch, i)->rc, 0), "change %d: %s",
                  (int)batch_change(w->batch, i)->kind, store_error(w->store));
    if (is_kill(w, KILL_AFTER_APPLY))
        return;
    /* the next batch is open while this one is released */
    struct batch *done = w->batch;
    uint64_t number = w->number;
    cr_assert(zero(int, batch_open(&w->batch)));
    engine_begin_batch(w->engine, w->batch, ++w->number);
    cr_assert(zero(int, engine_durable(w->engine, w->now, number, done)));
    batch_close(done);
    if (is_kill(w, KILL_AFTER_RELEASE))
        return;
    if (w->kill_in > 1)
        w->kill_in--;
}

void world_pass(struct world *w, int64_t ms)
{
    for (int64_t end = w->now.mono_ms + ms; w->now.mono_ms < end;) {
        int64_t next;
        w->now.mono_ms += 10;
        w->now.wall_ms += 10;
        cr_assert(zero(int, engine_tick(w->engine, w->now, &next)));
        for (size_t i = 0; i < w->count; i++)
            live(w, &w->devices[i]);
        flush(w);
    }
}

struct campaign_row world_row(struct world *w)
{
    struct campaign_row row;

    cr_assert(zero(int, store_campaign_get(w->store, w->campaign_id, &row)));
    return row;
}

bool world_run(struct world *w, int64_t max_ms)
{
    for (int64_t end = w->now.mono_ms + max_ms; w->now.mono_ms < end;) {
        world_pass(w, 100);
        struct campaign_row row = world_row(w);
        if (strcmp(row.state, "finished") == 0 || strcmp(row.state, "aborted") == 0 ||
            strcmp(row.state, "paused") == 0)
            return true;
    }
    return false;
}

/* ---- commands ---- */

static void done(void *arg, uint64_t ticket, const struct command_result *result)
{
    struct world *w = arg;

    (void)ticket;
    w->has_answer = true;
    w->status = result->status;
    snprintf(w->id, sizeof w->id, "%s", result->id);
    snprintf(w->detail, sizeof w->detail, "%s", result->detail);
    snprintf(w->extra, sizeof w->extra, "%s", result->extra ? result->extra : "");
}

enum command_status world_submit(struct world *w, struct command *c)
{
    w->has_answer = false;
    c->done = done;
    c->done_arg = w;
    cr_assert(zero(int, engine_command(w->engine, w->now, c, 1)));
    for (int i = 0; i < 100 && !w->has_answer; i++)
        world_pass(w, 10);
    cr_assert(w->has_answer, "the command was not answered");
    return w->status;
}

enum command_status world_act(struct world *w, enum campaign_action action)
{
    struct command *c = command_new(COMMAND_CAMPAIGN_ACTION, "alice");

    c->campaign_action.campaign_id = w->campaign_id;
    c->campaign_action.action = action;
    return world_submit(w, c);
}

enum command_status world_task(struct world *w, int64_t device_id,
                               enum task_command action)
{
    struct command *c = command_new(COMMAND_TASK_ACTION, "alice");

    c->task_action.campaign_id = w->campaign_id;
    c->task_action.action = action;
    snprintf(c->task_action.endpoint, sizeof c->task_action.endpoint, "dev-%" PRId64,
             device_id);
    return world_submit(w, c);
}

static void put_bundle(struct world *w, bool is_together)
{
    static const char manifest[] =
        "{\"name\": \"gw\", \"version\": \"1\", \"vendor\": \"x\", \"sequence\": 1,"
        " \"applies_to\": {\"manufacturer\": \"Example\", \"model\": \"GW\"},"
        " \"packages\": ["
        "{\"component\": \"app\", \"version\": \"2\", \"file\": \"a\", \"size\": 100,"
        " \"sha256\": \"%s\", \"installs_over\": \"*\"%s},"
        "{\"component\": \"radio\", \"version\": \"2\", \"file\": \"b\", \"size\": 100,"
        " \"sha256\": \"%s\", \"installs_over\": \"*\"%s}]}";
    char text[2048], digests[2][65];
    struct command *c;

    for (size_t i = 0; i < 2; i++) {
        digest_of_component(i, digests[i]);
        c = command_new(COMMAND_PACKAGE_READY, "alice");
        snprintf(c->package.digest, sizeof c->package.digest, "%s", digests[i]);
        c->package.size_bytes = 100;
        cr_assert(eq(int, world_submit(w, c), COMMAND_DONE));
    }
    snprintf(text, sizeof text, manifest, digests[0],
             is_together ? ", \"together_with\": [\"radio\"]" : "", digests[1],
             is_together ? "" : ", \"requires\": {\"app\": \">=2\"}");
    c = command_new(COMMAND_BUNDLE_CREATE, "alice");
    c->text = strdup(text);
    cr_assert(eq(int, world_submit(w, c), COMMAND_DONE), "%s", w->detail);
}

int64_t world_create(struct world *w, const char *policy)
{
    static int plans;
    struct planning_request request = {
        .bundle = "gw@1",
        .components = &w->component,
        .component_count = w->component ? 1 : 0,
        .now_ms = w->now.wall_ms,
    };
    struct planning_problem problem = {.text = ""};
    struct plan *plan = calloc(1, sizeof *plan);
    char id[32];

    int rc = planning_make(w->store, &request, plan, &problem);
    cr_assert(zero(int, rc), "%s", problem.text);
    snprintf(id, sizeof id, "plan-%d", ++plans);
    snprintf(plan->id, sizeof plan->id, "%s", id);
    if (w->edit_plan)
        w->edit_plan(plan);
    struct command *c = command_new(COMMAND_PLAN_STORE, "alice");
    c->plan.plan = plan;
    cr_assert(eq(int, world_submit(w, c), COMMAND_DONE), "%s", w->detail);
    c = command_new(COMMAND_CAMPAIGN_CREATE, "alice");
    snprintf(c->campaign.plan_id, sizeof c->campaign.plan_id, "%s", id);
    c->text = strdup(policy);
    cr_assert(eq(int, world_submit(w, c), COMMAND_DONE), "%s", w->detail);
    return strtoll(w->id, NULL, 10);
}

void world_campaign(struct world *w, const char *policy, bool has_start)
{
    w->campaign_id = world_create(w, policy);
    if (has_start)
        cr_assert(eq(int, world_act(w, CAMPAIGN_START), COMMAND_DONE), "%s", w->detail);
}

/* ---- opening ---- */

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

static void make_device(struct world *w, size_t n)
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

struct world *world_open(size_t count, bool is_together)
{
    struct world *w = calloc(1, sizeof *w);

    w->now = (struct engine_now){1000000, 1790000000000};
    w->ops = (struct device_ops){start, cancel, w};
    w->count = count;
    cr_assert(zero(int, store_open(":memory:", STORE_WRITER, NULL, &w->store)));
    cr_assert(zero(int, batch_open(&w->batch)));
    for (size_t i = 0; i < count; i++)
        make_device(w, i);
    open_engine(w);
    put_bundle(w, is_together);
    return w;
}

void world_close(struct world *w)
{
    engine_close(w->engine);
    batch_close(w->batch);
    store_close(w->store);
    free(w);
}

/* ---- looking ---- */

struct task_row world_task_row(struct world *w, int64_t device_id)
{
    struct task_row row;

    cr_assert(
        zero(int, store_task_of_device(w->store, w->campaign_id, device_id, &row)));
    return row;
}

int world_tasks(struct world *w, const char *state, const char *reason)
{
    int n = 0;

    for (size_t i = 0; i < w->count; i++) {
        struct task_row row = world_task_row(w, w->devices[i].id);
        n += strcmp(row.state, state) == 0 &&
             (!reason || strcmp(row.reason, reason) == 0);
    }
    return n;
}

bool world_is_updated(const struct world *w, int executes_max)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct fake_device *d = &w->devices[i];
        for (int n = 0; n < FAKE_COMPONENTS; n++)
            if (strcmp(d->inventory.components[n].version, "2") != 0)
                return false;
        if (d->executes_of_digest_max > executes_max)
            return false;
    }
    return true;
}

int world_sends_max(const struct world *w)
{
    int most = 0;

    for (size_t i = 0; i < w->count; i++)
        for (int n = 0; n < FAKE_COMPONENTS; n++)
            most = w->devices[i].sends[n] > most ? w->devices[i].sends[n] : most;
    return most;
}
