/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_upload.c - POST /v1/bundles: a manifest alone, or with its files.
 *
 * Files go to disk while they arrive, in any order with the manifest; each gets its
 * digest there. When all is there, the manifest is read and each file compared with
 * what it says; then the core is told of each package, and at last of the bundle.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/bundle_json.h"
#include "api/handlers.h"
#include "api/holds.h"
#include "api/json_read.h"
#include "api/multipart.h"
#include "api/once.h"
#include "campaigns/bundle_json.h"
#include "campaigns/command.h"
#include "store/package_file.h"

enum upload_part { PART_IS_OTHER, PART_IS_MANIFEST, PART_IS_FILE };

struct upload_file {
    char name[MULTIPART_NAME_MAX + 1];
    struct hold hold;
    int64_t size_bytes;
    bool is_told; /* the core knows of it: it stays */
};

struct upload {
    struct multipart multipart;
    bool is_multipart, has_manifest;
    enum upload_part part;
    struct package_upload *file; /* that arrives now */
    struct upload_file files[BUNDLE_PACKAGES_MAX];
    size_t file_count, told_count;
    struct bundle bundle;
};

static int begin(struct request *rq, struct response *rs)
{
    struct upload *up = calloc(1, sizeof *up);

    if (!up)
        return -ENOMEM;
    rq->upload = up;
    up->is_multipart = multipart_is(rq->headers.content_type);
    if (!up->is_multipart) {
        if (rq->headers.content_length > BUNDLE_MANIFEST_MAX)
            response_refuse(rs, PROBLEM_TOO_LARGE, "a manifest may have %d bytes",
                            BUNDLE_MANIFEST_MAX);
        return 0;
    }
    if (multipart_init(&up->multipart, rq->headers.content_type) != 0)
        return response_refuse(rs, PROBLEM_INVALID_MULTIPART,
                               "Content-Type has no usable boundary");
    return rq->headers.content_length > 0
               ? package_space(rq->api->packages, rq->headers.content_length)
               : 0;
}

/* Files that no bundle came to use are taken away again. */
static void let_go(struct api *api, struct upload *up)
{
    for (size_t i = 0; i < up->file_count; i++) {
        struct upload_file *f = &up->files[i];
        if (f->is_told)
            hold_drop(api, &f->hold);
        else
            hold_remove(api, &f->hold);
    }
}

static void end(struct request *rq)
{
    struct upload *up = rq->upload;

    package_upload_close(up->file);
    let_go(rq->api, up);
    free(up);
    rq->upload = NULL;
}

static int begin_part(struct request *rq, struct upload *up, struct response *rs)
{
    const char *name = up->multipart.name;

    if (strcmp(name, "manifest") == 0 && !up->has_manifest) {
        up->part = PART_IS_MANIFEST;
        up->has_manifest = true;
        return 0;
    }
    if (strcmp(name, "file") != 0 || !up->multipart.has_filename)
        return response_refuse(rs, PROBLEM_INVALID_MULTIPART,
                               "part '%.64s': there is one 'manifest', and 'file' "
                               "with a filename",
                               name);
    if (up->file_count == BUNDLE_PACKAGES_MAX)
        return response_refuse(rs, PROBLEM_INVALID_MULTIPART,
                               "a bundle may have %d files", BUNDLE_PACKAGES_MAX);
    up->part = PART_IS_FILE;
    int rc =
        once_stream(rq, up->multipart.filename, strlen(up->multipart.filename) + 1);
    if (rc != 0)
        return rc;
    snprintf(up->files[up->file_count].name, sizeof up->files[0].name, "%s",
             up->multipart.filename);
    return package_upload_open(rq->api->packages, NULL, 0, &up->file);
}

static int take_manifest(struct request *rq, struct response *rs, const void *bytes,
                         size_t len)
{
    if (rq->body.len + len > BUNDLE_MANIFEST_MAX)
        return response_refuse(rs, PROBLEM_TOO_LARGE, "a manifest may have %d bytes",
                               BUNDLE_MANIFEST_MAX);
    text_append(&rq->body, bytes, len);
    return rq->body.bad ? -ENOMEM : 0;
}

static int take_data(struct request *rq, struct upload *up, struct response *rs)
{
    const struct multipart *m = &up->multipart;
    uint64_t max = rq->api->options.package_bytes_max;

    if (up->part == PART_IS_MANIFEST)
        return take_manifest(rq, rs, m->bytes, m->len);
    if (up->part != PART_IS_FILE)
        return 0;
    if ((uint64_t)package_upload_offset(up->file) + m->len > max)
        return response_refuse(rs, PROBLEM_TOO_LARGE,
                               "file '%.128s': a package may have %llu bytes",
                               up->files[up->file_count].name, (unsigned long long)max);
    int rc = once_stream(rq, m->bytes, m->len);
    return rc == 0 ? package_upload_write(up->file, m->bytes, m->len) : rc;
}

static int end_part(struct api *api, struct upload *up)
{
    struct upload_file *f = &up->files[up->file_count];

    if (up->part != PART_IS_FILE)
        return 0;
    up->part = PART_IS_OTHER;
    int rc = hold_finish(api, &f->hold, up->file, &f->size_bytes);
    package_upload_close(up->file);
    up->file = NULL;
    if (rc == 0)
        up->file_count++;
    return rc > 0 ? -EIO : rc;
}

