/* SPDX-License-Identifier: Apache-2.0 */
/* request.h - what a handler sees of a request, and what it can ask for.
 *
 * A handler runs in a thread of the server, reads, checks, and either answers or gives
 * a command to the core and sleeps until it is durable. It returns 0 when the answer is
 * in *rs, ROUTE_SLEEPS when something will wake the request, or -errno, which becomes a
 * 500, 503 or 507 and a line in the log.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/problem.h"
#include "api/response.h"
#include "api/text.h"
#include "api/uri.h"

struct api;
struct cJSON;
struct command;
struct command_result;
struct digest;
struct filter;
struct once_key;
struct route;
struct sleeper;
struct store;

enum method {
    METHOD_GET,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
    METHOD_COUNT
};

/** Each role may do what those before it may. */
enum role {
    ROLE_ANYONE,
    ROLE_VIEWER,
    ROLE_OPERATOR,
    ROLE_APPROVER,
    ROLE_ADMIN,
    ROLE_COUNT,
};

enum { ROUTE_SLEEPS = 1, REQUEST_PARAMS_MAX = 5, LIST_LIMIT_MAX = 1000 };

struct principal {
    char name[64];
    enum role role;
};

/** Header fields that matter, NULL when absent; borrowed from the connection. */
struct request_headers {
    const char *authorization, *accept, *accept_encoding;
    const char *content_type, *content_range, *expect;
    const char *idempotency_key, *if_match, *if_none_match, *last_event_id;
    int64_t content_length; /* -1: not known */
};

struct request;

/** Goes on with a request that has slept. Returns what a handler does. */
typedef int request_after(struct request *rq, struct response *rs);

struct request {
    struct api *api;
    const struct route *route;
    struct sleeper *sleeper;
    struct uri uri;
    const char *params[REQUEST_PARAMS_MAX]; /* what {..} in the route's path matched */
    struct request_headers headers;
    struct principal who;
    struct store *store; /* a reader, while the handler runs; not kept */
    struct text body;    /* as it came, unless the route takes it as a stream */
    struct cJSON *json;  /* the body, if the route takes JSON and there is one */
    void *upload;        /* of a route that takes a stream; see routes.h */
    struct text so_far;  /* members that a refusal of a command has too: what those
                            before it did */
    enum method method;
    bool is_head;
    bool is_closing; /* the server stops: answer now */
    int64_t wall_ms; /* when the handler was called */

    struct once_key *once;   /* the Idempotency-Key that it has */
    struct digest *streamed; /* owned; see once_stream() */
    char *made; /* owned; id of what the same request made before: nothing is to be
                   done, only answered. NULL: it was not here before */

    bool awaits_result; /* of a command */
    bool awaits_others; /* a device, or the end of a campaign: its time is not ours */
    void (*meanwhile)(
        struct request *rq); /* when it wakes before the result; or NULL */
    request_after *after;    /* what to call when it wakes */
    struct filter *filter;   /* owned; what q says, see list.h */
    void *kept;              /* what the handler wants to find then, owned */
    void (*kept_free)(void *kept);
};

/** @return the query parameter, NULL if absent */
const char *request_parameter(const struct request *rq, const char *name);

/** A whole number in low..high; fallback if absent. @return 0, -EINVAL with *rs set */
[[nodiscard]] int request_int(const struct request *rq, const char *name,
                              const int64_t bounds[2], int64_t *value,
                              struct response *rs);

/** A path parameter that is a 64-bit id. @return 0, -EINVAL with *rs set (404) */
[[nodiscard]] int request_id(const struct request *rq, size_t param, int64_t *id,
                             struct response *rs);

/** Keep something until the request is over; frees what was kept before. */
void request_keep(struct request *rq, void *kept, void (*kept_free)(void *kept));

/** @return a zeroed command of the kind (enum command_kind) in the name of rq->who,
 * owned; NULL: no memory */
struct command *request_command(const struct request *rq, int kind);

/**
 * Give the command to the core and sleep until it is durable. after is called if it was
 * done (or was in effect already); everything else is answered as a problem.
 *
 * @param command  taken, whatever is returned; NULL is -ENOMEM
 * @return what the handler returns
 */
[[nodiscard]] int request_submit(struct request *rq, struct response *rs,
                                 struct command *command, request_after *after);

/** The same for a command before the last: one that may be carried out twice, since the
 * request's Idempotency-Key does not go with it. */
[[nodiscard]] int request_step(struct request *rq, struct response *rs,
                               struct command *command, request_after *after);

/** @return the result of the last command, in request_after; borrowed */
const struct command_result *request_result(const struct request *rq);

/** Give a command to the core; request_submit() for those who answer otherwise.
 * @return 0, -EAGAIN (taken and released all the same), -ENOMEM */
[[nodiscard]] int request_send(struct request *rq, struct command *command);

/** Answer a command that was not done. @return 0 */
int request_refused(const struct request *rq, struct response *rs);

/** Write the members that the last command's result adds to the answer. */
void request_result_members(const struct request *rq, struct json *j);

/** A request_after: 204. */
int request_answer_nothing(struct request *rq, struct response *rs);

/** @return the word, static */
const char *role_name(enum role role);
const char *method_name(enum method method);

/** @return the role called name, ROLE_ANYONE if there is none */
enum role role_from_name(const char *name);
