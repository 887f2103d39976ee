/* SPDX-License-Identifier: Apache-2.0 */
/* device_import.h - devices that are being uploaded, for the files of the import. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "api/import_rows.h"
#include "api/import_seen.h"
#include "api/json_write.h"
#include "campaigns/command.h"

struct request;
struct response;
struct store;

/** As device_upload gathers it. */
struct upload {
    enum { UPLOAD_ONE, UPLOAD_LIST } kind;
    enum import_format format;
    bool is_skipping; /* on_error=skip */
    bool has_begun;   /* a chunk was sent */
    int fd;           /* of the list; -1: none */
    uint64_t bytes;
    uint64_t checked_bytes; /* of them when there was room for more */
    struct import_rows *rows;
    struct import_seen seen;      /* of the rows read this time */
    struct store *store;          /* while rows are checked */
    struct device_imports *chunk; /* while rows are gathered */
    int64_t row_count, failed, created, new_count;
    int64_t sent, taken; /* rows of the chunk under way; of those before it */
    struct text errors;  /* members of an array, the first of them */
    struct json errors_json;
    char repeats[64];
    struct device_import one;
};

/** A row that is not taken, and why.
 * @param line  0: of no list */
void import_note(struct upload *up, int64_t line, const char *why);

/** @return why the endpoint cannot stand on this line after those before it, "" if it
 * can, NULL: no memory. Valid until the next call */
const char *import_repeats(struct upload *up, const struct import_row *row);

/** All of the list is here and was checked: carry it out, or say what is wrong with it.
 * @return as a handler */
int import_list(struct request *rq, struct response *rs);
