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

/* @param last   written: id of the last of the chunk, 0: there is none
 * @param young  written: how many of it are to stay, and are not of a time to come */
static int look(struct store *st, const struct prune_events *p, int64_t *last,
                int64_t *young)
{
    SCOPED_QUERY q = query_begin(st, Q_EVENT_LOOK);

    query_bind_int(&q, ":after", p->after_id);
    query_bind_int(&q, ":limit", p->limit > 0 ? (int64_t)p->limit : PRUNE_ROWS);
    query_bind_int(&q, ":before_ms", p->before_ms);
    query_bind_int(&q, ":now_ms", p->now_ms);
    int rc = query_one(&q);
    *last = rc == 0 ? query_int(&q, 0) : 0;
    *young = rc == 0 ? query_int(&q, 1) : 0;
    return rc != 0 ? rc : q.err;
}

/* Events stand in the order of their ids, and of their times but where the clock was
 * wrong: a chunk in which nothing is old is the end only if somebody in it is young. */
int apply_prune_events(struct store *st, const struct change *c,
                       struct change_result *result)
{
    const struct prune_events *p = &c->prune_events;
    int64_t young;

    int rc = look(st, p, &result->id, &young);
    if (rc != 0)
        return rc;
    SCOPED_QUERY q = query_begin(st, Q_EVENT_PRUNE);
    query_bind_int(&q, ":after", p->after_id);
    query_bind_int(&q, ":last", result->id);
    query_bind_int(&q, ":before_ms", p->before_ms);
    query_bind_int(&q, ":before_id", p->before_id);
    rc = query_run(&q);
    if (rc != 0)
        return rc;
    result->count = query_changes(st);
    result->done = result->id == 0 || (result->count == 0 && young > 0);
    return 0;
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
