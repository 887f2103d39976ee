/* SPDX-License-Identifier: Apache-2.0 */
/* write_gone.c - a device is deleted: what identifies it is erased, what campaigns
 * count stays without a name.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/apply.h"
#include "store/query.h"
#include "store/sizes.h"

static int find(struct store *st, enum query_id id, int64_t device_id)
{
    SCOPED_QUERY q = query_begin(st, id);

    query_bind_int(&q, ":id", device_id);
    return query_one(&q);
}

static int run(struct store *st, enum query_id id, int64_t device_id)
{
    SCOPED_QUERY q = query_begin(st, id);

    query_bind_int(&q, ":id", device_id);
    return query_run(&q);
}

/* ---- samples: plans name the first devices of each group that they leave out ---- */

/* @return behind the string that begins at text, which is a quote */
static char *string_end(char *text)
{
    for (text++; *text && *text != '"'; text++)
        text += *text == '\\' && text[1] != '\0';
    return *text ? text + 1 : text;
}

/* JSON strings are compared as they were written; "/" and what is no ASCII stand for
 * themselves there (cJSON). */
static void spell(const char *endpoint, char out[2 * STORE_ENDPOINT_MAX + 3])
{
    *out++ = '"';
    for (; *endpoint; endpoint++) {
        if (*endpoint == '"' || *endpoint == '\\')
            *out++ = '\\';
        *out++ = *endpoint;
    }
    *out++ = '"';
    *out = '\0';
}

/* In the list that begins at at. @return how often the name stood there */
static size_t erase_in_list(char *at, const char *spelled)
{
    size_t len = strlen(spelled), found = 0;

    while (*at && *at != ']') {
        char *end = *at == '"' ? string_end(at) : at + 1;
        if ((size_t)(end - at) == len && memcmp(at, spelled, len) == 0) {
            memset(at + 1, '-', len - 2);
            found++;
        }
        at = end;
    }
    return found;
}

/* @return true if the name stood in a list of samples; it is blank there now */
static bool erase_samples(char *body, const char *spelled)
{
    static const char key[] = "\"sample\":[";
    size_t found = 0;

    for (char *at = body; (at = strstr(at, key));) {
        at += sizeof key - 1;
        found += erase_in_list(at, spelled);
    }
    return found > 0;
}

struct sample {
    char plan_id[STORE_KEY_MAX + 1];
    int64_t group_no; /* < 0: of the plan itself */
};

static void bind(struct query *q, const struct sample *s)
{
    query_bind_text(q, ":id", s->plan_id);
    if (s->group_no >= 0)
        query_bind_int(q, ":group_no", s->group_no);
}

static int erase_in(struct store *st, const struct sample *s, const char *spelled)
{
    bool is_group = s->group_no >= 0;
    SCOPED_QUERY read = query_begin(st, is_group ? Q_PLAN_GROUP_BODY : Q_PLAN_BODY);

    bind(&read, s);
    int rc = query_one(&read);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    char *body = query_text_dup(&read, 0);
    if (!body)
        return -ENOMEM;
    if (erase_samples(body, spelled)) {
        SCOPED_QUERY put =
            query_begin(st, is_group ? Q_PLAN_GROUP_BODY_PUT : Q_PLAN_BODY_PUT);
        bind(&put, s);
        query_bind_text(&put, ":body", body);
        rc = query_run(&put);
    }
    free(body);
    return rc;
}

static int erase_all_samples(struct store *st, int64_t device_id, const char *endpoint)
{
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_SAMPLES);
    char spelled[2 * STORE_ENDPOINT_MAX + 3];
    struct sample s;
    int rc;

    spell(endpoint, spelled);
    query_bind_int(&q, ":id", device_id);
    while ((rc = query_next(&q)) == 1) {
        query_text(&q, 0, s.plan_id, sizeof s.plan_id);
        s.group_no = query_int(&q, 1);
        rc = erase_in(st, &s, spelled);
        s.group_no = -1;
        if (rc == 0)
            rc = erase_in(st, &s, spelled);
        if (rc != 0)
            return rc;
    }
    return rc;
}

/* ---- all ---- */

static int endpoint_of(struct store *st, int64_t device_id,
                       char out[STORE_ENDPOINT_MAX + 1])
{
    SCOPED_QUERY q = query_begin(st, Q_DEVICE_ENDPOINT);

    query_bind_int(&q, ":id", device_id);
    int rc = query_one(&q);
    if (rc == 0)
        query_text(&q, 0, out, STORE_ENDPOINT_MAX + 1);
    return rc != 0 ? rc : q.err;
}

int apply_device_delete(struct store *st, const struct change *c,
                        struct change_result *result)
{
    static const enum query_id steps[] = {
        Q_DEVICE_BRAKES_ERASE, /* while tasks say which campaigns */
        Q_DEVICE_EVENTS_ERASE, Q_DEVICE_TASKS_ERASE, Q_DEVICE_ANSWERS_DELETE,
        Q_DEVICE_DELETE,       Q_DEVICE_KEEP_ID, /* so that its id is never used again
                                                  */
    };
    char endpoint[STORE_ENDPOINT_MAX + 1];

    result->id = c->device_id;
    int rc = find(st, Q_DEVICE_UNFINISHED, c->device_id);
    if (rc != STORE_E_NOT_FOUND)
        return rc == 0 ? STORE_E_CONFLICT : rc;
    rc = endpoint_of(st, c->device_id, endpoint);
    if (rc == 0)
        rc = erase_all_samples(st, c->device_id, endpoint);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && rc == 0; i++)
        rc = run(st, steps[i], c->device_id);
    return rc;
}
