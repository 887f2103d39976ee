/* SPDX-License-Identifier: Apache-2.0 */
/* device_import_list.c - the second time through a list: a chunk to the core at a time,
 * or an answer that says what is wrong with it.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/api_internal.h"
#include "api/device_import.h"
#include "api/handlers.h"
#include "api/json_read.h"
#include "store/progress.h"

enum { SLICE_BYTES = 4096 };

/* ---- answers ---- */

static void put_counts(const struct upload *up, struct json *j)
{
    json_int(j, "rows", up->row_count);
    json_int(j, "created", up->created);
    json_int(j, "updated", up->taken - up->created);
    json_int(j, "failed", up->failed);
}

/* If the list breaks off here, its problem has the counts. */
static int tell_so_far(struct request *rq)
{
    struct text counts = {0};
    struct json j = json_to(&counts);

    json_object(&j, NULL);
    put_counts(rq->upload, &j);
    json_end(&j);
    text_fini(&rq->so_far);
    if (!counts.bad)
        text_append(&rq->so_far, counts.at + 1,
                    counts.len - 2); /* without the braces */
    int rc = counts.bad || rq->so_far.bad ? -ENOMEM : 0;
    text_fini(&counts);
    return rc;
}

static void put_errors(const struct upload *up, struct json *j)
{
    json_array(j, "errors");
    text_append(j->out, up->errors.at ? up->errors.at : "", up->errors.len);
    json_end(j);
}

static int answer_list(struct request *rq, struct response *rs)
{
    const struct upload *up = rq->upload;
    struct json j = response_json(rs, 200);

    json_object(&j, NULL);
    put_counts(up, &j);
    put_errors(up, &j);
    json_end(&j);
    return up->errors.bad ? -ENOMEM : 0;
}

/* Nothing of it was taken. */
static int refuse_list(struct response *rs, const struct upload *up)
{
    struct problem p = {0};
    struct text members = {0};
    struct json j = json_to(&members);

    json_object(&j, NULL);
    json_int(&j, "rows", up->row_count);
    json_int(&j, "failed", up->failed);
    put_errors(up, &j);
    json_end(&j);
    if (members.bad || up->errors.bad) {
        text_fini(&members);
        return -ENOMEM;
    }
    members.at[members.len - 1] = '\0'; /* without the braces */
    problem_set(&p, PROBLEM_INVALID_IMPORT,
                "%lld of %lld rows are broken, nothing was imported; on_error=skip "
                "imports the others",
                (long long)up->failed, (long long)up->row_count);
    response_named(rs, problem_rows[PROBLEM_INVALID_IMPORT].status, &p,
                   problem_rows[PROBLEM_INVALID_IMPORT].name, members.at + 1);
    text_fini(&members);
    return 0;
}

/* ---- the second time: carry out ---- */

static int gather_row(void *arg, const struct import_row *row)
{
    struct upload *up = arg;
    const char *repeats = row->why ? row->why : import_repeats(up, row);

    if (!repeats)
        return -ENOMEM;
    return repeats[0] ? 0
                      : device_imports_add(up->chunk, row->line, row->endpoint,
                                           row->tags, row->tag_count);
}

/* Read on until the chunk is full, or all was read. */
static int gather(struct upload *up)
{
    char slice[SLICE_BYTES];
    ssize_t n = 1;
    int rc = 0;

    up->chunk = device_imports_new();
    if (!up->chunk)
        return -ENOMEM;
    while (rc == 0 && n > 0 && !device_imports_are_full(up->chunk)) {
        n = read(up->fd, slice, sizeof slice);
        if (n < 0)
            return -errno;
        rc = n > 0 ? import_rows_feed(up->rows, slice, (size_t)n)
                   : import_rows_end(up->rows);
    }
    return rc;
}

static int end_list(struct request *rq, struct response *rs)
{
    struct upload *up = rq->upload;
    struct command *c = request_command(rq, COMMAND_DEVICES_IMPORT);
    struct text totals = {0};
    struct json j = json_to(&totals);

    json_object(&j, NULL);
    put_counts(up, &j);
    json_end(&j);
    if (c)
        c->text = totals.bad ? NULL : strdup(totals.at);
    text_fini(&totals);
    return request_step(rq, rs, c, answer_list);
}

