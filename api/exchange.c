/* SPDX-License-Identifier: Apache-2.0 */
#include "api/exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/admission.h"
#include "api/api_internal.h"
#include "api/json_read.h"
#include "api/nearest.h"
#include "api/once.h"
#include "api/readers.h"
#include "api/routes.h"
#include "api/sleepers.h"
#include "store/digest.h"
#include "store/filter.h"

enum { DRAIN_BYTES_MAX = 1 << 20 };

struct exchange {
    struct request rq;
    struct response rs;
    struct sleeper sleeper;
    struct problem target_problem; /* found before the headers */
    struct text part;              /* of a stream, sent up to .part_at */
    size_t part_at;
    uint64_t dropped_bytes;
    int64_t started_ms;
    bool is_owed;     /* it came whole: whoever stops the server waits for its end */
    bool is_started;  /* the handler was called */
    bool is_recorded; /* the Idempotency-Key's answer is with the core */
    bool is_counted, has_stream_ended;
};

struct exchange *api_exchange_new(struct api *api, void *connection, const char *target)
{
    struct exchange *x = calloc(1, sizeof *x);

    if (!x)
        return NULL;
    x->sleeper.all = api->sleepers;
    x->sleeper.connection = connection;
    x->rq.api = api;
    x->rq.sleeper = &x->sleeper;
    x->started_ms = api->options.env.mono_ms();
    if (uri_parse(target, &x->rq.uri, &x->target_problem) == -ENOMEM) {
        api_exchange_free(x);
        return NULL;
    }
    return x;
}

void api_exchange_free(struct exchange *x)
{
    if (!x)
        return;
    sleeper_fini(&x->sleeper);
    if (x->rq.route && x->rq.route->upload && x->rq.upload)
        x->rq.route->upload->end(&x->rq);
    request_keep(&x->rq, NULL, NULL);
    filter_close(x->rq.filter);
    once_end(x->rq.api, x->rq.once);
    digest_close(x->rq.streamed);
    free(x->rq.made);
    response_fini(&x->rs);
    json_free(x->rq.json);
    text_fini(&x->rq.body);
    text_fini(&x->rq.so_far);
    text_fini(&x->part);
    uri_fini(&x->rq.uri);
    if (x->is_owed)
        api_end_exchange(x->rq.api);
    free(x);
}

struct response *exchange_response(struct exchange *x)
{
    return &x->rs;
}

static bool is_answered(const struct exchange *x)
{
    return x->rs.status != 0;
}

/* -errno of a handler or of the store. */
static void fail(struct exchange *x, int rc)
{
    if (rc == -ENOSPC) {
        response_refuse(&x->rs, PROBLEM_STORAGE_FULL, "there is no space left");
        return;
    }
    if (rc == -EAGAIN || rc == -EBUSY || rc == -ENOMEM) {
        response_refuse(&x->rs, PROBLEM_BUSY, "not now: %s", strerror(-rc));
        return;
    }
    api_log_failure(x->rq.api, x->rq.uri.path ? x->rq.uri.path : "?", rc);
    response_refuse(&x->rs, PROBLEM_INTERNAL, "%s", strerror(-rc));
}

static bool find_method(struct exchange *x, const char *name)
{
    /* Of RFC 9110, and of no route here. */
    static const char *const unused[] = {"OPTIONS", "TRACE", "CONNECT"};

    x->rq.is_head = strcmp(name, "HEAD") == 0;
    if (x->rq.is_head)
        name = method_name(METHOD_GET);
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (strcmp(name, method_name((enum method)m)) == 0) {
            x->rq.method = (enum method)m;
            return true;
        }
    }
    x->rq.method = METHOD_COUNT;
    for (size_t i = 0; i < sizeof unused / sizeof unused[0]; i++)
        if (strcmp(name, unused[i]) == 0)
            return true;
    response_refuse(&x->rs, PROBLEM_NOT_IMPLEMENTED, "no such method");
    return false;
}

static void begin_upload(struct exchange *x)
{
    const struct route_upload *upload = x->rq.route->upload;
    int rc = upload ? upload->begin(&x->rq, &x->rs) : 0;

    if (rc < 0)
        fail(x, rc);
}

