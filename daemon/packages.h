/* SPDX-License-Identifier: Apache-2.0 */
/* packages.h - which package files the core has served, and which it lets go.
 *
 * A package that cannot be read is taken out of service: its row becomes `damaged`, the
 * bundles that need it `quarantined` (the engine does both), its file goes, and an
 * upload of the same bytes brings all of it back.
 */
#pragma once

struct core;

/** At start: serve all that are ready; the engine is open, a batch has begun.
 * @return 0, -errno */
[[nodiscard]] int packages_open(struct core *core);

/** It may have become ready: that is durable. */
void packages_publish(struct core *core, const char *digest);

/** The wire's DAMAGED. */
void packages_damaged(struct core *core, const char *digest);

/** The wire's WITHDRAWN. */
void packages_withdrawn(struct core *core, const char *digest);

/** What had to wait for room in the wire; and once a day, the first time at once, parts
 * of uploads that were left go. */
void packages_tick(struct core *core);
