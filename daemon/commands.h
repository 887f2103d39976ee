/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - what the API asks for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "campaigns/command.h"

struct core;
struct device;
struct tag;
struct tag_row;

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

/** Let a pending device in, with its event. @param index of the change. @return false:
 * no memory */
[[nodiscard]] bool command_admit(struct core *core, struct device *dev,
                                 const char *actor, size_t *index);

/** Tags as the store takes them. @param rows room for count */
void command_tag_rows(const struct tag *tags, size_t count, struct tag_row *rows);

/** The event of a command that creates or tags one device: its .text has the tags.
 * @param index  of the change that does it */
void command_note_tags(struct core *core, const struct device *dev,
                       const struct command *c, size_t index);
