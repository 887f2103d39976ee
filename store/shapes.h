/* SPDX-License-Identifier: Apache-2.0 */
/* shapes.h - the columns of every kind of row, in the order of the COLUMNS in
 * queries.c. Internal to store/.
 */
#pragma once

#include "store/row.h"

extern const struct row_shape token_shape, webhook_shape, delivery_shape, answer_shape,
    profile_shape;
extern const struct row_shape registration_shape, device_shape, tag_shape;
extern const struct row_shape component_shape, component_version_shape, inventory_shape;
extern const struct row_shape bundle_shape, bundle_package_shape, package_shape;
extern const struct row_shape plan_shape, plan_group_shape, plan_component_shape;
extern const struct row_shape campaign_shape, overlap_shape;
extern const struct row_shape task_shape, task_component_shape, attempt_shape;
extern const struct row_shape event_shape, count_shape, rollup_shape;
extern const struct row_shape version_count_shape, registration_count_shape;
