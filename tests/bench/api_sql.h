/* SPDX-License-Identifier: Apache-2.0 */
/* api_sql.h - the queries behind HTTP answers through the SQLite library alone. */
#pragma once

#include "tests/bench/http_load.h"

/** Each once per request: ?1 is the number that the request changes, ?2 the sort key of
 * a version where it stands. NULL at the end. */
struct http_seen sql_load(const char *path, const char *const *queries,
                          const char *version, unsigned requests);
