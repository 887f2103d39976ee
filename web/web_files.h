/* SPDX-License-Identifier: Apache-2.0 */
/* web_files.h - the dashboard's files, built from web/src and embedded. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Bytes as they are sent. */
struct web_form {
    const uint8_t *bytes;
    size_t len;
    const char *etag; /* quoted, strong: the start of the SHA-256 of these bytes */
};

struct web_file {
    const char *path;         /* "/", "/app.js", ... as asked for */
    const char *content_type; /* with charset where it is text */
    struct web_form plain, gzip;
};

/** The whole table, static. */
extern const struct web_file web_files[];
extern const size_t web_file_count;
