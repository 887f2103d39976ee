/* SPDX-License-Identifier: Apache-2.0 */
/* filter_tables.c - the fields that filters can name and lists be sorted by.
 *
 * What sorts is unique, or its table is small: a page begins at the first of the equal
 * values. Devices, tasks, events and deliveries are many.
 */
#include "store/filter_query.h"
#include "store/words.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define DEVICE(field) offsetof(struct device_row, field)

/* clang-format off */
/* An endpoint has one device, so any order will do. */
static const struct filter_field devices[] = {
    { "endpoint", FILTER_TEXT, DEVICE(endpoint), "d.endpoint",
      "device d WHERE d.endpoint = ", 1, NULL, true, NULL },
    { "state", FILTER_TEXT, DEVICE(state), "d.state",
      "device d INDEXED BY device_by_state WHERE d.state = ", 7, NULL, false, WORDS_DEVICE_STATE },
    { "manufacturer", FILTER_TEXT, DEVICE(manufacturer), "d.manufacturer",
      "device d INDEXED BY device_by_manufacturer WHERE d.manufacturer <> '' AND d.manufacturer = ", 6, NULL, false, NULL },
    { "model", FILTER_TEXT, DEVICE(model), "d.model",
      "device d INDEXED BY device_by_model WHERE d.model <> '' AND d.model = ", 5, NULL, false, NULL },
    { "serial", FILTER_TEXT, DEVICE(serial), "d.serial",
      "device d INDEXED BY device_by_serial WHERE d.serial <> '' AND d.serial = ", 2, NULL, false, NULL },
    { "hardware", FILTER_VERSION, DEVICE(hardware), "d.hardware", NULL, 0, NULL, false, NULL },
    { "firmware", FILTER_VERSION, DEVICE(firmware), "d.firmware", NULL, 0, NULL, false, NULL },
    { "software", FILTER_VERSION, DEVICE(software), "d.software", NULL, 0, NULL, false, NULL },
    { "lwm2m", FILTER_TEXT, DEVICE(lwm2m), "d.lwm2m", NULL, 0, NULL, false, NULL },
    { "binding", FILTER_TEXT, DEVICE(binding), "d.binding", NULL, 0, NULL, false, NULL },
    { "location", FILTER_TEXT, DEVICE(location), "d.location", NULL, 0, NULL, false, NULL },
    { "registered_at", FILTER_TIME, DEVICE(registered_ms), "d.registered_ms", NULL, 0, NULL, false, NULL },
    { "seen_at", FILTER_TIME, DEVICE(seen_ms), "d.seen_ms", NULL, 0, NULL, false, NULL },
    { "tag.NAME", FILTER_TAG, 0, "x.value",
      "tag w CROSS JOIN device d ON d.id = w.device_id WHERE w.value = ", 3, NULL, false, NULL },
    { "component.NAME.version", FILTER_COMPONENT_VERSION, 0, "x.version",
      "component w INDEXED BY component_by_version CROSS JOIN device d ON d.id = w.device_id"
      " WHERE CASE w.version_key WHEN x'' THEN CAST(w.version AS BLOB) ELSE w.version_key END = ", 4, NULL, false, NULL },
    { "component.NAME.state", FILTER_COMPONENT_STATE, 0, "x.state", NULL, 0, NULL, false, WORDS_COMPONENT_STATE },
    { "component.NAME.result", FILTER_COMPONENT_RESULT, 0, "x.result", NULL, 0, NULL, false, NULL },
};

#define PLAIN(name, type, column) { name, type, 0, column, NULL, 0, NULL, false, NULL }
#define WORDED(name, column, words) { name, FILTER_TEXT, 0, column, NULL, 0, NULL, false, words }
#define SORTED(name, type, column) { name, type, 0, column, NULL, 0, NULL, true, NULL }

