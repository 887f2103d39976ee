/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_json.h - bundles and packages, as the API shows them. */
#pragma once

#include "api/request.h"
#include "store/bundles.h"
#include "store/packages.h"

/** The bundle that a text names: name@version or an id. @return 0, STORE_E_NOT_FOUND,
 * -errno */
[[nodiscard]] int bundle_lookup(struct store *st, const char *ref,
                                struct bundle_row *out);

/** Members of an open object. */
void bundle_members(struct json *j, const struct bundle_row *row);

/** Answer with one bundle and its packages. @return what a handler returns */
int bundle_answer(struct request *rq, struct response *rs, const char *ref, int status);
