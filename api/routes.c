/* SPDX-License-Identifier: Apache-2.0 */
#include "api/routes.h"

#include <string.h>

#include "api/handlers.h"
#include "api/web.h"

#define RESOURCES "/v1/devices/{endpoint}/resources"
#define PAGES "sort limit cursor"
#define LIST "q " PAGES

/* clang-format off */
const struct route routes[] = {
    { METHOD_GET, "/healthz", ROLE_ANYONE, ROUTE_NO_BODY, "", health_get, NULL,
      "200 while the daemon works, 503 when its core or its store does not",
      "> Health" },
    { METHOD_GET, "/metrics", ROLE_VIEWER, ROUTE_NO_BODY, "", metrics_get, NULL,
      "Figures for Prometheus",
      "; text/plain; version=0.0.4" },
    { METHOD_GET, "/problems/{name}", ROLE_ANYONE, ROUTE_NO_BODY, "", problems_get, NULL,
      "What a problem means",
      "> ProblemMeaning" },
    { METHOD_GET, "/docs", ROLE_ANYONE, ROUTE_NO_BODY, "", docs_get, NULL,
      "This description, to read",
      "; text/html; charset=utf-8" },
    { METHOD_GET, "/v1/openapi.json", ROLE_VIEWER, ROUTE_NO_BODY, "", openapi_get, NULL,
      "This description",
      "> any" },
    { METHOD_GET, "/v1/status", ROLE_VIEWER, ROUTE_NO_BODY, "", status_get, NULL,
      "Version, storage, devices and tasks by state, and who asks",
      "> Status" },
    { METHOD_GET, "/v1/fleet", ROLE_VIEWER, ROUTE_NO_BODY, "", fleet_get, NULL,
      "Devices by component and version, and registrations in each minute of the last hour",
      "> Fleet" },

    { METHOD_GET, "/v1/devices", ROLE_VIEWER, ROUTE_NO_BODY, "include count " LIST, devices_list, NULL,
      "Devices that match q (RSQL); include=components,tags adds those; count=true counts them instead",
      "> Device*,Count" },
    { METHOD_POST, "/v1/devices", ROLE_OPERATOR, ROUTE_STREAM, "on_error", devices_post, &device_upload,
      "Create a device that has not registered yet; or as text/csv or application/x-ndjson create and tag many, on_error=stop (nothing, if a row is broken) or skip",
      "NewDevice > Device,Import" },
    { METHOD_GET, "/v1/devices/{endpoint}", ROLE_VIEWER, ROUTE_NO_BODY, "", devices_one, NULL,
      "One device with its components and tags",
      "> Device" },
    { METHOD_PATCH, "/v1/devices/{endpoint}", ROLE_OPERATOR, ROUTE_JSON, "", devices_patch, NULL,
      "Merge {\"tags\": {...}} into it (RFC 7396: null removes); If-Match takes the ETag of GET",
      "DevicePatch > Device" },
    { METHOD_DELETE, "/v1/devices/{endpoint}", ROLE_ADMIN, ROUTE_NO_BODY, "", devices_delete, NULL,
      "Erase what identifies a device; of its tasks and events only what is counted stays", "" },
    { METHOD_GET, "/v1/devices/{endpoint}/components", ROLE_VIEWER, ROUTE_NO_BODY, "", devices_components, NULL,
      "Components of a device, with state, result and version",
      "> DeviceComponents" },
    { METHOD_GET, "/v1/devices/{endpoint}/versions", ROLE_VIEWER, ROUTE_NO_BODY, "component " PAGES, devices_versions, NULL,
      "Versions its components have had, the newest first",
      "> ComponentVersion*" },
    { METHOD_GET, "/v1/devices/{endpoint}/events", ROLE_VIEWER, ROUTE_NO_BODY, "kind " LIST, devices_events, NULL,
      "What happened to it, the newest first",
      "> Event*" },
    { METHOD_GET, "/v1/devices/{endpoint}/tasks", ROLE_VIEWER, ROUTE_NO_BODY, "state " LIST, devices_tasks, NULL,
      "Its tasks in all campaigns",
      "> Task*" },
    { METHOD_GET, "/v1/devices/{endpoint}/attempts", ROLE_VIEWER, ROUTE_NO_BODY, "", devices_attempts, NULL,
      "How often Update was executed, by package",
      "> Attempt*" },
    { METHOD_DELETE, "/v1/devices/{endpoint}/attempts", ROLE_APPROVER, ROUTE_NO_BODY, "sha256", devices_attempts_clear, NULL,
      "Allow packages to be tried again that were blocked on this device", "" },
    { METHOD_POST, "/v1/devices/{endpoint}/refresh", ROLE_OPERATOR, ROUTE_NO_BODY, "", devices_refresh, NULL,
      "Read its inventory again",
      "> Accepted" },
    { METHOD_POST, "/v1/devices/{endpoint}/admit", ROLE_OPERATOR, ROUTE_NO_BODY, "", devices_admit, NULL,
      "Let a pending device in",
      "> Device" },
    { METHOD_GET, "/v1/devices/{endpoint}/tags", ROLE_VIEWER, ROUTE_NO_BODY, "", devices_tags, NULL,
      "Its tags",
      "> {text}" },
    { METHOD_PUT, "/v1/devices/{endpoint}/tags", ROLE_OPERATOR, ROUTE_JSON, "", devices_tags_put, NULL,
      "Replace its tags by an object of texts; If-Match as with PATCH",
      "{text} > {text}" },

    { METHOD_GET, "/v1/devices/{endpoint}/profile", ROLE_VIEWER, ROUTE_NO_BODY, "", devices_profile, NULL,
      "What holds for it and its components, and where each value is from: default, file or operator",
      "> DeviceProfile" },
    { METHOD_GET, "/v1/devices/{endpoint}/trace", ROLE_VIEWER, ROUTE_NO_BODY, "", devices_trace, NULL,
      "The last CoAP exchanges with it, the newest first, from its last action or the first time that this was asked",
      "> Trace" },
    { METHOD_GET, RESOURCES "/{object}", ROLE_OPERATOR, ROUTE_NO_BODY, "timeout_s", resources_read, NULL,
      "Read an object of the device itself; held until a device that sleeps wakes, at most timeout_s (30)",
      "> Resource" },
    { METHOD_GET, RESOURCES "/{object}/{instance}", ROLE_OPERATOR, ROUTE_NO_BODY, "timeout_s", resources_read, NULL,
      "Read an object instance",
      "> Resource" },
    { METHOD_GET, RESOURCES "/{object}/{instance}/{resource}", ROLE_OPERATOR, ROUTE_NO_BODY, "timeout_s", resources_read, NULL,
      "Read a resource",
      "> Resource" },
    { METHOD_GET, RESOURCES "/{object}/{instance}/{resource}/{resource_instance}", ROLE_OPERATOR, ROUTE_NO_BODY, "timeout_s", resources_read, NULL,
      "Read one instance of a multiple resource",
      "> Resource" },
    { METHOD_PUT, RESOURCES "/{object}/{instance}/{resource}", ROLE_OPERATOR, ROUTE_JSON, "timeout_s", resources_write, NULL,
      "Write {\"value\": ..., \"type\": ...} to a resource",
      "ResourceValue > Resource" },
    { METHOD_PUT, RESOURCES "/{object}/{instance}/{resource}/{resource_instance}", ROLE_OPERATOR, ROUTE_JSON, "timeout_s", resources_write, NULL,
      "Write one instance of a multiple resource",
      "ResourceValue > Resource" },
    { METHOD_POST, RESOURCES "/{object}/{instance}/{resource}", ROLE_OPERATOR, ROUTE_JSON_OR_NOTHING, "timeout_s", resources_execute, NULL,
      "Execute a resource, with {\"arguments\": ...} if it takes some",
      "ResourceArguments > Resource" },

    { METHOD_GET, "/v1/query-fields", ROLE_VIEWER, ROUTE_NO_BODY, "of", query_fields_get, NULL,
      "What q can name of a kind of row (of=devices), with the operators of each, and whether lists can be sorted by it",
      "> QueryField*" },

    { METHOD_GET, "/v1/profiles", ROLE_VIEWER, ROUTE_NO_BODY, LIST, profiles_list, NULL,
      "What is known of models",
      "> Profile*" },
    { METHOD_POST, "/v1/profiles", ROLE_ADMIN, ROUTE_JSON, "", profiles_post, NULL,
      "Add or replace the profile that the body names",
      "ProfileBody > Profile" },
    { METHOD_GET, "/v1/profiles/{name}", ROLE_VIEWER, ROUTE_NO_BODY, "", profiles_one, NULL,
      "One profile",
      "> Profile" },
    { METHOD_PUT, "/v1/profiles/{name}", ROLE_ADMIN, ROUTE_JSON, "", profiles_put, NULL,
      "Add or replace a profile; with If-None-Match: * only add it, with If-Match only replace what was seen",
      "ProfileBody > Profile" },
    { METHOD_PATCH, "/v1/profiles/{name}", ROLE_ADMIN, ROUTE_JSON, "", profiles_patch, NULL,
      "Merge into a profile (RFC 7396: null removes)",
      "{any} > Profile" },
    { METHOD_DELETE, "/v1/profiles/{name}", ROLE_ADMIN, ROUTE_NO_BODY, "", profiles_delete, NULL,
      "Remove a profile", "" },

    { METHOD_GET, "/v1/bundles", ROLE_VIEWER, ROUTE_NO_BODY, "state " LIST, bundles_list, NULL,
      "Bundles, the newest first",
      "> Bundle*" },
    { METHOD_POST, "/v1/bundles", ROLE_OPERATOR, ROUTE_STREAM, "", bundles_post, &bundle_upload,
      "Add a bundle: its manifest as JSON, or multipart with 'manifest' and 'file' parts",
      "Manifest > Bundle" },
    { METHOD_GET, "/v1/bundles/{bundle}", ROLE_VIEWER, ROUTE_NO_BODY, "", bundles_one, NULL,
      "One bundle, name@version or its id",
      "> Bundle" },
    { METHOD_GET, "/v1/bundles/{bundle}/manifest", ROLE_VIEWER, ROUTE_NO_BODY, "", bundles_manifest, NULL,
      "Its manifest as it was given",
      "> Manifest" },
    { METHOD_POST, "/v1/bundles/{bundle}/withdraw", ROLE_APPROVER, ROUTE_NO_BODY, "", bundles_withdraw, NULL,
      "No new plan may use it",
      "> Bundle" },
    { METHOD_DELETE, "/v1/bundles/{bundle}", ROLE_APPROVER, ROUTE_NO_BODY, "", bundles_delete, NULL,
      "Withdraw and forget it; 409 while a campaign has it", "" },

    { METHOD_GET, "/v1/packages", ROLE_VIEWER, ROUTE_NO_BODY, "state " LIST, packages_list, NULL,
      "Packages that are here",
      "> Package*" },
    { METHOD_GET, "/v1/packages/{sha256}", ROLE_VIEWER, ROUTE_NO_BODY, "", packages_one, NULL,
      "One package; Upload-Offset says how much of it is here",
      "> Package,Upload" },
    { METHOD_PUT, "/v1/packages/{sha256}", ROLE_OPERATOR, ROUTE_STREAM, "", packages_put, &package_upload_route,
      "Upload a package, or go on with Content-Range",
      "> Package,Upload" },
    { METHOD_DELETE, "/v1/packages/{sha256}", ROLE_OPERATOR, ROUTE_NO_BODY, "", packages_delete_one, NULL,
      "Remove it; 409 while a bundle, or a campaign under way, needs it", "" },

    { METHOD_POST, "/v1/plans", ROLE_OPERATOR, ROUTE_JSON, "", plans_post, NULL,
      "Dry run: plan a bundle for the devices that q names",
      "NewPlan > Plan" },
    { METHOD_GET, "/v1/plans/{id}", ROLE_VIEWER, ROUTE_NO_BODY, "", plans_one, NULL,
      "A stored plan",
      "> Plan" },

    { METHOD_GET, "/v1/policy", ROLE_VIEWER, ROUTE_NO_BODY, "", policy_get, NULL,
      "What a campaign's policy is where it says nothing",
      "> Policy" },
    { METHOD_GET, "/v1/campaigns", ROLE_VIEWER, ROUTE_NO_BODY, "state " LIST, campaigns_list, NULL,
      "Campaigns, the newest first",
      "> Campaign*" },
    { METHOD_POST, "/v1/campaigns", ROLE_OPERATOR, ROUTE_JSON, "", campaigns_post, NULL,
      "Create a campaign from a plan, or from a bundle and q",
      "NewCampaign > Campaign" },
    { METHOD_GET, "/v1/campaigns/{id}", ROLE_VIEWER, ROUTE_NO_BODY, "", campaigns_one, NULL,
      "One campaign with its policy",
      "> Campaign" },
    { METHOD_PATCH, "/v1/campaigns/{id}", ROLE_OPERATOR, ROUTE_JSON, "", campaigns_patch, NULL,
      "Merge {\"name\": ..., \"policy\": {...}} into it (RFC 7396: null is the default); one that runs takes in_flight, "
      "min_battery_pct, max_defer_s, brake, retry and timers, unless its policy was approved; a draft loses its approval, and "
      "with approval in its policy takes a policy from its maker only, and keeps that",
      "CampaignPatch > Campaign" },
    { METHOD_DELETE, "/v1/campaigns/{id}", ROLE_ADMIN, ROUTE_NO_BODY, "", campaigns_delete, NULL,
      "Forget a draft, or a campaign that has ended, with its tasks and events", "" },
    { METHOD_GET, "/v1/campaigns/{id}/progress", ROLE_VIEWER, ROUTE_NO_BODY, "", campaigns_progress, NULL,
      "Tasks and components by state, bytes that devices hold or have installed, reasons, the end as estimated "
      "for those that go on; `first-devices` while others wait for the first to end well",
      "> Progress" },
    { METHOD_GET, "/v1/campaigns/{id}/chart", ROLE_VIEWER, ROUTE_NO_BODY, "limit cursor", campaigns_chart, NULL,
      "How the counts changed, minute by minute",
      "> Change*" },
    { METHOD_GET, "/v1/campaigns/{id}/wait", ROLE_VIEWER, ROUTE_NO_BODY, "timeout_s", campaigns_wait, NULL,
      "Wait for its end: 200 all succeeded, 409 campaign-failed, 202 still running",
      "> Progress" },
    { METHOD_GET, "/v1/campaigns/{id}/tasks", ROLE_VIEWER, ROUTE_NO_BODY,
      "state waiting_for reason component component_state include " LIST, tasks_list, NULL,
      "Its tasks, one for each device; include=components adds those. One past its deadline_at is late: nothing has "
      "moved in its state for as long as it may take (lockstep_stuck_tasks counts them)",
      "> Task*" },
    { METHOD_GET, "/v1/campaigns/{id}/tasks/{endpoint}", ROLE_VIEWER, ROUTE_NO_BODY, "", tasks_one, NULL,
      "The task of one device, with its components",
      "> Task" },
    { METHOD_POST, "/v1/campaigns/{id}/tasks/{endpoint}/{action}", ROLE_OPERATOR, ROUTE_JSON_OR_NOTHING, "", tasks_action, NULL,
      "cancel, retry or skip one device",
      "{any} > Task" },
    { METHOD_POST, "/v1/campaigns/{id}/approve", ROLE_APPROVER, ROUTE_JSON_OR_NOTHING, "", campaigns_approve, NULL,
      "Agree to a draft whose policy has approval; not by who made it",
      "{any} > Campaign" },
    { METHOD_POST, "/v1/campaigns/{id}/{action}", ROLE_OPERATOR, ROUTE_JSON_OR_NOTHING, "", campaigns_action, NULL,
      "start, pause, resume, abort, install, release (the brake), retry (failed devices): its answer has "
      "retry, which counts those that are retried, and those left out: blocked, busy in another campaign, or "
      "needs-attention, which are retried one by one",
      "{any} > Campaign" },

    { METHOD_GET, "/v1/events", ROLE_VIEWER, ROUTE_NO_BODY, "campaign device kind last_event_id " LIST, events_get, NULL,
      "Events as they happen; with Accept: application/json those that have, the newest first",
      "> Event* ; text/event-stream" },

    { METHOD_GET, "/v1/event-kinds", ROLE_VIEWER, ROUTE_NO_BODY, "", event_kinds_get, NULL,
      "Every kind of event: what may happen, and which members its data has",
      "> EventKinds" },

    { METHOD_GET, "/v1/audit", ROLE_VIEWER, ROUTE_NO_BODY, "kind " LIST, audit_get, NULL,
      "What people did, the newest first",
      "> Event*" },

    { METHOD_GET, "/v1/tokens", ROLE_ADMIN, ROUTE_NO_BODY, LIST, tokens_list, NULL,
      "Principals and their roles",
      "> Token*" },
    { METHOD_POST, "/v1/tokens", ROLE_ADMIN, ROUTE_JSON, "", tokens_post, NULL,
      "Make a token; it is shown this once; 409 while another has its name",
      "NewToken > Token" },
    { METHOD_GET, "/v1/tokens/{name}", ROLE_ADMIN, ROUTE_NO_BODY, "", tokens_one, NULL,
      "One principal and its role",
      "> Token" },
    { METHOD_DELETE, "/v1/tokens/{name}", ROLE_ADMIN, ROUTE_NO_BODY, "", tokens_delete, NULL,
      "Revoke a token", "" },

    { METHOD_GET, "/v1/webhooks", ROLE_ADMIN, ROUTE_NO_BODY, LIST, webhooks_list, NULL,
      "Who is told of events",
      "> Webhook*" },
    { METHOD_POST, "/v1/webhooks", ROLE_ADMIN, ROUTE_JSON, "", webhooks_post, NULL,
      "Add or replace the webhook that the body names; a secret that is made is shown this once. Every event from "
      "now on is posted to its url as JSON, one after the other, until it answers 2xx. Lockstep-Signature: t=TIME,v1=HEX is "
      "HMAC-SHA256 of TIME, a dot and the body, by the secret. An event may come twice: event_id only grows",
      "NewWebhook > Webhook" },
    { METHOD_GET, "/v1/webhooks/{name}", ROLE_ADMIN, ROUTE_NO_BODY, "", webhooks_one, NULL,
      "One webhook, and up to which event it is done",
      "> Webhook" },
    { METHOD_PATCH, "/v1/webhooks/{name}", ROLE_ADMIN, ROUTE_JSON, "", webhooks_patch, NULL,
      "Merge into a webhook (RFC 7396: null removes; the secret stays until it is given another)",
      "WebhookPatch > Webhook" },
    { METHOD_DELETE, "/v1/webhooks/{name}", ROLE_ADMIN, ROUTE_NO_BODY, "", webhooks_delete, NULL,
      "Forget a webhook and its deliveries", "" },
    { METHOD_GET, "/v1/webhooks/{name}/deliveries", ROLE_ADMIN, ROUTE_NO_BODY, LIST, webhooks_deliveries, NULL,
      "Its last 100 tries, the newest first",
      "> Delivery*" },
    { METHOD_POST, "/v1/webhooks/{name}/test", ROLE_ADMIN, ROUTE_NO_BODY, "", webhooks_test, NULL,
      "Make an event for it, which goes the way of all others; deliveries has what came of it",
      "> Webhook" },
};
/* clang-format on */