static void admit(struct exchange *x, const char *method)
{
    struct request *rq = &x->rq;

    if (sleepers_are_stopped(rq->api->sleepers)) {
        response_refuse(&x->rs, PROBLEM_STOPPING, "the daemon stops");
        return;
    }
    if (x->target_problem.kind != PROBLEM_NONE) {
        response_problem(&x->rs, &x->target_problem);
        return;
    }
    if (!find_method(x, method))
        return;
    rq->route = route_find(rq->method, &rq->uri, rq->params, &x->rs);
    if (!rq->route)
        return;
    int rc = admission(rq, &x->rs);
    if (rc < 0)
        fail(x, rc);
    if (!is_answered(x))
        begin_upload(x);
}

static void owe(struct exchange *x)
{
    if (!x->is_owed)
        api_begin_exchange(x->rq.api);
    x->is_owed = true;
}

/* What is read of a body whose answer is known: of an upload by somebody we know, all.
 */
static uint64_t drain_max(const struct request *rq)
{
    bool is_upload = rq->route && rq->route->body == ROUTE_STREAM;

    return is_upload && rq->who.role != ROLE_ANYONE ? rq->api->options.package_bytes_max
                                                    : DRAIN_BYTES_MAX;
}

int exchange_begin(struct exchange *x, const struct exchange_head *head)
{
    x->rq.headers = head->headers;
    if (head->refusal != PROBLEM_NONE) {
        response_refuse(&x->rs, head->refusal, "%s", head->why);
        x->rs.closes = true;
        owe(x);
        return EXCHANGE_ANSWER;
    }
    admit(x, head->method);
    if (!is_answered(x))
        return EXCHANGE_BODY;
    /* A client that is still sending hears the answer only if we take what it sends. */
    if (!head->headers.expect &&
        head->headers.content_length <= (int64_t)drain_max(&x->rq))
        return EXCHANGE_BODY;
    x->rs.closes = true;
    owe(x);
    return EXCHANGE_ANSWER;
}

static int drain(struct exchange *x, size_t len)
{
    x->dropped_bytes += len;
    return x->dropped_bytes > drain_max(&x->rq) ? -EFBIG : 0;
}

int exchange_body(struct exchange *x, const void *bytes, size_t len)
{
    if (is_answered(x) || x->rq.route->body == ROUTE_NO_BODY)
        return drain(x, len);
    if (x->rq.route->body == ROUTE_STREAM) {
        int rc = x->rq.route->upload->bytes(&x->rq, &x->rs, bytes, len);
        if (rc < 0)
            fail(x, rc);
        return 0;
    }
    if (x->rq.body.len + len > x->rq.api->options.json_bytes_max) {
        response_refuse(&x->rs, PROBLEM_TOO_LARGE, "the body may have %u bytes",
                        x->rq.api->options.json_bytes_max);
        return drain(x, len);
    }
    text_append(&x->rq.body, bytes, len);
    return x->rq.body.bad ? -EFBIG : 0;
}

/* @return false: *rs has a problem */
static bool read_json(struct exchange *x)
{
    struct problem p = {0};
    struct request *rq = &x->rq;

    if (rq->route->body != ROUTE_JSON && rq->route->body != ROUTE_JSON_OR_NOTHING)
        return true;
    if (rq->body.len == 0 && rq->route->body == ROUTE_JSON_OR_NOTHING)
        return true;
    int rc = json_read_body(&rq->body, &rq->json, &p);
    if (rc == -ENOMEM)
        fail(x, rc);
    else if (rc != 0)
        response_problem(&x->rs, &p);
    return !is_answered(x);
}

static int call_first(struct exchange *x)
{
    bool had_body = x->rq.headers.content_length != 0; /* it may have taken its time */

    x->is_started = true;
    if (had_body && !admission_lasts(&x->rq))
        return response_refuse(&x->rs, PROBLEM_UNAUTHORIZED, "the token is not known");
    if (!read_json(x))
        return 0;
    int rc = once_begin(&x->rq, &x->rs, &x->rq.once);
    if (rc != ONCE_RUN) {
        x->is_recorded = true;
        return rc;
    }
    return x->rq.route->run(&x->rq, &x->rs);
}

