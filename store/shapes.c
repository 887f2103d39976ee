/* SPDX-License-Identifier: Apache-2.0 */
#include "store/shapes.h"

#include "store/bundles.h"
#include "store/campaigns.h"
#include "store/components.h"
#include "store/devices.h"
#include "store/events.h"
#include "store/packages.h"
#include "store/plans.h"
#include "store/profiles.h"
#include "store/progress.h"
#include "store/tasks.h"
#include "store/tokens.h"
#include "store/webhooks.h"

#define INT64(row, field) COLUMN(COLUMN_INT64, row, field)
#define INT32(row, field) COLUMN(COLUMN_INT32, row, field)
#define UINT32(row, field) COLUMN(COLUMN_UINT32, row, field)
#define UINT16(row, field) COLUMN(COLUMN_UINT16, row, field)
#define UINT8(row, field) COLUMN(COLUMN_UINT8, row, field)
#define BOOL(row, field) COLUMN(COLUMN_BOOL, row, field)
#define TEXT(row, field) COLUMN(COLUMN_TEXT, row, field)
#define BLOB(row, field) COLUMN(COLUMN_BLOB, row, field)

static const struct column token_columns[] = {
    INT64(token_row, id),         TEXT(token_row, name),
    TEXT(token_row, role),        BLOB(token_row, hash),
    INT64(token_row, created_ms), INT64(token_row, expires_ms),
    TEXT(token_row, created_by),  INT64(token_row, revision),
};
const struct row_shape token_shape = {token_columns,
                                      sizeof token_columns / sizeof token_columns[0]};

static const struct column webhook_columns[] = {
    INT64(webhook_row, id),        TEXT(webhook_row, name),
    TEXT(webhook_row, url),        TEXT(webhook_row, sealed),
    TEXT(webhook_row, kinds),      INT64(webhook_row, campaign_id),
    BOOL(webhook_row, is_enabled), INT64(webhook_row, created_ms),
    TEXT(webhook_row, created_by), INT64(webhook_row, done_id),
    INT64(webhook_row, revision),
};
const struct row_shape webhook_shape = {webhook_columns, sizeof webhook_columns /
                                                             sizeof webhook_columns[0]};

static const struct column delivery_columns[] = {
    INT64(delivery_row, id),       INT64(delivery_row, webhook_id),
    INT64(delivery_row, event_id), INT64(delivery_row, at_ms),
    INT64(delivery_row, took_ms),  INT32(delivery_row, status),
    INT32(delivery_row, tries),    BOOL(delivery_row, is_done),
    TEXT(delivery_row, error),
};
const struct row_shape delivery_shape = {
    delivery_columns, sizeof delivery_columns / sizeof delivery_columns[0]};

static const struct column answer_columns[] = {
    TEXT(answer_row, key),         TEXT(answer_row, principal),
    TEXT(answer_row, route),       TEXT(answer_row, request_hash),
    TEXT(answer_row, endpoint),    INT32(answer_row, status),
    INT64(answer_row, created_ms),
};
const struct row_shape answer_shape = {answer_columns, sizeof answer_columns /
                                                           sizeof answer_columns[0]};

static const struct column profile_columns[] = {
    INT64(profile_row, id),          TEXT(profile_row, name),
    TEXT(profile_row, manufacturer), TEXT(profile_row, model),
    INT64(profile_row, updated_ms),  TEXT(profile_row, updated_by),
    INT64(profile_row, revision),
};
const struct row_shape profile_shape = {profile_columns, sizeof profile_columns /
                                                             sizeof profile_columns[0]};

static const struct column device_columns[] = {
    INT64(device_row, id),
    TEXT(device_row, endpoint),
    TEXT(device_row, state),
    TEXT(device_row, location),
    TEXT(device_row, address),
    TEXT(device_row, local_address),
    UINT16(device_row, port),
    UINT16(device_row, local_port),
    UINT32(device_row, scope),
    TEXT(device_row, lwm2m),
    TEXT(device_row, binding),
    BOOL(device_row, queue_mode),
    TEXT(device_row, root_path),
    INT64(device_row, lifetime_s),
    INT64(device_row, registered_ms),
    INT64(device_row, seen_ms),
    INT64(device_row, expires_ms),
    INT64(device_row, created_ms),
    TEXT(device_row, manufacturer),
    TEXT(device_row, model),
    TEXT(device_row, serial),
    TEXT(device_row, firmware),
    TEXT(device_row, hardware),
    TEXT(device_row, software),
    INT64(device_row, inventory_id),
    INT64(device_row, inventory_ms),
    TEXT(device_row, problem),
};
const struct row_shape device_shape = {device_columns, sizeof device_columns /
                                                           sizeof device_columns[0]};

/* The first columns of device: up to and with created_ms. */
enum { REGISTRATION_COLUMNS = 18 };
const struct row_shape registration_shape = {device_columns, REGISTRATION_COLUMNS};