const size_t route_count = sizeof routes / sizeof routes[0];

static const struct route web_route = {
    METHOD_GET, "/{file}", ROLE_ANYONE, ROUTE_NO_BODY, "", web_get, NULL, "", ""};

/* One segment of a pattern, ended by '/' or NUL, against a decoded one. */
static bool segment_fits(const char *pattern, size_t len, const char *segment)
{
    if (len > 0 && *pattern == '{')
        return *segment != '\0';
    return strlen(segment) == len && memcmp(pattern, segment, len) == 0;
}

static bool path_fits(const char *pattern, const struct uri *uri,
                      const char *params[REQUEST_PARAMS_MAX])
{
    size_t param = 0;

    for (size_t i = 0; i < uri->segment_count; i++) {
        if (*pattern != '/')
            return false;
        size_t len = strcspn(++pattern, "/");
        if (!segment_fits(pattern, len, uri->segments[i]))
            return false;
        if (*pattern == '{' && param < REQUEST_PARAMS_MAX)
            params[param++] = uri->segments[i];
        pattern += len;
    }
    return *pattern == '\0';
}

static void refuse_method(bool allowed[METHOD_COUNT], struct response *rs)
{
    struct text allow = {0};

    for (int m = 0; m < METHOD_COUNT; m++)
        if (allowed[m])
            text_printf(&allow, "%s%s%s", allow.len ? ", " : "",
                        method_name((enum method)m), m == METHOD_GET ? ", HEAD" : "");
    response_refuse(rs, PROBLEM_METHOD_NOT_ALLOWED, "this path knows %s",
                    allow.at ? allow.at : "");
    response_header(rs, "Allow", "%s", allow.at ? allow.at : "");
    text_fini(&allow);
}

const struct route *route_find(enum method method, const struct uri *uri,
                               const char *params[REQUEST_PARAMS_MAX],
                               struct response *rs)
{
    bool allowed[METHOD_COUNT] = {false}, is_known = false;
    const char *found[REQUEST_PARAMS_MAX] = {0};

    for (size_t i = 0; i < route_count; i++) {
        if (!path_fits(routes[i].path, uri, found))
            continue;
        if (routes[i].method == method) {
            memcpy(params, found, sizeof found);
            return &routes[i];
        }
        allowed[routes[i].method] = is_known = true;
    }
    if (!is_known && web_find(uri->path)) {
        if (method == METHOD_GET)
            return &web_route;
        allowed[METHOD_GET] = is_known = true;
    }
    if (is_known)
        refuse_method(allowed, rs);
    else
        response_refuse(rs, PROBLEM_NOT_FOUND, "there is nothing at this path");
    return NULL;
}

bool route_knows(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (*list) {
        size_t n = strcspn(list, " ");
        if (n == len && memcmp(list, word, n) == 0)
            return true;
        list += n + strspn(list + n, " ");
    }
    return false;
}
