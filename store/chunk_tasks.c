/* SPDX-License-Identifier: Apache-2.0 */
/* chunk_tasks.c - many waiting tasks change at once, a bounded number per change. */
#include <stdbool.h>
#include <string.h>

#include "store/apply.h"
#include "store/query.h"

enum { CHUNK_TASKS = 200 };

struct found {
    size_t count;
    struct {
        int64_t id, device_id;
    } tasks[CHUNK_TASKS];
};

static size_t chunk_limit(size_t limit)
{
    return limit > 0 && limit < CHUNK_TASKS ? limit : CHUNK_TASKS;
}

/* q is bound but for :limit; its rows are ids, or ids and those of devices. */
static int find(struct query *q, size_t limit, struct found *found)
{
    int rc;

    found->count = 0;
    query_bind_int(q, ":limit", (int64_t)limit);
    while ((rc = query_next(q)) == 1) {
        found->tasks[found->count].id = query_int(q, 0);
        found->tasks[found->count].device_id = query_int(q, 1); /* 0 without one */
        found->count++;
    }
    return rc;
}

static int find_waiting(struct store *st, const struct tasks_move *move, size_t limit,
                        struct found *found)
{
    bool is_any = !move->waiting_for || move->waiting_for[0] == '\0';
    SCOPED_QUERY q = query_begin(st, is_any ? Q_TASK_MOVE_FIND_ANY : Q_TASK_MOVE_FIND);

    query_bind_int(&q, ":campaign_id", move->campaign_id);
    if (!is_any)
        query_bind_text(&q, ":waiting_for", move->waiting_for);
    return find(&q, limit, found);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static int move_tasks(struct store *st, const struct tasks_move *move,
                      const struct found *found)
{
    SCOPED_QUERY q = query_begin(st, Q_TASK_MOVE);
    int rc = 0;

    query_bind_text(&q, ":state", move->state);
    query_bind_text(&q, ":waiting_for", or_empty(move->next_waiting_for));
    query_bind_text(&q, ":reason", or_empty(move->reason));
    query_bind_text(&q, ":detail", or_empty(move->detail));
    query_bind_int(&q, ":at_ms", move->at_ms);
    for (size_t i = 0; i < found->count && rc == 0; i++) {
        query_bind_int(&q, ":id", found->tasks[i].id);
        rc = query_run(&q);
        query_again(&q);
    }
    return rc;
}

/* What has not begun when its task ends stays as it was. */
static int leave_components(struct store *st, const struct tasks_move *move,
                            const struct found *found)
{
    SCOPED_QUERY q = query_begin(st, Q_TASK_COMPONENT_LEAVE);
    int rc = 0;

    query_bind_int(&q, ":at_ms", move->at_ms);
    for (size_t i = 0; i < found->count && rc == 0; i++) {
        query_bind_int(&q, ":task_id", found->tasks[i].id);
        rc = query_run(&q);
        query_again(&q);
    }
    return rc;
}

int apply_tasks_move(struct store *st, const struct change *c,
                     struct change_result *result)
{
    const struct tasks_move *move = &c->tasks_move;
    size_t limit = chunk_limit(move->limit);
    struct found found;

    int rc = find_waiting(st, move, limit, &found);
    if (rc == 0)
        rc = move_tasks(st, move, &found);
    if (rc == 0 && strcmp(move->state, "waiting") != 0)
        rc = leave_components(st, move, &found);
    if (rc == 0) {
        result->count = (int64_t)found.count;
        result->done = found.count < limit;
    }
    return rc;
}

static int find_held(struct store *st, const struct tasks_promote *promote,
                     size_t limit, struct found *found)
{
    bool by_device = promote->device_id != 0;
    SCOPED_QUERY q =
        query_begin(st, by_device ? Q_TASK_PROMOTE_FIND_DEVICE : Q_TASK_PROMOTE_FIND);

    if (by_device)
        query_bind_int(&q, ":device_id", promote->device_id);
    else
        query_bind_int(&q, ":campaign_id", promote->campaign_id);
    query_bind_int(&q, ":after", promote->after_id);
    return find(&q, limit, found);
}

int apply_tasks_promote(struct store *st, const struct change *c,
                        struct change_result *result)
{
    const struct tasks_promote *promote = &c->tasks_promote;
    size_t limit = chunk_limit(promote->limit);
    struct found found;

    int rc = find_held(st, promote, limit, &found);
    SCOPED_QUERY q = query_begin(st, Q_TASK_PROMOTE);
    query_bind_text(&q, ":waiting_for", promote->waiting_for);
    query_bind_int(&q, ":at_ms", promote->at_ms);
    for (size_t i = 0; i < found.count && rc == 0; i++) {
        query_bind_int(&q, ":id", found.tasks[i].id);
        query_bind_int(&q, ":device_id", found.tasks[i].device_id);
        rc = query_run(&q);
        result->count += query_changes(st);
        query_again(&q);
    }
    if (rc == 0 && found.count > 0)
        result->id = found.tasks[found.count - 1].id;
    result->done = rc == 0 && found.count < limit;
    return rc;
}
