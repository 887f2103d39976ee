/* SPDX-License-Identifier: Apache-2.0 */
/* web.h - the dashboard's files, as web/ embeds them. */
#pragma once

#include <stdbool.h>

struct web_file;

/** @return the file that is served at path ("/", "/app.js"), NULL if there is none */
const struct web_file *web_find(const char *path);

/** @param accept_encoding  of a request, NULL if it has none
 * @return whether it may be answered with gzip (RFC 9110 12.5.3): it is named, and not
 * with q=0; "*" does not count */
bool web_takes_gzip(const char *accept_encoding);
