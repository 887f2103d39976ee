/* SPDX-License-Identifier: Apache-2.0 */
/* planning_put.c - a plan as rows of the store. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/plan_json.h"
#include "campaigns/planning/planning_internal.h"
#include "campaigns/text.h"
#include "store/batch.h"

/* Sizes agree by the static checks below, so texts are copied whole. */
_Static_assert((int)COMPONENT_NAME_MAX <= (int)STORE_NAME_MAX, "component");
_Static_assert((int)COMPONENT_VERSION_MAX <= (int)STORE_NAME_MAX, "version");
_Static_assert((int)BUNDLE_REF_MAX <= (int)STORE_KEY_MAX, "bundle");
_Static_assert((int)PLAN_DETAIL_MAX <= (int)STORE_DETAIL_MAX, "detail");
_Static_assert((int)PACKAGE_DIGEST_LEN == (int)STORE_DIGEST_HEX, "digest");

/* The subset, joined by ','. @return false if it is too long */
static bool join(const struct plan *plan, char *out, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < plan->component_count; i++) {
        if (len + strlen(plan->components[i]) + 2 > size)
            return false;
        len += (size_t)snprintf(out + len, size - len, "%s%s", i ? "," : "",
                                plan->components[i]);
    }
    return true;
}

static int put_plan(struct batch *batch, const struct plan *plan,
                    const struct planning_owner *owner)
{
    struct plan_row row = {
        .bundle_id = owner->bundle_id,
        .devices = (int64_t)plan->devices,
        .bytes = (int64_t)plan->bytes,
        .created_ms = plan->created_ms,
        .expires_ms = plan->expires_ms,
    };
    const char *query = plan->query ? plan->query : "";
    if (strlen(query) > STORE_QUERY_MAX || strlen(owner->created_by) > STORE_NAME_MAX ||
        !join(plan, row.components, sizeof row.components))
        return -EMSGSIZE;
    TEXT_COPY(row.id, plan->id);
    TEXT_COPY(row.bundle, plan->bundle);
    TEXT_COPY(row.query, query);
    TEXT_COPY(row.fingerprint, plan->fingerprint);
    TEXT_COPY(row.created_by, owner->created_by);

    char *body;
    int rc = plan_to_json(plan, &body);
    if (rc)
        return rc;
    struct change c = {.kind = CHANGE_PLAN_PUT, .plan = {.row = &row, .body = body}};
    rc = batch_put(batch, &c, NULL);
    free(body);
    return rc;
}

static size_t count_changes(const struct plan_group *g)
{
    size_t count = 0;
    for (size_t i = 0; i < g->stage_count; i++)
        count += g->stages[i].count;
    return count;
}

static void write_component(const struct plan_change *c, size_t stage,
                            struct plan_component_row *out)
{
    out->stage_no = (int)stage;
    TEXT_COPY(out->component, c->component);
    TEXT_COPY(out->from_version, c->from);
    TEXT_COPY(out->to_version, c->to);
    TEXT_COPY(out->digest, c->digest);
    out->size_bytes = (int64_t)c->bytes;
}

static int put_group(struct batch *batch, const struct plan *plan, size_t group_no)
{
    const struct plan_group *g = &plan->groups[group_no];
    struct plan_group_row row = {
        .group_no = (int)group_no,
        .inventory_id = g->inventory_id,
        .devices = (int64_t)g->devices,
        .bytes = (int64_t)(g->devices * g->bytes),
    };
    size_t count = 0;
    char *body = NULL;
    struct plan_component_row *components =
        calloc(count_changes(g) + 1, sizeof *components);
    int rc = components ? plan_group_to_json(g, &body) : -ENOMEM;

    TEXT_COPY(row.reason, plan_exclusion_name(g->exclusion));
    TEXT_COPY(row.detail, g->detail ? g->detail : "");
    for (size_t s = 0; s < g->stage_count && rc == 0; s++)
        for (size_t i = 0; i < g->stages[s].count; i++)
            write_component(&g->stages[s].changes[i], s, &components[count++]);
    struct change c = {
        .kind = CHANGE_PLAN_GROUP_PUT,
        .plan_group = {plan->id, &row, body, components, count},
    };
    if (rc == 0)
        rc = batch_put(batch, &c, NULL);
    free(body);
    free(components);
    return rc;
}

int planning_put(struct batch *batch, const struct plan *plan,
                 const struct planning_owner *owner)
{
    int rc = put_plan(batch, plan, owner);
    for (size_t i = 0; i < plan->group_count && rc == 0; i++)
        rc = put_group(batch, plan, i);
    return rc;
}
