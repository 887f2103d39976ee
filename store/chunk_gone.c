/* SPDX-License-Identifier: Apache-2.0 */
/* chunk_gone.c - what campaigns that were deleted have left: tasks first, whose end the
 * counters still count, then events, and at last the counters. What people did stays
 * as long as other events; what was executed on a device, and the versions it had, are
 * the device's.
 */
#include "store/apply.h"
#include "store/query.h"

enum { GONE_TASKS = 150, GONE_ROWS = 2000 };

static int run_by(struct store *st, enum query_id query, const char *param, int64_t id)
{
    SCOPED_QUERY q = query_begin(st, query);

    query_bind_int(&q, param, id);
    return query_run(&q);
}

/* Its plans of its own, its components, and the task. */
static int delete_task(struct store *st, int64_t id)
{
    static const enum query_id queries[] = {Q_GONE_PLANS, Q_GONE_COMPONENTS,
                                            Q_GONE_TASK};
    int rc = 0;

    for (size_t i = 0; i < sizeof queries / sizeof queries[0] && rc == 0; i++)
        rc = run_by(st, queries[i], ":id", id);
    return rc;
}

static int find_tasks(struct store *st, int64_t campaign_id, int64_t *ids, size_t limit,
                      size_t *count)
{
    SCOPED_QUERY q = query_begin(st, Q_GONE_TASKS);
    int rc;

    query_bind_int(&q, ":campaign_id", campaign_id);
    query_bind_int(&q, ":limit", (int64_t)limit);
    while ((rc = query_next(&q)) == 1)
        ids[(*count)++] = query_int(&q, 0);
    return rc;
}

static int delete_tasks(struct store *st, int64_t campaign_id, size_t limit,
                        int64_t *count)
{
    int64_t ids[GONE_TASKS];
    size_t found = 0;

    int rc = find_tasks(st, campaign_id, ids, limit, &found);
    for (size_t i = 0; i < found && rc == 0; i++)
        rc = delete_task(st, ids[i]);
    *count = (int64_t)found;
    return rc;
}

static int delete_rows(struct store *st, enum query_id query, int64_t campaign_id,
                       int64_t *count)
{
    SCOPED_QUERY q = query_begin(st, query);

    query_bind_int(&q, ":campaign_id", campaign_id);
    query_bind_int(&q, ":limit", GONE_ROWS);
    int rc = query_run(&q);
    *count = query_changes(st);
    return rc;
}

/* A few rows each. */
static int delete_counts(struct store *st, int64_t campaign_id)
{
    static const enum query_id queries[] = {Q_GONE_TASK_COUNT, Q_GONE_COMPONENT_COUNT,
                                            Q_GONE_REASON_COUNT, Q_GONE_BYTES,
                                            Q_GONE_DELETE};
    int rc = 0;

    for (size_t i = 0; i < sizeof queries / sizeof queries[0] && rc == 0; i++)
        rc = run_by(st, queries[i], ":campaign_id", campaign_id);
    return rc;
}

int apply_prune_campaigns(struct store *st, const struct change *c,
                          struct change_result *result)
{
    size_t limit =
        c->prune.limit > 0 && c->prune.limit < GONE_TASKS ? c->prune.limit : GONE_TASKS;
    SCOPED_QUERY first = query_begin(st, Q_GONE_FIRST);

    int rc = query_one(&first);
    result->done = rc == STORE_E_NOT_FOUND;
    if (rc != 0)
        return result->done ? 0 : rc;
    int64_t id = query_int(&first, 0);
    query_again(&first);
    rc = delete_tasks(st, id, limit, &result->count);
    if (rc == 0 && result->count == 0)
        rc = delete_rows(st, Q_GONE_EVENTS, id, &result->count);
    if (rc == 0 && result->count == 0)
        rc = delete_rows(st, Q_GONE_ROLLUP, id, &result->count);
    return rc == 0 && result->count == 0 ? delete_counts(st, id) : rc;
}
