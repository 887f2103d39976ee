/* SPDX-License-Identifier: Apache-2.0 */
/* core.h - a core for tests: a thread that writes what commands say into the store. */
#pragma once

#include <stdint.h>

struct command_port;

/** Start it. @return the port, until core_close() */
const struct command_port *core_open(void);
void core_close(void);

/** @return the port again */
const struct command_port *core_commands(void);

/** A ready bundle gateway@1 and a plan for it; made when first asked for. */
int64_t core_bundle(void);
const char *core_plan(void);
