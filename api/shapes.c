/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes.h"

#include <string.h>

#include "store/words.h"

/* clang-format off */
const struct shape shapes[] = {
    { "Problem",
      "type:text title:text status:int(400..599) detail?:text position?:int(1..) progress?:Progress campaign?:id "
      "rows?:int failed?:int errors?:[ImportError] coap_code?:text",
      "{\"type\":\"/problems/invalid-query\",\"title\":\"Invalid query\",\"status\":400,\"detail\":\"unknown field "
      "'modle' at position 1; did you mean 'model'?\",\"position\":1}" },
    { "ProblemMeaning", "title:text status:int(400..599) meaning:text", NULL },
    { "Health", "status:ok|core-late|storage-full", NULL },
    { "Principal", "name:text role:" WORDS_ROLE, NULL },
    { "Status",
      "version:text status:ok|core-late|storage-full started_at:time now:time principal:Principal devices:{int} "
      "tasks:{int} store_queue:int peers:int stuck_tasks:int", NULL },
    { "VersionCount", "version:text devices:int", NULL },
    { "ComponentVersions", "component:text versions:[VersionCount]", NULL },
    { "MinuteCount", "minute:time devices:int", NULL },
    { "Fleet", "components:[ComponentVersions] is_cut:bool registrations:[MinuteCount]", NULL },
    { "Count", "count:int at_least:bool next:text,null", NULL },

    { "Device",
      "id:id endpoint:text state:" WORDS_DEVICE_STATE " manufacturer?:text "
      "model?:text serial?:text firmware?:text hardware?:text software?:text lwm2m?:text binding?:text "
      "queue_mode:bool lifetime_s:int location?:text root_path?:text address?:text port?:int(0..65535) "
      "local_address?:text local_port?:int(0..65535) registered_at?:time seen_at?:time expires_at?:time "
      "created_at?:time inventory_id?:id inventory_at?:time problem?:text objects?:text profile?:text "
      "end_of_support?:date components?:[Component] tags?:{text}", NULL },
    { "Component",
      "component:text role?:text processor?:text version:text "
      "state:" WORDS_COMPONENT_STATE " result:int(0..255) object:text object_id:int instance:int "
      "delivery?:push|pull|both protocols?:[int] linked?:[int] conflicting?:[int] updated_at?:time", NULL },
    { "DeviceComponents", "endpoint:text inventory_at?:time problem?:text components:[Component]", NULL },
    { "DeviceProfile",
      "endpoint:text profile:text,null from?:file|operator updated_at?:time updated_by?:text values:[ProfileValue] components:[ComponentValues]", NULL },
    { "ProfileValue", "key:text value:any from:default|file|operator", NULL },
    { "ComponentValues", "component:text values:[ProfileValue]", NULL },
    { "NewDevice", "endpoint:text tags?:{text}",
      "{\"endpoint\":\"urn:imei:490154203237518\",\"tags\":{\"site\":\"north\"}}" },
    { "DevicePatch", "tags:{text,null}", "{\"tags\":{\"site\":\"south\",\"lab\":null}}" },
    { "ImportError", "line:int(1..) reason:text", NULL },
    { "Import", "rows:int created:int updated:int failed:int errors:[ImportError]", NULL },
    { "ComponentVersion", "component:text version:text at:time", NULL },
    { "Attempt", "sha256:sha256 component?:text version?:text executes:int last_at?:time blocked?:text", NULL },
    { "Accepted", "endpoint:text", NULL },
    { "Resource", "path:text coap_code:text values?:[ResourceRead]", NULL },
    { "ResourceRead",
      "path:text type:none|integer|unsigned|float|boolean|string|opaque|objlnk|time|too-long value:any", NULL },
    { "ResourceValue",
      "value:text,number,bool type?:integer|unsigned|float|boolean|string|opaque|objlnk|time",
      "{\"value\":80,\"type\":\"integer\"}" },
    { "ResourceArguments", "arguments?:text", "{\"arguments\":\"0='now'\"}" },
    { "Trace", "endpoint:text items:[Exchange] next:null", NULL },
    { "Exchange",
      "at:time from:device|server method:text path:text "
      "outcome:received|notified|answered|served|under-way|unsure|timed-out|reset|unreachable|canceled|no-package|broken|busy "
      "request_bytes:int code?:text bytes?:int observe?:bool final?:bool blocks?:int(1..) repeats?:int(1..) "
      "blockwise?:bool total_bytes?:int block_bytes?:int(16..1024) last_block?:int bytes_per_s?:int took_ms?:int", NULL },
    { "QueryField", "field:text type:text|version|time|number|bool operators:[text] wildcards:bool sortable:bool values:[text]", NULL },

    { "Profile", "name:text manufacturer?:text model?:text updated_at?:time updated_by?:text profile?:ProfileBody", NULL },
    { "ProfileBody",
      "name:text manufacturer?:text model?:text,[text] version?:text components?:[ProfileComponent] "
      "updating_max_s?:int(1..2592000) block_bytes?:int(16..1024) "
      "quirks?:[push-only|pull-only|no-observe|no-cancel|keeps-version] end_of_support?:date algorithms?:any "
      "key_ids?:any energy?:any notes?:any",
      "{\"name\":\"gw-100\",\"manufacturer\":\"Example\",\"model\":\"GW-100\",\"components\":[{\"name\":\"radio\","
      "\"role\":\"modem\",\"updating_max_s\":900}]}" },
    { "ProfileComponent",
      "name:text role?:bootloader|secure|application|modem object?:int(0..65534) instance?:int(0..65534) "
      "processor?:text slots?:[text] slot_bytes?:int(1..) formats?:[text] updating_max_s?:int(1..2592000)", NULL },

    { "Manifest",
      "name:text version:text vendor?:text sequence?:int applies_to:AppliesTo atomic?:required|best-effort "
      "severity?:critical|mandatory|optional notes?:text packages:[ManifestPackage]",
      "{\"name\":\"gateway\",\"version\":\"2026.11\",\"vendor\":\"example.com\",\"sequence\":42,\"applies_to\":"
      "{\"manufacturer\":\"Example\",\"model\":[\"GW-100\"]},\"packages\":[{\"component\":\"radio\",\"version\":"
      "\"7.2\",\"file\":\"radio.bin\",\"size\":98304,\"sha256\":"
      "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\",\"installs_over\":\">=6\"}]}" },
    { "AppliesTo", "manufacturer:text model:text,[text] hardware?:text", NULL },
    { "ManifestPackage",
      "component?:text version?:text provides?:{text} installs_over:any file?:text uri?:text size:int(1..) "
      "sha256:sha256 requires?:{text} conflicts?:{text} together_with?:[text] stepping_stone?:bool reversible?:bool "
      "format?:text content_type?:any compression?:text installed_bytes?:int slot?:any conditions?:any vendor?:text "
      "verify?:version|result notes?:text", NULL },
    { "Bundle",
      "id:id bundle:text name:text version:text vendor?:text sequence:int "
      "state:" WORDS_BUNDLE_STATE " problem?:text sha256?:sha256 created_at?:time created_by?:text "
      "packages?:[BundlePackage]", NULL },
    { "BundlePackage",
      "package:int component:text version:text sha256?:sha256 uri?:text size:int state:" WORDS_PACKAGE_STATE "|elsewhere", NULL },
    { "Package", "sha256:sha256 size:int state:" WORDS_PACKAGE_STATE " created_at?:time", NULL },
    { "Upload", "sha256:sha256 state:text offset:int", NULL },

    { "NewPlan", "bundle:text q:text components?:[text]",
      "{\"bundle\":\"gateway@2026.11\",\"q\":\"model==GW-100;tag.site==north\"}" },
    { "Plan",
      "id:text bundle:text q:text components?:[text] created_at:time expires_at?:time fingerprint?:text devices:int "
      "bytes:int excluded_devices:int unregistered_devices:int groups:[PlanGroup] excluded:[PlanExclusion]", NULL },
    { "PlanGroup",
      "inventory_id:id devices:int bytes:int inventory:{text} profile?:text end_of_support?:date up_to_date:bool "
      "detail?:text stages:[PlanStage]", NULL },
    { "PlanExclusion",
      "inventory_id:id devices:int bytes:int inventory:{text} profile?:text end_of_support?:date reason:text "
      "detail?:text sample:[text]", NULL },
    { "PlanStage", "components:[PlanChange] atomic:bool reason?:text", NULL },
    { "PlanChange",
      "component:text role?:text processor?:text from:text to:text bytes:int sha256?:sha256 with?:text bundle?:text package:int", NULL },

    { "Policy",
      "in_flight?:int(1..100000) delivery?:auto|push|pull install?:at-once|hold approval?:bool severity?:as-bundle|critical|mandatory|optional "
      "min_battery_pct?:int(0..100) max_defer_s?:int(-1..2147483647) expires_after_s?:int(1..315360000) brake?:Brake "
      "retry?:Retries timers?:Timers",
      "{\"in_flight\":200,\"brake\":{\"first\":5,\"failures_in_a_row\":3,\"failure_pct\":2}}" },
    { "Brake",
      "first?:int(0..1000000) failures_in_a_row?:int(0..1000000) failure_pct?:number min_sample?:int(1..1000000)", NULL },
    { "Retries", "transient?:Retry integrity?:Retry server?:Retry conflict?:Retry update?:Retry", NULL },
    { "Retry", "max?:int(0..100) backoff_s?:number backoff_max_s?:number", NULL },
    { "Timers",
      "stall_s?:number poll_s?:number updating_s?:number condition_s?:number defer_s?:number "
      "not_returned_lifetimes?:int(2..1000)", NULL },

    { "NewCampaign", "name?:text plan?:text bundle?:text q?:text components?:[text] policy?:Policy",
      "{\"bundle\":\"gateway@2026.11\",\"q\":\"tag.site==north\",\"policy\":{\"in_flight\":200}}" },
    { "Campaign",
      "id:id name:text state:" WORDS_CAMPAIGN_STATE " bundle:text plan:text braked:bool reason?:text detail?:text "
      "first_passed:bool install_given:bool failures_in_a_row:int brake_ended:int brake_failed:int devices:int ended:int tasks:{int} created_at?:time "
      "started_at?:time ended_at?:time expires_at?:time created_by?:text approved_by?:text policy?:Policy,null components?:[text] "
      "q?:text overlaps?:[Overlap] retry?:Retried", NULL },
    { "CampaignPatch", "name?:text policy?:any", "{\"name\":\"north, slowly\",\"policy\":{\"in_flight\":20,\"retry\":null}}" },
    { "Overlap", "campaign:id devices:int sample?:[text]", NULL },
    { "Retried", "retried:int blocked:int busy:int deleted:int needs_attention:int", NULL },
    { "Progress",
      "campaign:id state:" WORDS_CAMPAIGN_STATE " braked:bool reason?:text detail?:text devices:int ended:int tasks:{int} "
      "waiting_for:{int} components:{{int}} reasons:[ReasonCount] bytes:Bytes started_at?:time ended_at?:time "
      "estimated_end_at?:time", NULL },
    { "ReasonCount", "state:text reason:text devices:int", NULL },
    { "Bytes", "total:int sent:int left:int", NULL },
    { "Change", "minute:time component?:text state:text change:int", NULL },
    { "Task",
      "id:id campaign:id endpoint:text state:" WORDS_TASK_STATE " waiting_for?:" WORDS_WAITING_FOR " "
      "waiting_for_campaign?:id reason?:text detail?:text since?:time next_at?:time deadline_at?:time active:bool plan?:text group:int stage:int tries:int action?:text "
      "started_at?:time ended_at?:time components?:[TaskComponent]", NULL },
    { "TaskComponent",
      "component:text role?:text processor?:text state:" WORDS_TASK_COMPONENT_STATE " from:text "
      "to:text target:text reason?:text result?:int(0..255) stage:int instance:int sha256?:sha256 bytes_total:int "
      "bytes_sent:int updated_at?:time", NULL },

    /* "Event" is made from the kinds of store/event_kinds.h. */
    { "EventKinds", "common:{any} items:[EventKind]", NULL },
    { "EventKind", "kind:text description:text events:[text] fields:{any}", NULL },

    { "NewWebhook", "name:text url:text secret?:text kinds?:[text] campaign?:id enabled?:bool",
      "{\"name\":\"chat\",\"url\":\"https://hooks.example.com/lockstep\",\"kinds\":[\"campaign\"]}" },
    { "WebhookPatch", "name?:text url?:text secret?:text,null kinds?:[text],null campaign?:id,null enabled?:bool,null",
      "{\"enabled\":false,\"campaign\":null}" },
    { "Webhook",
      "name:text url:text kinds:[text] campaign?:id enabled:bool created_at?:time created_by?:text "
      "done_event_id:id secret?:text", NULL },
    { "Delivery",
      "event_id:id at:time took_ms:int status:int(0..999) tries:int done:bool error?:text", NULL },

    { "NewToken", "name:text role:" WORDS_ROLE " expires_s?:int(1..316224000) expires_at?:time",
      "{\"name\":\"ci\",\"role\":\"operator\",\"expires_s\":7776000}" },
    { "Token", "name:text role:" WORDS_ROLE " created_at?:time expires_at?:time created_by?:text token?:text", NULL },
};

