/* SPDX-License-Identifier: Apache-2.0 */
#include "api/admission.h"

#include <string.h>

#include "api/api_internal.h"
#include "api/auth.h"
#include "api/rate.h"
#include "api/readers.h"
#include "api/routes.h"
#include "api/shapes.h"
#include "store/words.h"

static int check_token(struct request *rq, struct response *rs)
{
    int64_t now_ms = rq->api->options.env.wall_ms();
    struct store *st = readers_take(rq->api->readers);
    int rc = auth_check(st, rq->headers.authorization, now_ms, &rq->who);

    readers_give(rq->api->readers, st);
    if (rc <= 0)
        return rc;
    if (rc == AUTH_E_NONE)
        return response_refuse(rs, PROBLEM_UNAUTHORIZED,
                               "send 'Authorization: Bearer <token>'");
    return response_refuse(rs, PROBLEM_UNAUTHORIZED, "the token %s",
                           rc == AUTH_E_EXPIRED ? "has expired" : "is not known");
}

static void check_rate(struct request *rq, struct response *rs)
{
    const struct api_options *o = &rq->api->options;
    int64_t wait_ms = rate_take(rq->api->rate, rq->who.name, o->env.mono_ms());

    if (wait_ms == 0)
        return;
    response_refuse(rs, PROBLEM_TOO_MANY, "'%s' makes more than %u requests/s",
                    rq->who.name, o->requests_per_s);
    response_header(rs, "Retry-After", "%lld", (long long)(wait_ms + 999) / 1000);
}

static void check_role(struct request *rq, struct response *rs)
{
    if (rq->who.role < rq->route->role)
        response_refuse(rs, PROBLEM_FORBIDDEN, "%s %s needs role %s; '%s' is %s",
                        method_name(rq->method), rq->route->path,
                        role_name(rq->route->role), rq->who.name,
                        role_name(rq->who.role));
}

static void check_parameter(const struct route *route, const struct uri_parameter *p,
                            struct response *rs)
{
    const struct shape_parameter *known =
        shape_parameter(route->path, p->name, strlen(p->name));

    if (!route_knows(route->parameters, p->name))
        response_refuse(rs, PROBLEM_INVALID_PARAMETER,
                        "unknown parameter '%.64s'; known are: %s", p->name,
                        *route->parameters ? route->parameters : "none");
    else if (*p->value && known && strchr(known->type, '|') &&
             !words_have(known->type, p->value))
        response_refuse(rs, PROBLEM_INVALID_PARAMETER, "'%s' is one of %s, not '%.64s'",
                        p->name, known->type, p->value);
}

static void check_parameters(struct request *rq, struct response *rs)
{
    for (size_t i = 0; i < rq->uri.parameter_count && rs->status == 0; i++)
        check_parameter(rq->route, &rq->uri.parameters[i], rs);
}

static void check_length(struct request *rq, struct response *rs)
{
    uint32_t max = rq->api->options.json_bytes_max;

    if (rq->route->body != ROUTE_STREAM && rq->headers.content_length > max)
        response_refuse(rs, PROBLEM_TOO_LARGE, "the body may have %u bytes", max);
}

int admission(struct request *rq, struct response *rs)
{
    static void (*const checks[])(struct request *, struct response *) = {
        check_rate, check_role, check_parameters, check_length};
    bool is_open = rq->route->role == ROLE_ANYONE;

    int rc = is_open ? 0 : check_token(rq, rs);
    for (size_t i = is_open ? 2 : 0; i < 4 && rc == 0 && rs->status == 0; i++)
        checks[i](rq, rs);
    return rc;
}

bool admission_lasts(const struct request *rq)
{
    struct principal who;
    int64_t now_ms = rq->api->options.env.wall_ms();

    if (rq->route->role == ROLE_ANYONE)
        return true;
    return auth_check(rq->store, rq->headers.authorization, now_ms, &who) == 0 &&
           who.role >= rq->route->role;
}
