/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h - one request and its answer, from the target to the last byte:
 *
 *   new -> begin (route, token, limits) -> body* -> run (handler; again after each
 *   sleep) -> response or stream* -> free
 *
 * The server calls it; nothing of HTTP's framing is in here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "api/request.h"

struct exchange;

enum {
    EXCHANGE_BODY = 1, /* read on */
    EXCHANGE_ANSWER,   /* the response is there */
    EXCHANGE_ASLEEP,   /* the connection is suspended; run again when it is resumed */
};

/** @param connection the server's, for the sleeper. @param target as it came
 * @return owned; NULL: no memory */
struct exchange *api_exchange_new(struct api *api, void *connection,
                                  const char *target);
void api_exchange_free(struct exchange *x); /* NULL is allowed */

struct exchange_head {
    const char *method;
    struct request_headers headers;
    enum problem_kind refusal; /* PROBLEM_NONE, or answer this and close */
    const char *why;           /* of the refusal */
};

/** @return EXCHANGE_BODY, or EXCHANGE_ANSWER: answer without reading the body */
int exchange_begin(struct exchange *x, const struct exchange_head *head);

/** @return 0, or -EFBIG: break the connection off */
[[nodiscard]] int exchange_body(struct exchange *x, const void *bytes, size_t len);

/** @return EXCHANGE_ANSWER, EXCHANGE_ASLEEP */
int exchange_run(struct exchange *x);

/** After EXCHANGE_ANSWER; what the server takes out of it is the server's. */
struct response *exchange_response(struct exchange *x);

enum { EXCHANGE_END = -1, EXCHANGE_BROKEN = -2 };

/** Next bytes of a stream. @return bytes in out, 0: suspended, EXCHANGE_END or
 * EXCHANGE_BROKEN */
ssize_t exchange_stream(struct exchange *x, char *out, size_t size);
