/* SPDX-License-Identifier: Apache-2.0 */
/* start.c - a campaign starts if its plan is still about the devices that there are.
 *
 * Counting devices by inventory takes seconds for a million of them, so it is done in
 * steps between other work; then the plan's inventories and bundles are looked at.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "campaigns/plan_json.h"
#include "campaigns/planning/planning.h"
#include "campaigns/version.h"
#include "store/bundles.h"
#include "store/filter.h"
#include "store/plans.h"

static void starting_free(struct starting *s)
{
    grouping_close(s->grouping);
    filter_close(s->filter);
    command_free(s->command);
    free(s);
}

static int begin_grouping(struct engine *e, struct starting *s, const char *plan_id)
{
    struct plan_row plan;
    struct filter_error error;

    int rc = store_plan_get(e->reader, plan_id, &plan);
    if (rc != 0)
        return rc < 0 ? rc : -ENOENT;
    struct filter_context context = {.version_key = version_number_key,
                                     .wall_ms = plan.created_ms};
    rc = filter_open(plan.query, &context, &error, &s->filter);
    return rc == 0 ? grouping_open(s->filter, &s->grouping) : rc;
}

void start_begin(struct engine *e, const struct campaign_row *row,
                 const struct answer *a)
{
    struct starting *s = calloc(1, sizeof *s);

    if (!s) {
        e->err = -ENOMEM;
        answer_now(a, COMMAND_BUSY, "busy", "The server has no memory for this now.");
        return;
    }
    s->campaign_id = row->id;
    s->command = a->command;
    s->ticket = a->ticket;
    int rc = begin_grouping(e, s, row->plan_id);
    if (rc == 0) {
        s->next = e->startings;
        e->startings = s;
        return;
    }
    s->command = NULL;
    starting_free(s);
    if (rc == -ENOMEM || rc == -EIO)
        e->err = rc;
    answer_now(a, COMMAND_CONFLICT, "plan-gone", "The plan's devices cannot be found.");
}

/* @return 0, PLANNING_E_..., -errno; problem says what differs */
static int check_plan(struct engine *e, const struct starting *s, const char *plan_id,
                      struct planning_problem *problem)
{
    struct plan plan = {0};
    char *body = NULL;

    int rc = store_plan_body(e->reader, plan_id, &body);
    if (rc == 0)
        rc = plan_from_json(body, strlen(body), &plan);
    if (rc == 0)
        rc = planning_check(e->reader, &plan, s->grouping, problem);
    plan_fini(&plan);
    free(body);
    return rc;
}

static bool is_bundle_ready(struct engine *e, const struct campaign_row *row)
{
    struct bundle_row bundle;

    int rc = store_bundle_get(e->reader, row->bundle_id, &bundle);
    if (rc < 0)
        e->err = rc;
    return rc == 0 && strcmp(bundle.state, "ready") == 0;
}

static void start_now(struct engine *e, const struct campaign_row *row,
                      const struct answer *a)
{
    char id[24], actor[STORE_NAME_MAX + 1];
    struct run *run = run_load(e, row);

    if (!run) {
        answer_now(a, COMMAND_BUSY, "busy", "The server has no memory for this now.");
        return;
    }
    snprintf(actor, sizeof actor, "%s", a->command->actor);
    run->row.started_ms = e->now.wall_ms;
    run->row.expires_ms = e->now.wall_ms + run->policy.expires_after_s * 1000;
    run_set_state(e, run, "running", "started", actor);
    snprintf(id, sizeof id, "%" PRId64, row->id);
    answer_durable(e, a, SIZE_MAX, id, NULL);
}

/* Another start of the campaign was quicker. @return true if a was answered */
static bool refuse_started(const struct engine *e, const struct campaign_row *row,
                           const struct answer *a)
{
    const struct run *run = run_of(e, row->id);
    const char *state = run ? run->row.state : row->state;

    if (strcmp(state, "draft") == 0)
        return false;
    if (strcmp(state, "running") == 0 || strcmp(state, "paused") == 0)
        answer_now(a, COMMAND_ALREADY, "", "");
    else
        answer_now(a, COMMAND_CONFLICT, "campaign-state",
                   "The campaign has been started, and stopped, meanwhile.");
    return true;
}

/* It would end at once as a success: a misspelt query is likelier. */
static bool is_empty(const struct starting *s)
{
    size_t count;

    (void)grouping_counts(s->grouping, &count);
    return count == 0;
}

static void decide(struct engine *e, const struct starting *s, const struct answer *a)
{
    struct planning_problem problem = {.text = ""};
    struct campaign_row row;

    int rc = store_campaign_get(e->reader, s->campaign_id, &row);
    if (rc == 0 && refuse_started(e, &row, a))
        return;
    if (rc == 0 && is_empty(s)) {
        answer_now(a, COMMAND_CONFLICT, "no-devices",
                   "The campaign's query names no device that is registered.");
        return;
    }
    if (rc == 0 && !is_bundle_ready(e, &row)) {
        answer_now(a, COMMAND_CONFLICT, "bundle-not-ready",
                   "The campaign's bundle is not ready.");
        return;
    }
    if (rc == 0)
        rc = check_plan(e, s, row.plan_id, &problem);
    if (rc < 0) {
        e->err = rc;
        answer_now(a, COMMAND_BUSY, "failed", "The store cannot be read.");
    } else if (rc > 0) {
        answer_now(a, COMMAND_CONFLICT, "plan-outdated", problem.text);
    } else {
        start_now(e, &row, a);
    }
}

bool start_step(struct engine *e)
{
    struct starting *s = e->startings;

    if (!s || e->err)
        return false;
    int rc = grouping_step(e->reader, s->grouping);
    if (rc == STORE_E_MORE)
        return true;
    struct answer a = {s->command, s->ticket};
    e->startings = s->next;
    s->command = NULL;
    if (rc < 0)
        e->err = rc;
    if (rc == 0)
        decide(e, s, &a);
    else
        answer_now(&a, COMMAND_BUSY, "failed", "The store cannot be read.");
    starting_free(s);
    return e->startings != NULL;
}

bool start_is_begun(const struct engine *e, int64_t campaign_id)
{
    const struct starting *s = e->startings;

    while (s && s->campaign_id != campaign_id)
        s = s->next;
    return s != NULL;
}

/* Of this campaign, or of all: 0. */
static void end_all(struct engine *e, int64_t campaign_id, enum command_status status,
                    const char *problem, const char *detail)
{
    for (struct starting **at = &e->startings; *at;) {
        struct starting *s = *at;
        struct answer a = {s->command, s->ticket};
        if (campaign_id != 0 && s->campaign_id != campaign_id) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        s->command = NULL;
        answer_now(&a, status, problem, detail);
        starting_free(s);
    }
}

void start_cancel(struct engine *e, int64_t campaign_id)
{
    end_all(e, campaign_id, COMMAND_CONFLICT, "campaign-state",
            "The campaign was aborted.");
}

void start_close(struct engine *e)
{
    end_all(e, 0, COMMAND_BUSY, "stopping", "The server is stopping.");
}
