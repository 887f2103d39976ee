/* SPDX-License-Identifier: Apache-2.0 */
/* plans.c - /v1/plans: the dry run, computed here, stored by the core. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/handlers.h"
#include "api/planned.h"
#include "campaigns/command.h"
#include "campaigns/plan.h"
#include "campaigns/plan_json.h"
#include "campaigns/planning/planning.h"
#include "store/plans.h"

enum { ID_BYTES = 16 };

static int answer_plan(struct request *rq, struct response *rs, const char *id,
                       int status)
{
    char *body = NULL;

    int rc = store_plan_body(rq->store, id, &body);
    if (rc != 0)
        return response_store(rs, rc, "plan");
    response_mark(rs, "%s", id);
    rs->status = status;
    text_put(&rs->body, body);
    free(body);
    return 0;
}

int plans_one(struct request *rq, struct response *rs)
{
    return answer_plan(rq, rs, rq->params[0], 200);
}

struct planned planned_fields(struct fields *f)
{
    struct planned planned = {
        .bundle = fields_text(f, "bundle", NULL),
        .q = fields_text(f, "q", ""),
        .components = fields_texts(f, "components"),
    };

    if (planned.q[strspn(planned.q, " \t\r\n")] == '\0')
        problem_set(f->problem, PROBLEM_INVALID_FIELD,
                    "'q' says which devices are meant; all of them are endpoint==*");
    return planned;
}

static int refuse(struct response *rs, int rc, const struct planning_problem *why)
{
    static const enum problem_kind kinds[] = {
        [PLANNING_E_BUNDLE] = PROBLEM_NOT_FOUND,
        [PLANNING_E_QUERY] = PROBLEM_INVALID_QUERY,
        [PLANNING_E_SUBSET] = PROBLEM_SUBSET_BREAKS_RULE,
        [PLANNING_E_CHANGED] = PROBLEM_PLAN_OUTDATED,
        [PLANNING_E_NOT_READY] = PROBLEM_BUNDLE_NOT_READY,
    };
    struct problem p = {0};

    problem_set_at(&p, kinds[rc], (int64_t)why->position, "%s", why->text);
    return response_problem(rs, &p);
}

/* Names of the array, borrowed. @return owned; NULL when there are none or no memory */
static const char **names_of(const cJSON *array, size_t *count)
{
    const cJSON *item;
    size_t n = 0;

    *count = array ? (size_t)cJSON_GetArraySize(array) : 0;
    const char **names = *count ? calloc(*count, sizeof *names) : NULL;
    if (names)
        cJSON_ArrayForEach(item, array) names[n++] = item->valuestring;
    return names;
}

static int make(struct request *rq, const struct planned *planned, struct plan *out,
                struct planning_problem *why)
{
    size_t count;
    const char **names = names_of(planned->components, &count);
    struct planning_request request = {
        .bundle = planned->bundle,
        .query = planned->q,
        .components = names,
        .component_count = count,
        .now_ms = rq->wall_ms,
        .keep_ms = rq->api->options.plan_keep_ms,
    };
    int64_t begun_ms = rq->api->options.env.mono_ms();

    if (count > 0 && !names)
        return -ENOMEM;
    int rc = planning_make(rq->store, &request, out, why);
    free(names);
    api_count_plan(rq->api,
                   (uint64_t)(rq->api->options.env.mono_ms() - begun_ms) * 1000);
    return rc;
}

static void give_id(struct request *rq, struct plan *plan)
{
    uint8_t random[ID_BYTES];
    struct text id = {0};

    rq->api->options.env.random(random, sizeof random);
    text_hex(&id, random, sizeof random);
    snprintf(plan->id, sizeof plan->id, "%s", id.at ? id.at : "");
    text_fini(&id);
}

/* @return owned; NULL: no memory, plan is still the caller's */
static struct command *store_command(struct request *rq, struct plan *plan)
{
    struct command *c = request_command(rq, COMMAND_PLAN_STORE);

    if (c && plan_to_json(plan, &c->text) != 0) {
        command_free(c);
        c = NULL;
    }
    if (c)
        c->plan.plan = plan;
    return c;
}

/* @return the first group that cannot be updated with these components only, or NULL */
static const struct plan_group *broken_group(const struct plan *plan)
{
    for (size_t i = 0; i < plan->group_count; i++)
        if (plan->groups[i].exclusion == PLAN_SUBSET_BREAKS_RULE)
            return &plan->groups[i];
    return NULL;
}

/* A dry run shows whom a subset leaves behind; a campaign that names one is refused. */
static int refuse_broken(struct response *rs, const struct plan *plan)
{
    const char *detail = broken_group(plan)->detail;

    return response_refuse(rs, PROBLEM_SUBSET_BREAKS_RULE, "%.255s",
                           detail ? detail : "these components break a rule");
}

/* @param is_last  the plan is what was asked for, not a step to a campaign */
static int store_planned(struct request *rq, struct response *rs,
                         const struct planned *planned, request_after *after,
                         bool is_last)
{
    struct planning_problem why = {0};
    struct plan *plan = calloc(1, sizeof *plan);

    if (!plan)
        return -ENOMEM;
    int rc = make(rq, planned, plan, &why);
    if (rc != 0) {
        free(plan);
        return rc > 0 ? refuse(rs, rc, &why) : rc;
    }
    if (!is_last && broken_group(plan)) {
        rc = refuse_broken(rs, plan);
        plan_free(plan);
        return rc;
    }
    give_id(rq, plan);
    struct command *c = store_command(rq, plan);
    if (!c)
        plan_free(plan);
    return is_last ? request_submit(rq, rs, c, after) : request_step(rq, rs, c, after);
}

int planned_store(struct request *rq, struct response *rs,
                  const struct planned *planned, request_after *after)
{
    return store_planned(rq, rs, planned, after, false);
}

static int answer_stored(struct request *rq, struct response *rs)
{
    const char *id = request_result(rq)->id;

    response_header(rs, "Location", "/v1/plans/%s", id);
    return answer_plan(rq, rs, id, 201);
}

int plans_post(struct request *rq, struct response *rs)
{
    struct problem p = {0};
    struct fields f = fields_of(rq->json, "", &p);
    struct planned planned = planned_fields(&f);

    if (fields_end(&f) != 0)
        return response_problem(rs, &p);
    if (rq->made)
        return request_submit(rq, rs, NULL, answer_stored);
    return store_planned(rq, rs, &planned, answer_stored, true);
}
