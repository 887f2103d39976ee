/* SPDX-License-Identifier: Apache-2.0 */
#include "store/queries.h"

/* Columns once per table, in the order of the row tables in the files that read them.
 */
#define WEBHOOK_COLUMNS                                                                \
    "id, name, url, sealed, kinds, campaign_id, is_enabled, created_ms, created_by,"   \
    " done_id, revision"
#define DELIVERY_COLUMNS                                                               \
    "id, webhook_id, event_id, at_ms, took_ms, status, tries, is_done, error"
#define TOKEN_COLUMNS                                                                  \
    "id, name, role, hash, created_ms, expires_ms, created_by, revision"
#define PROFILE_COLUMNS                                                                \
    "id, name, manufacturer, model, updated_ms, updated_by, revision"
#define ANSWER_COLUMNS                                                                 \
    "key, principal, route, request_hash, endpoint, status, created_ms"
#define REGISTRATION_COLUMNS                                                           \
    "id, endpoint, state, location, address, local_address,"                           \
    " port, local_port, scope, lwm2m, binding, queue_mode, root_path, lifetime_s,"     \
    " registered_ms, seen_ms, expires_ms, created_ms"
#define DEVICE_COLUMNS                                                                 \
    REGISTRATION_COLUMNS                                                               \
    ", manufacturer, model, serial, firmware, hardware, software,"                     \
    " coalesce(inventory_id, 0) AS inventory_id, inventory_ms, problem"
#define COMPONENT_COLUMNS                                                              \
    "name, object, object_id, instance, version, version_key,"                         \
    " length(version_key) AS version_key_len, state, result, delivery, protocols,"     \
    " has, linked, conflicting, updated_ms"
#define INVENTORY_COLUMNS "id, manufacturer, model, hardware, firmware, problem"
#define BUNDLE_COLUMNS                                                                 \
    "id, name, version, vendor, sequence, state, digest, problem, created_ms,"         \
    " created_by"
#define PACKAGE_COLUMNS "id, digest, size_bytes, state, created_ms, wanted_ms"
#define PLAN_COLUMNS                                                                   \
    "id, bundle_id, bundle, query, components, fingerprint, devices, bytes,"           \
    " created_ms,"                                                                     \
    " expires_ms, created_by"
#define PLAN_GROUP_COLUMNS "group_no, inventory_id, devices, bytes, reason, detail"
#define PLAN_COMPONENT_COLUMNS                                                         \
    "stage_no, component, from_version, to_version, digest, size_bytes"
#define CAMPAIGN_COLUMNS                                                               \
    "id, name, plan_id, bundle_id, bundle, state, reason, detail, is_braked,"          \
    " is_first_passed, is_install_given, failures_in_a_row, ended, ended_failed,"      \
    " created_ms, started_ms, ended_ms, expires_ms, created_by, approved_by,"          \
    " revision, cut_after_id, is_cut"
#define TASK_COLUMNS                                                                   \
    "id, campaign_id, device_id, endpoint, group_no, plan_id, state, is_active,"       \
    " waiting_for, since_ms, next_at_ms, deadline_ms, stage_no, tries, replans,"       \
    " reason, detail, action, action_ms, journal, started_ms, ended_ms"
#define TASK_COMPONENT_COLUMNS                                                         \
    "component, stage_no, instance, state, from_version, to_version, target_version,"  \
    " digest, delivered_digest, total_bytes, sent_bytes, result, reason, updated_ms"
#define OF_PACKAGE(column)                                                             \
    ", coalesce((SELECT p." column " FROM bundle_package p"                            \
    " WHERE p.digest = attempt.digest LIMIT 1), '')"
#define ATTEMPT_COLUMNS                                                                \
    "device_id, digest, executes, last_ms, blocked" OF_PACKAGE("component")            \
        OF_PACKAGE("version")
/* :kinds has a blank before and after each of its words. */
#define WANTED_KIND ":kinds = '' OR instr(:kinds, ' ' || kind || ' ') > 0"

#define EVENT_COLUMNS                                                                  \
    "id, at_ms, kind, name, actor, campaign_id, device_id, endpoint, body"

#define DEVICE_PUT_COLUMNS                                                             \
    "location = :location, address = :address, local_address = :local_address,"        \
    " port = :port, local_port = :local_port, scope = :scope, lwm2m = :lwm2m,"         \
    " binding = :binding, queue_mode = :queue_mode, root_path = :root_path,"           \
    " lifetime_s = :lifetime_s, registered_ms = :registered_ms, seen_ms = :seen_ms,"   \
    " expires_ms = :expires_ms, objects = coalesce(:objects, objects)"
#define TASK_PUT_COLUMNS                                                               \
    "group_no = :group_no, plan_id = :plan_id, state = :state,"                        \
    " waiting_for = :waiting_for, since_ms = :since_ms, next_at_ms = :next_at_ms,"     \
    " deadline_ms = :deadline_ms, stage_no = :stage_no, tries = :tries,"               \
    " replans = :replans, reason = :reason, detail = :detail, action = :action,"       \
    " action_ms = :action_ms, journal = :journal, started_ms = :started_ms,"           \
    " ended_ms = :ended_ms"

#define WALK_HIT                                                                       \
    TASK_HIT("t", ":state", ":waiting_for", ":reason", ":component",                   \
             ":component_state")                                                       \
    " AND (:campaign_id = 0 OR t.campaign_id = :campaign_id)"

/* Few, whatever else there is; with their own index they come by id. */
#define FROM_UNDER_WAY                                                                 \
    " FROM campaign INDEXED BY campaign_active"                                        \
    " WHERE state IN ('scheduled', 'running', 'paused', 'aborting')"

/* The campaign's plan, or that of a task of its own, has :digest. The plan of a task
 * is called t<id of the task>-<when>. */
#define NEEDS_PACKAGE                                                                  \
    " EXISTS (SELECT 1 FROM plan_component n WHERE n.digest = :digest"                 \
    " AND (n.plan_id = campaign.plan_id OR EXISTS (SELECT 1 FROM task t"               \
    " WHERE t.id = CAST(substr(n.plan_id, 2) AS INTEGER)"                              \
    " AND t.plan_id = n.plan_id AND t.campaign_id = campaign.id)))"

#define UP " AND id > :after ORDER BY id LIMIT :limit"
#define DOWN " AND id < :after ORDER BY id DESC LIMIT :limit"

/* What there is among the newest distinct inventories, behind :after. */
#define EXAMPLE_OF_INVENTORY(column)                                                   \
    "SELECT min(" column ") FROM (SELECT " column " FROM inventory"                    \
    " ORDER BY id DESC LIMIT 500) WHERE " column " > :after"
#define EXAMPLE_OF_COMPONENT(column, condition)                                        \
    "SELECT min(" column ") FROM (SELECT name, version FROM inventory_component"       \
    " ORDER BY inventory_id DESC LIMIT 1000) WHERE " condition column " > :after"

