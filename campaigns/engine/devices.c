/* SPDX-License-Identifier: Apache-2.0 */
/* devices.c - what comes from devices: they speak, sleep, report, answer. */
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "store/packages.h"

enum { PROGRESS_EVERY_MS = 2000 };

static struct active *find(struct engine *e, int64_t device_id)
{
    struct active *a = active_of(e, device_id);

    return a ? a : active_fetch(e, device_id);
}

int engine_online(struct engine *e, struct engine_now now,
                  const struct device_online *online)
{
    e->now = now;
    struct active *a = e->err ? NULL : find(e, online->device_id);
    if (!a)
        return e->err;
    bool is_new = a->epoch != online->epoch;
    bool was_there = a->view.reach == REACH_ONLINE;

    a->epoch = online->epoch;
    a->view.reach = REACH_ONLINE;
    a->view.is_queue_mode = online->is_queue_mode;
    a->view.lifetime_ms = online->lifetime_s * 1000;
    if (!was_there)
        a->view.is_fresh = false; /* what happened meanwhile was not seen */
    if (is_new) {
        a->view.is_fresh = a->view.is_observed = false;
        a->is_touched = true;
        a->view.registered_ms = online->registered_ms - (now.wall_ms - now.mono_ms);
    }
    if (task_is_executed(&a->task) || a->task.waiting_for == WAITING_FOR_ONLINE)
        a->task.next_at_ms = 0; /* it need not be waited for any longer */
    if (is_new || !was_there || a->is_parked)
        active_step(e, a, NULL, false);
    return e->err;
}

int engine_offline(struct engine *e, struct engine_now now, int64_t device_id,
                   enum device_offline_kind kind)
{
    e->now = now;
    struct active *a = active_of(e, device_id);
    if (!a || e->err)
        return e->err;
    a->view.reach = kind == DEVICE_GONE_ASLEEP ? REACH_ASLEEP : REACH_OFFLINE;
    if (kind != DEVICE_GONE_ASLEEP)
        a->view.is_observed = false;
    active_step(e, a, NULL, false);
    return e->err;
}

static bool is_news(const struct active *a, const struct inventory *seen)
{
    if (!a->view.inventory || seen->count != a->inventory.count)
        return true;
    for (size_t i = 0; i < seen->count; i++) {
        const struct component *now = &seen->components[i];
        const struct component *then = &a->inventory.components[i];
        if (now->state != then->state || now->result != then->result ||
            strcmp(now->version, then->version) != 0)
            return true;
    }
    return false;
}

int engine_observed(struct engine *e, struct engine_now now,
                    const struct device_observed *observed)
{
    e->now = now;
    struct active *a = e->err ? NULL : find(e, observed->device_id);
    if (!a || !is_news(a, observed->inventory))
        return e->err;
    /* State comes before Result, and much is left out: it only says to read again. */
    a->view.is_fresh = false;
    a->is_touched = true;
    a->view.reach = REACH_ONLINE;
    if (task_is_executed(&a->task))
        a->task.next_at_ms = 0;
    active_step(e, a, NULL, false);
    return e->err;
}

static enum device_reach reach_after(const struct active *a,
                                     const struct device_outcome *o)
{
    switch (o->kind) {
    case DEVICE_DONE:
    case DEVICE_REFUSED:
    case DEVICE_UNCONFIRMED:
        return REACH_ONLINE;
    case DEVICE_ASLEEP:
        return REACH_ASLEEP;
    case DEVICE_UNREACHABLE:
        return REACH_OFFLINE;
    case DEVICE_TIMED_OUT:
        return a->view.is_queue_mode ? REACH_ASLEEP : REACH_UNKNOWN;
    case DEVICE_INTERRUPTED:
    case DEVICE_NO_PACKAGE:
    case DEVICE_NO_SCHEME:
        break;
    }
    return (enum device_reach)a->view.reach;
}

static void adopt_inventory(struct engine *e, struct active *a,
                            const struct device_outcome *o)
{
    a->inventory = *o->inventory;
    a->view.inventory = &a->inventory;
    a->view.read_ms = e->now.mono_ms;
    a->view.is_fresh = !a->is_touched;
    a->view.value_count =
        o->value_count < DEVICE_PATHS_MAX ? o->value_count : DEVICE_PATHS_MAX;
    for (size_t i = 0; i < a->view.value_count; i++)
        a->values[i] = o->values[i];
    a->view.values = a->values;
    a->profile = profile_of(e, &a->inventory);
}

/* A package whose row says that it is ready only had to wait. */
static void judge_package(struct engine *e, const struct active *a)
{
    const char *digest = a->plan->plan.targets[a->task.action_part].digest;
    struct package_row row;

    int rc = store_package_get(e->reader, digest, &row);
    if (rc < 0)
        e->err = rc;
    if (rc == STORE_E_NOT_FOUND || (rc == 0 && strcmp(row.state, "ready") != 0))
        package_out(e, digest);
}

int engine_outcome(struct engine *e, struct engine_now now,
                   const struct device_outcome *outcome)
{
    e->now = now;
    struct active *a = active_of(e, outcome->device_id);
    if (e->err || !a || a->ticket == 0 || a->ticket != outcome->ticket)
        return e->err;

    a->ticket = 0;
    a->view.reach = (uint8_t)reach_after(a, outcome);
    if (outcome->action == DEVICE_INSPECT && outcome->inventory)
        adopt_inventory(e, a, outcome);
    else if (outcome->action == DEVICE_OBSERVE)
        a->view.is_observed =
            outcome->kind == DEVICE_DONE || outcome->kind == DEVICE_REFUSED;
    else
        a->view.is_fresh = false;
    if (outcome->kind == DEVICE_NO_PACKAGE)
        judge_package(e, a);
    active_step(e, a, outcome, false);
    return e->err;
}

int engine_progress(struct engine *e, struct engine_now now,
                    const struct device_progress *progress)
{
    e->now = now;
    struct active *a = active_of(e, progress->device_id);
    if (!a || e->err)
        return e->err;
    step_progress(&a->task, &a->plan->plan, progress->digest, progress->sent_bytes,
                  now.mono_ms);
    if (now.mono_ms - a->saved_at_ms >= PROGRESS_EVERY_MS)
        active_save(e, a);
    return e->err;
}

bool engine_has_device(const struct engine *e, int64_t device_id)
{
    return active_of(e, device_id) != NULL;
}
