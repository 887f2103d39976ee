/* SPDX-License-Identifier: Apache-2.0 */
#include "api/request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_internal.h"
#include "api/once.h"
#include "api/sleepers.h"
#include "campaigns/command.h"

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_ANYONE] = "anyone",     [ROLE_VIEWER] = "viewer",
    [ROLE_OPERATOR] = "operator", [ROLE_APPROVER] = "approver",
    [ROLE_ADMIN] = "admin",
};

static const char *const method_names[METHOD_COUNT] = {
    [METHOD_GET] = "GET",     [METHOD_POST] = "POST",     [METHOD_PUT] = "PUT",
    [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
};

const char *role_name(enum role role)
{
    return role_names[role];
}

const char *method_name(enum method method)
{
    return method_names[method];
}

enum role role_from_name(const char *name)
{
    for (int role = ROLE_VIEWER; role < ROLE_COUNT; role++)
        if (strcmp(role_names[role], name) == 0)
            return (enum role)role;
    return ROLE_ANYONE;
}

const char *request_parameter(const struct request *rq, const char *name)
{
    return uri_parameter(&rq->uri, name);
}

int request_int(const struct request *rq, const char *name, const int64_t bounds[2],
                int64_t *value, struct response *rs)
{
    const char *text = request_parameter(rq, name);
    int64_t v;

    if (!text)
        return 0;
    if (text_int_read(text, &v) != 0 || v < bounds[0] || v > bounds[1]) {
        response_refuse(rs, PROBLEM_INVALID_PARAMETER,
                        "'%s' must be a number, %" PRId64 " to %" PRId64, name,
                        bounds[0], bounds[1]);
        return -EINVAL;
    }
    *value = v;
    return 0;
}

int request_id(const struct request *rq, size_t param, int64_t *id, struct response *rs)
{
    if (text_int_read(rq->params[param], id) == 0 && *id > 0)
        return 0;
    response_refuse(rs, PROBLEM_NOT_FOUND, "'%.64s' is no id", rq->params[param]);
    return -EINVAL;
}

void request_keep(struct request *rq, void *kept, void (*kept_free)(void *kept))
{
    if (rq->kept && rq->kept_free && rq->kept != kept)
        rq->kept_free(rq->kept);
    rq->kept = kept;
    rq->kept_free = kept_free;
}

struct command *request_command(const struct request *rq, int kind)
{
    return command_new((enum command_kind)kind, rq->who.name);
}

int request_send(struct request *rq, struct command *command)
{
    const struct command_port *port = rq->api->options.commands;
    uint64_t ticket;

    if (!command)
        return -ENOMEM;
    int rc = sleeper_expect(rq->sleeper, &ticket);
    if (rc == 0) {
        command->done = sleepers_result;
        command->done_arg = rq->api->sleepers;
        rc = port->submit(port->self, command, ticket);
        if (rc != 0)
            sleeper_forget(rq->sleeper);
    }
    if (rc != 0)
        command_free(command);
    return rc;
}

/* What the core said, or would say now: it was done then. */
static int answer_made(struct request *rq, struct response *rs, struct command *command,
                       request_after *after)
{
    struct command_result *result = &rq->sleeper->result;

    command_free(command);
    free((char *)result->extra);
    *result = (struct command_result){.status = COMMAND_DONE};
    snprintf(result->id, sizeof result->id, "%s", rq->made);
    return after(rq, rs);
}

int request_submit(struct request *rq, struct response *rs, struct command *command,
                   request_after *after)
{
    if (rq->made)
        return answer_made(rq, rs, command, after);
    if (command && once_give(rq->once, rq->route, command) != 0) {
        command_free(command);
        return -ENOMEM;
    }
    return request_step(rq, rs, command, after);
}

int request_step(struct request *rq, struct response *rs, struct command *command,
                 request_after *after)
{
    int rc = request_send(rq, command);

    if (rc == -EAGAIN) {
        struct problem p = {0};
        problem_set(&p, PROBLEM_BUSY, "too many commands are waiting");
        response_named(rs, problem_rows[PROBLEM_BUSY].status, &p,
                       problem_rows[PROBLEM_BUSY].name, rq->so_far.at);
        return 0;
    }
    if (rc != 0)
        return rc;
    rq->awaits_result = true;
    rq->after = after;
    return ROUTE_SLEEPS;
}

const struct command_result *request_result(const struct request *rq)
{
    return &rq->sleeper->result;
}

/* A JSON object without its braces; "" if there is nothing in it. */
static void members_of(const char *object, struct text *out)
{
    size_t len = object ? strlen(object) : 0;

    while (len > 0 && strchr(" \t\r\n", object[len - 1]))
        len--;
    while (len > 0 && strchr(" \t\r\n", *object)) {
        object++;
        len--;
    }
    if (len > 2 && object[0] == '{' && object[len - 1] == '}')
        text_append(out, object + 1, len - 2);
}

void request_result_members(const struct request *rq, struct json *j)
{
    struct text members = {0};

    members_of(request_result(rq)->extra, &members);
    if (members.len > 0) {
        if (j->needs_comma)
            text_put(j->out, ",");
        text_append(j->out, members.at, members.len);
        j->needs_comma = true;
    }
    text_fini(&members);
}

static const struct {
    int status;
    enum problem_kind kind; /* when the core gives no name */
} refusals[] = {
    [COMMAND_NOT_FOUND] = {404, PROBLEM_NOT_FOUND},
    [COMMAND_FORBIDDEN] = {403, PROBLEM_FORBIDDEN},
    [COMMAND_CONFLICT] = {409, PROBLEM_CONFLICT},
    [COMMAND_CHANGED] = {412, PROBLEM_PRECONDITION_FAILED},
    [COMMAND_INVALID] = {422, PROBLEM_INVALID_FIELD},
    [COMMAND_BUSY] = {503, PROBLEM_BUSY},
    [COMMAND_NO_SPACE] = {507, PROBLEM_STORAGE_FULL},
    [COMMAND_DEVICE_ERROR] = {502, PROBLEM_DEVICE_ERROR},
    [COMMAND_UNANSWERED] = {504, PROBLEM_DEVICE_SILENT},
    [COMMAND_REFUSED] = {409, PROBLEM_CONFLICT},
};

int request_refused(const struct request *rq, struct response *rs)
{
    const struct command_result *result = request_result(rq);
    struct problem p = {0};
    struct text members = {0};
    const char *name = result->problem;

    if (!*name)
        name = problem_rows[refusals[result->status].kind].name;
    problem_set(&p, PROBLEM_CONFLICT, "%s", result->detail);
    members_of(result->extra, &members);
    if (rq->so_far.len > 0 && members.len > 0)
        text_put(&members, ",");
    text_append(&members, rq->so_far.at ? rq->so_far.at : "", rq->so_far.len);
    response_named(rs, refusals[result->status].status, &p, name, members.at);
    text_fini(&members);
    return 0;
}

int request_answer_nothing(struct request *rq, struct response *rs)
{
    (void)rq;
    rs->status = 204;
    return 0;
}
