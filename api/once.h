/* SPDX-License-Identifier: Apache-2.0 */
/* once.h - Idempotency-Key: a repeated POST gets the answer of the first one.
 *
 * The key goes to the core with the command and becomes durable with its effect. The
 * answer is recorded through the core before it is sent; if that did not happen, a
 * retry runs the handler again without the command: it answers with what was made. Only
 * answers 2xx are recorded: what was refused changed nothing and may be tried again. Of
 * an Execute the key is durable before it is sent: it is never sent twice.
 */
#pragma once

#include "api/request.h"

struct once_key;
struct command;

enum { ONCE_RUN = 1 };

/**
 * Bytes of a body that is not kept whole: they are part of what makes two requests the
 * same. Of multipart what is in the parts: the boundary is another each time.
 * @return 0, -ENOMEM
 */
[[nodiscard]] int once_stream(struct request *rq, const void *bytes, size_t len);

/**
 * Look the key up; called when the whole body is there.
 *
 * @param out  owned, NULL when the request has no key; release with once_end()
 * @return ONCE_RUN: run the handler, with rq->made set if its effect is there already;
 * 0: *rs has the answer; -errno
 */
[[nodiscard]] int once_begin(struct request *rq, struct response *rs,
                             struct once_key **out);

/** Give the command the key (NULL is allowed). @return 0, -ENOMEM */
[[nodiscard]] int once_give(const struct once_key *key, const struct route *route,
                            struct command *command);

/** Send what records the answer. @return ROUTE_SLEEPS; 0: there is nothing to record */
[[nodiscard]] int once_record(struct request *rq, const struct response *rs,
                              const struct once_key *key);

/** The key may be used again. NULL is allowed. */
void once_end(struct api *api, struct once_key *key);
