/* SPDX-License-Identifier: Apache-2.0 */
/* devices.c - /v1/devices and the actions on one device. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/device_json.h"
#include "api/handlers.h"
#include "api/list.h"
#include "campaigns/command.h"
#include "campaigns/planning/profile_set.h"
#include "store/progress.h"

enum { COUNTS_MAX = 16, COUNT_MS = 100 };

static int fill_devices(struct request *rq, struct page *page, struct rows *rows)
{
    struct device_row *found = list_rows(page, sizeof *found);
    struct profile_set *profiles = NULL;
    bool has_components = request_includes(rq, "components");
    bool has_tags = request_includes(rq, "tags");

    if (!found)
        return -ENOMEM;
    int rc = store_device_page(rq->store, found, page);
    if (rc == 0 && has_components)
        rc = profile_set_open(rq->store, &profiles, NULL);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        struct json *j = row_begin(rows);
        device_members(j, &found[i]);
        if (has_components)
            rc = device_components(rq, &found[i], profiles, j);
        if (has_tags && rc == 0)
            rc = device_tag_members(rq, found[i].id, j);
        row_end(rows);
    }
    profile_set_close(profiles);
    free(found);
    return rc;
}

static int count_all(struct request *rq, int64_t *count)
{
    struct count_row rows[COUNTS_MAX];
    size_t n = 0;

    int rc = store_count_devices(rq->store, rows, COUNTS_MAX, &n);
    for (size_t i = 0; i < n && i < COUNTS_MAX && rc == 0; i++)
        *count += rows[i].n;
    return rc;
}

/* Many short reads, until all were looked at or the time is over. */
static int count_hits(struct request *rq, struct page *page, int64_t *count)
{
    int64_t (*mono_ms)(void) = rq->api->options.env.mono_ms;
    int64_t until_ms = mono_ms() + COUNT_MS;
    int rc;

    do {
        rc = store_device_count(rq->store, page);
        *count += rc == 0 ? (int64_t)page->count : 0;
        page->after = page->next;
    } while (rc == 0 && page->next != 0 && mono_ms() < until_ms);
    return rc;
}

static int answer_count(struct request *rq, struct response *rs)
{
    static const int64_t cursors[2] = {1, INT64_MAX};
    struct page page = {.limit = 1, .filter = rq->filter};
    int64_t count = 0;

    if (request_int(rq, "cursor", cursors, &page.after, rs) != 0)
        return 0;
    int rc = rq->filter || page.after != 0 ? count_hits(rq, &page, &count)
                                           : count_all(rq, &count);
    struct json j = response_json(rs, 200);
    json_object(&j, NULL);
    json_int(&j, "count", count);
    json_bool(&j, "at_least", page.next != 0);
    if (page.next != 0)
        json_id(&j, "next", page.next);
    else
        json_null(&j, "next");
    json_end(&j);
    return rc;
}

int devices_list(struct request *rq, struct response *rs)
{
    static const struct list devices = {FILTER_OF_DEVICES, PAGE_UP, fill_devices};
    const char *count = request_parameter(rq, "count");

    if (count && strcmp(count, "true") != 0 && strcmp(count, "false") != 0)
        return response_refuse(rs, PROBLEM_INVALID_PARAMETER,
                               "'count' can be true or false");
    if (!count || *count == 'f')
        return list_answer(rq, rs, &devices);
    int rc = list_filter(rq, rs, FILTER_OF_DEVICES);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    return answer_count(rq, rs);
}

int devices_one(struct request *rq, struct response *rs)
{
    struct device_row row;
    struct profile_set *profiles = NULL;
    char *objects = NULL;

    int rc = device_find(rq, 0, &row, rs);
    if (rc == 0)
        rc = profile_set_open(rq->store, &profiles, NULL);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    struct json j = response_json(rs, 200);
    json_object(&j, NULL);
    device_members(&j, &row);
    if (store_device_objects(rq->store, row.id, &objects) == 0)
        json_text_if(&j, "objects", objects);
    free(objects);
    device_profile_members(&j, &row, profiles);
    rc = device_components(rq, &row, profiles, &j);
    profile_set_close(profiles);
    if (rc == 0)
        rc = device_tag_members(rq, row.id, &j);
    if (rc == 0)
        rc = device_etag(rq, row.id, rs);
    json_end(&j);
    return rc;
}

struct command *device_command(struct request *rq, int kind)
{
    struct command *c = request_command(rq, kind);

    if (c)
        snprintf(c->device.endpoint, sizeof c->device.endpoint, "%s", rq->params[0]);
    return c;
}

int device_submit(struct request *rq, struct response *rs, struct command *c,
                  request_after *after)
{
    struct device_row row;

    int rc = c ? device_find(rq, 0, &row, rs) : -ENOMEM;
    if (rc != 0) {
        command_free(c);
        return rc == -EINVAL ? 0 : rc;
    }
    return request_submit(rq, rs, c, after);
}

static int answer_accepted(struct request *rq, struct response *rs)
{
    struct json j = response_json(rs, 202);

    json_object(&j, NULL);
    json_text(&j, "endpoint", rq->params[0]);
    request_result_members(rq, &j);
    json_end(&j);
    return 0;
}

int devices_refresh(struct request *rq, struct response *rs)
{
    return device_submit(rq, rs, device_command(rq, COMMAND_DEVICE_REFRESH),
                         answer_accepted);
}

int devices_admit(struct request *rq, struct response *rs)
{
    return device_submit(rq, rs, device_command(rq, COMMAND_DEVICE_ADMIT), devices_one);
}

int devices_delete(struct request *rq, struct response *rs)
{
    return device_submit(rq, rs, device_command(rq, COMMAND_DEVICE_DELETE),
                         request_answer_nothing);
}
