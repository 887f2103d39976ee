/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - what people may call tokens, webhooks and profiles. */
#pragma once

#include <stdbool.h>

enum { NAMES_BYTES_MAX = 63 };

#define NAMES_RULE "has 1 to 63 bytes, none of them a control character"

/** @return true if name keeps NAMES_RULE */
bool names_is_valid(const char *name);

/** @return true if it stands for the server, a device or a file where an actor does in
 * events: no token may be called so */
bool names_is_of_server(const char *name);
