/* SPDX-License-Identifier: Apache-2.0 */
/* device_resources.c - /v1/devices/{endpoint}/resources/...: ask the device itself. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/admission.h"
#include "api/api_internal.h"
#include "api/device_json.h"
#include "api/handlers.h"
#include "api/json_read.h"
#include "api/sleepers.h"
#include "campaigns/command.h"
#include "campaigns/resource_ask.h"

enum { TIMEOUT_DEFAULT_S = 30, TIMEOUT_MAX_S = 3600, ID_MAX = 65534 };

/* What the device said. */
static int answer(struct request *rq, struct response *rs)
{
    struct json j = response_json(rs, 200);

    json_object(&j, NULL);
    request_result_members(rq, &j);
    json_end(&j);
    return 0;
}

/* Ids of the path, and how long. @return false: *rs has a problem */
static bool take_target(const struct request *rq, struct resource_ask *ask,
                        struct response *rs)
{
    static const int64_t timeouts[2] = {1, TIMEOUT_MAX_S};
    int64_t timeout_s = TIMEOUT_DEFAULT_S, id;

    for (size_t i = 1; i < REQUEST_PARAMS_MAX && rq->params[i]; i++) {
        if (text_int_read(rq->params[i], &id) != 0 || id > ID_MAX) {
            response_refuse(rs, PROBLEM_NOT_FOUND, "'%.32s' is no id of LwM2M",
                            rq->params[i]);
            return false;
        }
        ask->path[ask->depth++] = (uint16_t)id;
    }
    if (request_int(rq, "timeout_s", timeouts, &timeout_s, rs) != 0)
        return false;
    ask->timeout_ms = timeout_s * 1000;
    return true;
}

static void ignore(void *done_arg, uint64_t ticket, const struct command_result *result)
{
    (void)done_arg;
    (void)ticket;
    (void)result;
}

/* @return false: no room now */
static bool withdraw(struct request *rq)
{
    const struct command_port *port = rq->api->options.commands;
    struct command *c = request_command(rq, COMMAND_ASK_WITHDRAW);

    if (!c)
        return false;
    c->done = ignore;
    c->asked.ticket = sleeper_ticket(rq->sleeper);
    if (port->submit(port->self, c, 0) == 0)
        return true;
    command_free(c);
    return false;
}

/* A device may be asked an hour later: not for a client that left, and not by a token
 * that was revoked. */
static void look_again(struct request *rq)
{
    const struct api *api = rq->api;
    int64_t look_ms = api->options.env.mono_ms() + api->options.heartbeat_ms;
    bool is_wanted = admission_lasts(rq) && !sleeper_is_left(rq->sleeper);

    if (is_wanted || !withdraw(rq))
        sleeper_follow(rq->sleeper, INT64_MAX, look_ms);
}

static int submit(struct request *rq, struct response *rs,
                  const struct resource_ask *ask)
{
    if (rq->made)
        return response_refuse(rs, PROBLEM_CONFLICT,
                               "with this Idempotency-Key it was on its way before; "
                               "events of the device say what came of it, another key "
                               "sends it again");
    struct command *c = request_command(rq, COMMAND_DEVICE_RESOURCE);
    if (c) {
        snprintf(c->resource.endpoint, sizeof c->resource.endpoint, "%s",
                 rq->params[0]);
        c->resource.ask = malloc(sizeof *ask);
    }
    if (!c || !c->resource.ask) {
        command_free(c);
        return -ENOMEM;
    }
    *c->resource.ask = *ask;
    int rc = device_submit(rq, rs, c, answer);
    rq->meanwhile = look_again;
    rq->awaits_others = true;
    if (rc == ROUTE_SLEEPS)
        sleeper_follow(rq->sleeper, INT64_MAX,
                       rq->api->options.env.mono_ms() + rq->api->options.heartbeat_ms);
    return rc;
}

int resources_read(struct request *rq, struct response *rs)
{
    struct resource_ask ask = {.method = RESOURCE_READ};

    return take_target(rq, &ask, rs) ? submit(rq, rs, &ask) : 0;
}

static void take_value(const struct cJSON *value, struct resource_ask *ask,
                       struct problem *p)
{
    if (cJSON_IsNumber(value)) {
        ask->form = RESOURCE_IS_NUMBER;
        ask->number = value->valuedouble;
    } else if (cJSON_IsBool(value)) {
        ask->form = RESOURCE_IS_BOOL;
        ask->boolean = cJSON_IsTrue(value);
    } else if (!cJSON_IsString(value)) {
        problem_set(p, PROBLEM_INVALID_FIELD,
                    "'value' is a number, a string, true or false");
    } else if (strlen(value->valuestring) > RESOURCE_TEXT_MAX) {
        problem_set(p, PROBLEM_INVALID_FIELD, "'value' has at most %d bytes",
                    RESOURCE_TEXT_MAX);
    } else {
        ask->form = RESOURCE_IS_TEXT;
        memcpy(ask->text, value->valuestring, strlen(value->valuestring) + 1);
    }
}

int resources_write(struct request *rq, struct response *rs)
{
    struct resource_ask ask = {.method = RESOURCE_WRITE};
    struct problem p = {0};
    struct fields f = fields_of(rq->json, "", &p);
    const char *type = fields_text(&f, "type", "");
    const struct cJSON *value = fields_any(&f, "value");

    if (fields_end(&f) == 0)
        take_value(value, &ask, &p);
    ask.type = resource_type_from_name(type);
    if (*type && ask.type == RESOURCE_ANY)
        problem_set(&p, PROBLEM_INVALID_FIELD,
                    "'type' is integer, unsigned, float, boolean, string, opaque, "
                    "objlnk or time");
    if (p.kind != PROBLEM_NONE)
        return response_problem(rs, &p);
    return take_target(rq, &ask, rs) ? submit(rq, rs, &ask) : 0;
}

int resources_execute(struct request *rq, struct response *rs)
{
    struct resource_ask ask = {.method = RESOURCE_EXECUTE};
    struct problem p = {0};

    if (rq->json) {
        struct fields f = fields_of(rq->json, "", &p);
        const char *arguments = fields_text(&f, "arguments", "");
        if (strlen(arguments) > RESOURCE_TEXT_MAX)
            problem_set(&p, PROBLEM_INVALID_FIELD, "'arguments' has at most %d bytes",
                        RESOURCE_TEXT_MAX);
        if (fields_end(&f) != 0)
            return response_problem(rs, &p);
        memcpy(ask.text, arguments, strlen(arguments) + 1);
    }
    return take_target(rq, &ask, rs) ? submit(rq, rs, &ask) : 0;
}
