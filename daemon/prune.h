/* SPDX-License-Identifier: Apache-2.0 */
/* prune.h - what is too old goes, in small chunks. */
#pragma once

#include "store/batch.h"

struct core;

void prune_tick(struct core *core);

/** A chunk was pruned; there may be more. */
void prune_done(struct core *core, enum change_kind kind,
                const struct change_result *result);
