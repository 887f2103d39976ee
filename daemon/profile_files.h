/* SPDX-License-Identifier: Apache-2.0 */
/* profile_files.h - the profiles that an operator keeps as files: every *.json of one
 * folder. At start they replace those of the same name in the store.
 */
#pragma once

#include <stddef.h>

struct core;

/**
 * @param folder  "" or one that is not there: none
 * @param why     written when a file is wrong: which one, where, and what
 * @return 0, -EINVAL a file is wrong, -errno
 */
[[nodiscard]] int profile_files_load(struct core *core, const char *folder, char *why,
                                     size_t why_size);
