/* SPDX-License-Identifier: Apache-2.0 */
/* verifier.h - after a stop that was not clean: a thread of its own reads the whole
 * store once, while the daemon serves, and tells the operator what it found.
 */
#pragma once

#include <stdbool.h>

struct verifier;

/** @param out owned. @return 0, -errno */
[[nodiscard]] int verifier_open(const char *store_path, struct verifier **out);

/** Ends the reading. NULL is allowed. @return true if all was read and is sound */
bool verifier_close(struct verifier *v);
