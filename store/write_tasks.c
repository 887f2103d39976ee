/* SPDX-License-Identifier: Apache-2.0 */
/* write_tasks.c - changes of one task, of attempts, and events. */
#include "store/apply.h"
#include "store/query.h"
#include "store/shapes.h"
#include "store/store_internal.h"

static int put_components(struct store *st, const struct change *c)
{
    SCOPED_QUERY q = query_begin(st, Q_TASK_COMPONENT_PUT);
    int rc = 0;

    query_bind_int(&q, ":task_id", c->task.row->id);
    for (size_t i = 0; i < c->task.count && rc == 0; i++) {
        row_bind(&q, task_component_shape, &c->task.components[i]);
        rc = query_run(&q);
        query_again(&q);
    }
    return rc;
}

int apply_task_put(struct store *st, const struct change *c,
                   struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_TASK_PUT);

    result->id = c->task.row->id;
    row_bind(&q, task_shape, c->task.row);
    int rc = query_run(&q);
    if (rc == 0 && query_changes(st) == 0)
        rc = STORE_E_NOT_FOUND;
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
    SCOPED_QUERY q = query_begin(st, Q_EVENT_ADD);

    row_bind(&q, event_shape, c->event);
    int rc = query_run(&q);
    if (rc == 0)
        result->id = sqlite3_last_insert_rowid(st->db);
    return rc;
}
