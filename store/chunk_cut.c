/* SPDX-License-Identifier: Apache-2.0 */
/* chunk_cut.c - the next devices that a campaign's plan names get their tasks.
 *
 * The walk goes on behind campaign.cut_after_id, which moves in the same transaction: a
 * restart in the middle neither leaves a device out nor makes a task twice.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/apply.h"
#include "store/filter_query.h"
#include "store/shapes.h"

enum { CUT_TASKS = 150, CACHED_GROUPS = 16 };

/* A component over all stages of its group. */
struct cut_component {
    struct plan_component_row first; /* of the first stage that has it */
    char target[STORE_NAME_MAX + 1]; /* version after the last one */
    int64_t total_bytes;
};

struct cut_group {
    int64_t inventory_id;
    struct plan_group_row row; /* reason is not "": excluded */
    size_t count;
    struct cut_component components[STORE_COMPONENTS_MAX];
};

struct cut {
    struct store *st;
    const struct tasks_cut *change;
    struct campaign_row campaign;
    struct plan_row plan;
    struct filter *filter;
    struct cut_group *groups[CACHED_GROUPS]; /* owned; a ring of what was used last */
    size_t next_group;
    struct change_result *result;
};

static void close_cut(struct cut **cut)
{
    if (!*cut)
        return;
    for (size_t i = 0; i < CACHED_GROUPS; i++)
        free((*cut)->groups[i]);
    filter_close((*cut)->filter);
    free(*cut);
}

static int open_cut(struct cut *cut)
{
    struct filter_context context = {.version_key = cut->change->version_key};

    int rc = store_campaign_get(cut->st, cut->change->campaign_id, &cut->campaign);
    if (rc == 0)
        rc = store_plan_get(cut->st, cut->campaign.plan_id, &cut->plan);
    context.wall_ms = cut->plan.created_ms;
    if (rc == 0)
        rc = filter_open(cut->plan.query, &context, NULL, &cut->filter);
    return rc;
}

/* Rows come by stage: the first of a component is where it begins, the last its end. */
static int add_stage(struct cut_group *group, const struct plan_component_row *row)
{
    size_t at = 0;

    while (at < group->count &&
           strcmp(group->components[at].first.component, row->component) != 0)
        at++;
    if (at == STORE_COMPONENTS_MAX)
        return -EMSGSIZE;
    struct cut_component *c = &group->components[at];
    if (at == group->count) {
        c->first = *row;
        group->count++;
    }
    memcpy(c->target, row->to_version, sizeof c->target);
    c->total_bytes += row->size_bytes;
    return 0;
}

static int read_stages(struct cut *cut, struct cut_group *group)
{
    SCOPED_QUERY q = query_begin(cut->st, Q_PLAN_COMPONENTS);
    int rc;

    query_bind_text(&q, ":id", cut->plan.id);
    query_bind_int(&q, ":group_no", group->row.group_no);
    while ((rc = query_next(&q)) == 1) {
        struct plan_component_row row = {0};
        row_read(&q, plan_component_shape, &row);
        rc = q.err ? q.err : add_stage(group, &row);
        if (rc != 0)
            return rc;
    }
    return rc;
}

static int read_group(struct cut *cut, struct cut_group *group)
{
    SCOPED_QUERY q = query_begin(cut->st, Q_PLAN_GROUP_FIND);

    query_bind_text(&q, ":id", cut->plan.id);
    query_bind_int(&q, ":inventory_id", group->inventory_id);
    int rc = row_read_one(&q, plan_group_shape, &group->row);
    if (rc != STORE_E_NOT_FOUND)
        return rc != 0 ? rc : read_stages(cut, group);
    /* The device has changed since the plan was made. */
    group->row = (struct plan_group_row){
        .reason = "inventory-changed",
        .detail = "the device's components have changed since the plan was made"};
    return 0;
}

static int find_group(struct cut *cut, int64_t inventory_id, struct cut_group **out)
{
    for (size_t i = 0; i < CACHED_GROUPS; i++) {
        if (cut->groups[i] && cut->groups[i]->inventory_id == inventory_id) {
            *out = cut->groups[i];
            return 0;
        }
    }
    struct cut_group *group = calloc(1, sizeof *group);
    if (!group)
        return -ENOMEM;
    group->inventory_id = inventory_id;
    free(cut->groups[cut->next_group]);
    cut->groups[cut->next_group] = group;
    cut->next_group = (cut->next_group + 1) % CACHED_GROUPS;
    *out = group;
    return read_group(cut, group);
}

/* @return 0 it has an active task, STORE_E_NOT_FOUND, -errno */
static int find_active(struct cut *cut, int64_t device_id)
{
    SCOPED_QUERY q = query_begin(cut->st, Q_TASK_DEVICE_BUSY);

    query_bind_int(&q, ":device_id", device_id);
    return query_one(&q);
}

