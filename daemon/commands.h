/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - what the API asks for. */
#pragma once

#include "campaigns/command.h"

struct core;

/** @return 0, -ENOMEM */
[[nodiscard]] int commands_open(struct core *core);

/** Those that wait are answered COMMAND_BUSY. */
void commands_close(struct core *core);
void commands_drain(struct core *core);

/** A command on its way through the core. */
struct submitted {
    struct command *command; /* owned */
    uint64_t ticket;
};

/** Answer it now, and release it. */
void command_finish(struct submitted *item, enum command_status status,
                    const char *problem, const char *detail);

/** Carry out a command that the engine does not know; takes it. device_commands.c */
void command_on_device(struct core *core, struct submitted *item);