static const struct filter_field campaigns[] = {
    PLAIN("id", FILTER_NUMBER, "d.id"),
    SORTED("name", FILTER_TEXT, "d.name"),
    { "state", FILTER_TEXT, 0, "d.state", "campaign d INDEXED BY campaign_by_state WHERE d.state = ", 2, NULL, true, WORDS_CAMPAIGN_STATE },
    PLAIN("bundle", FILTER_TEXT, "d.bundle"),
    { "plan", FILTER_TEXT, 0, "d.plan_id", "campaign d INDEXED BY campaign_by_plan WHERE d.plan_id = ", 1, NULL, false, NULL },
    PLAIN("reason", FILTER_TEXT, "d.reason"),
    PLAIN("braked", FILTER_BOOL, "d.is_braked"),
    PLAIN("created_by", FILTER_TEXT, "d.created_by"),
    PLAIN("approved_by", FILTER_TEXT, "d.approved_by"),
    PLAIN("created_at", FILTER_TIME, "d.created_ms"),
    SORTED("started_at", FILTER_TIME, "d.started_ms"),
    SORTED("ended_at", FILTER_TIME, "d.ended_ms"),
    PLAIN("expires_at", FILTER_TIME, "d.expires_ms"),
};

static const struct filter_field tasks[] = {
    PLAIN("id", FILTER_NUMBER, "d.id"),
    PLAIN("campaign", FILTER_NUMBER, "d.campaign_id"),
    PLAIN("endpoint", FILTER_TEXT, "d.endpoint"),
    { "state", FILTER_TEXT, 0, "d.state",
      "task d INDEXED BY task_by_state WHERE d.campaign_id = " FILTER_SCOPE
      " AND d.waiting_for = '' AND d.state = ", 3, "waiting", false, WORDS_TASK_STATE },
    { "waiting_for", FILTER_TEXT, 0, "d.waiting_for",
      "task d INDEXED BY task_by_state WHERE d.campaign_id = " FILTER_SCOPE
      " AND d.state = 'waiting' AND d.waiting_for = ", 2, NULL, false, WORDS_WAITING_FOR },
    PLAIN("reason", FILTER_TEXT, "d.reason"),
    PLAIN("active", FILTER_BOOL, "d.is_active"),
    PLAIN("group", FILTER_NUMBER, "d.group_no"),
    PLAIN("stage", FILTER_NUMBER, "d.stage_no"),
    PLAIN("tries", FILTER_NUMBER, "d.tries"),
    PLAIN("since", FILTER_TIME, "d.since_ms"),
    PLAIN("next_at", FILTER_TIME, "d.next_at_ms"),
    PLAIN("deadline_at", FILTER_TIME, "d.deadline_ms"),
    PLAIN("started_at", FILTER_TIME, "d.started_ms"),
    PLAIN("ended_at", FILTER_TIME, "d.ended_ms"),
    { "component.NAME.state", FILTER_TASK_COMPONENT, 0, "x.state",
      "task_component w INDEXED BY task_component_by_state CROSS JOIN task d ON d.id = w.task_id"
      " WHERE w.campaign_id = " FILTER_SCOPE " AND w.state <> 'pending' AND w.state = ", 1, "pending", false, WORDS_TASK_COMPONENT_STATE },
};

static const struct filter_field bundles[] = {
    PLAIN("id", FILTER_NUMBER, "d.id"),
    PLAIN("bundle", FILTER_TEXT, "d.name || '@' || d.version"),
    SORTED("name", FILTER_TEXT, "d.name"),
    PLAIN("version", FILTER_VERSION, "d.version"),
    PLAIN("vendor", FILTER_TEXT, "d.vendor"),
    SORTED("sequence", FILTER_NUMBER, "d.sequence"),
    WORDED("state", "d.state", WORDS_BUNDLE_STATE),
    PLAIN("sha256", FILTER_TEXT, "d.digest"),
    PLAIN("created_by", FILTER_TEXT, "d.created_by"),
    PLAIN("created_at", FILTER_TIME, "d.created_ms"),
};

