/* SPDX-License-Identifier: Apache-2.0 */
/* step_adopt.c - what a whole read of the device says about our journal.
 *
 * A package counts as ours only while State stays Downloaded after we delivered it: any
 * other State means that somebody or something else was there, and it is sent again.
 */
#include "campaigns/step_internal.h"

enum { BLOCK_BYTES_MAX = 1024 }; /* RFC 7959: szx 6 */

/* 5/x/14 is true: the device installs when the download is complete, unasked. */
static bool is_automatic(const struct component *c)
{
    return (c->has & COMPONENT_AUTO_ON) != 0;
}

void count_automatic(struct stepper *s, size_t i)
{
    struct task_part *p = &s->t->parts[i];

    if (!p->is_automatic)
        return;
    if (!p->is_counted && p->executes < UINT8_MAX)
        p->executes++;
    p->is_automatic = p->is_counted = false;
    s->t->is_at_risk = s->t->has_executed = true;
}

/* Its last block is on its way before it is acknowledged; what is hosted elsewhere is
 * not seen at all, and an installation may show by its result or a restart alone. */
void settle_automatic(struct stepper *s, size_t i)
{
    struct task_part *p = &s->t->parts[i];
    const struct target *target = &s->plan->targets[i];
    const struct component *c = seen(s, i);
    bool was_installed = c && (result_class(c->result) == RETRY_UPDATE ||
                               s->in->view->registered_ms > s->t->progress_ms);

    if (p->sent_bytes + BLOCK_BYTES_MAX >= target->bytes ||
        (p->via == VIA_PULL && (*target->uri || was_installed)))
        count_automatic(s, i);
    p->is_automatic = false;
}

static void adopt_automatic(struct stepper *s, size_t i, const struct component *c)
{
    struct task_part *p = &s->t->parts[i];

    if (!is_automatic(c) ||
        (c->state != COMPONENT_DOWNLOADED && c->state != COMPONENT_UPDATING))
        return;
    count_automatic(s, s->plan->targets[i].carrier);
    if (!carrier_of(s, i)->is_accepted)
        return;
    p->is_executed = s->t->is_at_risk = s->t->has_executed = true;
    s->t->is_acknowledged = true;
    s->t->executed_ms = s->now_ms;
    s->t->unsure_ms = 0;
    set_part(s, i, PART_UPDATING);
    set_task(s, TASK_UPDATING, WAITING_FOR_NOTHING);
}

static void adopt_delivered(struct stepper *s, size_t i, const struct component *c)
{
    struct task_part *p = &s->t->parts[i];

    if (c->state == COMPONENT_DOWNLOADED && carrier_of(s, i)->is_accepted) {
        p->is_delivered = true;
        set_part(s, i, PART_DOWNLOADED);
    } else if (p->is_delivered) {
        forget_delivery(s, i);
    }
}

static void adopt_part(struct stepper *s, size_t i)
{
    struct task_part *p = &s->t->parts[i];
    const struct component *c = seen(s, i);

    if (!c)
        return;
    p->object_id = c->object_id;
    p->instance = c->instance;
    if (!is_open(s, i))
        return;
    if (!p->is_executed) {
        adopt_delivered(s, i, c);
        adopt_automatic(s, i, c);
    }
    if (p->is_executed && c->state == COMPONENT_UPDATING && !p->was_updating) {
        p->was_updating = true;
        s->t->progress_ms = s->now_ms;
    }
}

bool phase_adopt(struct stepper *s)
{
    for (size_t i = 0; i < s->t->part_count; i++)
        adopt_part(s, i);
    s->t->is_away = false;
    return false;
}
