/* SPDX-License-Identifier: Apache-2.0 */
/* leaving.c - a device is about to be deleted: its tasks end with it, unless an update
 * is on its way.
 */
#include <stdio.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"

static const char reason[] = "deleted";

static void tell(struct engine *e, const struct task_row *row, const char *actor)
{
    event_put(e, &(struct event_of){.kind = "task",
                                    .name = "cancel",
                                    .actor = actor,
                                    .campaign_id = row->campaign_id,
                                    .device_id = row->device_id,
                                    .endpoint = row->endpoint});
}

/* The one task that may have touched the device. @return 0, ENGINE_E_FULL; *out NULL:
 * there is none */
static int fetch(struct engine *e, int64_t device_id, struct active **out)
{
    struct task_row row;

    *out = active_of(e, device_id);
    if (*out)
        return 0;
    int rc = store_task_active(e->reader, device_id, &row);
    if (rc < 0)
        e->err = rc;
    struct run *run = rc == 0 ? run_of(e, row.campaign_id) : NULL;
    if (!run)
        return 0;
    *out = active_load(e, run, &row);
    return *out ? 0 : ENGINE_E_FULL;
}

static void describe(const struct active *a, struct engine_keeps *why)
{
    why->campaign_id = a->task.campaign_id;
    why->state = task_state_name(a->task.state);
    why->waiting_for = task_waiting_name(a->task.waiting_for);
}

/* Those that wait for another campaign to end; nothing was sent for them. */
static void end_queued(struct engine *e, int64_t device_id, const char *actor)
{
    struct task_query query = {.device_id = device_id, .state = "waiting"};
    struct page page = {.limit = ROWS_MAX};

    do {
        int rc = store_task_page(e->reader, &query, e->rows, &page);
        if (rc < 0)
            e->err = rc;
        for (size_t i = 0; i < page.count && !e->err; i++) {
            struct task_row row = e->rows[i];
            struct run *run = run_of(e, row.campaign_id);
            if (!run || strcmp(row.waiting_for, "campaign") != 0 ||
                task_row_is_ending(e, row.campaign_id, device_id))
                continue;
            tell(e, &row, actor);
            task_row_end(e, run, &row, TASK_CANCELED, reason);
        }
        page.after = page.next;
    } while (page.next && !e->err);
}

int engine_leave(struct engine *e, struct engine_now now,
                 const struct device_leaving *device, struct engine_keeps *why)
{
    struct active *a;

    e->now = now;
    bool was_there = active_of(e, device->id) != NULL;
    int rc = e->err ? 0 : fetch(e, device->id, &a);
    if (rc != 0 || e->err)
        return e->err ? e->err : rc;
    if (a && !task_is_final(a->task.state)) {
        if (!step_is_untouched(&a->task, &a->plan->plan)) {
            describe(a, why);
            if (!was_there)
                active_drop(e, a);
            return ENGINE_E_KEEPS;
        }
        snprintf(a->actor, sizeof a->actor, "%s", device->actor);
        tell(e, &a->row, device->actor);
        active_end(e, a, TASK_CANCELED, reason);
    }
    end_queued(e, device->id, device->actor);
    return e->err;
}