const size_t shape_count = sizeof shapes / sizeof shapes[0];

static const struct shape_parameter parameters[] = {
    { "action", "/v1/campaigns/{id}/tasks/{endpoint}/{action}", "cancel|retry|skip", "what to do" },
    { "action", "/v1/campaigns/{id}/{action}", "start|pause|resume|abort|install|release|retry", "what to do" },
    { "cursor", "/v1/campaigns/{id}/chart", "int(0..)", "'next' of the page before" },
    { "limit", "/v1/campaigns/{id}/chart", "int(1..2000)", "rows at most, of whole minutes" },
    { "bundle", NULL, "text", "name@version, or the id" },
    { "campaign", NULL, "int(1..)", "only of this campaign" },
    { "component", NULL, "text", "only of this component" },
    { "component_state", NULL, WORDS_TASK_COMPONENT_STATE, "with component: only where it is in this state" },
    { "count", NULL, "bool", "true: how many there are" },
    { "cursor", NULL, "text", "'next' of the page before" },
    { "device", NULL, "text", "only of the device with this endpoint" },
    { "endpoint", NULL, "text", "name of the device, percent-encoded" },
    { "id", NULL, "text", "as the answer of POST has it" },
    { "include", NULL, "text", "what else to show, with commas between" },
    { "instance", NULL, "int(0..65534)", "object instance of LwM2M" },
    { "kind", NULL, "text", "only of this kind, or these with commas between" },
    { "last_event_id", NULL, "int(0..)", "as the header Last-Event-ID" },
    { "limit", NULL, "int(1..1000)", "rows of a page; 100 if it is not said" },
    { "name", NULL, "text", "as the list has it" },
    { "of", NULL, "devices|campaigns|tasks|bundles|packages|events|profiles|tokens|webhooks|deliveries", "whose fields; devices if it is not said" },
    { "object", NULL, "int(0..65534)", "object of LwM2M" },
    { "on_error", NULL, "stop|skip", "whether broken rows stop all" },
    { "q", NULL, "text", "RSQL" },
    { "reason", NULL, "text", "only with this reason" },
    { "resource", NULL, "int(0..65534)", "resource of LwM2M" },
    { "resource_instance", NULL, "int(0..65534)", "instance of a multiple resource" },
    { "sha256", NULL, "sha256", "of the package, in hexadecimal" },
    { "sort", NULL, "text", "a field that an index has, with - before it the other way" },
    { "state", "/v1/bundles", WORDS_BUNDLE_STATE, "only in this state" },
    { "state", "/v1/campaigns", WORDS_CAMPAIGN_STATE, "only in this state" },
    { "state", "/v1/packages", WORDS_PACKAGE_STATE, "only in this state" },
    { "state", NULL, WORDS_TASK_STATE, "only in this state" },
    { "timeout_s", NULL, "int(0..3600)", "how long to wait; 30 if it is not said" },
    { "waiting_for", NULL, WORDS_WAITING_FOR, "only what waits for this" },
};
/* clang-format on */

const struct shape_parameter *shape_parameter(const char *path, const char *name,
                                              size_t len)
{
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        const struct shape_parameter *p = &parameters[i];
        if (strlen(p->name) == len && memcmp(p->name, name, len) == 0 &&
            (!p->path || strcmp(p->path, path) == 0))
            return p;
    }
    return NULL;
}
