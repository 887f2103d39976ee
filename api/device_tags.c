/* SPDX-License-Identifier: Apache-2.0 */
/* device_tags.c - what people may edit of a device: its tags. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/device_json.h"
#include "api/handlers.h"
#include "api/json_read.h"
#include "api/match.h"
#include "campaigns/command.h"
#include "campaigns/tags.h"

static int tags_mark(struct request *rq, int64_t device_id,
                     char mark[STORE_TAGS_MARK + 1])
{
    struct tag_row tags[STORE_TAGS_MAX];
    size_t count = 0;

    int rc = store_device_tags(rq->store, device_id, tags, STORE_TAGS_MAX, &count);
    if (rc == 0)
        store_tags_mark(tags, count < STORE_TAGS_MAX ? count : STORE_TAGS_MAX, mark);
    return rc;
}

int device_etag(struct request *rq, int64_t device_id, struct response *rs)
{
    char mark[STORE_TAGS_MARK + 1];

    int rc = tags_mark(rq, device_id, mark);
    if (rc == 0)
        response_mark(rs, "%s", mark);
    return rc;
}

int devices_tags(struct request *rq, struct response *rs)
{
    struct device_row row;
    struct text wrapped = {0};
    struct json j = json_to(&wrapped);

    int rc = device_find(rq, 0, &row, rs);
    if (rc != 0)
        return rc == -EINVAL ? 0 : rc;
    rc = device_tag_members(rq, row.id, &j);
    /* The answer is the object alone: what stands behind "tags":. */
    if (rc == 0) {
        rs->status = 200;
        text_put(&rs->body, wrapped.at + sizeof "\"tags\":" - 1);
    }
    text_fini(&wrapped);
    return rc == 0 ? device_etag(rq, row.id, rs) : rc;
}

/* What If-Match says, into the command. @return 0, -EINVAL with *rs set, -errno */
static int take_if_match(struct request *rq, struct command *c, struct response *rs)
{
    struct device_row row;

    if (!rq->headers.if_match || strcmp(rq->headers.if_match, "*") == 0)
        return 0;
    int rc = device_find(rq, 0, &row, rs);
    if (rc == 0)
        rc = tags_mark(rq, row.id, c->device.tags_mark);
    if (rc == 0 && !match_mark(rq, rs, c->device.tags_mark))
        rc = -EINVAL;
    return rc;
}

/* Tags, or a patch of them, as text that was printed here: in one line. */
static char *read_tags(int kind, const struct cJSON *json, const char **why)
{
    struct tag tags[TAGS_MAX];
    struct text text = {0};
    size_t count;

    if (json_print(json, &text) == 0 &&
        (kind == COMMAND_DEVICE_TAGS
             ? tags_parse(text.at, tags, &count, why)
             : tags_parse_patch(text.at, tags, &count, why)) == 0)
        return text.at;
    text_fini(&text);
    return NULL;
}

static int submit_tags(struct request *rq, struct response *rs, int kind,
                       const struct cJSON *json, request_after *after)
{
    const char *why = NULL;
    char *text = read_tags(kind, json, &why);
    struct command *c = text ? device_command(rq, kind) : NULL;

    if (why)
        return response_refuse(rs, PROBLEM_INVALID_FIELD, "%s", why);
    if (!c) {
        free(text);
        return device_submit(rq, rs, NULL, after);
    }
    c->text = text;
    int rc = take_if_match(rq, c, rs);
    if (rc == 0)
        return device_submit(rq, rs, c, after);
    command_free(c);
    return rc == -EINVAL ? 0 : rc;
}

int devices_tags_put(struct request *rq, struct response *rs)
{
    return submit_tags(rq, rs, COMMAND_DEVICE_TAGS, rq->json, devices_tags);
}

int devices_patch(struct request *rq, struct response *rs)
{
    struct problem p = {0};
    struct fields f = fields_of(rq->json, "", &p);
    const struct cJSON *patch = fields_any(&f, "tags");

    if (fields_end(&f) != 0)
        return response_problem(rs, &p);
    if (!patch)
        return response_refuse(rs, PROBLEM_INVALID_FIELD,
                               "'tags' is missing; nothing else can be edited");
    return submit_tags(rq, rs, COMMAND_DEVICE_TAGS_PATCH, patch, devices_one);
}
