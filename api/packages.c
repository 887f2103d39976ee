/* SPDX-License-Identifier: Apache-2.0 */
/* packages.c - /v1/packages: files by their SHA-256, uploaded in one or several steps.
 *
 * PUT without Content-Range starts over; with "bytes a-b/total" it goes on at a, which
 * is at most the Upload-Offset that HEAD tells. Putting what is there already is 200.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/bundle_json.h"
#include "api/content_range.h"
#include "api/handlers.h"
#include "api/holds.h"
#include "api/list.h"
#include "api/readers.h"
#include "campaigns/command.h"
#include "store/digest.h"
#include "store/package_file.h"

static void package_members(struct json *j, const struct package_row *row)
{
    json_text(j, "sha256", row->digest);
    json_int(j, "size", row->size_bytes);
    json_text(j, "state", row->state);
    json_time(j, "created_at", row->created_ms);
}

static int fill_packages(struct request *rq, struct page *page, struct rows *rows)
{
    struct package_row *found = list_rows(page, sizeof *found);
    const char *state = request_parameter(rq, "state");

    if (!found)
        return -ENOMEM;
    int rc = store_package_page(rq->store, state ? state : "", found, page);
    for (size_t i = 0; i < page->count && rc == 0; i++) {
        package_members(row_begin(rows), &found[i]);
        row_end(rows);
    }
    free(found);
    return rc;
}

int packages_list(struct request *rq, struct response *rs)
{
    static const struct list list = {FILTER_OF_PACKAGES, PAGE_UP, fill_packages};

    return list_answer(rq, rs, &list);
}

/* The digest of the path in lower case. @return 0, -EINVAL with *rs set */
static int read_digest(const struct request *rq, char hex[STORE_DIGEST_HEX + 1],
                       struct response *rs)
{
    uint8_t bytes[STORE_DIGEST_BYTES];

    if (digest_from_hex(rq->params[0], bytes) != 0) {
        response_refuse(rs, PROBLEM_NOT_FOUND,
                        "a package's name is its SHA-256, 64 hexadecimal digits");
        return -EINVAL;
    }
    digest_hex(bytes, hex);
    return 0;
}

static int answer_row(struct response *rs, const struct package_row *row, int status)
{
    struct json j = response_json(rs, status);

    response_mark(rs, "%s", "");
    response_header(rs, "Upload-Offset", "%" PRId64, row->size_bytes);
    json_object(&j, NULL);
    package_members(&j, row);
    json_end(&j);
    return 0;
}

static int answer_part(struct response *rs, const char *hex, int64_t offset, int status)
{
    struct json j = response_json(rs, status);

    response_header(rs, "Upload-Offset", "%" PRId64, offset);
    json_object(&j, NULL);
    json_text(&j, "sha256", hex);
    json_text(&j, "state", "uploading");
    json_int(&j, "offset", offset);
    json_end(&j);
    return 0;
}

/* Opening is looking too; the lock keeps a look from being in the way of an upload. */
static int open_upload(struct api *api, const char *hex, int64_t size_bytes,
                       struct package_upload **out)
{
    pthread_mutex_lock(&api->uploads_lock);
    int rc = package_upload_open(api->packages, hex, size_bytes, out);
    pthread_mutex_unlock(&api->uploads_lock);
    return rc;
}

/* @param offset bytes that came of a package that is not whole; 0 if none
 * @return 0, -EBUSY: it is being uploaded now, -errno */
static int look(struct api *api, const char *hex, int64_t *offset)
{
    struct package_upload *up = NULL;

    pthread_mutex_lock(&api->uploads_lock);
    int rc = package_upload_open(api->packages, hex, 0, &up);
    *offset = rc == 0 ? package_upload_offset(up) : 0;
    package_upload_close(up);
    pthread_mutex_unlock(&api->uploads_lock);
    return rc == -EEXIST ? 0 : rc;
}

static int answer_in_progress(struct response *rs)
{
    response_refuse(rs, PROBLEM_IN_PROGRESS, "it is being uploaded now");
    response_header(rs, "Retry-After", "2");
    return 0;
}

int packages_one(struct request *rq, struct response *rs)
{
    char hex[STORE_DIGEST_HEX + 1];
    struct package_row row;
    int64_t offset;

    if (read_digest(rq, hex, rs) != 0)
        return 0;
    int rc = store_package_get(rq->store, hex, &row);
    if (rc == 0)
        return answer_row(rs, &row, 200);
    if (rc != STORE_E_NOT_FOUND)
        return rc;
    rc = look(rq->api, hex, &offset);
    if (rc == -EBUSY)
        return answer_in_progress(rs);
    if (rc != 0)
        return rc;
    if (offset == 0)
        return response_refuse(rs, PROBLEM_NOT_FOUND, "no such package");
    return answer_part(rs, hex, offset, 200);
}

struct put {
    struct hold hold;
    char hex[STORE_DIGEST_HEX + 1];
    struct package_upload *upload; /* NULL: it is there already */
    int64_t total_bytes;           /* 0: not known */
};

/* Before the answer: who hears it may go on at once. */
static void let_go(struct put *put)
{
    package_upload_close(put->upload);
    put->upload = NULL;
}

/* A file whose package is known, but out of service, is not what it was. */
static int open_anew(struct request *rq, struct put *put)
{
    struct store *st = readers_take(rq->api->readers);
    struct package_row row;
    int rc = store_package_get(st, put->hex, &row);

    readers_give(rq->api->readers, st);
    if (rc != 0 || strcmp(row.state, "ready") == 0)
        return rc < 0 ? rc : -EEXIST;
    rc = package_remove(rq->api->packages, put->hex);
    if (rc < 0)
        return rc;
    return open_upload(rq->api, put->hex, put->total_bytes, &put->upload);
}

