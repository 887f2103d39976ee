/* SPDX-License-Identifier: Apache-2.0 */
/* admission.h - what is checked of a request before its body is read. */
#pragma once

#include <stdbool.h>

#include "api/request.h"

/**
 * Token, role, rate, parameters and length, for rq->route, which is found; writes
 * rq->who.
 * @return 0: *rs says no, or nothing; -errno of the store
 */
[[nodiscard]] int admission(struct request *rq, struct response *rs);

/** Asked by what lasts, and when a body has come, with rq->store open: is the token
 * still one for this route? */
bool admission_lasts(const struct request *rq);