static int call_again(struct exchange *x)
{
    if (!x->rq.awaits_result)
        return x->rq.after(&x->rq, &x->rs);
    bool is_waiting = sleeper_ticket(&x->sleeper) != 0;
    if (is_waiting && x->rq.is_closing)
        return response_refuse(&x->rs, PROBLEM_STOPPING, "the daemon stops");
    if (is_waiting) {
        if (x->rq.meanwhile)
            x->rq.meanwhile(&x->rq);
        return ROUTE_SLEEPS;
    }
    x->rq.awaits_result = false;
    enum command_status status = request_result(&x->rq)->status;
    if (status != COMMAND_DONE && status != COMMAND_ALREADY)
        return request_refused(&x->rq, &x->rs);
    return x->rq.after(&x->rq, &x->rs);
}

static int call(struct exchange *x)
{
    struct request *rq = &x->rq;

    rq->store = readers_take(rq->api->readers);
    rq->wall_ms = rq->api->options.env.wall_ms();
    rq->is_closing = sleepers_are_stopped(rq->api->sleepers);
    int rc = x->is_started ? call_again(x) : call_first(x);
    readers_give(rq->api->readers, rq->store);
    rq->store = NULL;
    if (rc < 0)
        fail(x, rc);
    return rc;
}

static int finish(struct exchange *x)
{
    int64_t now_ms = x->rq.api->options.env.mono_ms();

    response_tag(&x->rs,
                 x->rq.method == METHOD_GET ? x->rq.headers.if_none_match : NULL);
    if (x->rs.body.bad)
        fail(x, -ENOMEM);
    if (!x->is_counted)
        api_count_answer(x->rq.api, x->rs.status,
                         x->rq.awaits_others
                             ? API_UNTIMED
                             : (uint64_t)(now_ms - x->started_ms) * 1000);
    x->is_counted = true;
    if (sleepers_are_stopped(x->rq.api->sleepers))
        x->rs.closes = true;
    return EXCHANGE_ANSWER;
}

int exchange_run(struct exchange *x)
{
    owe(x);
    while (!is_answered(x)) {
        int rc = call(x);
        if (rc == ROUTE_SLEEPS && sleeper_settle(&x->sleeper) == SLEEPER_ASLEEP)
            return EXCHANGE_ASLEEP;
    }
    if (x->is_started && !x->is_recorded) {
        x->is_recorded = true;
        if (once_record(&x->rq, &x->rs, x->rq.once) == ROUTE_SLEEPS &&
            sleeper_settle(&x->sleeper) == SLEEPER_ASLEEP)
            return EXCHANGE_ASLEEP;
    }
    return finish(x);
}

static int fill_part(struct exchange *x)
{
    struct request *rq = &x->rq;

    text_clear(&x->part);
    x->part_at = 0;
    rq->store = readers_take(rq->api->readers);
    rq->wall_ms = rq->api->options.env.wall_ms();
    int rc = x->rs.stream.fill(rq, x->rs.stream.state, &x->part);
    readers_give(rq->api->readers, rq->store);
    rq->store = NULL;
    return x->part.bad ? -ENOMEM : rc;
}

/* @return 0: look at .part again; else what exchange_stream() returns, or 1: asleep */
static int next_part(struct exchange *x)
{
    if (x->has_stream_ended || sleepers_are_stopped(x->rq.api->sleepers))
        return EXCHANGE_END;
    int rc = fill_part(x);
    if (rc < 0) {
        api_log_failure(x->rq.api, x->rq.uri.path, rc);
        return EXCHANGE_BROKEN;
    }
    x->has_stream_ended = rc == STREAM_END;
    if (rc == STREAM_MORE && x->part.len == 0) { /* its time is used up: others first */
        sleeper_follow(&x->sleeper, INT64_MAX, x->rq.api->options.env.mono_ms());
        rc = STREAM_SLEEP;
    }
    if (rc != STREAM_SLEEP || x->part.len > 0)
        return 0;
    return sleeper_settle(&x->sleeper) == SLEEPER_ASLEEP;
}

ssize_t exchange_stream(struct exchange *x, char *out, size_t size)
{
    while (x->part_at == x->part.len) {
        int rc = next_part(x);
        if (rc != 0)
            return rc == 1 ? 0 : rc;
    }
    size_t len = x->part.len - x->part_at;
    if (len > size)
        len = size;
    memcpy(out, x->part.at + x->part_at, len);
    x->part_at += len;
    return (ssize_t)len;
}
