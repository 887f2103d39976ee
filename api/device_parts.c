/* SPDX-License-Identifier: Apache-2.0 */
/* device_parts.c - what belongs to one device: components, history, events, attempts.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/device_json.h"
#include "api/event_json.h"
#include "api/handlers.h"
#include "api/list.h"
#include "api/task_json.h"
#include "campaigns/command.h"
#include "campaigns/planning/profile_set.h"
#include "store/components.h"
#include "store/digest.h"
#include "store/events.h"
#include "store/tasks.h"

enum { ATTEMPTS_MAX = 256 };

int devices_components(struct request *rq, struct response *rs)
{
    struct profile_set *profiles = NULL;
    struct device_row row;

    int rc = device_find(rq, 0, &row, rs);
    if (rc == 0)
        rc = profile_set_open(rq->store, &profiles, NULL);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    struct json j = response_json(rs, 200);
    json_object(&j, NULL);
    json_text(&j, "endpoint", row.endpoint);
    json_time(&j, "inventory_at", row.inventory_ms);
    json_text_if(&j, "problem", row.problem);
    rc = device_components(rq, &row, profiles, &j);
    profile_set_close(profiles);
    json_end(&j);
    return rc;
}

/* The device's id, kept for a list_fill. @return 0, -EINVAL with *rs set, -errno */
static int keep_device(struct request *rq, struct response *rs)
{
    struct device_row row;

    int rc = device_find(rq, 0, &row, rs);
    if (rc != 0)
        return rc;
    int64_t *id = malloc(sizeof *id);
    if (!id)
        return -ENOMEM;
    *id = row.id;
    request_keep(rq, id, free);
    return 0;
}

static int64_t kept_device(const struct request *rq)
{
    return *(const int64_t *)rq->kept;
}

static int list_of_device(struct request *rq, struct response *rs,
                          const struct list *list)
{
    int rc = keep_device(rq, rs);

    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    return list_answer(rq, rs, list);
}

static int fill_versions(struct request *rq, struct page *page, struct rows *rows)
{
    struct component_version_row *found = list_rows(page, sizeof *found);
    const char *name = request_parameter(rq, "component");

    if (!found)
        return -ENOMEM;
    int rc = store_component_history(rq->store, kept_device(rq), name ? name : "",
                                     found, page);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        struct json *j = row_begin(rows);
        json_text(j, "component", found[i].name);
        json_text(j, "version", found[i].version);
        json_time(j, "at", found[i].at_ms);
        row_end(rows);
    }
    free(found);
    return rc;
}

int devices_versions(struct request *rq, struct response *rs)
{
    static const struct list list = {FILTER_OF_COUNT, PAGE_DOWN, fill_versions};

    return list_of_device(rq, rs, &list);
}

static int fill_events(struct request *rq, struct page *page, struct rows *rows)
{
    struct event_query query = {.device_id = kept_device(rq)};

    if (event_query_kinds(rq, NULL, &query) != 0) /* devices_events() has refused it */
        return -EINVAL;
    return event_rows(rq, &query, page, rows);
}

int devices_events(struct request *rq, struct response *rs)
{
    static const struct list list = {FILTER_OF_EVENTS, PAGE_DOWN, fill_events};
    struct event_query query = {0};

    if (event_query_kinds(rq, rs, &query) != 0)
        return 0;
    return list_of_device(rq, rs, &list);
}

static int fill_tasks(struct request *rq, struct page *page, struct rows *rows)
{
    struct task_query query = {.device_id = kept_device(rq)};
    const char *state = request_parameter(rq, "state");

    snprintf(query.state, sizeof query.state, "%s", state ? state : "");
    return task_rows(rq, &query, page, rows);
}

int devices_tasks(struct request *rq, struct response *rs)
{
    static const struct list list = {FILTER_OF_TASKS, PAGE_UP, fill_tasks};

    return list_of_device(rq, rs, &list);
}

static void attempt_object(struct json *j, const struct attempt_row *row)
{
    json_object(j, NULL);
    json_text(j, "sha256", row->digest);
    json_text_if(j, "component", row->component);
    json_text_if(j, "version", row->version);
    json_int(j, "executes", row->executes);
    json_time(j, "last_at", row->last_ms);
    json_text_if(j, "blocked", row->blocked);
    json_end(j);
}

int devices_attempts(struct request *rq, struct response *rs)
{
    struct attempt_row *found;
    size_t count = 0;

    int rc = keep_device(rq, rs);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    found = calloc(ATTEMPTS_MAX, sizeof *found);
    if (!found)
        return -ENOMEM;
    rc = store_attempt_list(rq->store, kept_device(rq), found, ATTEMPTS_MAX, &count);
    struct json j = response_json(rs, 200);
    json_object(&j, NULL);
    json_array(&j, "items");
    for (size_t i = 0; i < count && i < ATTEMPTS_MAX && rc == 0; i++)
        attempt_object(&j, &found[i]);
    json_end(&j);
    json_null(&j, "next");
    json_end(&j);
    free(found);
    return rc;
}

int devices_attempts_clear(struct request *rq, struct response *rs)
{
    const char *digest = request_parameter(rq, "sha256");
    uint8_t bytes[STORE_DIGEST_BYTES];

    if (digest && digest_from_hex(digest, bytes) != 0)
        return response_refuse(rs, PROBLEM_INVALID_PARAMETER,
                               "'sha256' must be 64 hexadecimal digits");
    int rc = keep_device(rq, rs);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    struct command *c = request_command(rq, COMMAND_DEVICE_CLEAR_ATTEMPTS);
    if (c) {
        snprintf(c->device.endpoint, sizeof c->device.endpoint, "%s", rq->params[0]);
        if (digest)
            digest_hex(bytes, c->device.digest);
    }
    return request_submit(rq, rs, c, request_answer_nothing);
}
