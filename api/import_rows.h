/* SPDX-License-Identifier: Apache-2.0 */
/* import_rows.h - devices as a list that arrives in pieces: CSV or NDJSON.
 *
 * CSV (RFC 4180): the first line names the columns, "endpoint" and "tag.NAME"; an empty
 * cell is no tag. NDJSON: {"endpoint": "...", "tags": {...}} on each line. Blank lines
 * are skipped. A broken row is given with what is wrong with it, and reading goes on.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "campaigns/device_imports.h"

enum import_format { IMPORT_CSV, IMPORT_NDJSON };

enum { IMPORT_ROW_BYTES = 64 * 1024 };

struct import_row {
    int64_t line;    /* that it begins on, from 1 */
    const char *why; /* what is wrong with it; NULL: nothing, and what follows is set */
    const char *endpoint;
    const struct tag *tags;
    size_t tag_count;
};

/** @return 0, -errno: reading ends with it */
typedef int import_take(void *arg, const struct import_row *row);

struct import_rows;

/** @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int import_rows_open(enum import_format format, import_take *take,
                                   void *arg, struct import_rows **out);
void import_rows_close(struct import_rows *r); /* NULL is allowed */

/** Give each row that ends in these bytes. @return 0, -errno */
[[nodiscard]] int import_rows_feed(struct import_rows *r, const char *bytes,
                                   size_t len);

/** Give the row that ended without a line break, if there is one. @return 0, -errno */
[[nodiscard]] int import_rows_end(struct import_rows *r);

/** @return what is wrong with the columns, so that there are no rows; NULL: nothing */
const char *import_rows_problem(const struct import_rows *r);
