/* SPDX-License-Identifier: Apache-2.0 */
/* write_campaigns.c - changes of plans and campaigns. */
#include "store/apply.h"
#include "store/query.h"
#include "store/shapes.h"

int apply_plan_put(struct store *st, const struct change *c,
                   struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_PLAN_ADD);

    (void)result;
    row_bind(&q, plan_shape, c->plan.row);
    query_bind_text(&q, ":body", c->plan.body ? c->plan.body : "");
    return query_run(&q);
}

static int add_components(struct store *st, const struct change *c)
{
    SCOPED_QUERY q = query_begin(st, Q_PLAN_COMPONENT_ADD);
    int rc = 0;

    query_bind_text(&q, ":plan_id", c->plan_group.plan_id);
    query_bind_int(&q, ":group_no", c->plan_group.row->group_no);
    for (size_t i = 0; i < c->plan_group.count && rc == 0; i++) {
        row_bind(&q, plan_component_shape, &c->plan_group.components[i]);
        rc = query_run(&q);
        query_again(&q);
    }
    return rc;
}

int apply_plan_group_put(struct store *st, const struct change *c,
                         struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_PLAN_GROUP_ADD);

    result->id = c->plan_group.row->group_no;
    row_bind(&q, plan_group_shape, c->plan_group.row);
    query_bind_text(&q, ":plan_id", c->plan_group.plan_id);
    query_bind_text(&q, ":body", c->plan_group.body ? c->plan_group.body : "");
    int rc = query_run(&q);
    return rc != 0 ? rc : add_components(st, c);
}

int apply_plan_delete(struct store *st, const struct change *c,
                      struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_PLAN_DELETE);

    (void)result;
    query_bind_text(&q, ":id", c->name);
    int rc = query_run(&q);
    return rc == 0 && query_changes(st) == 0 ? STORE_E_NOT_FOUND : rc;
}

static int check_revision(struct store *st, int64_t id, const struct change *c,
                          struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_CAMPAIGN_REVISION);

    query_bind_int(&q, ":id", id);
    return revision_check(&q, c, result);
}

int apply_campaign_put(struct store *st, const struct change *c,
                       struct change_result *result)
{
    struct campaign_row row = *c->campaign.row;

    result->id = row.id;
    int rc = check_revision(st, row.id, c, result);
    if (rc == 0 && c->campaign.is_edit)
        rc = revision_next(st, &row.revision);
    if (rc != 0)
        return rc;
    SCOPED_QUERY q = query_begin(st, Q_CAMPAIGN_PUT);
    row_bind(&q, campaign_shape, &row);
    query_bind_int(&q, ":is_edit", c->campaign.is_edit);
    query_bind_text(&q, ":policy", c->campaign.policy);
    return query_run(&q);
}

static int run_by_id(struct store *st, enum query_id query, int64_t id)
{
    SCOPED_QUERY q = query_begin(st, query);

    query_bind_int(&q, ":id", id);
    return query_run(&q);
}

/* The row goes at once, so that nobody finds it; chunk_gone.c takes the rest away. */
int apply_campaign_delete(struct store *st, const struct change *c,
                          struct change_result *result)
{
    static const enum query_id then[] = {Q_GONE_ADD, Q_CAMPAIGN_KEEP_ID};

    result->id = c->campaign_id;
    int rc = check_revision(st, c->campaign_id, c, result);
    if (rc == 0)
        rc = run_by_id(st, Q_CAMPAIGN_PLAN_LEAVE, c->campaign_id);
    if (rc == 0)
        rc = run_by_id(st, Q_CAMPAIGN_DELETE, c->campaign_id);
    if (rc == 0 && query_changes(st) == 0)
        return STORE_E_NOT_FOUND;
    for (size_t i = 0; i < sizeof then / sizeof then[0] && rc == 0; i++)
        rc = run_by_id(st, then[i], c->campaign_id);
    return rc;
}
