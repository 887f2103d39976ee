/* SPDX-License-Identifier: Apache-2.0 */
/* write_devices.c - changes of registrations and tags. */
#include <string.h>

#include "store/apply.h"
#include "store/query.h"
#include "store/shapes.h"

/* Most devices register again in the state that they are in, and one index less is
 * written. */
static int choose_put(struct store *st, const struct device_row *row,
                      enum query_id *put, int64_t *id)
{
    char state[STORE_WORD_MAX + 1];
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_FIND);

    query_bind_text(&q, ":endpoint", row->endpoint);
    int rc = query_one(&q);
    *put = Q_DEVICE_ADD;
    if (rc != 0)
        return rc;
    *id = query_int(&q, 0);
    query_text(&q, 1, state, sizeof state);
    *put = strcmp(state, row->state) == 0 ? Q_DEVICE_PUT_AGAIN : Q_DEVICE_PUT;
    return q.err;
}

int apply_device_put(struct store *st, const struct change *c,
                     struct change_result *result)
{
    result->id = c->device.row->id;
    enum query_id put;
    int rc = choose_put(st, c->device.row, &put, &result->id);
    if (rc < 0)
        return rc;

    SCOPED_QUERY q = query_begin(st, put);
    row_bind(&q, registration_shape, c->device.row);
    query_bind_int(&q, ":id", result->id);
    query_bind_text(&q, ":objects", c->device.objects);
    return query_run(&q);
}

int apply_device_seen(struct store *st, const struct change *c,
                      struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_SEEN);

    for (size_t i = 0; i < c->seen.count; i++) {
        const struct device_seen *seen = &c->seen.items[i];
        query_bind_int(&q, ":id", seen->id);
        query_bind_int(&q, ":seen_ms", seen->seen_ms);
        query_bind_int(&q, ":expires_ms", seen->expires_ms);
        int rc = query_run(&q);
        if (rc != 0)
            return rc;
        result->count += query_changes(st);
        query_again(&q);
    }
    return q.err;
}

int apply_device_state(struct store *st, const struct change *c,
                       struct change_result *result)
{
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_STATE);

    result->id = c->device_state.id;
    query_bind_int(&q, ":id", c->device_state.id);
    query_bind_text(&q, ":state", c->device_state.state);
    int rc = query_run(&q);
    return rc == 0 && query_changes(st) == 0 ? STORE_E_NOT_FOUND : rc;
}
