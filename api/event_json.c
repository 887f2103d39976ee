/* SPDX-License-Identifier: Apache-2.0 */
#include "api/event_json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json_read.h"
#include "api/nearest.h"
#include "store/event_kinds.h"

enum { EVENT_KINDS_MAX = 32 };

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

/* Printed anew: what a client wrote may have line breaks, and an event is one line. */
static void body_members(struct json *j, const cJSON *body)
{
    struct text text = {0};

    if (!cJSON_IsObject(body) || !body->child)
        return;
    if (json_print(body, &text) == 0) {
        if (j->needs_comma)
            text_put(j->out, ",");
        text_append(j->out, text.at + 1, text.len - 2);
        j->needs_comma = true;
    } else {
        j->out->bad = true;
    }
    text_fini(&text);
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
    body_members(j, body);
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

static int refuse_kind(struct response *rs, const char *word)
{
    const char *names[EVENT_KINDS_MAX] = {NULL};

    for (size_t i = 0; i < event_kind_count && i < EVENT_KINDS_MAX; i++)
        names[i] = event_kinds[i].name;
    const char *near = nearest(word, names, event_kind_count);
    response_refuse(rs, PROBLEM_INVALID_PARAMETER, "there is no kind '%.64s'%s%s%s",
                    word, near ? "; did you mean '" : "", near ? near : "",
                    near ? "'?" : "; GET /v1/event-kinds has them");
    return -EINVAL;
}

int event_kinds_read(const char *list, struct response *rs, char *out, size_t size)
{
    size_t len = (size_t)snprintf(out, size, "%s", *list ? " " : "");

    while (*list) {
        char word[STORE_WORD_MAX + 2];
        size_t n = strcspn(list, ",");
        snprintf(word, sizeof word, "%.*s", (int)(n < 64 ? n : 64), list);
        if (!event_kind_find(word))
            return refuse_kind(rs, word);
        if (len + strlen(word) + 2 > size) /* the same again and again */
            return refuse_kind(rs, list);
        len += (size_t)snprintf(out + len, size - len, "%s ", word);
        list += n + (list[n] == ',');
    }
    return 0;
}

int event_query_kinds(const struct request *rq, struct response *rs,
                      struct event_query *query)
{
    const char *list = request_parameter(rq, "kind");

    return list ? event_kinds_read(list, rs, query->kinds, sizeof query->kinds) : 0;
}
