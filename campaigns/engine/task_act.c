/* SPDX-License-Identifier: Apache-2.0 */
/* task_act.c - cancel, skip and retry of one device. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "store/devices.h"

/* One device in one campaign: in memory, or as its row says. */
struct one {
    struct run *run;
    struct active *active; /* NULL: not in memory */
    struct task_row row;
    enum task_state state;
};

static void refuse(const struct answer *a, const char *detail)
{
    answer_now(a, COMMAND_CONFLICT, "task-state", detail);
}

/* @return 0, STORE_E_NOT_FOUND, -errno */
static int find(struct engine *e, const struct command *c, struct one *out)
{
    struct device_row device;
    int64_t campaign_id = c->task_action.campaign_id;

    int rc = store_device_by_endpoint(e->reader, c->task_action.endpoint, &device);
    if (rc == 0)
        rc = store_task_of_device(e->reader, campaign_id, device.id, &out->row);
    if (rc != 0)
        return rc;
    out->run = run_of(e, campaign_id);
    out->state = (enum task_state)task_state_from_name(out->row.state);
    struct active *a = active_of(e, device.id);
    if (a && a->run == out->run) {
        out->active = a;
        out->state = (enum task_state)a->task.state;
    }
    return 0;
}

static void stop(struct engine *e, struct one *o, const struct answer *a,
                 enum task_state final, const char *reason)
{
    if (!o->active && strcmp(o->row.waiting_for, "campaign") != 0)
        o->active = active_load(e, o->run, &o->row);
    if (!o->active && strcmp(o->row.waiting_for, "campaign") != 0) {
        answer_now(a, COMMAND_BUSY, "busy", "The task cannot be loaded now.");
        return;
    }
    if (!o->active) { /* another campaign keeps it waiting */
        task_row_end(e, o->run, &o->row, final, reason);
    } else {
        struct task t = o->active->task;
        snprintf(o->active->actor, sizeof o->active->actor, "%s", a->command->actor);
        step_stop(&t, final, reason);
        active_adopt(e, o->active, &t);
        active_step(e, o->active, NULL, false);
    }
    event_put(e, &(struct event_of){.kind = "task",
                                    .name = final == TASK_CANCELED ? "cancel" : "skip",
                                    .actor = a->command->actor,
                                    .campaign_id = o->row.campaign_id,
                                    .device_id = o->row.device_id,
                                    .endpoint = o->row.endpoint});
    answer_durable(e, a, SIZE_MAX, a->command->task_action.endpoint, NULL);
}

static void cancel(struct engine *e, struct one *o, const struct answer *a)
{
    if (o->state == TASK_CANCELED)
        answer_now(a, COMMAND_ALREADY, "", "");
    else if (task_is_final(o->state) || !o->run)
        refuse(a, "The task has ended.");
    else if (o->state != TASK_WAITING && o->active &&
             task_is_executed(&o->active->task)) /* one that waits was postponed */
        refuse(a, "Update was executed; the device is verified to the end.");
    else
        stop(e, o, a, TASK_CANCELED, "operator");
}

static void skip(struct engine *e, struct one *o, const struct answer *a)
{
    if (o->state == TASK_EXCLUDED)
        answer_now(a, COMMAND_ALREADY, "", "");
    else if (o->state != TASK_WAITING || !o->run)
        refuse(a, "Only a task that waits can be skipped.");
    else
        stop(e, o, a, TASK_EXCLUDED, "skipped");
}

static bool may_retry(const struct one *o)
{
    return o->state == TASK_FAILED || o->state == TASK_NEEDS_ATTENTION ||
           o->state == TASK_CANCELED || o->state == TASK_PARTIAL;
}

/* @return false when a was answered: its campaign ends, or has ended for good */
static bool revive_run(struct engine *e, struct one *o, const struct answer *a)
{
    struct campaign_row row;

    if (o->run && run_is_stopping(o->run)) {
        refuse(a, "The campaign is about to end.");
        return false;
    }
    if (o->run)
        return true;
    int rc = store_campaign_get(e->reader, o->row.campaign_id, &row);
    if (rc < 0)
        e->err = rc;
    if (rc != 0 || strcmp(row.state, "finished") != 0) {
        refuse(a, "The campaign has ended.");
        return false;
    }
    o->run = run_load(e, &row);
    if (!o->run) {
        answer_now(a, COMMAND_BUSY, "busy", "The server has no memory for this now.");
        return false;
    }
    o->run->row.ended_ms = 0;
    o->run->row.expires_ms = e->now.wall_ms + o->run->policy.expires_after_s * 1000;
    run_set_state(e, o->run, "running", "retry", a->command->actor);
    return true;
}

static void retry(struct engine *e, struct one *o, const struct answer *a)
{
    struct task_row other;
    int64_t device_id = o->row.device_id;

    if (!task_is_final(o->state)) {
        answer_now(a, COMMAND_ALREADY, "", "");
        return;
    }
    int rc = store_task_active(e->reader, device_id, &other);
    if (rc < 0)
        e->err = rc;
    if (!may_retry(o) || active_of(e, device_id) || rc == 0) {
        refuse(a, may_retry(o) ? "The device is busy with a campaign."
                               : "There is nothing to try again.");
        return;
    }
    if (task_row_is_blocked(e, &o->row)) {
        char detail[2 * STORE_DETAIL_MAX];
        snprintf(detail, sizeof detail,
                 "A package is blocked on this device; DELETE "
                 "/v1/devices/%.255s/attempts clears that.",
                 o->row.endpoint);
        answer_now(a, COMMAND_CONFLICT, "blocked", detail);
        return;
    }
    if ((!o->run && package_refuse(e, o->row.campaign_id, a)) || !revive_run(e, o, a))
        return;
    struct active *active = active_load(e, o->run, &o->row);
    if (!active) {
        answer_now(a, COMMAND_BUSY, "busy", "The task cannot be loaded now.");
        return;
    }
    struct task t = active->task;
    snprintf(active->actor, sizeof active->actor, "%s", a->command->actor);
    step_retry(&t, &active->plan->plan, e->now.mono_ms);
    active_adopt(e, active, &t);
    active_retire(e, active, false);
    answer_durable(e, a, SIZE_MAX, a->command->task_action.endpoint, NULL);
}

void task_act(struct engine *e, const struct answer *a)
{
    static void (*const actions[TASK_COMMAND_COUNT])(struct engine *, struct one *,
                                                     const struct answer *) = {
        [TASK_CANCEL] = cancel, [TASK_RETRY] = retry, [TASK_SKIP] = skip};
    struct one o = {0};

    int rc = find(e, a->command, &o);
    if (rc < 0)
        e->err = rc;
    if (rc != 0 || campaign_is_leaving(e, a->command->task_action.campaign_id))
        answer_now(a, COMMAND_NOT_FOUND, "not-found",
                   "The campaign has no task for this device.");
    else if (task_row_is_ending(e, o.row.campaign_id, o.row.device_id))
        answer_now(a, COMMAND_BUSY, "busy", "Somebody else is changing this task.");
    else
        actions[a->command->task_action.action](e, &o, a);
}