static const struct filter_field packages[] = {
    SORTED("sha256", FILTER_TEXT, "d.digest"),
    SORTED("size", FILTER_NUMBER, "d.size_bytes"),
    WORDED("state", "d.state", WORDS_PACKAGE_STATE),
    PLAIN("created_at", FILTER_TIME, "d.created_ms"),
};

static const struct filter_field events[] = {
    PLAIN("event_id", FILTER_NUMBER, "d.id"),
    PLAIN("at", FILTER_TIME, "d.at_ms"),
    PLAIN("kind", FILTER_TEXT, "d.kind"),
    PLAIN("event", FILTER_TEXT, "d.name"),
    PLAIN("actor", FILTER_TEXT, "d.actor"),
    PLAIN("campaign", FILTER_NUMBER, "d.campaign_id"),
    PLAIN("endpoint", FILTER_TEXT, "d.endpoint"),
};

static const struct filter_field profiles[] = {
    SORTED("name", FILTER_TEXT, "d.name"),
    PLAIN("manufacturer", FILTER_TEXT, "d.manufacturer"),
    PLAIN("model", FILTER_TEXT, "d.model"),
    PLAIN("updated_at", FILTER_TIME, "d.updated_ms"),
    PLAIN("updated_by", FILTER_TEXT, "d.updated_by"),
};

static const struct filter_field tokens[] = {
    SORTED("name", FILTER_TEXT, "d.name"),
    WORDED("role", "d.role", WORDS_ROLE),
    PLAIN("created_at", FILTER_TIME, "d.created_ms"),
    SORTED("expires_at", FILTER_TIME, "d.expires_ms"),
    PLAIN("created_by", FILTER_TEXT, "d.created_by"),
};

static const struct filter_field webhooks[] = {
    SORTED("name", FILTER_TEXT, "d.name"),
    PLAIN("url", FILTER_TEXT, "d.url"),
    PLAIN("campaign", FILTER_NUMBER, "d.campaign_id"),
    PLAIN("enabled", FILTER_BOOL, "d.is_enabled"),
    PLAIN("created_at", FILTER_TIME, "d.created_ms"),
    PLAIN("created_by", FILTER_TEXT, "d.created_by"),
    PLAIN("done_event_id", FILTER_NUMBER, "d.done_id"),
};

static const struct filter_field deliveries[] = {
    PLAIN("event_id", FILTER_NUMBER, "d.event_id"),
    PLAIN("at", FILTER_TIME, "d.at_ms"),
    PLAIN("took_ms", FILTER_NUMBER, "d.took_ms"),
    PLAIN("status", FILTER_NUMBER, "d.status"),
    PLAIN("tries", FILTER_NUMBER, "d.tries"),
    PLAIN("done", FILTER_BOOL, "d.is_done"),
    PLAIN("error", FILTER_TEXT, "d.error"),
};

const struct filter_table filter_tables[FILTER_OF_COUNT] = {
    [FILTER_OF_DEVICES] = {"devices", devices, COUNT(devices)},
    [FILTER_OF_CAMPAIGNS] = {"campaigns", campaigns, COUNT(campaigns)},
    [FILTER_OF_TASKS] = {"tasks", tasks, COUNT(tasks)},
    [FILTER_OF_BUNDLES] = {"bundles", bundles, COUNT(bundles)},
    [FILTER_OF_PACKAGES] = {"packages", packages, COUNT(packages)},
    [FILTER_OF_EVENTS] = {"events", events, COUNT(events)},
    [FILTER_OF_PROFILES] = {"profiles", profiles, COUNT(profiles)},
    [FILTER_OF_TOKENS] = {"tokens", tokens, COUNT(tokens)},
    [FILTER_OF_WEBHOOKS] = {"webhooks", webhooks, COUNT(webhooks)},
    [FILTER_OF_DELIVERIES] = {"deliveries", deliveries, COUNT(deliveries)},
};
/* clang-format on */
