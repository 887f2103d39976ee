/* SPDX-License-Identifier: Apache-2.0 */
/* planned.h - making a plan in a thread of the API and storing it through the core. */
#pragma once

#include "api/json_read.h"
#include "api/request.h"

/** Members "bundle", "q" and "components" of a body; borrowed from it. A q that is
 * missing or empty is a problem: nobody means the whole fleet by saying nothing. */
struct planned {
    const char *bundle, *q;
    const struct cJSON *components; /* NULL: all */
};

/** Read the three members out of f. */
struct planned planned_fields(struct fields *f);

/**
 * Plan, and send the plan to the core as a step; then after is called, with the plan's
 * id in request_result(). What cannot be planned is answered as a problem.
 * @return what a handler returns
 */
int planned_store(struct request *rq, struct response *rs,
                  const struct planned *planned, request_after *after);
