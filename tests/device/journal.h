/* SPDX-License-Identifier: Apache-2.0 */
/* journal.h - one line per fact, so that tests can prove things. */
#pragma once

#include <stdint.h>

struct journal;

/** @param path  "": no file, lines are dropped. @param out owned. @return 0, -errno */
[[nodiscard]] int journal_open(const char *path, struct journal **out);
void journal_close(struct journal *j);

/** `t=… device=… event=… ` and what format says; in the file when this returns. */
void journal_line(struct journal *j, const char *device, const char *event,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
