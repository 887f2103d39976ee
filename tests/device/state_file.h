/* SPDX-License-Identifier: Apache-2.0 */
/* state_file.h - the flash of all devices of a process: versions, packages, execute
 * counts. A log of lines; the last of each component holds.
 */
#pragma once

#include "tests/device/firmware.h"

struct state_file;

/** @param path  "": nothing is kept. @param out owned. @return 0, -errno */
[[nodiscard]] int state_file_open(const char *path, struct state_file **out);
void state_file_close(struct state_file *s);

/** Give f what was kept for this endpoint. An update that ran is lost: State 0, Result
 * 0. */
void state_file_load(const struct state_file *s, const char *endpoint,
                     struct firmware *f);

/** Keep c as it is now. */
void state_file_put(struct state_file *s, const char *endpoint,
                    const struct firmware *f, const struct component *c);
