/* SPDX-License-Identifier: Apache-2.0 */
/* device_import.c - POST /v1/devices: one device as JSON, or many as CSV or NDJSON.
 *
 * A list goes to a file without a name while it arrives, and each row is checked there
 * and then: only when all of it is here, and nothing is wrong with it (or on_error=skip
 * leaves out what is wrong), is it read again and given to the core, a chunk at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "api/api_internal.h"
#include "api/device_json.h"
#include "api/handlers.h"
#include "api/import_rows.h"
#include "api/json_read.h"
#include "api/readers.h"
#include "campaigns/command.h"
#include "store/package_file.h"
#include "store/progress.h"

enum { ERRORS_MAX = 100, SLICE_BYTES = 4096, ONE_BYTES_MAX = 64 * 1024 };

struct upload {
    enum { UPLOAD_ONE, UPLOAD_LIST } kind;
    enum import_format format;
    bool is_skipping; /* on_error=skip */
    int fd;           /* of the list; -1: none */
    uint64_t bytes;
    struct import_rows *rows;
    struct store *store;          /* while rows are checked */
    struct device_imports *chunk; /* while rows are gathered */
    int64_t row_count, failed, created, new_count;
    struct text errors; /* members of an array, up to ERRORS_MAX */
    struct json errors_json;
    struct device_import one;
};

static bool is_type(const char *content_type, const char *type)
{
    size_t len = strlen(type);

    return content_type && strncasecmp(content_type, type, len) == 0 &&
           strchr("; \t", content_type[len]) != NULL;
}

/* ---- the first time through: check ---- */

static void note_error(struct upload *up, int64_t line, const char *why)
{
    if (++up->failed > ERRORS_MAX)
        return;
    json_object(&up->errors_json, NULL);
    json_int(&up->errors_json, "line", line);
    json_text(&up->errors_json, "reason", why);
    json_end(&up->errors_json);
}

static void names_of(const struct tag *tags, size_t count, struct tag_row *rows)
{
    for (size_t i = 0; i < count; i++) {
        memcpy(rows[i].name, tags[i].name, sizeof rows[i].name);
        rows[i].is_removed = false;
    }
}

static int check_row(void *arg, const struct import_row *row)
{
    struct tag_row tags[TAGS_MAX];
    struct upload *up = arg;
    bool fits = true;
    int64_t id = 0;

    up->row_count++;
    if (row->why) {
        note_error(up, row->line, row->why);
        return 0;
    }
    names_of(row->tags, row->tag_count, tags);
    int rc = store_device_try_tags(up->store, row->endpoint, tags, row->tag_count, &id,
                                   &fits);
    if (!fits)
        note_error(up, row->line, "with these the device would have more than 32 tags");
    up->new_count += id == 0;
    return rc;
}

