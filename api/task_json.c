/* SPDX-License-Identifier: Apache-2.0 */
#include "api/task_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/device_json.h"
#include "campaigns/planning/profile_set.h"
#include "campaigns/profile.h"

void task_members(struct json *j, const struct task_row *row)
{
    json_id(j, "id", row->id);
    json_id(j, "campaign", row->campaign_id);
    json_text(j, "endpoint", row->endpoint);
    json_text(j, "state", row->state);
    json_text_if(j, "waiting_for", row->waiting_for);
    json_text_if(j, "reason", row->reason);
    json_text_if(j, "detail", row->detail);
    json_time(j, "since", row->since_ms);
    json_time(j, "next_at", row->next_at_ms);
    json_time(j, "deadline_at", row->deadline_ms);
    json_bool(j, "active", row->is_active);
    json_text_if(j, "plan", row->plan_id);
    json_int(j, "group", row->group_no);
    json_int(j, "stage", row->stage_no);
    json_int(j, "tries", row->tries);
    json_text_if(j, "action", row->action);
    json_time(j, "started_at", row->started_ms);
    json_time(j, "ended_at", row->ended_ms);
}

int task_holder(struct request *rq, const struct task_row *row, struct json *j)
{
    struct task_row holder;

    if (strcmp(row->waiting_for, "campaign") != 0)
        return 0;
    int rc = store_task_active(rq->store, row->device_id, &holder);
    if (rc == 0)
        json_id(j, "waiting_for_campaign", holder.campaign_id);
    return rc < 0 ? rc : 0;
}

static void component_object(struct json *j, const struct task_component_row *row,
                             const struct profile *profile)
{
    json_object(j, NULL);
    json_text(j, "component", row->component);
    device_component_kind(j, profile_component(profile, row->component));
    json_text(j, "state", row->state);
    json_text(j, "from", row->from_version);
    json_text(j, "to", row->to_version);
    json_text(j, "target", row->target_version);
    json_text_if(j, "reason", row->reason);
    if (row->result >= 0)
        json_int(j, "result", row->result);
    json_int(j, "stage", row->stage_no);
    json_int(j, "instance", row->instance);
    json_text_if(j, "sha256", row->digest);
    json_int(j, "bytes_total", row->total_bytes);
    json_int(j, "bytes_sent", row->sent_bytes);
    json_time(j, "updated_at", row->updated_ms);
    json_end(j);
}

/* @return what is known of its device, NULL: nothing, or the device is gone */
static const struct profile *profile_of(struct request *rq, int64_t device_id,
                                        const struct profile_set *profiles)
{
    struct device_row device;

    return store_device_get(rq->store, device_id, &device) == 0
               ? device_profile(&device, profiles)
               : NULL;
}

int task_components(struct request *rq, const struct task_row *row,
                    const struct profile_set *profiles, struct json *j)
{
    const struct profile *profile = profile_of(rq, row->device_id, profiles);
    struct task_component_row *rows = calloc(STORE_COMPONENTS_MAX, sizeof *rows);
    size_t count = 0;

    if (!rows)
        return -ENOMEM;
    int rc = store_task_components(rq->store, row->id, rows, &count);
    if (rc == 0) {
        json_array(j, "components");
        for (size_t i = 0; i < count; i++)
            component_object(j, &rows[i], profile);
        json_end(j);
    }
    free(rows);
    return rc;
}

int task_rows(struct request *rq, const struct task_query *query, struct page *page,
              struct rows *rows)
{
    struct task_row *found = list_rows(page, sizeof *found);
    bool has_components = request_includes(rq, "components");
    struct profile_set *profiles = NULL;

    if (!found)
        return -ENOMEM;
    int rc = store_task_page(rq->store, query, found, page);
    if (rc == 0 && has_components)
        rc = profile_set_open(rq->store, &profiles, NULL);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        struct json *j = row_begin(rows);
        task_members(j, &found[i]);
        rc = task_holder(rq, &found[i], j);
        if (rc == 0 && has_components)
            rc = task_components(rq, &found[i], profiles, j);
        row_end(rows);
    }
    profile_set_close(profiles);
    free(found);
    return rc;
}