static const struct column tag_columns[] = {
    TEXT(tag_row, name),
    TEXT(tag_row, value),
};
const struct row_shape tag_shape = {tag_columns,
                                    sizeof tag_columns / sizeof tag_columns[0]};

static const struct column component_columns[] = {
    TEXT(component_row, name),
    TEXT(component_row, object),
    UINT16(component_row, object_id),
    UINT16(component_row, instance),
    TEXT(component_row, version),
    BLOB(component_row, version_key),
    UINT8(component_row, version_key_len),
    TEXT(component_row, state),
    UINT8(component_row, result),
    UINT8(component_row, delivery),
    UINT8(component_row, protocols),
    UINT8(component_row, has),
    UINT32(component_row, linked),
    UINT32(component_row, conflicting),
    INT64(component_row, updated_ms),
};
const struct row_shape component_shape = {
    component_columns, sizeof component_columns / sizeof component_columns[0]};

static const struct column component_version_columns[] = {
    INT64(component_version_row, id),
    TEXT(component_version_row, name),
    TEXT(component_version_row, version),
    INT64(component_version_row, at_ms),
};
const struct row_shape component_version_shape = {
    component_version_columns,
    sizeof component_version_columns / sizeof component_version_columns[0]};

static const struct column inventory_columns[] = {
    INT64(inventory_row, id),      TEXT(inventory_row, manufacturer),
    TEXT(inventory_row, model),    TEXT(inventory_row, hardware),
    TEXT(inventory_row, firmware), TEXT(inventory_row, problem),
};
const struct row_shape inventory_shape = {
    inventory_columns, sizeof inventory_columns / sizeof inventory_columns[0]};

static const struct column bundle_columns[] = {
    INT64(bundle_row, id),         TEXT(bundle_row, name),
    TEXT(bundle_row, version),     TEXT(bundle_row, vendor),
    INT64(bundle_row, sequence),   TEXT(bundle_row, state),
    TEXT(bundle_row, digest),      TEXT(bundle_row, problem),
    INT64(bundle_row, created_ms), TEXT(bundle_row, created_by),
};
const struct row_shape bundle_shape = {bundle_columns, sizeof bundle_columns /
                                                           sizeof bundle_columns[0]};

static const struct column bundle_package_columns[] = {
    INT32(bundle_package_row, ordinal), TEXT(bundle_package_row, component),
    TEXT(bundle_package_row, version),  TEXT(bundle_package_row, digest),
    TEXT(bundle_package_row, uri),      INT64(bundle_package_row, size_bytes),
    TEXT(bundle_package_row, state),
};
const struct row_shape bundle_package_shape = {bundle_package_columns,
                                               sizeof bundle_package_columns /
                                                   sizeof bundle_package_columns[0]};

static const struct column package_columns[] = {
    INT64(package_row, id),         TEXT(package_row, digest),
    INT64(package_row, size_bytes), TEXT(package_row, state),
    INT64(package_row, created_ms), INT64(package_row, wanted_ms),
};
const struct row_shape package_shape = {package_columns, sizeof package_columns /
                                                             sizeof package_columns[0]};

static const struct column plan_columns[] = {
    TEXT(plan_row, id),          INT64(plan_row, bundle_id),
    TEXT(plan_row, bundle),      TEXT(plan_row, query),
    TEXT(plan_row, components),  TEXT(plan_row, fingerprint),
    INT64(plan_row, devices),    INT64(plan_row, bytes),
    INT64(plan_row, created_ms), INT64(plan_row, expires_ms),
    TEXT(plan_row, created_by),
};
const struct row_shape plan_shape = {plan_columns,
                                     sizeof plan_columns / sizeof plan_columns[0]};

static const struct column plan_group_columns[] = {
    INT32(plan_group_row, group_no), INT64(plan_group_row, inventory_id),
    INT64(plan_group_row, devices),  INT64(plan_group_row, bytes),
    TEXT(plan_group_row, reason),    TEXT(plan_group_row, detail),
};
const struct row_shape plan_group_shape = {
    plan_group_columns, sizeof plan_group_columns / sizeof plan_group_columns[0]};

static const struct column plan_component_columns[] = {
    INT32(plan_component_row, stage_no),    TEXT(plan_component_row, component),
    TEXT(plan_component_row, from_version), TEXT(plan_component_row, to_version),
    TEXT(plan_component_row, digest),       INT64(plan_component_row, size_bytes),
};
const struct row_shape plan_component_shape = {plan_component_columns,
                                               sizeof plan_component_columns /
                                                   sizeof plan_component_columns[0]};

