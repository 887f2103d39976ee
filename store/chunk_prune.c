/* SPDX-License-Identifier: Apache-2.0 */
/* chunk_prune.c - what is old goes, a bounded number of rows at a time. */
#include "store/apply.h"
#include "store/query.h"

enum { PRUNE_ROWS = 2000 };

static int prune(struct store *st, enum query_id id, const struct change *c,
                 struct change_result *result)
{
    size_t limit = c->prune.limit > 0 ? c->prune.limit : PRUNE_ROWS;
    SCOPED_QUERY q = query_begin(st, id);

    query_bind_int(&q, ":before_ms", c->prune.before_ms);
    query_bind_int(&q, ":limit", (int64_t)limit);
    int rc = query_run(&q);
    if (rc != 0)
        return rc;
    result->count = query_changes(st);
    result->done = result->count < (int64_t)limit;
    return 0;
}

int apply_prune_events(struct store *st, const struct change *c,
                       struct change_result *result)
{
    return prune(st, Q_EVENT_PRUNE, c, result);
}

int apply_prune_answers(struct store *st, const struct change *c,
                        struct change_result *result)
{
    return prune(st, Q_ANSWER_PRUNE, c, result);
}

int apply_prune_plans(struct store *st, const struct change *c,
                      struct change_result *result)
{
    return prune(st, Q_PLAN_PRUNE, c, result);
}
