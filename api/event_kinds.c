/* SPDX-License-Identifier: Apache-2.0 */
/* event_kinds.c - the table of event kinds, as a list and for OpenAPI. */
#include "store/event_kinds.h"

#include <string.h>

#include "api/event_json.h"
#include "api/handlers.h"
#include "api/openapi_types.h"

static void words(struct json *j, const char *key, const char *list)
{
    json_array(j, key);
    while (*list) {
        size_t len = strcspn(list, " ");
        json_text_n(j, NULL, list, len);
        list += len + strspn(list + len, " ");
    }
    json_end(j);
}

static void members(struct json *j, const struct event_field *field)
{
    for (; field->name; field++)
        openapi_described(j, field->name, field->type, field->text);
}

static void properties(struct json *j, const char *key, const struct event_field *field)
{
    json_object(j, key);
    members(j, field);
    json_end(j);
}

int event_kinds_get(struct request *rq, struct response *rs)
{
    struct json j = response_json(rs, 200);

    (void)rq;
    json_object(&j, NULL);
    properties(&j, "common", event_common);
    json_array(&j, "items");
    for (size_t i = 0; i < event_kind_count; i++) {
        json_object(&j, NULL);
        json_text(&j, "kind", event_kinds[i].name);
        json_text(&j, "description", event_kinds[i].text);
        words(&j, "events", event_kinds[i].events);
        properties(&j, "fields", event_kinds[i].fields);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    return 0;
}

/* All members there may be, and no other. */
static void one_schema(struct json *j, const struct event_kind *kind)
{
    json_object(j, NULL);
    json_text(j, "title", kind->name);
    json_text(j, "type", "object");
    json_text(j, "description", kind->text);
    json_object(j, "properties");
    json_object(j, "kind");
    json_text(j, "const", kind->name);
    json_end(j);
    json_object(j, "event");
    words(j, "enum", kind->events);
    json_end(j);
    for (const struct event_field *f = event_common; f->name; f++)
        if (strcmp(f->name, "kind") != 0 && strcmp(f->name, "event") != 0)
            openapi_described(j, f->name, f->type, f->text);
    members(j, kind->fields);
    json_end(j);
    words(j, "required", "event_id at kind event");
    json_bool(j, "additionalProperties", false);
    json_end(j);
}

void event_schema(struct json *j)
{
    json_object(j, "Event");
    json_array(j, "oneOf");
    for (size_t i = 0; i < event_kind_count; i++)
        one_schema(j, &event_kinds[i]);
    json_end(j);
    json_end(j);
}
