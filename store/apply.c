/* SPDX-License-Identifier: Apache-2.0 */
#include "store/apply.h"

#include <errno.h>
#include <stdbool.h>

#include "store/batch_internal.h"
#include "store/query.h"
#include "store/store_internal.h"

static change_apply *const apply[CHANGE_KIND_COUNT] = {
    [CHANGE_META_PUT] = apply_meta_put,
    [CHANGE_TOKEN_ADD] = apply_token_add,
    [CHANGE_TOKEN_DELETE] = apply_token_delete,
    [CHANGE_WEBHOOK_PUT] = apply_webhook_put,
    [CHANGE_WEBHOOK_DELETE] = apply_webhook_delete,
    [CHANGE_DELIVERY_ADD] = apply_delivery_add,
    [CHANGE_PROFILE_PUT] = apply_profile_put,
    [CHANGE_PROFILE_DELETE] = apply_profile_delete,
    [CHANGE_ANSWER_PUT] = apply_answer_put,
    [CHANGE_DEVICE_PUT] = apply_device_put,
    [CHANGE_DEVICE_SEEN] = apply_device_seen,
    [CHANGE_DEVICE_STATE] = apply_device_state,
    [CHANGE_DEVICE_TAGS] = apply_device_tags,
    [CHANGE_DEVICES_IMPORT] = apply_devices_import,
    [CHANGE_DEVICE_DELETE] = apply_device_delete,
    [CHANGE_INVENTORY_PUT] = apply_inventory_put,
    [CHANGE_COMPONENT_STATE] = apply_component_state,
    [CHANGE_BUNDLE_PUT] = apply_bundle_put,
    [CHANGE_BUNDLE_STATE] = apply_bundle_state,
    [CHANGE_BUNDLE_DELETE] = apply_bundle_delete,
    [CHANGE_PACKAGE_PUT] = apply_package_put,
    [CHANGE_PACKAGE_DELETE] = apply_package_delete,
    [CHANGE_PLAN_PUT] = apply_plan_put,
    [CHANGE_PLAN_GROUP_PUT] = apply_plan_group_put,
    [CHANGE_PLAN_DELETE] = apply_plan_delete,
    [CHANGE_CAMPAIGN_PUT] = apply_campaign_put,
    [CHANGE_CAMPAIGN_DELETE] = apply_campaign_delete,
    [CHANGE_TASKS_CUT] = apply_tasks_cut,
    [CHANGE_TASKS_MOVE] = apply_tasks_move,
    [CHANGE_TASKS_PROMOTE] = apply_tasks_promote,
    [CHANGE_TASK_PUT] = apply_task_put,
    [CHANGE_ATTEMPT_ADD] = apply_attempt_add,
    [CHANGE_ATTEMPT_BLOCK] = apply_attempt_block,
    [CHANGE_ATTEMPT_CLEAR] = apply_attempt_clear,
    [CHANGE_EVENT_ADD] = apply_event_add,
    [CHANGE_PRUNE_EVENTS] = apply_prune_events,
    [CHANGE_PRUNE_ANSWERS] = apply_prune_answers,
    [CHANGE_PRUNE_PLANS] = apply_prune_plans,
    [CHANGE_PRUNE_CAMPAIGNS] = apply_prune_campaigns,
};

/* One statement without parameters. */
static int run(struct store *st, enum query_id id)
{
    SCOPED_QUERY q = query_begin(st, id);

    return query_run(&q);
}

/* Failures of the database, not of one change. */
static bool is_fatal(int rc)
{
    return rc == -ENOSPC || rc == -EIO || rc == -ENOMEM || rc == -EBUSY;
}

/* In its own savepoint. */
static int apply_guarded(struct store *st, const struct change *c,
                         struct change_result *result)
{
    int rc = run(st, Q_SAVEPOINT);
    if (rc != 0)
        return rc;
    result->rc = apply[c->kind](st, c, result);
    if (is_fatal(result->rc))
        return result->rc;
    if (result->rc == 0) {
        rc = tally_flush(st, st->tally);
    } else {
        tally_drop(st->tally);
        rc = run(st, Q_SAVEPOINT_ROLLBACK);
    }
    if (rc == 0)
        rc = run(st, Q_SAVEPOINT_RELEASE);
    return rc;
}

/* Without one: SQLite takes a statement back that fails, but not those before it. */
static int apply_plain(struct store *st, const struct change *c,
                       struct change_result *result)
{
    int64_t changes = sqlite3_total_changes64(st->db);
    uint64_t marks = tally_marks(st->tally);

    result->rc = apply[c->kind](st, c, result);
    if (is_fatal(result->rc))
        return result->rc;
    bool has_written =
        sqlite3_total_changes64(st->db) != changes || tally_marks(st->tally) != marks;
    return result->rc != 0 && has_written ? STORE_E_CONFLICT : 0;
}

/* The change that it says something about was refused. */
static bool is_moot(const struct batch *b, const struct change *c)
{
    return c->needs > 0 && c->needs <= b->count && b->results[c->needs - 1].rc != 0;
}

typedef int apply_way(struct store *st, const struct change *c,
                      struct change_result *result);

/* Some failures have ended the transaction already. */
static void give_up(struct store *st, struct batch *b)
{
    if (!sqlite3_get_autocommit(st->db))
        (void)run(st, Q_ROLLBACK);
    tally_drop(st->tally);
    for (size_t i = 0; i < b->count; i++)
        b->results[i] = (struct change_result){0};
}

static int apply_all(struct store *st, struct batch *b, apply_way *way)
{
    int rc = run(st, Q_BEGIN);

    for (size_t i = 0; i < b->count && rc == 0; i++) {
        b->results[i] = (struct change_result){0};
        if (is_moot(b, &b->changes[i]))
            b->results[i].rc = STORE_E_CONFLICT;
        else
            rc = way(st, &b->changes[i], &b->results[i]);
    }
    if (rc == 0)
        rc = tally_flush(st, st->tally);
    if (rc == 0)
        rc = run(st, Q_COMMIT);
    if (rc != 0)
        give_up(st, b);
    return rc;
}

/* Savepoints cost a third of the time and are hardly ever needed: only if a change was
 * refused after its first write is the batch begun again with them. */
int store_apply(struct store *st, struct batch *b)
{
    int rc = apply_all(st, b, apply_plain);

    if (rc > 0)
        rc = apply_all(st, b, apply_guarded);
    if (rc > 0)
        rc = -EIO;
    if (rc == -EIO) /* of a disk, or of a damaged file: the next start looks */
        st->has_failed = true;
    return rc;
}