static int take_event(struct request *rq, struct response *rs, struct upload *up,
                      enum multipart_event event)
{
    switch (event) {
    case MULTIPART_PART:
        return begin_part(rq, up, rs);
    case MULTIPART_DATA:
        return take_data(rq, up, rs);
    case MULTIPART_PART_END:
        return end_part(rq->api, up);
    case MULTIPART_BAD:
        return response_refuse(rs, PROBLEM_INVALID_MULTIPART, "%s",
                               up->multipart.problem);
    case MULTIPART_MORE:
    case MULTIPART_END:
        return 0;
    }
    return 0;
}

static int bytes(struct request *rq, struct response *rs, const void *in, size_t len)
{
    struct upload *up = rq->upload;
    enum multipart_event event = MULTIPART_PART;
    const char *at = in;
    int rc = 0;

    if (!up->is_multipart)
        return take_manifest(rq, rs, in, len);
    while (rc == 0 && rs->status == 0 && event != MULTIPART_MORE) {
        event = multipart_next(&up->multipart, &at, &len);
        rc = take_event(rq, rs, up, event);
    }
    return rc;
}

const struct route_upload bundle_upload = {begin, bytes, end,
                                           "application/json multipart/form-data"};

static const struct bundle_package *package_of(const struct bundle *b, const char *file)
{
    for (size_t i = 0; i < b->package_count; i++)
        if (strcmp(b->packages[i].file, file) == 0)
            return &b->packages[i];
    return NULL;
}

static void check_files(const struct upload *up, struct problem *p)
{
    for (size_t i = 0; i < up->file_count; i++) {
        const struct upload_file *f = &up->files[i];
        const struct bundle_package *package = package_of(&up->bundle, f->name);
        if (!package)
            problem_set(p, PROBLEM_INVALID_MULTIPART,
                        "no package of the manifest has the file '%.128s'", f->name);
        else if (strcmp(package->digest, f->hold.digest) != 0)
            problem_set(p, PROBLEM_DIGEST_MISMATCH,
                        "file '%.128s' has the SHA-256 %s, the manifest says %s",
                        f->name, f->hold.digest, package->digest);
        else if ((int64_t)package->size != f->size_bytes)
            problem_set(p, PROBLEM_DIGEST_MISMATCH,
                        "file '%.128s' has %lld bytes, the manifest says %llu", f->name,
                        (long long)f->size_bytes, (unsigned long long)package->size);
    }
}

static int answer_bundle(struct request *rq, struct response *rs)
{
    struct upload *up = rq->upload;
    char ref[BUNDLE_REF_MAX + 1];
    bool is_new = request_result(rq)->status == COMMAND_DONE;

    bundle_ref(&up->bundle, ref);
    return bundle_answer(rq, rs, ref, is_new ? 201 : 200);
}

/* The next command of the row: each file, then the bundle. */
static int tell(struct request *rq, struct response *rs)
{
    struct upload *up = rq->upload;
    struct command *c;

    if (up->told_count == up->file_count) {
        c = request_command(rq, COMMAND_BUNDLE_CREATE);
        if (c) {
            bundle_ref(&up->bundle, c->bundle.ref);
            c->text = strdup(rq->body.at);
        }
        return request_submit(rq, rs, c, answer_bundle);
    }
    struct upload_file *f = &up->files[up->told_count++];
    c = request_command(rq, COMMAND_PACKAGE_READY);
    if (c) {
        memcpy(c->package.digest, f->hold.digest, sizeof c->package.digest);
        c->package.size_bytes = f->size_bytes;
    }
    f->is_told = c != NULL;
    return request_step(rq, rs, c, tell);
}

static int read_manifest(struct request *rq, struct upload *up, struct problem *p)
{
    struct bundle_problem why = {0};

    int rc = json_read_body(&rq->body, &rq->json, p);
    if (rc != 0)
        return rc == -EBADMSG ? 0 : rc;
    rc = bundle_parse(rq->body.at, rq->body.len, &up->bundle, &why);
    if (rc == BUNDLE_E_INVALID)
        problem_set(p, PROBLEM_INVALID_BUNDLE, "%s%s%s", why.path,
                    *why.path ? ": " : "", why.text);
    else if (rc == 0)
        check_files(up, p);
    return rc < 0 ? rc : 0;
}

int bundles_post(struct request *rq, struct response *rs)
{
    struct upload *up = rq->upload;
    struct problem p = {0};

    if (up->is_multipart && !multipart_is_complete(&up->multipart))
        return response_refuse(rs, PROBLEM_INVALID_MULTIPART,
                               "the body ends before its last boundary");
    if (up->is_multipart && !up->has_manifest)
        return response_refuse(rs, PROBLEM_INVALID_MULTIPART,
                               "there is no part 'manifest'");
    int rc = read_manifest(rq, up, &p);
    if (rc != 0)
        return rc;
    return p.kind == PROBLEM_NONE ? tell(rq, rs) : response_problem(rs, &p);
}