static const struct column campaign_columns[] = {
    INT64(campaign_row, id),
    TEXT(campaign_row, name),
    TEXT(campaign_row, plan_id),
    INT64(campaign_row, bundle_id),
    TEXT(campaign_row, bundle),
    TEXT(campaign_row, state),
    TEXT(campaign_row, reason),
    TEXT(campaign_row, detail),
    BOOL(campaign_row, is_braked),
    BOOL(campaign_row, is_first_passed),
    BOOL(campaign_row, is_install_given),
    INT64(campaign_row, failures_in_a_row),
    INT64(campaign_row, ended),
    INT64(campaign_row, ended_failed),
    INT64(campaign_row, created_ms),
    INT64(campaign_row, started_ms),
    INT64(campaign_row, ended_ms),
    INT64(campaign_row, expires_ms),
    TEXT(campaign_row, created_by),
    TEXT(campaign_row, approved_by),
    INT64(campaign_row, revision),
    INT64(campaign_row, cut_after_id),
    BOOL(campaign_row, is_cut),
};
const struct row_shape campaign_shape = {
    campaign_columns, sizeof campaign_columns / sizeof campaign_columns[0]};

static const struct column overlap_columns[] = {
    INT64(campaign_overlap, campaign_id),
    INT64(campaign_overlap, devices),
};
const struct row_shape overlap_shape = {overlap_columns, sizeof overlap_columns /
                                                             sizeof overlap_columns[0]};

static const struct column task_columns[] = {
    INT64(task_row, id),         INT64(task_row, campaign_id),
    INT64(task_row, device_id),  TEXT(task_row, endpoint),
    INT32(task_row, group_no),   TEXT(task_row, plan_id),
    TEXT(task_row, state),       BOOL(task_row, is_active),
    TEXT(task_row, waiting_for), INT64(task_row, since_ms),
    INT64(task_row, next_at_ms), INT64(task_row, deadline_ms),
    INT32(task_row, stage_no),   INT32(task_row, tries),
    INT32(task_row, replans),    TEXT(task_row, reason),
    TEXT(task_row, detail),      TEXT(task_row, action),
    INT64(task_row, action_ms),  TEXT(task_row, journal),
    INT64(task_row, started_ms), INT64(task_row, ended_ms),
};
const struct row_shape task_shape = {task_columns,
                                     sizeof task_columns / sizeof task_columns[0]};

static const struct column task_component_columns[] = {
    TEXT(task_component_row, component),        INT32(task_component_row, stage_no),
    INT32(task_component_row, instance),        TEXT(task_component_row, state),
    TEXT(task_component_row, from_version),     TEXT(task_component_row, to_version),
    TEXT(task_component_row, target_version),   TEXT(task_component_row, digest),
    TEXT(task_component_row, delivered_digest), INT64(task_component_row, total_bytes),
    INT64(task_component_row, sent_bytes),      INT32(task_component_row, result),
    TEXT(task_component_row, reason),           INT64(task_component_row, updated_ms),
};
const struct row_shape task_component_shape = {task_component_columns,
                                               sizeof task_component_columns /
                                                   sizeof task_component_columns[0]};

static const struct column attempt_columns[] = {
    INT64(attempt_row, device_id), TEXT(attempt_row, digest),
    INT32(attempt_row, executes),  INT64(attempt_row, last_ms),
    TEXT(attempt_row, blocked),    TEXT(attempt_row, component),
    TEXT(attempt_row, version),
};
const struct row_shape attempt_shape = {attempt_columns, sizeof attempt_columns /
                                                             sizeof attempt_columns[0]};

static const struct column event_columns[] = {
    INT64(event_row, id),        INT64(event_row, at_ms),
    TEXT(event_row, kind),       TEXT(event_row, name),
    TEXT(event_row, actor),      INT64(event_row, campaign_id),
    INT64(event_row, device_id), TEXT(event_row, endpoint),
    TEXT(event_row, body),
};
const struct row_shape event_shape = {event_columns,
                                      sizeof event_columns / sizeof event_columns[0]};

static const struct column count_columns[] = {
    TEXT(count_row, key),
    TEXT(count_row, word),
    INT64(count_row, n),
};
const struct row_shape count_shape = {count_columns,
                                      sizeof count_columns / sizeof count_columns[0]};

static const struct column rollup_columns[] = {
    INT64(rollup_row, minute),
    TEXT(rollup_row, component),
    TEXT(rollup_row, state),
    INT64(rollup_row, change),
};
const struct row_shape rollup_shape = {rollup_columns, sizeof rollup_columns /
                                                           sizeof rollup_columns[0]};

static const struct column version_count_columns[] = {
    TEXT(version_count_row, component),
    TEXT(version_count_row, version),
    INT64(version_count_row, devices),
};
const struct row_shape version_count_shape = {version_count_columns,
                                              sizeof version_count_columns /
                                                  sizeof version_count_columns[0]};

static const struct column registration_count_columns[] = {
    INT64(registration_count_row, minute),
    INT64(registration_count_row, devices),
};
const struct row_shape registration_count_shape = {
    registration_count_columns,
    sizeof registration_count_columns / sizeof registration_count_columns[0]};
