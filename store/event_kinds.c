/* SPDX-License-Identifier: Apache-2.0 */
#include "store/event_kinds.h"

#include <string.h>

/* clang-format off */
const struct event_field event_common[] = {
    {"event_id", "id", "number of the event; it only grows, and is the id: of the stream"},
    {"at", "time", "when, RFC 3339 in UTC"},
    {"kind", "text", "what it is about"},
    {"event", "text", "what happened"},
    {"actor", "text", "name of the token, or engine, device, system"},
    {"campaign", "id", "id of the campaign, if it belongs to one"},
    {"endpoint", "text", "of the device, if it is of one"},
    {NULL, NULL, NULL},
};

const struct event_kind event_kinds[] = {
    {"task", "The task of one device changed its state, or a person stopped it.",
     "waiting delivering delivered updating verifying succeeded failed partial canceled"
     " excluded needs-attention cancel skip",
     {{"state", "text", "of the task, now"},
      {"waiting_for", "text", "why it waits, while it does"},
      {"stage", "int", "of the plan, from 0"},
      {"reason", "text", "code of what went wrong"},
      {"detail", "text", "the same for people"}}},
    {"component", "A component of a task changed its state.",
     "pending delivering downloaded updating updated unchanged failed reverted",
     {{"component", "text", "its name"},
      {"state", "text", "of the component in its task, now"},
      {"from", "text", "version before the campaign"},
      {"to", "text", "version that the plan wants"},
      {"instance", "int", "of the device's object"},
      {"result", "int", "Update Result of the device, if it is not 0"},
      {"executes", "int", "how often Update was executed, when it just was"}}},
    {"campaign", "A campaign changed its state, or a person acted on it.",
     "draft scheduled approved edited started paused resumed braked released install retry"
     " retry-left-out expired aborting aborted finished deleted",
     {{"id", "text", "of the campaign"},
      {"name", "text", "of the campaign"},
      {"state", "text", "of the campaign, now"},
      {"braked", "bool", "whether the brake holds it"},
      {"reason", "text", "code of why it is in this state"},
      {"detail", "text", "the same for people"}}},
    {"device", "A device came or went, or a person did something to it.",
     "registered moved deregistered expired admitted created tagged importing imported"
     " attempts-cleared read write written execute executed deleted",
     {{"path", "text", "read, write, written, execute, executed: the resource"},
      {"result", "text", "read, written, executed: what became of it"},
      {"from", "text", "moved: the address of the registration that was alive"},
      {"to", "text", "moved: that of the new one"},
      {"tags", "{text,null}", "created, tagged: what was given; null removes"},
      {"rows", "int", "importing, imported: of the list"},
      {"created", "int", "imported: devices that were not there"},
      {"updated", "int", "imported: devices that were"},
      {"failed", "int", "imported: rows that are broken"}}},
    {"bundle", "A bundle was added, or may be used, or may not.",
     "created ready quarantined withdrawn deleted",
     {{"id", "text", "name@version"},
      {"state", "text", "ready, quarantined: of the bundle, now"}}},
    {"package", "The file of a package is here, is damaged, or is gone.",
     "ready damaged missing deleted", {{"id", "text", "its SHA-256"}}},
    {"profile", "What is known of a model changed.", "put deleted",
     {{"id", "text", "name of the profile"}}},
    {"token", "A token was made or revoked.", "created revoked",
     {{"id", "text", "name of the token"}}},
    {"webhook", "A webhook was put or deleted, or tried out.", "put deleted test",
     {{"id", "text", "name of the webhook"}}},
    {"plan", "A plan was made.", "created", {{"id", "text", "of the plan"}}},
};
/* clang-format on */

const size_t event_kind_count = sizeof event_kinds / sizeof event_kinds[0];

const struct event_kind *event_kind_find(const char *name)
{
    for (size_t i = 0; i < event_kind_count; i++)
        if (strcmp(event_kinds[i].name, name) == 0)
            return &event_kinds[i];
    return NULL;
}
