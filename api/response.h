/* SPDX-License-Identifier: Apache-2.0 */
/* response.h - the answer that a handler fills in. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/json_write.h"
#include "api/problem.h"
#include "api/text.h"

enum { RESPONSE_HEADERS_MAX = 10 };

struct request;

/** What stream.fill returns. */
enum {
    STREAM_MORE = 1, /* call again when this part is sent */
    STREAM_END,      /* this part is the last */
    STREAM_SLEEP,    /* the request's sleeper will wake it */
};

/** A body that is made while it is sent. */
struct stream {
    /** Append the next part to out, rq->store is set. @return STREAM_..., -errno
     * (breaks the connection off) */
    int (*fill)(struct request *rq, void *state, struct text *out);
    void (*close)(void *state); /* may be NULL */
    void *state;                /* owned */
};

struct response_header {
    const char *name; /* static */
    char *value;      /* owned */
};

/** Zero-initialised it is no answer yet: status 0. */
struct response {
    int status;
    const char *content_type; /* static; NULL: application/json */
    struct text body;
    const void *fixed; /* static bytes instead of body; NULL: body */
    size_t fixed_bytes;
    struct response_header headers[RESPONSE_HEADERS_MAX];
    size_t header_count;
    struct stream stream; /* .fill set: instead of body */
    bool closes;          /* the connection ends with this answer */
    bool has_mark;        /* it gets an ETag that begins with .mark */
    char mark[72];        /* what If-Match compares; "" if nothing can be edited */
    bool is_secret;       /* not to be recorded for an Idempotency-Key */
};

void response_fini(struct response *rs);

/** Set a field, in place of one with this name; the value is copied, a line break in it
 * is a bug. */
void response_header(struct response *rs, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The answer is of one thing: it gets an ETag, of mark and what the body is. */
void response_mark(struct response *rs, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Give a whole answer with a mark its ETag; if the client of a GET has this one
 * already, it becomes 304.
 *
 * @param if_none_match  of a GET; NULL: none
 */
void response_tag(struct response *rs, const char *if_none_match);

/** Start a JSON body. */
struct json response_json(struct response *rs, int status);

/** Answer with what p says; an answer that was begun is dropped. @return 0 */
int response_problem(struct response *rs, const struct problem *p);

/** The same, described here. @return 0 */
int response_refuse(struct response *rs, enum problem_kind kind, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));

/** A problem with a name that is not in the table, or with members of its own.
 * @return 0 */
int response_named(struct response *rs, int status, const struct problem *p,
                   const char *name, const char *members);

/** What a store_ function returned and the handler does not handle itself: "no such
 * <noun>" or -errno to pass up. @return 0 or rc */
int response_store(struct response *rs, int rc, const char *noun);
