/* SPDX-License-Identifier: Apache-2.0 */
/* handlers.h - the handlers of routes.c, by the file they are in. What each takes and
 * gives stands in the table and in README.md; all return what request.h says.
 */
#pragma once

#include "api/request.h"
#include "api/routes.h"

/* devices.c */
int devices_list(struct request *rq, struct response *rs);
int devices_one(struct request *rq, struct response *rs);
int devices_patch(struct request *rq, struct response *rs);
int devices_delete(struct request *rq, struct response *rs);
int devices_refresh(struct request *rq, struct response *rs);
int devices_admit(struct request *rq, struct response *rs);
int devices_tags_put(struct request *rq, struct response *rs);
int devices_tags(struct request *rq, struct response *rs);

/* overview.c */
int fleet_get(struct request *rq, struct response *rs);
int policy_get(struct request *rq, struct response *rs);

/* device_import.c */
int devices_post(struct request *rq, struct response *rs);
extern const struct route_upload device_upload;

/* device_trace.c */
int devices_trace(struct request *rq, struct response *rs);

/* device_profile.c */
int devices_profile(struct request *rq, struct response *rs);

/* device_resources.c */
int resources_read(struct request *rq, struct response *rs);
int resources_write(struct request *rq, struct response *rs);
int resources_execute(struct request *rq, struct response *rs);

/* query_fields.c */
int query_fields_get(struct request *rq, struct response *rs);

/* device_parts.c */
int devices_components(struct request *rq, struct response *rs);
int devices_versions(struct request *rq, struct response *rs);
int devices_events(struct request *rq, struct response *rs);
int devices_tasks(struct request *rq, struct response *rs);
int devices_attempts(struct request *rq, struct response *rs);
int devices_attempts_clear(struct request *rq, struct response *rs);

/* profiles.c */
int profiles_list(struct request *rq, struct response *rs);
int profiles_one(struct request *rq, struct response *rs);
int profiles_put(struct request *rq, struct response *rs);
int profiles_post(struct request *rq, struct response *rs);
int profiles_delete(struct request *rq, struct response *rs);

/* bundles.c, bundle_upload.c */
int bundles_list(struct request *rq, struct response *rs);
int bundles_one(struct request *rq, struct response *rs);
int bundles_manifest(struct request *rq, struct response *rs);
int bundles_withdraw(struct request *rq, struct response *rs);
int bundles_delete(struct request *rq, struct response *rs);
int bundles_post(struct request *rq, struct response *rs);
extern const struct route_upload bundle_upload;

/* packages.c */
int packages_list(struct request *rq, struct response *rs);
int packages_one(struct request *rq, struct response *rs);
int packages_put(struct request *rq, struct response *rs);
int packages_delete_one(struct request *rq, struct response *rs);
extern const struct route_upload package_upload_route;

/* plans.c */
int plans_post(struct request *rq, struct response *rs);
int plans_one(struct request *rq, struct response *rs);

/* campaigns.c, campaign_create.c */
int campaigns_list(struct request *rq, struct response *rs);
int campaigns_one(struct request *rq, struct response *rs);
int campaigns_approve(struct request *rq, struct response *rs);
int campaigns_action(struct request *rq, struct response *rs);
int campaigns_delete(struct request *rq, struct response *rs);
int campaigns_post(struct request *rq, struct response *rs);

/* progress.c, wait.c */
int campaigns_progress(struct request *rq, struct response *rs);
int campaigns_chart(struct request *rq, struct response *rs);
int campaigns_wait(struct request *rq, struct response *rs);

/* tasks.c */
int tasks_list(struct request *rq, struct response *rs);
int tasks_one(struct request *rq, struct response *rs);
int tasks_action(struct request *rq, struct response *rs);

/* events.c */
int events_get(struct request *rq, struct response *rs);
int audit_get(struct request *rq, struct response *rs);

/* event_kinds.c */
int event_kinds_get(struct request *rq, struct response *rs);

/* tokens.c */
int tokens_list(struct request *rq, struct response *rs);
int tokens_post(struct request *rq, struct response *rs);
int tokens_delete(struct request *rq, struct response *rs);

/* webhooks.c */
int webhooks_list(struct request *rq, struct response *rs);
int webhooks_one(struct request *rq, struct response *rs);
int webhooks_post(struct request *rq, struct response *rs);
int webhooks_delete(struct request *rq, struct response *rs);
int webhooks_test(struct request *rq, struct response *rs);
int webhooks_deliveries(struct request *rq, struct response *rs);

/* metrics.c, status.c, openapi.c, web.c */
int metrics_get(struct request *rq, struct response *rs);
int status_get(struct request *rq, struct response *rs);
int health_get(struct request *rq, struct response *rs);
int problems_get(struct request *rq, struct response *rs);
int docs_get(struct request *rq, struct response *rs);
int openapi_get(struct request *rq, struct response *rs);
int web_get(struct request *rq, struct response *rs);