static int next_chunk(struct request *rq, struct response *rs);

/* Rows that were right when they were checked, and then it was otherwise. */
static int note_refused(struct upload *up, const struct command_result *result)
{
    const char *text = result->extra ? result->extra : "{}";
    int64_t failed = up->failed + result->refused;
    struct cJSON *json = NULL;
    struct problem p = {0};

    int rc = json_read(text, strlen(text), &json, &p);
    if (rc != 0)
        return rc;
    const struct cJSON *error;
    cJSON_ArrayForEach(error, cJSON_GetObjectItem(json, "errors"))
    {
        struct fields f = fields_of(error, "", &p);
        import_note(up, fields_int(&f, "line", (struct int_range){0, INT64_MAX}, 0),
                    fields_text(&f, "reason", NULL));
    }
    json_free(json);
    up->failed = failed; /* not all of them are named */
    return 0;
}

static int took_chunk(struct request *rq, struct response *rs)
{
    struct upload *up = rq->upload;
    const struct command_result *result = request_result(rq);

    up->created += result->made;
    up->taken += up->sent - result->refused;
    int rc = note_refused(up, result);
    return rc != 0 ? rc : next_chunk(rq, rs);
}

/* Whatever becomes of the rest, who began it is known. @return false: no memory */
static bool tell_begin(const struct upload *up, struct command *c)
{
    char text[40];

    snprintf(text, sizeof text, "{\"rows\":%lld}", (long long)up->row_count);
    c->text = strdup(text);
    return c->text != NULL;
}

static int next_chunk(struct request *rq, struct response *rs)
{
    struct upload *up = rq->upload;
    bool is_first = !up->has_begun;

    int rc = gather(up);
    if (rc == 0)
        rc = tell_so_far(rq);
    if (rc != 0)
        return rc;
    if (up->chunk->count == 0)
        return end_list(rq, rs);
    struct command *c = request_command(rq, COMMAND_DEVICES_IMPORT);
    if (c) {
        up->sent = (int64_t)up->chunk->count;
        c->import.chunk = up->chunk;
        up->chunk = NULL;
        up->has_begun = true;
    }
    if (c && is_first && !tell_begin(up, c)) {
        command_free(c);
        return -ENOMEM;
    }
    return request_step(rq, rs, c, took_chunk);
}

/* @return true if there may be that many devices; else *rs has a problem */
static bool has_room(struct request *rq, struct response *rs, const struct upload *up)
{
    struct count_row rows[16];
    uint64_t max = rq->api->options.devices_max;
    int64_t devices = 0;
    size_t count = 0;

    if (max == 0 || store_count_devices(rq->store, rows, 16, &count) != 0)
        return true;
    for (size_t i = 0; i < count && i < 16; i++)
        devices += rows[i].n;
    if ((uint64_t)(devices + up->new_count) <= max)
        return true;
    response_refuse(rs, PROBLEM_CONFLICT,
                    "%lld devices are here and %lld rows are new, devices_max is %llu; "
                    "nothing was imported",
                    (long long)devices, (long long)up->new_count,
                    (unsigned long long)max);
    return false;
}

int import_list(struct request *rq, struct response *rs)
{
    struct upload *up = rq->upload;

    up->store = rq->store;
    int rc = import_rows_end(up->rows);
    if (rc != 0)
        return rc;
    if (import_rows_problem(up->rows))
        return response_refuse(rs, PROBLEM_INVALID_IMPORT, "%s",
                               import_rows_problem(up->rows));
    if (!up->is_skipping && up->failed > 0)
        return refuse_list(rs, up);
    if (!up->is_skipping && !has_room(rq, rs, up))
        return 0;
    import_rows_close(up->rows);
    up->rows = NULL;
    import_seen_clear(&up->seen);
    rc = import_rows_open(up->format, gather_row, up, &up->rows);
    if (rc == 0 && lseek(up->fd, 0, SEEK_SET) < 0)
        rc = -errno;
    return rc != 0 ? rc : next_chunk(rq, rs);
}
