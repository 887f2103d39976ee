/* SPDX-License-Identifier: Apache-2.0 */
/* step_conflict.c - Conflicting Instances (resource 17): extend the stage, reset who is
 * in the way, or stop where the device demands what nobody planned.
 */
#include <stdio.h>
#include <string.h>

#include "campaigns/step_internal.h"

static const struct component *at_instance(const struct stepper *s, uint16_t object_id,
                                           unsigned instance)
{
    const struct inventory *inv = s->in->view->inventory;

    for (size_t i = 0; i < inv->count; i++)
        if (inv->components[i].object_id == object_id &&
            inv->components[i].instance == instance)
            return &inv->components[i];
    return NULL;
}

void add_conflicting(const struct stepper *s, const struct component *c, char *text,
                     size_t size)
{
    size_t len = strlen(text), before = len;

    for (unsigned n = 0; n < 32 && len < size; n++) {
        const struct component *other = at_instance(s, c->object_id, n);
        if (!(c->conflicting & 1u << n))
            continue;
        len += (size_t)snprintf(text + len, size - len, "%s%u%s%s%s",
                                len == before ? ", Conflicting Instances " : ", ", n,
                                other ? " (" : "", other ? other->name : "",
                                other ? ")" : "");
    }
}

/* The next part, of this stage or a later one, that changes this component. */
static int planned_part(const struct stepper *s, const struct component *c)
{
    for (size_t i = 0; i < s->t->part_count; i++)
        if (s->t->parts[i].stage >= s->t->stage &&
            s->t->parts[i].state < PART_UPDATED &&
            strcmp(s->plan->targets[i].component, c->name) == 0)
            return (int)i;
    return -1;
}

/* With all that its file brings: it is delivered into the carrier's instance. */
static bool take_in(struct stepper *s, size_t part)
{
    bool has_grown = false;

    for (size_t i = 0; i < s->t->part_count; i++) {
        if (s->plan->targets[i].carrier != s->plan->targets[part].carrier ||
            s->t->parts[i].stage <= s->t->stage)
            continue;
        s->t->parts[i].stage = s->t->stage;
        has_grown = true;
    }
    return has_grown;
}

bool extend_stage(struct stepper *s, size_t i, const char **stranger)
{
    const struct component *c = seen(s, i);
    bool has_grown = false;

    *stranger = "";
    for (unsigned n = 0; n < 32; n++) {
        const struct component *other =
            c->conflicting & 1u << n ? at_instance(s, c->object_id, n) : NULL;
        if (!other || other == c)
            continue;
        int part = planned_part(s, other);
        if (part < 0)
            *stranger = other->name;
        else if (take_in(s, (size_t)part))
            has_grown = true;
    }
    return has_grown;
}

bool reset_conflicting(struct stepper *s, size_t i)
{
    const struct component *c = seen(s, i);

    for (unsigned n = 0; n < 32; n++) {
        const struct component *other =
            c->conflicting & 1u << n ? at_instance(s, c->object_id, n) : NULL;
        if (!other || other == c ||
            (other->state != COMPONENT_DOWNLOADED &&
             other->state != COMPONENT_DOWNLOADING))
            continue;
        int part = planned_part(s, other);
        if (part >= 0)
            return act(s, DEVICE_RESET, (size_t)part);
        return act_on_instance(s, DEVICE_RESET, other->object_id, other->instance);
    }
    return false;
}

bool phase_conflicts(struct stepper *s)
{
    const char *stranger;
    struct failure f = {RETRY_PERMANENT, "dependency-error", ""};

    for (size_t i = 0; i < s->t->part_count; i++) {
        if (!is_open(s, i))
            continue;
        if (extend_stage(s, i, &stranger))
            return phase_normalise(s) || phase_deliver(s);
        if (!*stranger)
            continue;
        snprintf(f.detail, sizeof f.detail,
                 "%s conflicts with %s, which the plan does not change",
                 s->plan->targets[i].component, stranger);
        set_part(s, i, PART_FAILED);
        end(s, TASK_FAILED, &f);
        return phase_clean(s);
    }
    return false;
}
