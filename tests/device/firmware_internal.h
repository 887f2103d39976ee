/* SPDX-License-Identifier: Apache-2.0 */
/* firmware_internal.h - shared by the files firmware*.c only. */
#pragma once

#include "tests/device/firmware.h"

const struct fault_spec *firmware_fault(const struct firmware *f,
                                        const struct component *c,
                                        enum fault_kind kind);

/** Change State and Result, remember what changed and when. */
void firmware_state_set(struct firmware *f, struct component *c,
                        enum firmware_state state, int result, int64_t now_ms);

uint32_t firmware_bit(const struct firmware *f, const struct component *c);

/** Components that must be updated with c, or before, and are not in set. */
uint32_t firmware_missing(struct firmware *f, const struct component *c, uint32_t set);

/** Components of this object in Downloaded. */
uint32_t firmware_downloaded(const struct firmware *f, uint16_t object);

/** Whoever lacked c for an update lacks it no more. */
void firmware_conflicts_drop(struct firmware *f, const struct component *c);

/** Linked and Conflicting Instances follow from the states. */
void firmware_relink(struct firmware *f);

/** One more Execute for the package of each component in set. */
void firmware_executes_count(struct firmware *f, uint32_t set);

/** The components in set go to Updating; main is the executed one. */
void firmware_update_begin(struct firmware *f, struct component *main, uint32_t set,
                           int64_t now_ms);
