/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - a hash table of pointers, open addressing, grown in small steps so that no
 * single insert stops the thread for long. The caller hashes (hash.h) and compares.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table;

/** @return true if item is the one that key names */
typedef bool table_match(const void *item, const void *key);

/** @param out owned; items stay the caller's. @return 0, -ENOMEM */
[[nodiscard]] int table_open(table_match *match, struct table **out);
void table_close(struct table *t);

size_t table_count(const struct table *t);

/** @return the item that matches key, NULL if there is none */
void *table_get(const struct table *t, uint64_t hash, const void *key);

/** Put item in; no equal one may be there. @return 0, -ENOMEM */
[[nodiscard]] int table_put(struct table *t, uint64_t hash, void *item);

/** Take the item that matches key out. @return it, NULL if there was none */
void *table_remove(struct table *t, uint64_t hash, const void *key);

/** Visit every item, in no order: *cursor starts at 0. @return NULL at the end. The
 * table may not be changed meanwhile. */
void *table_next(const struct table *t, size_t *cursor);
