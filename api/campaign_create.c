/* SPDX-License-Identifier: Apache-2.0 */
/* campaign_create.c - POST /v1/campaigns: from a stored plan; or from a bundle and q,
 * or a part of a plan's components, which makes and stores a plan of its own first.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/campaign_json.h"
#include "api/handlers.h"
#include "api/planned.h"
#include "campaigns/command.h"
#include "campaigns/policy.h"
#include "store/plans.h"

struct wanted {
    char name[128];
    struct text policy; /* JSON; empty for the defaults */
};

static void wanted_free(void *kept)
{
    struct wanted *w = kept;

    text_fini(&w->policy);
    free(w);
}

static int check_policy(struct wanted *w, const cJSON *policy, struct problem *p)
{
    struct policy parsed;
    struct policy_error why = {0};

    if (!policy)
        return 0;
    if (json_print(policy, &w->policy) != 0)
        return -ENOMEM;
    int rc = policy_parse(w->policy.at, &parsed, &why);
    if (rc == POLICY_E_INVALID)
        problem_set(p, PROBLEM_INVALID_POLICY, "%s: %s", why.path, why.detail);
    return rc < 0 ? rc : 0;
}

static int answer_created(struct request *rq, struct response *rs)
{
    int64_t id = 0;
    bool is_new = request_result(rq)->status == COMMAND_DONE;

    if (text_int_read(request_result(rq)->id, &id) != 0)
        return -EPROTO;
    response_header(rs, "Location", "/v1/campaigns/%" PRId64, id);
    return campaign_answer_created(rq, rs, id, is_new ? 201 : 200);
}

static int create(struct request *rq, struct response *rs, const char *plan_id)
{
    struct wanted *w = rq->kept;
    struct command *c = request_command(rq, COMMAND_CAMPAIGN_CREATE);

    if (c) {
        snprintf(c->campaign.name, sizeof c->campaign.name, "%s", w->name);
        snprintf(c->campaign.plan_id, sizeof c->campaign.plan_id, "%s", plan_id);
        c->text = w->policy.at;
        w->policy = (struct text){0};
    }
    return request_submit(rq, rs, c, answer_created);
}

static int create_from_stored(struct request *rq, struct response *rs)
{
    char id[sizeof request_result(rq)->id];

    memcpy(id, request_result(rq)->id, sizeof id);
    return create(rq, rs, id);
}

/* The same devices and bundle, planned again for these components only. */
static int from_part(struct request *rq, struct response *rs,
                     const struct plan_row *plan, const struct cJSON *components)
{
    struct planned planned = {plan->bundle, plan->query, components};

    if (plan->expires_ms > 0 && plan->expires_ms <= rq->wall_ms)
        return response_refuse(rs, PROBLEM_PLAN_EXPIRED,
                               "The plan is older than its time; make a new one.");
    return planned_store(rq, rs, &planned, create_from_stored);
}

/* @param components  NULL or none: all that the plan is for */
static int from_plan(struct request *rq, struct response *rs, const char *plan_id,
                     const struct cJSON *components)
{
    struct wanted *w = rq->kept;
    struct plan_row *plan = calloc(1, sizeof *plan);

    if (!plan)
        return -ENOMEM;
    int rc = store_plan_get(rq->store, plan_id, plan);
    if (rc == 0 && !*w->name)
        snprintf(w->name, sizeof w->name, "%s", plan->bundle);
    if (rc != 0)
        rc = response_store(rs, rc, "plan");
    else if (cJSON_GetArraySize(components) > 0)
        rc = from_part(rq, rs, plan, components);
    else
        rc = create(rq, rs, plan_id);
    free(plan);
    return rc;
}

static int from_bundle(struct request *rq, struct response *rs, struct fields *f)
{
    struct wanted *w = rq->kept;
    struct planned planned = planned_fields(f);

    if (fields_end(f) != 0)
        return response_problem(rs, f->problem);
    if (!*w->name)
        snprintf(w->name, sizeof w->name, "%.127s", planned.bundle);
    return planned_store(rq, rs, &planned, create_from_stored);
}

static void read_name(struct fields *f, struct wanted *w)
{
    const char *name = fields_text(f, "name", "");

    if (strlen(name) >= sizeof w->name)
        problem_set(f->problem, PROBLEM_INVALID_FIELD, "'name' may have %zu bytes",
                    sizeof w->name - 1);
    else
        snprintf(w->name, sizeof w->name, "%s", name);
}

int campaigns_post(struct request *rq, struct response *rs)
{
    struct wanted *w = calloc(1, sizeof *w);
    struct problem p = {0};
    struct fields f = fields_of(rq->json, "", &p);

    if (!w)
        return -ENOMEM;
    request_keep(rq, w, wanted_free);
    read_name(&f, w);
    const char *plan = fields_text(&f, "plan", "");
    int rc = check_policy(w, fields_any(&f, "policy"), &p);
    if (rc != 0)
        return rc;
    if (rq->made)
        return create(rq, rs, plan);
    if (!*plan)
        return from_bundle(rq, rs, &f);
    const struct cJSON *components = fields_texts(&f, "components");
    if (fields_end(&f) != 0)
        return response_problem(rs, &p);
    return from_plan(rq, rs, plan, components);
}
