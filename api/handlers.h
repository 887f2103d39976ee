/* SPDX-License-Identifier: Apache-2.0 */
/* handlers.h - the handlers of routes.c, by the file they are in. What each takes and
 * gives stands in the table and in README.md; all return what request.h says.
 */
#pragma once

#include "api/request.h"
#include "api/routes.h"

/* devices.c */
request_after devices_list, devices_one, devices_patch, devices_delete, devices_refresh,
    devices_admit, devices_tags_put, devices_tags;

/* overview.c */
request_after fleet_get, policy_get;

/* device_import.c */
request_after devices_post;
extern const struct route_upload device_upload;

/* device_trace.c */
request_after devices_trace;

/* device_profile.c */
request_after devices_profile;

/* device_resources.c */
request_after resources_read, resources_write, resources_execute;

/* query_fields.c */
request_after query_fields_get;

/* device_parts.c */
request_after devices_components, devices_versions, devices_events, devices_tasks,
    devices_attempts, devices_attempts_clear;

/* profiles.c */
request_after profiles_list, profiles_one, profiles_patch, profiles_put, profiles_post,
    profiles_delete;

/* bundles.c, bundle_upload.c */
request_after bundles_list, bundles_one, bundles_manifest, bundles_withdraw,
    bundles_delete, bundles_post;
extern const struct route_upload bundle_upload;

/* packages.c */
request_after packages_list, packages_one, packages_put, packages_delete_one;
extern const struct route_upload package_upload_route;

/* plans.c */
request_after plans_post, plans_one;

/* campaigns.c, campaign_create.c */
request_after campaigns_list, campaigns_one, campaigns_approve, campaigns_action,
    campaigns_patch, campaigns_delete, campaigns_post;

/* progress.c, wait.c */
request_after campaigns_progress, campaigns_chart, campaigns_wait;

/* tasks.c */
request_after tasks_list, tasks_one, tasks_action;

/* events.c */
request_after events_get, audit_get;

/* event_kinds.c */
request_after event_kinds_get;

/* tokens.c */
request_after tokens_list, tokens_one, tokens_post, tokens_delete;

/* webhooks.c */
request_after webhooks_list, webhooks_one, webhooks_patch, webhooks_post,
    webhooks_delete, webhooks_test, webhooks_deliveries;

/* metrics.c, status.c, openapi.c, web.c */
request_after metrics_get, status_get, health_get, problems_get, docs_get, openapi_get,
    web_get;
