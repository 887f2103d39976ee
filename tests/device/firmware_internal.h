/* SPDX-License-Identifier: Apache-2.0 */
/* firmware_internal.h - between firmware.c and firmware_update.c only. */
#pragma once

#include "tests/device/firmware.h"

const struct fault_spec *firmware_fault(const struct firmware *f,
                                        const struct component *c,
                                        enum fault_kind kind);

/** Change State and Result, remember what changed and when. */
void firmware_state_set(struct firmware *f, struct component *c,
                        enum firmware_state state, int result, int64_t now_ms);

/** Linked and Conflicting Instances follow from the states. */
void firmware_relink(struct firmware *f);

/** One more Execute for the package of each component in set. */
void firmware_executes_count(struct firmware *f, uint32_t set);

/** The components in set go to Updating; main is the executed one. */
void firmware_update_begin(struct firmware *f, struct component *main, uint32_t set,
                           int64_t now_ms);