static int fill_task(struct cut *cut, const struct cut_group *group,
                     struct task_row *task)
{
    const char *state = "waiting", *waiting_for = cut->change->waiting_for;

    task->campaign_id = cut->campaign.id;
    task->group_no = group->row.group_no;
    task->since_ms = cut->change->at_ms;
    memcpy(task->plan_id, cut->plan.id, sizeof task->plan_id);
    if (group->row.reason[0]) {
        state = "excluded";
        waiting_for = "";
        task->ended_ms = cut->change->at_ms;
        memcpy(task->reason, group->row.reason, sizeof task->reason);
        memcpy(task->detail, group->row.detail, sizeof task->detail);
    } else {
        int rc = find_active(cut, task->device_id);
        if (rc < 0)
            return rc;
        task->is_active = rc == STORE_E_NOT_FOUND;
        if (!task->is_active)
            waiting_for = "campaign";
    }
    strncpy(task->state, state, STORE_WORD_MAX);
    strncpy(task->waiting_for, waiting_for, STORE_WORD_MAX);
    return 0;
}

static int add_components(struct cut *cut, const struct cut_group *group,
                          const struct task_row *task)
{
    SCOPED_QUERY q = query_begin(cut->st, Q_TASK_COMPONENT_ADD);
    int rc = 0;

    query_bind_int(&q, ":task_id", task->id);
    query_bind_int(&q, ":campaign_id", task->campaign_id);
    query_bind_int(&q, ":device_id", task->device_id);
    query_bind_int(&q, ":updated_ms", task->since_ms);
    for (size_t i = 0; i < group->count && rc == 0; i++) {
        const struct cut_component *c = &group->components[i];
        row_bind(&q, plan_component_shape, &c->first);
        query_bind_text(&q, ":target_version", c->target);
        query_bind_int(&q, ":total_bytes", c->total_bytes);
        rc = query_run(&q);
        query_again(&q);
    }
    return rc;
}

static int add_task(struct cut *cut, const struct cut_group *group,
                    struct task_row *task)
{
    int rc = fill_task(cut, group, task);
    if (rc != 0)
        return rc;

    SCOPED_QUERY q = query_begin(cut->st, Q_TASK_ADD);
    row_bind(&q, task_shape, task);
    rc = query_run(&q);
    if (rc != 0 || query_changes(cut->st) == 0) /* it has one */
        return rc;
    task->id = query_last_id(cut->st);
    cut->result->count++;
    return group->row.reason[0] ? 0 : add_components(cut, group, task);
}

/* The walk stands on a hit. */
static int cut_device(struct cut *cut, struct query *walk)
{
    struct task_row task = {.device_id = query_int(walk, 0)};
    struct cut_group *group = NULL;

    query_text(walk, 3, task.endpoint, sizeof task.endpoint);
    int rc = walk->err ? walk->err : find_group(cut, query_int(walk, 2), &group);
    return rc != 0 ? rc : add_task(cut, group, &task);
}

static int save(struct cut *cut, int64_t after_id, bool is_cut)
{
    SCOPED_QUERY q = query_begin(cut->st, Q_CAMPAIGN_CUT);

    cut->result->id = after_id;
    cut->result->done = is_cut;
    query_bind_int(&q, ":id", cut->campaign.id);
    query_bind_int(&q, ":after", after_id);
    query_bind_int(&q, ":is_cut", is_cut);
    return query_run(&q);
}

static int cut_devices(struct cut *cut)
{
    SCOPED_FILTER_QUERY q = filter_query(cut->st, cut->filter, FILTER_TARGETS);
    struct walk walk = walk_begin(cut->st);
    size_t limit = cut->change->limit > 0 ? cut->change->limit : CUT_TASKS;
    int64_t after_id = cut->campaign.cut_after_id;
    int rc = 1;

    query_bind_int(&q, FILTER_AFTER, after_id);
    query_bind_int(&q, FILTER_CREATED_MS, cut->plan.created_ms);
    while ((size_t)cut->result->count < limit && walk_goes_on(&walk)) {
        rc = query_next(&q);
        if (rc != 1)
            break;
        after_id = query_int(&q, 0);
        int err = query_int(&q, 1) != 0 ? cut_device(cut, &q) : 0;
        if (err != 0)
            return err;
    }
    return rc < 0 ? rc : save(cut, after_id, rc == 0);
}

int apply_tasks_cut(struct store *st, const struct change *c,
                    struct change_result *result)
{
    __attribute__((cleanup(close_cut))) struct cut *cut = calloc(1, sizeof *cut);
    if (!cut)
        return -ENOMEM;

    *cut = (struct cut){.st = st, .change = &c->tasks_cut, .result = result};
    int rc = open_cut(cut);
    if (rc != 0)
        return rc;
    if (cut->campaign.is_cut) {
        result->id = cut->campaign.cut_after_id;
        result->done = true;
        return 0;
    }
    return cut_devices(cut);
}
