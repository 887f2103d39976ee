/* SPDX-License-Identifier: Apache-2.0 */
/* task_journal.h - what a task has done and intends, as text in its row. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/task.h"

enum { TASK_JOURNAL_MAX = 1023 }; /* bytes of task_journal_print() */

/**
 * What has no column of its own, as text "key=value ...": written with the row.
 * wall_offset_ms (wall - mono) is added to times on the way out, taken off on the way
 * in.
 * @return bytes without NUL, -ENOSPC
 */
[[nodiscard]] int task_journal_print(const struct task *t, int64_t wall_offset_ms,
                                     char *out, size_t size);

enum { TASK_E_JOURNAL = 1 };

/** Fill what task_journal_print() wrote into t, whose part_count is set; "" is a new
 * task.
 * @return 0, TASK_E_JOURNAL when text makes no sense */
[[nodiscard]] int task_journal_parse(const char *text, int64_t wall_offset_ms,
                                     struct task *t);

/** task.is_at_risk of the task whose journal this is; true when it makes no sense. */
bool task_journal_is_at_risk(const char *text);
