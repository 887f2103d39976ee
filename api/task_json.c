/* SPDX-License-Identifier: Apache-2.0 */
#include "api/task_json.h"

#include <errno.h>
#include <stdlib.h>

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

static void component_object(struct json *j, const struct task_component_row *row)
{
    json_object(j, NULL);
    json_text(j, "component", row->component);
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

int task_components(struct request *rq, int64_t task_id, struct json *j)
{
    struct task_component_row *rows = calloc(STORE_COMPONENTS_MAX, sizeof *rows);
    size_t count = 0;

    if (!rows)
        return -ENOMEM;
    int rc = store_task_components(rq->store, task_id, rows, &count);
    if (rc == 0) {
        json_array(j, "components");
        for (size_t i = 0; i < count; i++)
            component_object(j, &rows[i]);
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

    if (!found)
        return -ENOMEM;
    int rc = store_task_page(rq->store, query, found, page);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        struct json *j = row_begin(rows);
        task_members(j, &found[i]);
        if (has_components)
            rc = task_components(rq, found[i].id, j);
        row_end(rows);
    }
    free(found);
    return rc;
}
