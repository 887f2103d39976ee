/* SPDX-License-Identifier: Apache-2.0 */
/* web.h - the dashboard's files, as web/ embeds them. */
#pragma once

struct web_file;

/** @return the file that is served at path ("/", "/app.js"), NULL if there is none */
const struct web_file *web_find(const char *path);
