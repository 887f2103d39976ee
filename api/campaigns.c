/* SPDX-License-Identifier: Apache-2.0 */
/* campaigns.c - /v1/campaigns, but for creating one (campaign_create.c). */
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/campaign_json.h"
#include "api/handlers.h"
#include "api/json_read.h"
#include "api/list.h"
#include "api/match.h"
#include "campaigns/command.h"
#include "campaigns/planning/planning.h"
#include "store/plans.h"

enum { OVERLAPS_MAX = 16 };

int campaign_find(struct request *rq, struct campaign_row *out, struct response *rs)
{
    int64_t id;

    if (request_id(rq, 0, &id, rs) != 0)
        return -EINVAL;
    int rc = store_campaign_get(rq->store, id, out);
    if (rc != STORE_E_NOT_FOUND)
        return rc;
    response_refuse(rs, PROBLEM_NOT_FOUND, "there is no campaign %lld", (long long)id);
    return -EINVAL;
}

void campaign_members(struct json *j, const struct campaign_row *row)
{
    json_id(j, "id", row->id);
    json_text(j, "name", row->name);
    json_text(j, "state", row->state);
    json_text(j, "bundle", row->bundle);
    json_text(j, "plan", row->plan_id);
    json_bool(j, "braked", row->is_braked);
    json_text_if(j, "reason", row->reason);
    json_text_if(j, "detail", row->detail);
    json_bool(j, "first_passed", row->is_first_passed);
    json_bool(j, "install_given", row->is_install_given);
    json_int(j, "failures_in_a_row", row->failures_in_a_row);
    json_int(j, "brake_ended", row->ended);
    json_int(j, "brake_failed", row->ended_failed);
    json_time(j, "created_at", row->created_ms);
    json_time(j, "started_at", row->started_ms);
    json_time(j, "ended_at", row->ended_ms);
    json_time(j, "expires_at", row->expires_ms);
    json_text_if(j, "created_by", row->created_by);
    json_text_if(j, "approved_by", row->approved_by);
}

/* "a,b" as an array. */
static void names(struct json *j, const char *key, const char *joined)
{
    json_array(j, key);
    while (*joined) {
        size_t len = strcspn(joined, ",");
        json_text_n(j, NULL, joined, len);
        joined += len + (joined[len] == ',');
    }
    json_end(j);
}

static void overlap_object(struct json *j, const struct planning_overlap *o)
{
    json_object(j, NULL);
    json_id(j, "campaign", o->campaign_id);
    json_int(j, "devices", (int64_t)o->devices);
    json_array(j, "sample");
    for (size_t i = 0; i < o->sample_count; i++)
        json_text(j, NULL, o->sample[i]);
    json_end(j);
    json_end(j);
}

/* Of one that has no tasks yet: where other campaigns are first. */
static int overlap_members(struct request *rq, const struct campaign_row *row,
                           struct json *j)
{
    struct planning_overlap *overlaps = NULL;
    size_t count = 0;

    int rc = planning_overlaps(rq->store, row->plan_id, row->id, &overlaps, &count);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    json_array(j, "overlaps");
    for (size_t i = 0; i < count; i++)
        overlap_object(j, &overlaps[i]);
    json_end(j);
    free(overlaps);
    return 0;
}

/* Of one that runs: for whom its tasks wait. */
static int waits_members(struct request *rq, const struct campaign_row *row,
                         struct json *j)
{
    struct campaign_overlap rows[OVERLAPS_MAX];
    size_t count = 0;

    int rc = store_campaign_overlaps(rq->store, row->id, rows, OVERLAPS_MAX, &count);
    if (rc != 0 || count == 0)
        return rc;
    json_array(j, "overlaps");
    for (size_t i = 0; i < count && i < OVERLAPS_MAX; i++) {
        json_object(j, NULL);
        json_id(j, "campaign", rows[i].campaign_id);
        json_int(j, "devices", rows[i].devices);
        json_end(j);
    }
    json_end(j);
    return 0;
}

static int text_members(struct request *rq, const struct campaign_row *row,
                        struct json *j)
{
    char *policy = NULL;
    struct plan_row *plan = calloc(1, sizeof *plan);

    int rc = plan ? store_campaign_policy(rq->store, row->id, &policy) : -ENOMEM;
    if (rc == 0) {
        json_raw(j, "policy", policy);
        rc = store_plan_get(rq->store, row->plan_id, plan);
    }
    if (rc == 0) {
        if (*plan->components)
            names(j, "components", plan->components);
        json_text(j, "q", plan->query);
    }
    free(policy);
    free(plan);
    return rc < 0 ? rc : 0;
}

typedef int overlaps(struct request *rq, const struct campaign_row *row,
                     struct json *j);

static int answer(struct request *rq, struct response *rs,
                  const struct campaign_row *row, int status, overlaps *write)
{
    struct json j = response_json(rs, status);

    response_mark(rs, "%" PRId64, row->revision);
    json_object(&j, NULL);
    campaign_members(&j, row);
    int rc = progress_counts(rq->store, row->id, &j);
    if (rc == 0)
        rc = text_members(rq, row, &j);
    if (rc == 0)
        rc = write(rq, row, &j);
    request_result_members(rq, &j);
    json_end(&j);
    return rc;
}

