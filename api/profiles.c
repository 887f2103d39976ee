/* SPDX-License-Identifier: Apache-2.0 */
/* profiles.c - /v1/profiles: what is known of models of devices. */
#include "campaigns/profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/list.h"
#include "campaigns/command.h"
#include "store/profiles.h"

static void profile_members(struct json *j, const struct profile_row *row)
{
    json_text(j, "name", row->name);
    json_text_if(j, "manufacturer", row->manufacturer);
    json_text_if(j, "model", row->model);
    json_time(j, "updated_at", row->updated_ms);
    json_text_if(j, "updated_by", row->updated_by);
}

static int fill_profiles(struct request *rq, struct page *page, struct rows *rows)
{
    struct profile_row *found = list_rows(page, sizeof *found);

    if (!found)
        return -ENOMEM;
    int rc = store_profile_page(rq->store, found, page);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        profile_members(row_begin(rows), &found[i]);
        row_end(rows);
    }
    free(found);
    return rc;
}

int profiles_list(struct request *rq, struct response *rs)
{
    static const struct list list = {FILTER_OF_PROFILES, PAGE_UP, fill_profiles};

    return list_answer(rq, rs, &list);
}

static int answer_profile(struct request *rq, struct response *rs, const char *name)
{
    struct profile_row row;
    char *body = NULL;

    int rc = store_profile_get(rq->store, name, &row, &body);
    if (rc != 0)
        return response_store(rs, rc, "profile");
    struct json j = response_json(rs, 200);
    json_object(&j, NULL);
    profile_members(&j, &row);
    json_raw(&j, "profile", body);
    json_end(&j);
    free(body);
    return 0;
}

int profiles_one(struct request *rq, struct response *rs)
{
    return answer_profile(rq, rs, rq->params[0]);
}

static int answer_put(struct request *rq, struct response *rs)
{
    const char *name = rq->kept;

    return answer_profile(rq, rs, name);
}

/* @param name of the path; NULL: whatever the body says */
static int put(struct request *rq, struct response *rs, const char *name)
{
    struct profile *profile = malloc(sizeof *profile);
    struct profile_error why = {0};

    if (!profile)
        return -ENOMEM;
    int rc = profile_parse(rq->body.at, profile, &why);
    char *kept = rc == 0 ? strdup(profile->name) : NULL;
    free(profile);
    if (rc == PROFILE_E_INVALID)
        return response_refuse(rs, PROBLEM_INVALID_PROFILE, "%s: %s", why.path,
                               why.detail);
    if (rc != 0 || !kept)
        return rc != 0 ? rc : -ENOMEM;
    request_keep(rq, kept, free);
    if (name && strcmp(name, kept) != 0)
        return response_refuse(rs, PROBLEM_INVALID_FIELD,
                               "the path names '%.64s', the body '%s'", name, kept);

    struct command *c = request_command(rq, COMMAND_PROFILE_PUT);
    if (c) {
        snprintf(c->profile.name, sizeof c->profile.name, "%s", kept);
        c->text = strdup(rq->body.at);
    }
    return request_submit(rq, rs, c, answer_put);
}

int profiles_put(struct request *rq, struct response *rs)
{
    return put(rq, rs, rq->params[0]);
}

int profiles_post(struct request *rq, struct response *rs)
{
    return put(rq, rs, NULL);
}

int profiles_delete(struct request *rq, struct response *rs)
{
    struct command *c = request_command(rq, COMMAND_PROFILE_DELETE);

    if (strlen(rq->params[0]) > STORE_NAME_MAX) {
        command_free(c);
        return response_refuse(rs, PROBLEM_NOT_FOUND, "no such profile");
    }
    if (c)
        snprintf(c->profile.name, sizeof c->profile.name, "%s", rq->params[0]);
    return request_submit(rq, rs, c, request_answer_nothing);
}
