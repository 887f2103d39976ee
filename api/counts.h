/* SPDX-License-Identifier: Apache-2.0 */
/* counts.h - counts of the store by their word, whatever their key. */
#pragma once

#include <stddef.h>

#include "api/json_write.h"
#include "store/progress.h"

/** Add rows of one word up into the first of them. @return how many rows are left */
size_t counts_merge(struct count_row *rows, size_t count);

/** "key": {word: n, ...} of merged rows. */
void counts_object(struct json *j, const char *key, const struct count_row *rows,
                   size_t count);
