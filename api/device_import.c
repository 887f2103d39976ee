/* SPDX-License-Identifier: Apache-2.0 */
/* device_import.c - POST /v1/devices: one device as JSON, or many as CSV or NDJSON.
 *
 * A list goes to a file without a name while it arrives, and each row is checked there
 * and then: only when all of it is here, and nothing is wrong with it (or on_error=skip
 * leaves out what is wrong), is it read again and given to the core, a chunk at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "api/api_internal.h"
#include "api/device_import.h"
#include "api/device_json.h"
#include "api/handlers.h"
#include "api/import_rows.h"
#include "api/json_read.h"
#include "api/once.h"
#include "api/readers.h"
#include "campaigns/command.h"
#include "store/package_file.h"

enum { ONE_BYTES_MAX = 64 * 1024 };

static bool is_type(const char *content_type, const char *type)
{
    size_t len = strlen(type);

    return content_type && strncasecmp(content_type, type, len) == 0 &&
           strchr("; \t", content_type[len]) != NULL;
}

/* ---- the first time through: check ---- */

void import_note(struct upload *up, int64_t line, const char *why)
{
    if (++up->failed > IMPORT_ERRORS_MAX)
        return;
    json_object(&up->errors_json, NULL);
    json_int(&up->errors_json, "line", line);
    json_text(&up->errors_json, "reason", why);
    json_end(&up->errors_json);
}

const char *import_repeats(struct upload *up, const struct import_row *row)
{
    int64_t before;
    int rc = import_seen_put(&up->seen, row->endpoint, row->line, &before);

    if (rc < 0)
        return NULL;
    if (rc != IMPORT_SEEN_BEFORE) /* of too many the core says which */
        return "";
    snprintf(up->repeats, sizeof up->repeats, "the endpoint is that of line %lld",
             (long long)before);
    return up->repeats;
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
    struct tags_try found = {.fits = true};

    up->row_count++;
    const char *why = row->why ? row->why : import_repeats(up, row);
    if (!why)
        return -ENOMEM;
    if (why[0]) {
        import_note(up, row->line, why);
        return 0;
    }
    if (up->is_skipping)
        return 0; /* who has too many tags the core says */
    names_of(row->tags, row->tag_count, tags);
    int rc =
        store_device_try_tags(up->store, row->endpoint, tags, row->tag_count, &found);
    if (!found.fits)
        import_note(up, row->line, IMPORT_TOO_MANY_TAGS);
    up->new_count += found.id == 0;
    return rc;
}

static int open_spool(const struct api *api, struct upload *up)
{
    up->fd = open(api->options.state_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (up->fd < 0)
        return -errno;
    up->seen.max = (size_t)api->options.devices_max;
    up->errors_json = json_to(&up->errors);
    up->errors_json.depth = 1;
    up->errors_json.is_array = 2;
    return import_rows_open(up->format, check_row, up, &up->rows);
}

static int begin(struct request *rq, struct response *rs)
{
    const char *type = rq->headers.content_type;
    const char *on_error = request_parameter(rq, "on_error");
    struct upload *up = calloc(1, sizeof *up);

    (void)rs;
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
    import_seen_clear(&up->seen);
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

/* A list that comes in chunks says its length nowhere. */
static int check_space(const struct api *api, struct upload *up)
{
    if (up->bytes - up->checked_bytes < PACKAGE_SPACE_STEP)
        return 0;
    up->checked_bytes = up->bytes;
    return package_space(api->packages, PACKAGE_SPACE_STEP);
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
    int rc = once_stream(rq, in, len);
    if (rc == 0)
        rc = check_space(rq->api, up);
    if (rc == 0)
        rc = write_all(up->fd, in, len);
    if (rc != 0)
        return rc;
    up->store = readers_take(rq->api->readers);
    rc = import_rows_feed(up->rows, in, len);
    readers_give(rq->api->readers, up->store);
    return rc;
}

const struct route_upload device_upload = {
    begin, bytes, end, "application/json text/csv application/x-ndjson"};

/* ---- one ---- */

static int answer_one(struct request *rq, struct response *rs)
{
    const struct upload *up = rq->upload;
    struct text path = {0};

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

/* @return the command that creates it, with its tags for the event; NULL: no memory */
static struct command *create_one(struct request *rq, const struct cJSON *given,
                                  const struct tag *tags, size_t count)
{
    struct command *c = request_command(rq, COMMAND_DEVICES_IMPORT);
    const struct upload *up = rq->upload;
    struct text text = {0};

    if (!c)
        return NULL;
    if (!given)
        text_put(&text, "{}");
    int rc = given ? json_print(given, &text) : 0;
    c->text = text.at;
    c->import.is_one = true;
    c->import.chunk = device_imports_new();
    if (rc == 0 && !text.bad && c->import.chunk &&
        device_imports_add(c->import.chunk, 1, up->one.endpoint, tags, count) == 0)
        return c;
    command_free(c);
    return NULL;
}

static int run_one(struct request *rq, struct response *rs)
{
    struct upload *up = rq->upload;
    struct problem p = {0};
    struct tag tags[TAGS_MAX];
    const char *why = NULL;
    size_t count = 0;

    int rc = json_read_body(&rq->body, &rq->json, &p);
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
    struct command *c = create_one(rq, given, tags, count);
    return c ? request_step(rq, rs, c, answer_one) : -ENOMEM;
}

int devices_post(struct request *rq, struct response *rs)
{
    const struct upload *up = rq->upload;

    return up->kind == UPLOAD_ONE ? run_one(rq, rs) : import_list(rq, rs);
}
