/* SPDX-License-Identifier: Apache-2.0 */
/* prune.h - what is too old goes, in small chunks. */
#pragma once

#include <stdbool.h>

struct core;

void prune_tick(struct core *core);

/** A chunk was pruned; more is left unless is_done. */
void prune_done(struct core *core, bool is_done);