const char *const query_sql[QUERY_COUNT] = {
    [Q_BEGIN] = "BEGIN IMMEDIATE",
    [Q_READ_BEGIN] = "BEGIN",
    [Q_COMMIT] = "COMMIT",
    [Q_ROLLBACK] = "ROLLBACK",
    [Q_SAVEPOINT] = "SAVEPOINT change",
    [Q_SAVEPOINT_RELEASE] = "RELEASE change",
    [Q_SAVEPOINT_ROLLBACK] = "ROLLBACK TO change",
    [Q_META_PUT] = "INSERT INTO meta (key, value) VALUES (:key, :value)"
                   " ON CONFLICT DO UPDATE SET value = excluded.value",
    [Q_META_GET] = "SELECT value FROM meta WHERE key = :key",
    [Q_TOKEN_ADD] =
        "INSERT INTO token (name, role, hash, created_ms, expires_ms, created_by,"
        " revision) VALUES (:name, :role, :hash, :created_ms, :expires_ms,"
        " :created_by, :revision) RETURNING id",
    [Q_REVISION_NEXT] = "INSERT INTO meta (key, value) VALUES ('revision', '1')"
                        " ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1"
                        " RETURNING CAST(value AS INTEGER)",
    [Q_TOKEN_REVISION] = "SELECT revision FROM token WHERE name = :name",
    [Q_TOKEN_GET] = "SELECT " TOKEN_COLUMNS " FROM token WHERE name = :name",
    [Q_TOKEN_DELETE] = "DELETE FROM token WHERE name = :name",
    [Q_TOKEN_BY_HASH] = "SELECT " TOKEN_COLUMNS " FROM token WHERE hash = :hash",
    [Q_TOKEN_BY_ID] = "SELECT " TOKEN_COLUMNS " FROM token WHERE id = :id",
    [Q_TOKEN_UP] = "SELECT " TOKEN_COLUMNS " FROM token WHERE true" UP,
    [Q_TOKEN_DOWN] = "SELECT " TOKEN_COLUMNS " FROM token WHERE true" DOWN,
    [Q_WEBHOOK_PUT] =
        "INSERT INTO webhook (name, url, sealed, kinds, campaign_id, is_enabled,"
        " created_ms, created_by, revision, done_id)"
        " SELECT :name, :url, coalesce(nullif(:sealed, ''),"
        " (SELECT sealed FROM webhook WHERE name = :name), ''), :kinds, :campaign_id,"
        " :is_enabled, :created_ms, :created_by, :revision,"
        " coalesce((SELECT max(id) FROM event), 0)"
        " WHERE (SELECT count(*) FROM webhook WHERE name <> :name) < :most"
        " ON CONFLICT (name) DO UPDATE SET url = excluded.url,"
        " sealed = excluded.sealed, kinds = excluded.kinds,"
        " campaign_id = excluded.campaign_id, is_enabled = excluded.is_enabled,"
        " revision = excluded.revision RETURNING id",
    [Q_WEBHOOK_REVISION] = "SELECT revision FROM webhook WHERE name = :name",
    [Q_WEBHOOK_DELETE] = "DELETE FROM webhook WHERE name = :name",
    [Q_WEBHOOK_GET] = "SELECT " WEBHOOK_COLUMNS " FROM webhook WHERE name = :name",
    [Q_WEBHOOK_BY_ID] = "SELECT " WEBHOOK_COLUMNS " FROM webhook WHERE id = :id",
    [Q_WEBHOOK_UP] = "SELECT " WEBHOOK_COLUMNS " FROM webhook WHERE true" UP,
    [Q_WEBHOOK_DOWN] = "SELECT " WEBHOOK_COLUMNS " FROM webhook WHERE true" DOWN,
    [Q_WEBHOOK_DONE] = "UPDATE webhook SET done_id = max(done_id, :event_id)"
                       " WHERE id = :webhook_id",
    [Q_DELIVERY_ADD] =
        "INSERT INTO delivery (webhook_id, event_id, at_ms, took_ms, status, tries,"
        " is_done, error) VALUES (:webhook_id, :event_id, :at_ms, :took_ms, :status,"
        " :tries, :is_done, :error)",
    [Q_DELIVERY_PRUNE] = /* one comes, one goes: STORE_DELIVERIES_KEPT */
    "DELETE FROM delivery WHERE id = (SELECT id FROM delivery"
    " WHERE webhook_id = :webhook_id ORDER BY id DESC LIMIT 1 OFFSET 100)",
    [Q_DELIVERY_GET] = "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE id = :id",
    [Q_DELIVERY_UP] = "SELECT " DELIVERY_COLUMNS " FROM delivery"
                      " WHERE webhook_id = :webhook_id" UP,
    [Q_DELIVERY_DOWN] = "SELECT " DELIVERY_COLUMNS " FROM delivery"
                        " WHERE webhook_id = :webhook_id" DOWN,
    [Q_PROFILE_PUT] =
        "INSERT INTO profile (name, manufacturer, model, updated_ms, updated_by,"
        " revision, body) VALUES (:name, :manufacturer, :model, :updated_ms,"
        " :updated_by, :revision, :body)"
        " ON CONFLICT (name) DO UPDATE SET manufacturer = excluded.manufacturer,"
        " model = excluded.model, updated_ms = excluded.updated_ms,"
        " updated_by = excluded.updated_by, revision = excluded.revision,"
        " body = excluded.body RETURNING id",
    [Q_PROFILE_REVISION] = "SELECT revision FROM profile WHERE name = :name",
    [Q_PROFILE_DELETE] = "DELETE FROM profile WHERE name = :name",
    [Q_PROFILE_GET] =
        "SELECT " PROFILE_COLUMNS ", body FROM profile WHERE name = :name",
    [Q_PROFILE_BY_ID] = "SELECT " PROFILE_COLUMNS " FROM profile WHERE id = :id",
    [Q_PROFILE_UP] = "SELECT " PROFILE_COLUMNS " FROM profile WHERE true" UP,
    [Q_PROFILE_DOWN] = "SELECT " PROFILE_COLUMNS " FROM profile WHERE true" DOWN,
    [Q_ANSWER_PUT] =
        "INSERT INTO answer (" ANSWER_COLUMNS ", body) VALUES (:key, :principal,"
        " :route, :request_hash, :endpoint, :status, :created_ms, :body)"
        " ON CONFLICT (principal, key) DO UPDATE SET endpoint = excluded.endpoint,"
        " status = excluded.status, body = excluded.body"
        " WHERE status = 0 AND request_hash = excluded.request_hash",
    [Q_ANSWER_GET] = "SELECT " ANSWER_COLUMNS ", body FROM answer"
                     " WHERE principal = :principal AND key = :key",
    [Q_ANSWER_PRUNE] =
        "DELETE FROM answer WHERE rowid IN (SELECT rowid FROM answer"
        " WHERE created_ms < :before_ms ORDER BY created_ms LIMIT :limit)",
    [Q_TOKEN_ANSWERS_DELETE] = "DELETE FROM answer WHERE principal = :name",
    [Q_DEVICE_FIND] = "SELECT id, state FROM device WHERE endpoint = :endpoint",
    [Q_DEVICE_ADD] =
        "INSERT INTO device (id, endpoint, state, location, address,"
        " local_address, port, local_port, scope, lwm2m, binding, queue_mode, "
        "root_path,"
        " lifetime_s, registered_ms, seen_ms, expires_ms, created_ms, objects)"
        " VALUES (:id, :endpoint, :state, :location, :address,"
        " :local_address, :port, :local_port, :scope, :lwm2m, :binding, :queue_mode,"
        " :root_path, :lifetime_s, :registered_ms, :seen_ms, :expires_ms, :created_ms,"
        " coalesce(:objects, ''))",
    [Q_DEVICE_PUT] =
        "UPDATE device SET " DEVICE_PUT_COLUMNS ", state = :state WHERE id = :id",
    [Q_DEVICE_PUT_AGAIN] = "UPDATE device SET " DEVICE_PUT_COLUMNS " WHERE id = :id",
    [Q_DEVICE_SEEN] =
        "UPDATE device SET seen_ms = :seen_ms, expires_ms = :expires_ms WHERE id = :id",
    [Q_DEVICE_STATE] = "UPDATE device SET state = :state WHERE id = :id",
    [Q_DEVICE_INVENTORY] =
        "UPDATE device SET manufacturer = :manufacturer, model = :model,"
        " serial = :serial, firmware = :firmware, hardware = :hardware,"
        " software = :software, inventory_id = :inventory, inventory_ms = "
        ":inventory_ms,"
        " problem = :problem WHERE id = :id",
    [Q_DEVICE_INVENTORY_AGAIN] =
        "UPDATE device SET firmware = :firmware, hardware = :hardware,"
        " software = :software, inventory_id = :inventory, inventory_ms = "
        ":inventory_ms,"
        " problem = :problem WHERE id = :id AND manufacturer = :manufacturer"
        " AND model = :model AND serial = :serial",
    [Q_DEVICE_DELETE] = "DELETE FROM device WHERE id = :id",
    [Q_DEVICE_UNFINISHED] =
        "SELECT 1 FROM task WHERE device_id = :id AND (is_active = 1"
        " OR state = 'waiting')",
    [Q_DEVICE_ENDPOINT] = "SELECT endpoint FROM device WHERE id = :id",
    /* Erased, not deleted: the id of the newest must not be used again. */
    [Q_DEVICE_EVENTS_ERASE] =
        "UPDATE event SET device_id = 0, endpoint = '', body = '{}'"
        " WHERE device_id = :id AND device_id > 0",
    [Q_DEVICE_ANSWERS_DELETE] =
        "DELETE FROM answer WHERE endpoint <> ''"
        " AND endpoint = (SELECT endpoint FROM device WHERE id = :id)",
    [Q_DEVICE_TASKS_ERASE] = "UPDATE task SET endpoint = '', detail = '', journal = '' "
                             "WHERE device_id = :id",
    /* What follows names the last that failed. */
    [Q_DEVICE_BRAKES_ERASE] =
        "UPDATE campaign SET detail = substr(detail, 1, instr(detail, '; last: ') - 1)"
        " WHERE id IN (SELECT campaign_id FROM task WHERE device_id = :id)"
        " AND instr(detail, '; last: ') > 0",
    [Q_DEVICE_SAMPLES] = "SELECT plan_id, group_no FROM task"
                         " WHERE device_id = :id AND state = 'excluded'",
    [Q_PLAN_BODY_PUT] = "UPDATE plan SET body = :body WHERE id = :id",
    [Q_PLAN_GROUP_BODY] =
        "SELECT body FROM plan_group WHERE plan_id = :id AND group_no = :group_no",
    [Q_PLAN_GROUP_BODY_PUT] = "UPDATE plan_group SET body = :body"
                              " WHERE plan_id = :id AND group_no = :group_no",
    [Q_DEVICE_KEEP_ID] =
        "INSERT INTO meta VALUES ('device-last-id', :id)"
        " ON CONFLICT DO UPDATE SET value = max(CAST(value AS INTEGER),"
        " CAST(excluded.value AS INTEGER))",
    [Q_DEVICE_LAST_ID] =
        "SELECT max(coalesce((SELECT max(id) FROM device), 0), coalesce("
        " (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'device-last-id'), 0))",
    [Q_DEVICE_GET] = "SELECT " DEVICE_COLUMNS " FROM device WHERE id = :id",
    [Q_DEVICE_BY_ENDPOINT] =
        "SELECT " DEVICE_COLUMNS " FROM device WHERE endpoint = :endpoint",
    [Q_DEVICE_OBJECTS] = "SELECT objects FROM device WHERE id = :id",
    [Q_DEVICE_UP] = "SELECT " DEVICE_COLUMNS " FROM device WHERE true" UP,
    [Q_DEVICE_DOWN] = "SELECT " DEVICE_COLUMNS " FROM device WHERE true" DOWN,
    [Q_DEVICE_LOAD] = "SELECT " REGISTRATION_COLUMNS " FROM device WHERE true" UP,
    [Q_TAG_DELETE] = "DELETE FROM tag WHERE device_id = :device_id",
    [Q_TAG_PUT] =
        "INSERT INTO tag (device_id, name, value) VALUES (:device_id, :name, :value)",
    [Q_TAG_MERGE] =
        "INSERT INTO tag (device_id, name, value) VALUES (:device_id, :name, :value)"
        " ON CONFLICT DO UPDATE SET value = excluded.value"
        " WHERE value <> excluded.value",
    [Q_TAG_DELETE_ONE] =
        "DELETE FROM tag WHERE device_id = :device_id AND name = :name",
    [Q_TAG_HAS] = "SELECT 1 FROM tag WHERE device_id = :device_id AND name = :name",
    [Q_TAG_COUNT] = "SELECT count(*) FROM tag WHERE device_id = :device_id",
    [Q_DEVICE_EXPECT] =
        "INSERT INTO device (id, endpoint, state, location, address, local_address,"
        " port, local_port, scope, lwm2m, binding, queue_mode, root_path, lifetime_s,"
        " registered_ms, seen_ms, expires_ms, created_ms) VALUES (:id, :endpoint,"
        " 'expected', '', '', '', 0, 0, 0, '', '', 0, '/', 0, 0, 0, 0, :created_ms)",
    [Q_TAG_LIST] =
        "SELECT name, value FROM tag WHERE device_id = :device_id ORDER BY name",
    [Q_COMPONENT_PUT] =
        "INSERT INTO component (device_id, name, object, object_id, instance, version,"
        " version_key, state, result, delivery, protocols, has, linked, conflicting,"
        " updated_ms) VALUES (:device_id, :name, :object, :object_id, :instance, "
        ":version,"
        " :version_key, :state, :result, :delivery, :protocols, :has, :linked,"
        " :conflicting, :updated_ms)"
        " ON CONFLICT DO UPDATE SET object = excluded.object,"
        " object_id = excluded.object_id, instance = excluded.instance,"
        " version = excluded.version, version_key = excluded.version_key,"
        " state = excluded.state, result = excluded.result,"
        " delivery = excluded.delivery, protocols = excluded.protocols,"
        " has = excluded.has, linked = excluded.linked,"
        " conflicting = excluded.conflicting, updated_ms = excluded.updated_ms",
    [Q_COMPONENT_PUT_AGAIN] =
        "UPDATE component SET object = :object, object_id = :object_id,"
        " instance = :instance, state = :state, result = :result,"
        " delivery = :delivery, protocols = :protocols, has = :has, linked = :linked,"
        " conflicting = :conflicting, updated_ms = :updated_ms"
        " WHERE device_id = :device_id AND name = :name",
    [Q_COMPONENT_STATE] =
        "UPDATE component SET state = :state, result = :result, updated_ms = :at_ms"
        " WHERE device_id = :device_id AND name = :name",
    [Q_COMPONENT_DELETE] =
        "DELETE FROM component WHERE device_id = :device_id AND name = :name",
    [Q_COMPONENT_LIST] =
        "SELECT " COMPONENT_COLUMNS " FROM component WHERE device_id = :device_id"
        " ORDER BY name",
    [Q_COMPONENT_VERSIONS] =
        "SELECT name, version FROM component WHERE device_id = :device_id",
    [Q_HISTORY_ADD] =
        "INSERT INTO component_version (device_id, id, name, version, at_ms)"
        " VALUES (:device_id, (SELECT coalesce(max(id), 0) + 1 FROM component_version"
        " WHERE device_id = :device_id), :name, :version, :at_ms)",
    [Q_HISTORY_UP] =
        "SELECT id, name, version, at_ms FROM component_version"
        " WHERE device_id = :device_id AND (:name = '' OR name = :name)" UP,
    [Q_HISTORY_DOWN] =
        "SELECT id, name, version, at_ms FROM component_version"
        " WHERE device_id = :device_id AND (:name = '' OR name = :name)" DOWN,
    [Q_INVENTORY_FIND] = "SELECT id FROM inventory WHERE digest = :digest",
    [Q_INVENTORY_ADD] =
        "INSERT INTO inventory (digest, manufacturer, model, hardware, firmware,"
        " problem, body) VALUES (:digest, :manufacturer, :model, :hardware, :firmware,"
        " :problem, :body)"
        " RETURNING id",
    [Q_INVENTORY_COMPONENT_ADD] =
        "INSERT INTO inventory_component (inventory_id, name, object, version)"
        " VALUES (:inventory_id, :name, :object, :version)",
    [Q_INVENTORY_GET] = "SELECT " INVENTORY_COLUMNS " FROM inventory WHERE id = :id",
    [Q_INVENTORY_COMPONENTS] = "SELECT name, object, version FROM inventory_component"
                               " WHERE inventory_id = :id ORDER BY name",
    [Q_BUNDLE_ADD] =
        "INSERT INTO bundle (name, version, vendor, sequence, state, digest, problem,"
        " created_ms, created_by, manifest) VALUES (:name, :version, :vendor, "
        ":sequence,"
        " :state, :digest, :problem, :created_ms, :created_by, :manifest) RETURNING id",
    [Q_BUNDLE_SAME] =
        "SELECT id, digest FROM bundle WHERE name = :name AND version = :version",
    [Q_BUNDLE_STATE] =
        "UPDATE bundle SET state = :state, problem = :problem WHERE id = :id",
    [Q_BUNDLE_PACKAGE_ADD] =
        "INSERT INTO bundle_package (bundle_id, ordinal, component, version, digest,"
        " uri, size_bytes) VALUES (:bundle_id, :ordinal, :component, :version, :digest,"
        " :uri, :size_bytes)",
    [Q_BUNDLE_GET] = "SELECT " BUNDLE_COLUMNS " FROM bundle WHERE id = :id",
    [Q_BUNDLE_BY_NAME] = "SELECT " BUNDLE_COLUMNS " FROM bundle"
                         " WHERE name = :name AND version = :version",
    [Q_BUNDLE_MANIFEST] = "SELECT manifest FROM bundle WHERE id = :id",
    [Q_BUNDLE_UP] = "SELECT " BUNDLE_COLUMNS
                    " FROM bundle WHERE (:state = '' OR state = :state)" UP,
    [Q_BUNDLE_DOWN] = "SELECT " BUNDLE_COLUMNS
                      " FROM bundle WHERE (:state = '' OR state = :state)" DOWN,
    [Q_BUNDLE_PACKAGES] =
        "SELECT b.ordinal, b.component, b.version, b.digest, b.uri, b.size_bytes,"
        " coalesce(p.state, '') AS state FROM bundle_package b"
        " LEFT JOIN package p ON p.digest = b.digest WHERE b.bundle_id = :id"
        " ORDER BY b.ordinal, b.component",
    [Q_BUNDLE_BY_PACKAGE] =
        "SELECT " BUNDLE_COLUMNS " FROM bundle WHERE id IN"
        " (SELECT bundle_id FROM bundle_package WHERE digest = :digest)" UP,
    [Q_BUNDLE_MISSING] =
        "SELECT count(DISTINCT b.digest) FROM bundle_package b"
        " LEFT JOIN package p ON p.digest = b.digest"
        " WHERE b.bundle_id = :id AND b.uri = '' AND coalesce(p.state, '') <> 'ready'",
    [Q_BUNDLE_UNLIKE] =
        "SELECT b.digest, b.size_bytes, p.size_bytes FROM bundle_package b"
        " JOIN package p ON p.digest = b.digest AND p.size_bytes <> b.size_bytes"
        " WHERE b.bundle_id = :id AND b.uri = '' AND p.state = 'ready' LIMIT 1",
    [Q_BUNDLE_DELETE] = "DELETE FROM bundle WHERE id = :id",
    [Q_BUNDLE_PLANS_DELETE] =
        "DELETE FROM plan WHERE rowid IN (SELECT rowid FROM plan"
        " WHERE bundle_id = :id AND NOT EXISTS"
        " (SELECT 1 FROM campaign c WHERE c.plan_id = plan.id) LIMIT :limit)",
    [Q_PACKAGE_PUT] =
        "INSERT INTO package (digest, size_bytes, state, created_ms, wanted_ms)"
        " VALUES (:digest, :size_bytes, :state, :created_ms, :wanted_ms)"
        " ON CONFLICT (digest) DO UPDATE SET size_bytes = excluded.size_bytes,"
        " state = excluded.state, wanted_ms = max(wanted_ms, excluded.wanted_ms)"
        " RETURNING id",
    [Q_PACKAGE_IN_USE] =
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM bundle_package p"
        " JOIN bundle b ON b.id = p.bundle_id"
        " WHERE p.digest = :digest AND b.state <> 'withdrawn')"
        " OR EXISTS (SELECT 1" FROM_UNDER_WAY " AND " NEEDS_PACKAGE ")",
    [Q_PACKAGE_DELETE] = "DELETE FROM package WHERE digest = :digest",
    [Q_PACKAGE_GET] = "SELECT " PACKAGE_COLUMNS " FROM package WHERE digest = :digest",
    [Q_PACKAGE_BY_ID] = "SELECT " PACKAGE_COLUMNS " FROM package WHERE id = :id",
    [Q_PACKAGE_UP] = "SELECT " PACKAGE_COLUMNS
                     " FROM package WHERE (:state = '' OR state = :state)" UP,
    [Q_PACKAGE_DOWN] = "SELECT " PACKAGE_COLUMNS
                       " FROM package WHERE (:state = '' OR state = :state)" DOWN,
    [Q_PLAN_ADD] =
        "INSERT INTO plan (" PLAN_COLUMNS ", body) VALUES (:id, :bundle_id, :bundle,"
        " :query, :components, :fingerprint, :devices, :bytes, :created_ms, "
        ":expires_ms, "
        ":created_by,"
        " :body)",
    [Q_PLAN_GROUP_ADD] =
        "INSERT INTO plan_group (plan_id, " PLAN_GROUP_COLUMNS ", body) VALUES"
        " (:plan_id, :group_no, :inventory_id, :devices, :bytes, :reason, :detail, "
        ":body)",
    [Q_PLAN_COMPONENT_ADD] =
        "INSERT INTO plan_component (plan_id, group_no, " PLAN_COMPONENT_COLUMNS ")"
        " VALUES (:plan_id, :group_no, :stage_no, :component, :from_version, "
        ":to_version,"
        " :digest, :size_bytes)",
    [Q_PLAN_DELETE] = "DELETE FROM plan WHERE id = :id",
    [Q_PLAN_PRUNE] =
        "DELETE FROM plan WHERE rowid IN (SELECT rowid FROM plan WHERE expires_ms > 0"
        " AND expires_ms < :before_ms AND NOT EXISTS"
        " (SELECT 1 FROM campaign c WHERE c.plan_id = plan.id) LIMIT :limit)",
    [Q_PLAN_GET] = "SELECT " PLAN_COLUMNS " FROM plan WHERE id = :id",
    [Q_PLAN_BODY] = "SELECT body FROM plan WHERE id = :id",
    [Q_PLAN_GROUP_PAGE] =
        "SELECT " PLAN_GROUP_COLUMNS " FROM plan_group"
        " WHERE plan_id = :id AND group_no >= :after ORDER BY group_no LIMIT :limit",
    [Q_PLAN_GROUP_GET] = "SELECT " PLAN_GROUP_COLUMNS ", body FROM plan_group"
                         " WHERE plan_id = :id AND group_no = :group_no",
    [Q_PLAN_GROUP_FIND] = "SELECT " PLAN_GROUP_COLUMNS " FROM plan_group"
                          " WHERE plan_id = :id AND inventory_id = :inventory_id",
    [Q_PLAN_COMPONENTS] =
        "SELECT " PLAN_COMPONENT_COLUMNS " FROM plan_component"
        " WHERE plan_id = :id AND group_no = :group_no ORDER BY stage_no, component",
    [Q_CAMPAIGN_PUT] =
        "INSERT INTO campaign (id, name, plan_id, bundle_id, bundle, state, reason,"
        " detail, is_braked, is_first_passed, is_install_given, failures_in_a_row, "
        "ended,"
        " ended_failed, created_ms, started_ms, ended_ms, expires_ms, created_by,"
        " approved_by, revision, policy) VALUES (:id, :name, :plan_id, :bundle_id, "
        ":bundle, "
        ":state, "
        ":reason,"
        " :detail, :is_braked, :is_first_passed, :is_install_given, :failures_in_a_row,"
        " :ended, :ended_failed, :created_ms, :started_ms, :ended_ms, :expires_ms,"
        " :created_by, :approved_by, :revision, coalesce(:policy, '{}'))"
        " ON CONFLICT (id) DO UPDATE SET name = iif(:is_edit, excluded.name, name),"
        " plan_id = excluded.plan_id, bundle_id = excluded.bundle_id,"
        " bundle = excluded.bundle, state = excluded.state, reason = excluded.reason,"
        " detail = excluded.detail, is_braked = excluded.is_braked,"
        " is_first_passed = excluded.is_first_passed,"
        " is_install_given = excluded.is_install_given,"
        " failures_in_a_row = excluded.failures_in_a_row, ended = excluded.ended,"
        " ended_failed = excluded.ended_failed, started_ms = excluded.started_ms,"
        " ended_ms = excluded.ended_ms, expires_ms = excluded.expires_ms,"
        " approved_by = iif(:is_edit, excluded.approved_by, approved_by),"
        " revision = iif(:is_edit, excluded.revision, revision),"
        " policy = coalesce(:policy, policy)",
    [Q_CAMPAIGN_REVISION] = "SELECT revision FROM campaign WHERE id = :id",
    [Q_CAMPAIGN_GET] = "SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE id = :id",
    [Q_CAMPAIGN_POLICY] = "SELECT policy FROM campaign WHERE id = :id",
    [Q_CAMPAIGN_UP] = "SELECT " CAMPAIGN_COLUMNS " FROM campaign"
                      " WHERE (:state = '' OR state = :state)" UP,
    [Q_CAMPAIGN_DOWN] = "SELECT " CAMPAIGN_COLUMNS " FROM campaign"
                        " WHERE (:state = '' OR state = :state)" DOWN,
    [Q_CAMPAIGN_ACTIVE] = "SELECT " CAMPAIGN_COLUMNS FROM_UNDER_WAY UP,
    [Q_CAMPAIGN_BY_PACKAGE] =
        "SELECT " CAMPAIGN_COLUMNS FROM_UNDER_WAY " AND " NEEDS_PACKAGE UP,
    [Q_CAMPAIGN_BY_BUNDLE] =
        "SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE bundle_id = :bundle_id"
        " ORDER BY state IN ('draft', 'aborted', 'finished'), id LIMIT 1",
    [Q_CAMPAIGN_MISSING] =
        "SELECT n.digest FROM campaign c JOIN plan_component n ON n.plan_id = c.plan_id"
        " WHERE c.id = :id AND n.digest <> '' AND NOT EXISTS (SELECT 1 FROM package p"
        " WHERE p.digest = n.digest AND p.state = 'ready')"
        " AND NOT EXISTS (SELECT 1 FROM bundle_package b"
        " WHERE b.digest = n.digest AND b.uri <> '') LIMIT 1",
    [Q_CAMPAIGN_DELETE] = "DELETE FROM campaign WHERE id = :id"
                          " AND state IN ('draft', 'aborted', 'finished')",
    [Q_CAMPAIGN_KEEP_ID] =
        "INSERT INTO meta VALUES ('campaign-last-id', :id)"
        " ON CONFLICT DO UPDATE SET value = max(CAST(value AS INTEGER),"
        " CAST(excluded.value AS INTEGER))",
    [Q_CAMPAIGN_PLAN_LEAVE] = "UPDATE plan SET expires_ms = 1 WHERE expires_ms = 0"
                              " AND id = (SELECT plan_id FROM campaign WHERE id = :id)",
    [Q_CAMPAIGN_LAST_ID] =
        "SELECT max(coalesce((SELECT max(id) FROM campaign), 0), coalesce("
        " (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'campaign-last-id'), "
        "0))",
    [Q_GONE_ADD] = "INSERT INTO campaign_gone (id) VALUES (:id)",
    [Q_GONE_FIRST] = "SELECT id FROM campaign_gone ORDER BY id LIMIT 1",
    [Q_GONE_DELETE] = "DELETE FROM campaign_gone WHERE id = :campaign_id",
    [Q_GONE_TASKS] =
        "SELECT id FROM task WHERE campaign_id = :campaign_id LIMIT :limit",
    [Q_GONE_TASK] = "DELETE FROM task WHERE id = :id",
    [Q_GONE_COMPONENTS] = "DELETE FROM task_component WHERE task_id = :id",
    [Q_GONE_PLANS] = "DELETE FROM plan WHERE id > 't' || :id || '-'"
                     " AND id < 't' || :id || '.'",
    [Q_GONE_EVENTS] = "DELETE FROM event WHERE id IN (SELECT id FROM event"
                      " WHERE campaign_id = :campaign_id AND campaign_id > 0"
                      " AND (actor = 'system' OR actor = 'device')"
                      " AND id < (SELECT max(id) FROM event) LIMIT :limit)",
    [Q_GONE_ROLLUP] =
        "DELETE FROM rollup_minute WHERE campaign_id = :campaign_id"
        " AND minute <= coalesce((SELECT minute FROM rollup_minute"
        " WHERE campaign_id = :campaign_id ORDER BY minute LIMIT 1 OFFSET :limit),"
        " 9223372036854775807)",
    [Q_GONE_TASK_COUNT] = "DELETE FROM task_count WHERE campaign_id = :campaign_id",
    [Q_GONE_COMPONENT_COUNT] =
        "DELETE FROM component_count WHERE campaign_id = :campaign_id",
    [Q_GONE_REASON_COUNT] = "DELETE FROM reason_count WHERE campaign_id = :campaign_id",
    [Q_GONE_BYTES] = "DELETE FROM campaign_bytes WHERE campaign_id = :campaign_id",
    [Q_CAMPAIGN_CUT] =
        "UPDATE campaign SET cut_after_id = :after, is_cut = :is_cut WHERE id = :id",
    [Q_CAMPAIGN_OVERLAPS] =
        "SELECT o.campaign_id, count(*) AS devices FROM task t"
        " JOIN task o ON o.device_id = t.device_id AND o.is_active = 1"
        " WHERE t.campaign_id = :id AND t.state = 'waiting' AND t.waiting_for = "
        "'campaign'"
        " GROUP BY o.campaign_id ORDER BY o.campaign_id",
    [Q_TASK_ADD] =
        "INSERT INTO task (campaign_id, device_id, endpoint, group_no, plan_id,"
        " state, is_active, waiting_for, since_ms, next_at_ms, deadline_ms, stage_no,"
        " tries, replans, reason, detail, action, action_ms, journal, started_ms,"
        " ended_ms) VALUES (:campaign_id, :device_id, :endpoint, :group_no, :plan_id,"
        " :state, :is_active, :waiting_for, :since_ms, :next_at_ms, :deadline_ms,"
        " :stage_no, :tries, :replans, :reason, :detail, :action, :action_ms, :journal,"
        " :started_ms, :ended_ms) ON CONFLICT (device_id, campaign_id) DO NOTHING",
    [Q_TASK_PUT] = "UPDATE task SET " TASK_PUT_COLUMNS
                   " WHERE id = :id AND is_active = :is_active",
    [Q_TASK_PUT_ACTIVE] = "UPDATE task SET is_active = :is_active,"
                          " " TASK_PUT_COLUMNS " WHERE id = :id",
    [Q_TASK_COMPONENT_PUT] =
        "UPDATE task_component SET stage_no = :stage_no, instance = :instance,"
        " state = :state, from_version = :from_version, to_version = :to_version,"
        " target_version = :target_version, digest = :digest,"
        " delivered_digest = :delivered_digest, total_bytes = :total_bytes,"
        " sent_bytes = :sent_bytes, result = :result, reason = :reason,"
        " updated_ms = :updated_ms WHERE task_id = :task_id AND component = :component",
    [Q_TASK_COMPONENT_NEW] =
        "INSERT INTO task_component (task_id, campaign_id,"
        " " TASK_COMPONENT_COLUMNS ") VALUES (:task_id,"
        " (SELECT campaign_id FROM task WHERE id = :task_id), :component, :stage_no,"
        " :instance, :state, :from_version, :to_version, :target_version, :digest,"
        " :delivered_digest, :total_bytes, :sent_bytes, :result, :reason, :updated_ms)",
    [Q_TASK_COMPONENT_ADD] =
        "INSERT INTO task_component (task_id, "
        "campaign_id, " TASK_COMPONENT_COLUMNS ")"
        " VALUES (:task_id, :campaign_id, :component, :stage_no, coalesce((SELECT "
        "instance"
        " FROM component WHERE device_id = :device_id AND name = :component), 0),"
        " 'pending', :from_version, :to_version, :target_version, :digest, '',"
        " :total_bytes, 0, -1, '', :updated_ms)",
    [Q_TASK_COMPONENT_LEAVE] =
        "UPDATE task_component SET state = 'unchanged', updated_ms = :at_ms"
        " WHERE task_id = :task_id AND state = 'pending'",
    [Q_TASK_MOVE_FIND] =
        "SELECT id FROM task WHERE campaign_id = :campaign_id AND state = 'waiting'"
        " AND waiting_for = :waiting_for AND started_ms = 0 ORDER BY id LIMIT :limit",
    [Q_TASK_MOVE_FIND_ANY] =
        "SELECT id FROM task WHERE campaign_id = :campaign_id AND state = 'waiting'"
        " LIMIT :limit",
    [Q_TASK_MOVE] =
        "UPDATE task SET state = :state, waiting_for = :waiting_for,"
        " is_active = :state = 'waiting', reason = :reason, detail = :detail,"
        " since_ms = :at_ms, next_at_ms = 0, deadline_ms = 0, action = '', action_ms = "
        "0,"
        " ended_ms = iif(:state = 'waiting', 0, :at_ms) WHERE id = :id",
    [Q_TASK_PROMOTE_FIND] =
        "SELECT id, device_id FROM task WHERE campaign_id = :campaign_id"
        " AND state = 'waiting' AND waiting_for = 'campaign'" UP,
    [Q_TASK_PROMOTE_FIND_DEVICE] =
        "SELECT id, device_id FROM task WHERE device_id = :device_id"
        " AND state = 'waiting' AND waiting_for = 'campaign'" UP,
    [Q_TASK_PROMOTE] = "UPDATE task SET is_active = 1, waiting_for = "
                       ":waiting_for, since_ms = :at_ms"
                       " WHERE id = :id AND NOT EXISTS (SELECT 1 FROM task o"
                       " WHERE o.device_id = :device_id AND (o.is_active = 1"
                       " OR (o.id < :id AND o.state = 'waiting')))",
    [Q_TASK_DEVICE_BUSY] =
        "SELECT 1 FROM task WHERE device_id = :device_id AND is_active = 1",
    [Q_TASK_GET] = "SELECT " TASK_COLUMNS " FROM task WHERE id = :id",
    [Q_TASK_OF_DEVICE] = "SELECT " TASK_COLUMNS " FROM task"
                         " WHERE campaign_id = :campaign_id AND device_id = :device_id",
    [Q_TASK_ACTIVE] = "SELECT " TASK_COLUMNS
                      " FROM task WHERE device_id = :device_id AND is_active = 1",
    [Q_TASK_COMPONENTS] = "SELECT " TASK_COMPONENT_COLUMNS " FROM task_component"
                          " WHERE task_id = :task_id ORDER BY component",
    [Q_TASK_WALK] =
        "SELECT t.id," WALK_HIT " FROM task t"
        " WHERE t.campaign_id = :campaign_id AND t.id > :after ORDER BY t.id",
    [Q_TASK_WALK_STATE] =
        "SELECT t.id," WALK_HIT " FROM task t WHERE t.campaign_id = :campaign_id"
        " AND t.state = :state AND t.waiting_for = :waiting_for AND t.id > :after"
        " ORDER BY t.id",
    [Q_TASK_WALK_COMPONENT] =
        "SELECT t.id," WALK_HIT " FROM task_component w CROSS JOIN task t"
        " ON t.id = w.task_id WHERE w.campaign_id = :campaign_id"
        " AND w.component = :component AND w.state = :component_state"
        " AND w.state <> 'pending'"
        " AND w.task_id > :after ORDER BY w.task_id",
    [Q_TASK_WALK_DEVICE] =
        "SELECT t.id," WALK_HIT " FROM task t"
        " WHERE t.device_id = :device_id AND t.id > :after ORDER BY t.id",
    [Q_TASK_RUNNING] = "SELECT " TASK_COLUMNS " FROM task WHERE"
                       " is_active = 1 AND waiting_for = ''" UP,
    [Q_TASK_NEXT] = "SELECT " TASK_COLUMNS " FROM task WHERE campaign_id = :campaign_id"
                    " AND state = 'waiting' AND waiting_for = :waiting_for" UP,
    [Q_TASK_DUE] = "SELECT " TASK_COLUMNS " FROM task WHERE campaign_id = :campaign_id"
                   " AND state = 'waiting' AND is_active = 1 AND next_at_ms > 0"
                   " AND next_at_ms <= :wall_ms ORDER BY next_at_ms LIMIT :limit",
    [Q_TASK_LATE] = "SELECT " TASK_COLUMNS " FROM task WHERE campaign_id = :campaign_id"
                    " AND state = 'waiting' AND is_active = 1 AND deadline_ms > 0"
                    " AND deadline_ms <= :wall_ms ORDER BY deadline_ms LIMIT :limit",
    [Q_ATTEMPT_ADD] =
        "INSERT INTO attempt (device_id, digest, executes, last_ms, blocked)"
        " VALUES (:device_id, :digest, 1, :last_ms, :blocked)"
        " ON CONFLICT DO UPDATE SET executes = executes + 1,"
        " last_ms = excluded.last_ms RETURNING executes",
    [Q_ATTEMPT_BLOCK] =
        "INSERT INTO attempt (device_id, digest, executes, last_ms, blocked)"
        " VALUES (:device_id, :digest, 0, :last_ms, :blocked)"
        " ON CONFLICT DO UPDATE SET blocked = excluded.blocked",
    [Q_ATTEMPT_CLEAR] = "DELETE FROM attempt WHERE device_id = :device_id"
                        " AND (:digest = '' OR digest = :digest)",
    [Q_ATTEMPT_GET] = "SELECT " ATTEMPT_COLUMNS " FROM attempt"
                      " WHERE device_id = :device_id AND digest = :digest",
    [Q_ATTEMPT_LIST] =
        "SELECT " ATTEMPT_COLUMNS " FROM attempt WHERE device_id = :device_id"
        " ORDER BY digest",
    [Q_EVENT_ADD] =
        "INSERT INTO event (at_ms, kind, name, actor, campaign_id, device_id, endpoint,"
        " body) VALUES (:at_ms, :kind, :name, :actor, :campaign_id, :device_id, "
        ":endpoint,"
        " :body)",
    [Q_EVENT_LOOK] =
        "SELECT max(id), total(at_ms >= :before_ms AND at_ms <= :now_ms) FROM"
        " (SELECT id, at_ms FROM event WHERE id > :after ORDER BY id LIMIT :limit)",
    [Q_EVENT_PRUNE] = "DELETE FROM event WHERE id > :after AND id <= :last"
                      " AND (at_ms < :before_ms OR id <= :before_id)"
                      " AND id < (SELECT max(id) FROM event)",
    [Q_EVENT_GET] = "SELECT " EVENT_COLUMNS " FROM event WHERE id = :id",
    [Q_EVENT_UP] = "SELECT id, " WANTED_KIND " FROM event"
                   " WHERE id > :after ORDER BY id",
    [Q_EVENT_CAMPAIGN_UP] =
        "SELECT id, " WANTED_KIND " FROM event"
        " WHERE campaign_id = :campaign_id AND campaign_id > 0 AND id > :after"
        " ORDER BY id",
    [Q_EVENT_DEVICE_UP] =
        "SELECT id, (" WANTED_KIND ")"
        " AND (:campaign_id = 0 OR campaign_id = :campaign_id) FROM event"
        " WHERE device_id = :device_id AND device_id > 0 AND id > :after"
        " ORDER BY id",
    [Q_EVENT_DOWN] = "SELECT id, " WANTED_KIND " FROM event"
                     " WHERE id < :after ORDER BY id DESC",
    [Q_EVENT_CAMPAIGN_DOWN] =
        "SELECT id, " WANTED_KIND " FROM event"
        " WHERE campaign_id = :campaign_id AND campaign_id > 0 AND id < :after"
        " ORDER BY id DESC",
    [Q_EVENT_DEVICE_DOWN] =
        "SELECT id, (" WANTED_KIND ")"
        " AND (:campaign_id = 0 OR campaign_id = :campaign_id) FROM event"
        " WHERE device_id = :device_id AND device_id > 0 AND id < :after"
        " ORDER BY id DESC",
    [Q_EVENT_RANGE] = "SELECT coalesce((SELECT min(id) FROM event), 0),"
                      " coalesce((SELECT max(id) FROM event), 0)",
    [Q_EXAMPLE_MANUFACTURER] = EXAMPLE_OF_INVENTORY("manufacturer"),
    [Q_EXAMPLE_HARDWARE] = EXAMPLE_OF_INVENTORY("hardware"),
    [Q_EXAMPLE_MODEL] = "SELECT min(model) FROM device"
                        " WHERE model <> '' AND model > :after",
    [Q_EXAMPLE_TAG] = "SELECT min(name) FROM tag INDEXED BY tag_by_value"
                      " WHERE name > :after",
    [Q_EXAMPLE_TAG_VALUE] = "SELECT min(value) FROM tag INDEXED BY tag_by_value"
                            " WHERE name = :name AND value > :after",
    [Q_EXAMPLE_COMPONENT] = EXAMPLE_OF_COMPONENT("name", ""),
    [Q_EXAMPLE_VERSION] = EXAMPLE_OF_COMPONENT("version", "name = :name AND "),
    [Q_EVENT_OWN_UP] =
        "SELECT id, " WANTED_KIND " FROM event INDEXED BY event_of_campaign"
        " WHERE campaign_id = :campaign_id AND kind = 'campaign'"
        " AND id > :after ORDER BY id",
    [Q_EVENT_OWN_DOWN] =
        "SELECT id, " WANTED_KIND " FROM event INDEXED BY event_of_campaign"
        " WHERE campaign_id = :campaign_id AND kind = 'campaign'"
        " AND id < :after ORDER BY id DESC",
    [Q_EVENT_PEOPLE_UP] =
        "SELECT id, " WANTED_KIND " FROM event INDEXED BY event_by_people"
        " WHERE actor <> 'system' AND actor <> 'device' AND id > :after ORDER BY id",
    [Q_EVENT_PEOPLE_DOWN] =
        "SELECT id, " WANTED_KIND " FROM event INDEXED BY event_by_people"
        " WHERE actor <> 'system' AND actor <> 'device' AND id < :after"
        " ORDER BY id DESC",
    [Q_COUNT_DEVICES] = "SELECT '' AS key, state AS word, n FROM device_count WHERE n "
                        "<> 0 ORDER BY state",
    [Q_COUNT_TASKS] =
        "SELECT waiting_for AS key, state AS word, n FROM task_count"
        " WHERE campaign_id = :campaign_id AND n <> 0 ORDER BY state, waiting_for",
    [Q_COUNT_TASKS_ALL] =
        "SELECT waiting_for AS key, state AS word, sum(n) AS n FROM task_count"
        " GROUP BY state, waiting_for HAVING sum(n) <> 0 ORDER BY state, waiting_for",
    [Q_COUNT_COMPONENTS] =
        "SELECT component AS key, state AS word, n FROM component_count"
        " WHERE campaign_id = :campaign_id AND n <> 0 ORDER BY component, state",
    [Q_COUNT_REASONS] =
        "SELECT reason AS key, state AS word, n FROM reason_count"
        " WHERE campaign_id = :campaign_id AND n <> 0 ORDER BY reason, state",
    [Q_CAMPAIGN_BYTES] = "SELECT total_bytes, sent_bytes FROM campaign_bytes"
                         " WHERE campaign_id = :campaign_id",
    [Q_ROLLUP_PAGE] = "SELECT minute, component, state, change FROM rollup_minute"
                      " WHERE campaign_id = :campaign_id AND minute >= :from_minute"
                      " ORDER BY minute, component, state LIMIT :limit",
    [Q_TALLY_DEVICE] = "INSERT INTO device_count (state, n) VALUES (:word, :n)"
                       " ON CONFLICT DO UPDATE SET n = n + excluded.n",
    [Q_TALLY_VERSION] = "INSERT INTO version_count (component, version, n)"
                        " VALUES (:key, :word, :n)"
                        " ON CONFLICT DO UPDATE SET n = n + excluded.n",
    [Q_TALLY_VERSION_GONE] = "DELETE FROM version_count"
                             " WHERE component = :key AND version = :word AND n = 0",
    [Q_TALLY_REGISTRATION] =
        "INSERT INTO registration_minute (place, minute, n)"
        " VALUES (:minute % 1440, :minute, :n) ON CONFLICT DO UPDATE"
        " SET n = iif(minute = excluded.minute, n, 0) + excluded.n,"
        " minute = excluded.minute WHERE minute <= excluded.minute",
    [Q_VERSION_MIX] = "SELECT component, version, n AS devices FROM version_count"
                      " ORDER BY component, version LIMIT :limit",
    [Q_REGISTRATIONS] = "SELECT minute, n AS devices FROM registration_minute"
                        " WHERE minute >= :from_minute",
    [Q_TALLY_TASK] = "INSERT INTO task_count (campaign_id, state, waiting_for, n)"
                     " VALUES (:campaign_id, :word, :key, :n)"
                     " ON CONFLICT DO UPDATE SET n = n + excluded.n",
    [Q_TALLY_COMPONENT] =
        "INSERT INTO component_count (campaign_id, component, state, n)"
        " VALUES (:campaign_id, :key, :word, :n)"
        " ON CONFLICT DO UPDATE SET n = n + excluded.n",
    [Q_TALLY_REASON] = "INSERT INTO reason_count (campaign_id, reason, state, n)"
                       " VALUES (:campaign_id, :key, :word, :n)"
                       " ON CONFLICT DO UPDATE SET n = n + excluded.n",
    [Q_TALLY_BYTES] =
        "INSERT INTO campaign_bytes (campaign_id, total_bytes, sent_bytes) VALUES"
        " (:campaign_id, iif(:word = 'total', :n, 0), iif(:word = 'sent', :n, 0))"
        " ON CONFLICT DO UPDATE SET total_bytes = total_bytes + excluded.total_bytes,"
        " sent_bytes = sent_bytes + excluded.sent_bytes",
    [Q_TALLY_ROLLUP] =
        "INSERT INTO rollup_minute (campaign_id, minute, component, state, change)"
        " VALUES (:campaign_id, :minute, :key, :word, :n)"
        " ON CONFLICT DO UPDATE SET change = change + excluded.change",
};