static int open_spool(const struct api *api, struct upload *up)
{
    up->fd = open(api->options.state_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (up->fd < 0)
        return -errno;
    up->errors_json = json_to(&up->errors);
    up->errors_json.depth = 1;
    up->errors_json.is_array = 2;
    return import_rows_open(up->format, check_row, up, &up->rows);
}

static int begin(struct request *rq, struct response *rs)
{
    const char *type = rq->headers.content_type;
    const char *on_error = request_parameter(rq, "on_error");

    if (on_error && strcmp(on_error, "stop") != 0 && strcmp(on_error, "skip") != 0)
        return response_refuse(rs, PROBLEM_INVALID_PARAMETER,
                               "'on_error' can be stop or skip");
    struct upload *up = calloc(1, sizeof *up);
    if (!up)
        return -ENOMEM;
    rq->upload = up;
    up->fd = -1;
    up->is_skipping = on_error && strcmp(on_error, "skip") == 0;
    up->format = is_type(type, "text/csv") ? IMPORT_CSV : IMPORT_NDJSON;
    if (up->format == IMPORT_NDJSON && !is_type(type, "application/x-ndjson"))
        return 0;
    up->kind = UPLOAD_LIST;
    int rc = rq->headers.content_length > 0
                 ? package_space(rq->api->packages, rq->headers.content_length)
                 : 0;
    return rc != 0 ? rc : open_spool(rq->api, up);
}

static void end(struct request *rq)
{
    struct upload *up = rq->upload;

    if (up->fd >= 0)
        close(up->fd);
    import_rows_close(up->rows);
    device_imports_free(up->chunk);
    text_fini(&up->errors);
    free(up);
    rq->upload = NULL;
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

static int bytes(struct request *rq, struct response *rs, const void *in, size_t len)
{
    struct upload *up = rq->upload;
    uint64_t max = up->kind == UPLOAD_ONE ? (uint64_t)ONE_BYTES_MAX
                                          : rq->api->options.package_bytes_max;

    up->bytes += len;
    if (up->bytes > max)
        return response_refuse(rs, PROBLEM_TOO_LARGE, "the body may have %llu bytes",
                               (unsigned long long)max);
    if (up->kind == UPLOAD_ONE) {
        text_append(&rq->body, in, len);
        return rq->body.bad ? -ENOMEM : 0;
    }
    int rc = write_all(up->fd, in, len);
    if (rc != 0)
        return rc;
    up->store = readers_take(rq->api->readers);
    rc = import_rows_feed(up->rows, in, len);
    readers_give(rq->api->readers, up->store);
    return rc;
}

const struct route_upload device_upload = {
    begin, bytes, end, "application/json text/csv application/x-ndjson"};

/* ---- answers ---- */

static void put_counts(const struct upload *up, struct json *j)
{
    json_int(j, "rows", up->row_count);
    json_int(j, "created", up->created);
    json_int(j, "updated", up->row_count - up->failed - up->created);
    json_int(j, "failed", up->failed);
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

    return row->why ? 0
                    : device_imports_add(up->chunk, row->endpoint, row->tags,
                                         row->tag_count);
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

static int took_chunk(struct request *rq, struct response *rs)
{
    struct upload *up = rq->upload;
    const struct command_result *result = request_result(rq);

    up->created += result->made;
    up->failed += result->refused; /* it was otherwise when the row was checked */
    return next_chunk(rq, rs);
}

static int next_chunk(struct request *rq, struct response *rs)
{
    struct upload *up = rq->upload;

    int rc = gather(up);
    if (rc != 0)
        return rc;
    if (up->chunk->count == 0)
        return end_list(rq, rs);
    struct command *c = request_command(rq, COMMAND_DEVICES_IMPORT);
    if (c) {
        c->import.chunk = up->chunk;
        up->chunk = NULL;
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

static int run_list(struct request *rq, struct response *rs)
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
    rc = import_rows_open(up->format, gather_row, up, &up->rows);
    if (rc == 0 && lseek(up->fd, 0, SEEK_SET) < 0)
        rc = -errno;
    return rc != 0 ? rc : next_chunk(rq, rs);
}

/* ---- one ---- */

static int answer_one(struct request *rq, struct response *rs)
{
    const struct upload *up = rq->upload;
    struct text path = {0};

    if (request_result(rq)->refused > 0)
        return response_refuse(rs, PROBLEM_CONFLICT,
                               "there are as many devices as devices_max allows");
    rq->params[0] = up->one.endpoint;
    int rc = devices_one(rq, rs);
    if (rc != 0 || rs->status != 200)
        return rc;
    rs->status = 201;
    text_put(&path, "/v1/devices/");
    text_percent(&path, up->one.endpoint);
    if (!path.bad)
        response_header(rs, "Location", "%s", path.at);
    text_fini(&path);
    return 0;
}

static int run_one(struct request *rq, struct response *rs)
{
    struct upload *up = rq->upload;
    struct problem p = {0};
    struct tag tags[TAGS_MAX];
    const char *why = NULL;
    size_t count = 0;

    int rc = json_read(rq->body.at ? rq->body.at : "", rq->body.len, &rq->json, &p);
    if (rc == -ENOMEM)
        return rc;
    struct fields f = fields_of(rc == 0 ? rq->json : NULL, "", &p);
    const char *endpoint = fields_text(&f, "endpoint", NULL);
    const struct cJSON *given = fields_any(&f, "tags");
    if (fields_end(&f) != 0)
        return response_problem(rs, &p);
    why = endpoint_problem(endpoint);
    if ((!why && given && tags_take(given, tags, &count, &why) != 0) || why)
        return response_refuse(rs, PROBLEM_INVALID_FIELD, "%s", why);
    memcpy(up->one.endpoint, endpoint, strlen(endpoint) + 1);
    struct command *c = request_command(rq, COMMAND_DEVICES_IMPORT);
    if (c) {
        c->import.is_one = true;
        c->import.chunk = device_imports_new();
    }
    if (!c || !c->import.chunk ||
        device_imports_add(c->import.chunk, endpoint, tags, count) != 0) {
        command_free(c);
        return -ENOMEM;
    }
    return request_step(rq, rs, c, answer_one);
}

int devices_post(struct request *rq, struct response *rs)
{
    const struct upload *up = rq->upload;

    return up->kind == UPLOAD_ONE ? run_one(rq, rs) : run_list(rq, rs);
}
