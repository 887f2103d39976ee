/* SPDX-License-Identifier: Apache-2.0 */
/* packages.h - which package files the core has served, and which it lets go.
 *
 * A package that cannot be read is taken out of service: its row becomes `damaged`, the
 * bundles that need it `quarantined` (the engine does both), its file goes, and an
 * upload of the same bytes brings all of it back.
 *
 * A package that is deleted goes in this order: its row, durable; out of the wire; its
 * file. A kill in between leaves a file without a row, which goes at the next start.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct command;
struct core;

/** At start: serve all that are ready; the engine is open, a batch has begun.
 * @return 0, -errno */
[[nodiscard]] int packages_open(struct core *core);

/** It may have become ready: that is durable. */
void packages_publish(struct core *core, const char *digest);

/** Delete a package, unless somebody needs it by then; the file goes when that is
 * durable. @param command who asked and is answered then; NULL: nobody
 * @return true; false: it was logged, and command is still the caller's */
bool packages_delete(struct core *core, const char *digest, struct command *command,
                     uint64_t ticket);

/** Its row is gone, and that is durable. */
void packages_gone(struct core *core, const char *digest, const char *actor);

/** @return true if a file of this name is here, and stays */
bool packages_has_file(const struct core *core, const char *digest);

/** The wire's DAMAGED. */
void packages_damaged(struct core *core, const char *digest);

/** The wire's WITHDRAWN. */
void packages_withdrawn(struct core *core, const char *digest);

/** What had to wait for room in the wire; and from time to time what nobody has needed
 * for package_keep_s goes: packages, and parts of uploads. */
void packages_tick(struct core *core);
