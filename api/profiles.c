/* SPDX-License-Identifier: Apache-2.0 */
/* profiles.c - /v1/profiles: what is known of models of devices. */
#include "campaigns/profile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/list.h"
#include "api/match.h"
#include "campaigns/command.h"
#include "campaigns/merge_patch.h"
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
    response_mark(rs, "%" PRId64, row.revision);
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

/* @param revision  written: that of the profile, or MATCH_ABSENT. @param body owned;
 * may be NULL. @return 0, -errno */
static int find_revision(struct request *rq, const char *name, int64_t *revision,
                         char **body)
{
    struct profile_row row;

    int rc = store_profile_get(rq->store, name, &row, body);
    *revision = rc == 0 ? row.revision : MATCH_ABSENT;
    return rc == STORE_E_NOT_FOUND ? 0 : rc;
}

/* @param name owned; NULL with *rs set. @return 0, -errno */
static int read_name(struct response *rs, const char *text, char **name)
{
    struct profile *profile = malloc(sizeof *profile);
    struct profile_error why = {0};

    *name = NULL;
    if (!profile)
        return -ENOMEM;
    int rc = profile_parse(text, profile, &why);
    if (rc == 0)
        *name = strdup(profile->name);
    free(profile);
    if (rc == PROFILE_E_INVALID)
        return response_refuse(rs, PROBLEM_INVALID_PROFILE, "%s: %s", why.path,
                               why.detail);
    return rc != 0 ? rc : *name ? 0 : -ENOMEM;
}

/* @param name of the path; NULL: whatever text says. @param revision  as of struct
 * command; MATCH_HEADERS: what the request demands */
static int put(struct request *rq, struct response *rs, const char *name,
               const char *text, int64_t revision)
{
    int64_t now = MATCH_ABSENT;
    char *kept;

    int rc = read_name(rs, text, &kept);
    if (rc != 0 || !kept)
        return rc;
    request_keep(rq, kept, free);
    if (name && strcmp(name, kept) != 0)
        return response_refuse(rs, PROBLEM_INVALID_FIELD,
                               "the path names '%.64s', the body '%s'", name, kept);
    if (revision == MATCH_HEADERS) {
        rc = find_revision(rq, kept, &now, NULL);
        if (rc != 0 || !match_revision(rq, rs, now, &revision))
            return rc;
    }
    struct command *c = request_command(rq, COMMAND_PROFILE_PUT);
    if (c) {
        snprintf(c->profile.name, sizeof c->profile.name, "%s", kept);
        c->text = strdup(text);
        c->revision = revision;
    }
    return request_submit(rq, rs, c, answer_put);
}

int profiles_put(struct request *rq, struct response *rs)
{
    return put(rq, rs, rq->params[0], rq->body.at, MATCH_HEADERS);
}

int profiles_post(struct request *rq, struct response *rs)
{
    return put(rq, rs, NULL, rq->body.at, MATCH_HEADERS);
}

/* Nobody may change it between reading and writing. */
int profiles_patch(struct request *rq, struct response *rs)
{
    char *body = NULL, *merged = NULL;
    int64_t now, demanded;

    int rc = find_revision(rq, rq->params[0], &now, &body);
    if (rc == 0 && now == MATCH_ABSENT)
        return response_refuse(rs, PROBLEM_NOT_FOUND, "no such profile");
    if (rc == 0 && match_revision(rq, rs, now, &demanded))
        rc = merge_patch_text(body, rq->json, &merged);
    free(body);
    if (merged)
        rc = put(rq, rs, rq->params[0], merged, now);
    free(merged);
    return rc;
}

int profiles_delete(struct request *rq, struct response *rs)
{
    int64_t now, revision;

    int rc = find_revision(rq, rq->params[0], &now, NULL);
    if (rc != 0)
        return rc;
    if (now == MATCH_ABSENT)
        return response_refuse(rs, PROBLEM_NOT_FOUND, "no such profile");
    if (!match_revision(rq, rs, now, &revision))
        return 0;
    struct command *c = request_command(rq, COMMAND_PROFILE_DELETE);
    if (c) {
        snprintf(c->profile.name, sizeof c->profile.name, "%s", rq->params[0]);
        c->revision = revision;
    }
    return request_submit(rq, rs, c, request_answer_nothing);
}