int campaign_answer_created(struct request *rq, struct response *rs, int64_t id,
                            int status)
{
    struct campaign_row row;

    int rc = store_campaign_get(rq->store, id, &row);
    if (rc != 0)
        return response_store(rs, rc, "campaign");
    return answer(rq, rs, &row, status, overlap_members);
}

int campaigns_one(struct request *rq, struct response *rs)
{
    struct campaign_row row;

    int rc = campaign_find(rq, &row, rs);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    return answer(rq, rs, &row, 200, waits_members);
}

static int fill_campaigns(struct request *rq, struct page *page, struct rows *rows)
{
    struct campaign_row *found = list_rows(page, sizeof *found);
    const char *state = request_parameter(rq, "state");

    if (!found)
        return -ENOMEM;
    int rc = store_campaign_page(rq->store, state ? state : "", found, page);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        struct json *j = row_begin(rows);
        campaign_members(j, &found[i]);
        rc = progress_counts(rq->store, found[i].id, j);
        row_end(rows);
    }
    free(found);
    return rc;
}

int campaigns_list(struct request *rq, struct response *rs)
{
    static const struct list list = {FILTER_OF_CAMPAIGNS, PAGE_DOWN, fill_campaigns};

    return list_answer(rq, rs, &list);
}

static int answer_action(struct request *rq, struct response *rs)
{
    return campaigns_one(rq, rs);
}

static int refuse_action(struct response *rs, const char *action)
{
    struct text known = {0};

    for (int a = 0; a < CAMPAIGN_ACTION_COUNT; a++)
        text_printf(&known, "%s%s", a ? ", " : "",
                    campaign_action_name((enum campaign_action)a));
    response_refuse(rs, PROBLEM_NOT_FOUND, "no action '%.32s'; there are %s", action,
                    known.at ? known.at : "");
    text_fini(&known);
    return 0;
}

static int act(struct request *rq, struct response *rs, enum campaign_action action)
{
    struct campaign_row row;

    int rc = campaign_find(rq, &row, rs);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    struct command *c = request_command(rq, COMMAND_CAMPAIGN_ACTION);
    if (c) {
        c->campaign_action.campaign_id = row.id;
        c->campaign_action.action = action;
    }
    return request_submit(rq, rs, c, answer_action);
}

int campaigns_action(struct request *rq, struct response *rs)
{
    int action = campaign_action_from_name(rq->params[1]);

    return action < 0 || action == CAMPAIGN_APPROVE
               ? refuse_action(rs, rq->params[1])
               : act(rq, rs, (enum campaign_action)action);
}

int campaigns_approve(struct request *rq, struct response *rs)
{
    return act(rq, rs, CAMPAIGN_APPROVE);
}

/* About the campaign of the path, if it is the one that the request wants.
 * @param text taken. @return what the handler returns */
static int change(struct request *rq, struct response *rs, int kind, char *text,
                  request_after *after)
{
    struct campaign_row row;
    int64_t revision = 0;

    int rc = campaign_find(rq, &row, rs);
    if (rc != 0 || !match_revision(rq, rs, row.revision, &revision)) {
        free(text);
        return rc == -EINVAL ? 0 : rc;
    }
    struct command *c = request_command(rq, kind);
    if (c) {
        c->campaign_action.campaign_id = row.id;
        c->revision = revision;
        c->text = text;
    } else {
        free(text);
    }
    return request_submit(rq, rs, c, after);
}

int campaigns_delete(struct request *rq, struct response *rs)
{
    return change(rq, rs, COMMAND_CAMPAIGN_DELETE, NULL, request_answer_nothing);
}

/* What the core need not look at again. */
static int check_patch(struct request *rq, struct problem *p)
{
    struct fields f = fields_of(rq->json, "", p);
    const char *name = fields_text(&f, "name", " ");
    const struct cJSON *policy = fields_any(&f, "policy");

    if (fields_end(&f) != 0)
        return -EBADMSG;
    if (!*name || strlen(name) > STORE_KEY_MAX)
        problem_set(p, PROBLEM_INVALID_FIELD, "'name' may have 1 to %d bytes",
                    STORE_KEY_MAX);
    else if (!rq->json->child)
        problem_set(p, PROBLEM_INVALID_FIELD, "'name' and 'policy' can be edited");
    else if (policy && !cJSON_IsObject(policy) && !cJSON_IsNull(policy))
        problem_set(p, PROBLEM_INVALID_FIELD, "'policy' must be an object");
    return p->kind == PROBLEM_NONE ? 0 : -EBADMSG;
}

int campaigns_patch(struct request *rq, struct response *rs)
{
    struct problem p = {0};

    if (check_patch(rq, &p) != 0)
        return response_problem(rs, &p);
    return change(rq, rs, COMMAND_CAMPAIGN_PATCH, strdup(rq->body.at), campaigns_one);
}
