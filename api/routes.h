/* SPDX-License-Identifier: Apache-2.0 */
/* routes.h - every path the API answers: one table, and how a target finds its row. */
#pragma once

#include <stddef.h>

#include "api/request.h"

enum route_body {
    ROUTE_NO_BODY, /* what comes is dropped */
    ROUTE_JSON,    /* an object is required */
    ROUTE_JSON_OR_NOTHING,
    ROUTE_STREAM, /* goes to .upload while it arrives */
};

/** Takes a body while it arrives. Its state is rq->upload. */
struct route_upload {
    /** After the headers. @return 0: go on (or *rs refuses), -errno */
    int (*begin)(struct request *rq, struct response *rs);
    /** @return 0: go on (or *rs refuses; the rest is dropped), -errno */
    int (*bytes)(struct request *rq, struct response *rs, const void *bytes,
                 size_t len);
    /** Always, when the request is over. */
    void (*end)(struct request *rq);
    const char *types; /* content types that it takes, blanks between */
};

struct route {
    enum method method;
    const char *path; /* "/v1/devices/{endpoint}/tags" */
    enum role role;   /* at least */
    enum route_body body;
    const char *parameters; /* names of the query, blanks between */
    int (*run)(struct request *rq, struct response *rs);
    const struct route_upload *upload;
    const char *summary; /* for OpenAPI, the one place that documents it */
    const char *shapes;  /* "Takes > Gives ; media/type", each may lack; see shapes.h */
};

extern const struct route routes[];
extern const size_t route_count;

/**
 * Find the row for a method and the segments of a path.
 *
 * @param method  METHOD_COUNT: one that no route has
 * @param params  written on success: the segments at {..}
 * @return the row, static; NULL: *rs has a 404, or a 405 with Allow
 */
const struct route *route_find(enum method method, const struct uri *uri,
                               const char *params[REQUEST_PARAMS_MAX],
                               struct response *rs);

/** @return true if the blank-separated list has the word */
bool route_knows(const char *list, const char *word);
