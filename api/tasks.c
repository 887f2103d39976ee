/* SPDX-License-Identifier: Apache-2.0 */
/* tasks.c - the tasks of a campaign and what can be done to one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/campaign_json.h"
#include "api/device_json.h"
#include "api/handlers.h"
#include "api/task_json.h"
#include "campaigns/command.h"
#include "campaigns/planning/profile_set.h"

static void copy(const struct request *rq, const char *name, char *out, size_t size)
{
    const char *value = request_parameter(rq, name);

    snprintf(out, size, "%s", value ? value : "");
}

static int fill_tasks(struct request *rq, struct page *page, struct rows *rows)
{
    return task_rows(rq, rq->kept, page, rows);
}

int tasks_list(struct request *rq, struct response *rs)
{
    static const struct list list = {FILTER_OF_TASKS, PAGE_UP, fill_tasks};
    struct campaign_row row;

    int rc = campaign_find(rq, &row, rs);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    struct task_query *query = calloc(1, sizeof *query);
    if (!query)
        return -ENOMEM;
    request_keep(rq, query, free);
    query->campaign_id = row.id;
    copy(rq, "state", query->state, sizeof query->state);
    copy(rq, "waiting_for", query->waiting_for, sizeof query->waiting_for);
    copy(rq, "reason", query->reason, sizeof query->reason);
    copy(rq, "component", query->component, sizeof query->component);
    copy(rq, "component_state", query->component_state, sizeof query->component_state);
    return list_answer(rq, rs, &list);
}

/* @return 0, -EINVAL with *rs set (404), -errno */
static int find_task(struct request *rq, struct task_row *out, struct response *rs)
{
    struct campaign_row campaign;
    struct device_row device;

    int rc = campaign_find(rq, &campaign, rs);
    if (rc == 0)
        rc = device_find(rq, 1, &device, rs);
    if (rc != 0)
        return rc;
    rc = store_task_of_device(rq->store, campaign.id, device.id, out);
    if (rc != STORE_E_NOT_FOUND)
        return rc;
    response_refuse(rs, PROBLEM_NOT_FOUND, "campaign %lld has no task for '%.128s'",
                    (long long)campaign.id, device.endpoint);
    return -EINVAL;
}

int tasks_one(struct request *rq, struct response *rs)
{
    struct profile_set *profiles = NULL;
    struct task_row row;

    int rc = find_task(rq, &row, rs);
    if (rc == 0)
        rc = profile_set_open(rq->store, &profiles, NULL);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    response_mark(rs, "%s", "");
    struct json j = response_json(rs, 200);
    json_object(&j, NULL);
    task_members(&j, &row);
    rc = task_holder(rq, &row, &j);
    if (rc == 0)
        rc = task_components(rq, &row, profiles, &j);
    profile_set_close(profiles);
    json_end(&j);
    return rc;
}

int tasks_action(struct request *rq, struct response *rs)
{
    int action = task_command_from_name(rq->params[2]);
    struct task_row row;

    if (action < 0)
        return response_refuse(rs, PROBLEM_NOT_FOUND,
                               "no action '%.32s'; there are cancel, retry, skip",
                               rq->params[2]);
    int rc = find_task(rq, &row, rs);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    struct command *c = request_command(rq, COMMAND_TASK_ACTION);
    if (c) {
        c->task_action.campaign_id = row.campaign_id;
        c->task_action.action = (enum task_command)action;
        snprintf(c->task_action.endpoint, sizeof c->task_action.endpoint, "%s",
                 row.endpoint);
    }
    return request_submit(rq, rs, c, tasks_one);
}
