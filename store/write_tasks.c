/* SPDX-License-Identifier: Apache-2.0 */
/* write_tasks.c - changes of one task, of attempts, and events. */
#include "store/apply.h"
#include "store/event_kinds.h"
#include "store/query.h"
#include "store/shapes.h"

static int put_component(struct store *st, enum query_id id, int64_t task_id,
                         const struct task_component_row *row)
{
    SCOPED_QUERY q = query_begin(st, id);

    row_bind(&q, task_component_shape, row);
    query_bind_int(&q, ":task_id", task_id);
    int rc = query_run(&q);
    return rc == 0 && query_changes(st) == 0 ? STORE_E_NOT_FOUND : rc;
}

static int put_components(struct store *st, const struct change *c)
{
    int rc = 0;

    for (size_t i = 0; i < c->task.count && rc == 0; i++) {
        const struct task_component_row *row = &c->task.components[i];
        rc = put_component(st, Q_TASK_COMPONENT_PUT, c->task.row->id, row);
        if (rc == STORE_E_NOT_FOUND) /* a new plan has more than the first one */
            rc = put_component(st, Q_TASK_COMPONENT_NEW, c->task.row->id, row);
    }
    return rc;
}

static int put_task(struct store *st, enum query_id id, const struct task_row *row)
{
    SCOPED_QUERY q = query_begin(st, id);

    row_bind(&q, task_shape, row);
    int rc = query_run(&q);
    return rc == 0 && query_changes(st) == 0 ? STORE_E_NOT_FOUND : rc;
}

/* Most tasks stay as active as they were, and one index less is written. */
int apply_task_put(struct store *st, const struct change *c,
                   struct change_result *result)
{
    result->id = c->task.row->id;
    int rc = put_task(st, Q_TASK_PUT, c->task.row);
    if (rc == STORE_E_NOT_FOUND)
        rc = put_task(st, Q_TASK_PUT_ACTIVE, c->task.row);
    return rc != 0 ? rc : put_components(st, c);
}

int apply_attempt_add(struct store *st, const struct change *c,
                      struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_ATTEMPT_ADD);

    result->id = c->attempt->device_id;
    row_bind(&q, attempt_shape, c->attempt);
    return query_run_for(&q, &result->count);
}

int apply_attempt_block(struct store *st, const struct change *c,
                        struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_ATTEMPT_BLOCK);

    result->id = c->attempt->device_id;
    row_bind(&q, attempt_shape, c->attempt);
    return query_run(&q);
}

int apply_attempt_clear(struct store *st, const struct change *c,
                        struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_ATTEMPT_CLEAR);

    result->id = c->attempt->device_id;
    row_bind(&q, attempt_shape, c->attempt);
    int rc = query_run(&q);
    if (rc == 0)
        result->count = query_changes(st);
    return rc;
}

int apply_event_add(struct store *st, const struct change *c,
                    struct change_result *result)
{
    if (!event_kind_find(c->event->kind))
        return STORE_E_CONFLICT;
    SCOPED_QUERY q = query_begin(st, Q_EVENT_ADD);
    row_bind(&q, event_shape, c->event);
    int rc = query_run(&q);
    if (rc == 0)
        result->id = query_last_id(st);
    return rc;
}
