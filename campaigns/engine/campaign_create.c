/* SPDX-License-Identifier: Apache-2.0 */
/* campaign_create.c - a campaign from a stored plan. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/engine/engine_internal.h"
#include "store/plans.h"

enum { POLICY_TEXT_MAX = 4096 };

static bool refuse_policy(const struct engine *e, const struct answer *a,
                          struct policy *policy)
{
    struct policy_error why;
    char detail[280];

    *policy = e->policy;
    if (policy_update(a->command->text, policy, &why) == 0)
        return false;
    snprintf(detail, sizeof detail, "policy %s: %s", why.path, why.detail);
    answer_now(a, COMMAND_INVALID, "invalid-policy", detail);
    return true;
}

static bool refuse_plan(struct engine *e, const struct answer *a, struct plan_row *plan)
{
    int rc = store_plan_get(e->reader, a->command->campaign.plan_id, plan);

    if (rc == 0 && (plan->expires_ms == 0 || plan->expires_ms > e->now.wall_ms))
        return false;
    if (rc < 0)
        e->err = rc;
    if (rc == 0)
        answer_now(a, COMMAND_CONFLICT, "plan-expired",
                   "The plan is older than its time; make a new one.");
    else
        answer_now(a, COMMAND_NOT_FOUND, "not-found", "There is no such plan.");
    return true;
}

static size_t put_campaign(struct engine *e, const struct command *c,
                           const struct plan_row *plan, const struct policy *policy)
{
    char text[POLICY_TEXT_MAX];
    struct campaign_row row = {
        .id = ++e->last_campaign_id,
        .bundle_id = plan->bundle_id,
        .state = "draft",
        .created_ms = e->now.wall_ms,
    };
    struct run shown = {0};

    snprintf(row.name, sizeof row.name, "%s", c->campaign.name);
    snprintf(row.plan_id, sizeof row.plan_id, "%s", plan->id);
    snprintf(row.bundle, sizeof row.bundle, "%s", plan->bundle);
    snprintf(row.created_by, sizeof row.created_by, "%s", c->actor);
    if (policy_print(policy, text, sizeof text) < 0)
        return SIZE_MAX;
    size_t index = engine_put(e, &(struct change){.kind = CHANGE_CAMPAIGN_PUT,
                                                  .campaign = {&row, text, true}});
    shown.row = row;
    if (index != SIZE_MAX)
        event_of_draft(e, &shown, index);
    return index;
}

void campaign_create(struct engine *e, const struct answer *a)
{
    struct policy policy;
    struct plan_row plan;
    char id[24];

    if (refuse_policy(e, a, &policy) || refuse_plan(e, a, &plan))
        return;
    size_t index = put_campaign(e, a->command, &plan, &policy);
    if (index == SIZE_MAX) {
        answer_now(a, COMMAND_INVALID, "too-long",
                   "A text of the campaign is too long.");
        return;
    }
    snprintf(id, sizeof id, "%" PRId64, e->last_campaign_id);
    answer_durable(e, a, index, id, NULL);
}
