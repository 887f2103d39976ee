/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - what the API asks for. */
#pragma once

struct core;

/** @return 0, -ENOMEM */
[[nodiscard]] int commands_open(struct core *core);

/** Those that wait are answered COMMAND_BUSY. */
void commands_close(struct core *core);
void commands_drain(struct core *core);