static int place(struct request *rq, struct put *put, struct response *rs)
{
    struct content_range range = {0, -1, 0};
    const char *text = rq->headers.content_range;
    int64_t max = (int64_t)rq->api->options.package_bytes_max;

    if (text && content_range_read(text, &range) != 0)
        return response_refuse(rs, PROBLEM_INVALID_PARAMETER,
                               "Content-Range must be 'bytes first-last/total'");
    int64_t length = rq->headers.content_length;
    if (text && length >= 0 && length != range.last - range.first + 1)
        return response_refuse(rs, PROBLEM_INVALID_PARAMETER,
                               "Content-Range and Content-Length do not agree");
    put->total_bytes = text ? range.total : length > 0 ? length : 0;
    if (put->total_bytes > max)
        return response_refuse(rs, PROBLEM_TOO_LARGE,
                               "a package may have %" PRId64 " bytes", max);
    hold_take(rq->api, &put->hold, put->hex);
    int rc = open_upload(rq->api, put->hex, put->total_bytes, &put->upload);
    if (rc == -EEXIST)
        rc = open_anew(rq, put);
    if (rc != 0)
        return rc;
    int64_t offset = package_upload_offset(put->upload);
    if (range.first > offset) {
        let_go(put);
        response_refuse(rs, PROBLEM_WRONG_OFFSET, "it goes on at %" PRId64, offset);
        response_header(rs, "Upload-Offset", "%" PRId64, offset);
        return 0;
    }
    return package_upload_rewind(put->upload, range.first);
}

static int put_begin(struct request *rq, struct response *rs)
{
    struct put *put = calloc(1, sizeof *put);

    if (!put)
        return -ENOMEM;
    rq->upload = put;
    if (read_digest(rq, put->hex, rs) != 0)
        return 0;
    int rc = place(rq, put, rs);
    if (rc == -EBUSY)
        return answer_in_progress(rs);
    return rc == -EEXIST ? 0 : rc;
}

static int put_bytes(struct request *rq, struct response *rs, const void *in,
                     size_t len)
{
    struct put *put = rq->upload;
    uint64_t max = rq->api->options.package_bytes_max;

    if (!put->upload)
        return 0;
    if ((uint64_t)package_upload_offset(put->upload) + len > max)
        return response_refuse(rs, PROBLEM_TOO_LARGE,
                               "a package may have %" PRIu64 " bytes", max);
    int rc = package_upload_write(put->upload, in, len);
    if (rc == -EFBIG)
        return response_refuse(rs, PROBLEM_INVALID_PARAMETER,
                               "more bytes came than were announced");
    return rc;
}

static void put_end(struct request *rq)
{
    struct put *put = rq->upload;

    let_go(put);
    hold_drop(rq->api, &put->hold);
    free(put);
    rq->upload = NULL;
}

const struct route_upload package_upload_route = {put_begin, put_bytes, put_end,
                                                  "application/octet-stream"};

static int answer_put(struct request *rq, struct response *rs)
{
    const struct put *put = rq->upload;
    struct package_row row;
    bool is_new = request_result(rq)->status == COMMAND_DONE;

    int rc = store_package_get(rq->store, put->hex, &row);
    if (rc != 0)
        return response_store(rs, rc, "package");
    return answer_row(rs, &row, is_new ? 201 : 200);
}

static int tell_ready(struct request *rq, struct response *rs, const struct put *put,
                      int64_t size_bytes)
{
    struct command *c = request_command(rq, COMMAND_PACKAGE_READY);

    if (c) {
        memcpy(c->package.digest, put->hex, sizeof c->package.digest);
        c->package.size_bytes = size_bytes;
    }
    return request_submit(rq, rs, c, answer_put);
}

/* The core is told even so: it keeps what somebody wants. */
static int put_again(struct request *rq, struct response *rs, const struct put *put)
{
    int64_t size_bytes;

    int rc = package_size(rq->api->packages, put->hex, &size_bytes);
    return rc == 0 ? tell_ready(rq, rs, put, size_bytes)
                   : response_store(rs, rc, "package");
}

int packages_put(struct request *rq, struct response *rs)
{
    struct put *put = rq->upload;
    char hex[STORE_DIGEST_HEX + 1];
    int64_t size_bytes;

    if (!put->upload)
        return put_again(rq, rs, put);
    int64_t offset = package_upload_offset(put->upload);
    if (put->total_bytes > 0 && offset < put->total_bytes) {
        let_go(put);
        return answer_part(rs, put->hex, offset, 202);
    }
    int rc = package_upload_finish(put->upload, hex, &size_bytes);
    if (rc == STORE_E_DIGEST)
        return response_refuse(rs, PROBLEM_DIGEST_MISMATCH,
                               "the bytes do not have the SHA-256 %s", put->hex);
    if (rc != 0)
        return rc < 0 ? rc : -EIO;
    return tell_ready(rq, rs, put, size_bytes);
}

int packages_delete_one(struct request *rq, struct response *rs)
{
    char hex[STORE_DIGEST_HEX + 1];

    if (read_digest(rq, hex, rs) != 0)
        return 0;
    struct command *c = request_command(rq, COMMAND_PACKAGE_DELETE);
    if (c)
        memcpy(c->package.digest, hex, sizeof c->package.digest);
    return request_submit(rq, rs, c, request_answer_nothing);
}
