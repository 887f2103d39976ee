/* SPDX-License-Identifier: Apache-2.0 */
#include "api/event_json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has(const cJSON *body, const char *key)
{
    return body && cJSON_GetObjectItemCaseSensitive(body, key);
}

static void text_unless(struct json *j, const cJSON *body, const char *key,
                        const char *value)
{
    if (!has(body, key))
        json_text_if(j, key, value);
}

static void body_members(struct json *j, const char *body)
{
    size_t len = strlen(body);

    if (len <= 2 || body[0] != '{' || body[len - 1] != '}')
        return;
    if (j->needs_comma)
        text_put(j->out, ",");
    text_append(j->out, body + 1, len - 2);
    j->needs_comma = true;
}

void event_members(struct json *j, const struct event_row *row)
{
    cJSON *body = cJSON_Parse(row->body);

    json_id(j, "event_id", row->id);
    if (!has(body, "at"))
        json_time(j, "at", row->at_ms);
    text_unless(j, body, "kind", row->kind);
    text_unless(j, body, "event", row->name);
    text_unless(j, body, "actor", row->actor);
    if (row->campaign_id != 0 && !has(body, "campaign"))
        json_id(j, "campaign", row->campaign_id);
    text_unless(j, body, "endpoint", row->endpoint);
    if (cJSON_IsObject(body) && body->child)
        body_members(j, row->body);
    cJSON_Delete(body);
}

int event_rows(struct request *rq, const struct event_query *query, struct page *page,
               struct rows *rows)
{
    struct event_row *found = list_rows(page, sizeof *found);

    if (!found)
        return -ENOMEM;
    int rc = store_event_page(rq->store, query, found, page);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        event_members(row_begin(rows), &found[i]);
        row_end(rows);
    }
    free(found);
    return rc;
}

void event_query_kind(const struct request *rq, struct event_query *query)
{
    const char *kind = request_parameter(rq, "kind");

    snprintf(query->kind, sizeof query->kind, "%s", kind ? kind : "");
}
