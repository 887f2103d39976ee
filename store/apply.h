/* SPDX-License-Identifier: Apache-2.0 */
/* apply.h - what each kind of change does, inside its savepoint. Internal to store/.
 *
 * @return 0, STORE_E_NOT_FOUND, STORE_E_CONFLICT, -errno; writes result but its rc
 */
#pragma once

#include "store/batch.h"
#include "store/query.h"

typedef int change_apply(struct store *st, const struct change *c,
                         struct change_result *result);

/* write_catalogue.c */
change_apply apply_meta_put, apply_token_add, apply_token_delete, apply_profile_put,
    apply_profile_delete, apply_answer_put, apply_bundle_put, apply_bundle_state,
    apply_bundle_delete, apply_package_put, apply_package_delete;
/* webhooks.c */
change_apply apply_webhook_put, apply_webhook_delete, apply_delivery_add;
/* write_devices.c */
change_apply apply_device_put, apply_device_seen, apply_device_state;
/* write_gone.c */
change_apply apply_device_delete;
/* write_tags.c */
change_apply apply_device_tags, apply_devices_import;
/* write_inventory.c */
change_apply apply_inventory_put, apply_component_state;
/* write_campaigns.c */
change_apply apply_plan_put, apply_plan_group_put, apply_plan_delete,
    apply_campaign_put, apply_campaign_delete;
/* write_tasks.c */
change_apply apply_task_put, apply_attempt_add, apply_attempt_block,
    apply_attempt_clear, apply_event_add;
/* chunk_cut.c, chunk_tasks.c, chunk_prune.c, chunk_gone.c */
change_apply apply_tasks_cut, apply_tasks_move, apply_tasks_promote, apply_prune_events,
    apply_prune_answers, apply_prune_plans, apply_prune_campaigns;

/* revision.c */
/** Does what there is suit c->revision? @param q  yields its revision, bound
 * @return 0, STORE_E_CONFLICT with result->count set, -errno */
[[nodiscard]] int revision_check(struct query *q, const struct change *c,
                                 struct change_result *result);
/** @return 0, -errno */
[[nodiscard]] int revision_next(struct store *st, int64_t *out);

/* tags.c */
/** @param fits  false: with tags the device would have more than STORE_TAGS_MAX
 * @return 0, -errno */
[[nodiscard]] int tags_fit(struct store *st, int64_t device_id,
                           const struct tag_row *tags, size_t count, bool *fits);
