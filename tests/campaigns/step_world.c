/* SPDX-License-Identifier: Apache-2.0 */
/* step_world.c - see step_world.h. */
#include "step_world.h"

#include <stdio.h>
#include <string.h>

struct world *world_new(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->policy = policy_default();
    w->limits = (struct step_limits){247000, 2, 3};
    w->view = (struct step_view){
        .reach = REACH_ONLINE,
        .is_fresh = true,
        .is_observed = true,
        .lifetime_ms = 3600000,
        .registered_ms = T0 - 5000,
        .read_ms = T0,
        .inventory = &w->inventory,
        .values = w->values,
    };
    world_add(w, "app", 0);
    w->task = task_new(&w->plan, T0 - 1000);
    w->task.id = 1;
    w->task.device_id = 7;
    w->input = (struct step_input){
        .plan = &w->plan,
        .task = &w->task,
        .policy = &w->policy,
        .view = &w->view,
        .limits = &w->limits,
        .may_deliver = true,
        .may_install = true,
        .now_ms = T0,
    };
    return w;
}

size_t world_add(struct world *w, const char *name, uint8_t stage)
{
    size_t i = w->plan.target_count++;
    struct target *t = &w->plan.targets[i];
    struct component *c = &w->inventory.components[w->inventory.count++];

    *t = (struct target){.from = "1", .to = "2", .bytes = 100, .stage = stage};
    t->carrier = (uint8_t)i;
    snprintf(t->component, sizeof t->component, "%s", name);
    snprintf(t->digest, sizeof t->digest, "%064zu", i + 1);
    if (stage + 1 > w->plan.stage_count)
        w->plan.stage_count = (uint8_t)(stage + 1);
    *c = (struct component){.version = "1",
                            .object_id = 33629,
                            .object = COMPONENT_AFU,
                            .delivery = DELIVERY_BOTH,
                            .protocols = 1,
                            .instance = (uint16_t)i};
    snprintf(c->name, sizeof c->name, "%s", name);
    w->task.part_count = w->plan.target_count;
    w->task.parts[i].stage = stage;
    return i;
}

struct component *world_component(struct world *w, size_t i)
{
    for (size_t n = 0; n < w->inventory.count; n++)
        if (strcmp(w->inventory.components[n].name, w->plan.targets[i].component) == 0)
            return &w->inventory.components[n];
    return NULL;
}

void world_delivered(struct world *w, size_t i)
{
    struct task_part *p = &w->task.parts[i];

    world_component(w, i)->state = COMPONENT_DOWNLOADED;
    p->via = VIA_PUSH;
    p->state = PART_DOWNLOADED;
    p->is_accepted = p->is_delivered = true;
    w->task.state = TASK_DELIVERED;
    w->task.waiting_for = WAITING_FOR_NOTHING;
    w->task.is_started = true;
    w->task.has_settings = true;
}

void world_executed(struct world *w, size_t i)
{
    world_delivered(w, i);
    w->task.parts[i].is_executed = true;
    w->task.parts[i].executes = 1;
    w->task.parts[i].state = PART_UPDATING;
    w->task.state = TASK_UPDATING;
    w->task.executed_ms = w->task.progress_ms = T0;
    w->task.is_acknowledged = true;
}

struct step_result *world_step(struct world *w)
{
    step(&w->input, &w->result);
    w->task = w->result.task;
    w->input.outcome = NULL;
    return &w->result;
}

struct step_result *world_outcome(struct world *w, enum device_outcome_kind kind,
                                  uint8_t code)
{
    struct device_outcome o = {.kind = kind, .code = code};

    if (w->task.action != 1 + DEVICE_INSPECT && w->task.action != 1 + DEVICE_OBSERVE)
        w->view.is_fresh = false;
    w->input.outcome = &o;
    return world_step(w);
}

void world_read(struct world *w, int64_t after_ms)
{
    w->input.now_ms += after_ms;
    w->view.read_ms = w->input.now_ms;
    w->view.is_fresh = true;
}

static struct component *target_of(struct world *w)
{
    for (size_t n = 0; n < w->inventory.count; n++)
        if (w->inventory.components[n].instance == w->result.action.instance)
            return &w->inventory.components[n];
    return NULL;
}

/* What a well-behaved device does at once. */
static void obey(struct world *w)
{
    struct component *c = target_of(w);

    switch (w->result.action.kind) {
    case DEVICE_INSPECT:
        world_read(w, 0);
        return;
    case DEVICE_OBSERVE:
        w->view.is_observed = true;
        return;
    case DEVICE_RESET:
        c->state = COMPONENT_IDLE;
        c->result = 0;
        return;
    case DEVICE_PUSH:
    case DEVICE_WRITE_URI:
        c->state = COMPONENT_DOWNLOADED;
        c->result = 0;
        return;
    case DEVICE_EXECUTE:
        c->state = COMPONENT_UPDATING;
        for (size_t i = 0; i < w->result.action.other_count; i++)
            for (size_t n = 0; n < w->inventory.count; n++)
                if (w->inventory.components[n].instance == w->result.action.others[i])
                    w->inventory.components[n].state = COMPONENT_UPDATING;
        return;
    case DEVICE_SETTINGS:
    case DEVICE_RELEASE:
        return;
    }
}

struct step_result *world_play(struct world *w, char *trail)
{
    static const char letters[] = "iorspux-"; /* in the order of the enum */
    size_t len = 0;

    for (struct step_result *r = world_step(w); r->next == STEP_ACT && len < 31;
         r = world_outcome(w, DEVICE_DONE, 0)) {
        trail[len++] = letters[r->action.kind];
        obey(w);
    }
    trail[len] = '\0';
    return &w->result;
}
