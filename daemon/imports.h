/* SPDX-License-Identifier: Apache-2.0 */
/* imports.h - COMMAND_DEVICES_IMPORT: what the core and the store take of a chunk, and
 * why the rest was not taken.
 */
#pragma once

struct batch;
struct core;
struct release;
struct submitted;

/** Takes the command: answered now, or released when the chunk is durable. */
void imports_begin(struct core *core, struct submitted *item);

/** Answer a RELEASE_IMPORT, and release its command. */
void imports_end(struct release *r, const struct batch *applied);
