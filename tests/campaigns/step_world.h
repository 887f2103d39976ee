/* SPDX-License-Identifier: Apache-2.0 */
/* step_world.h - a device, a plan and a journal for tests of step(), all plain values.
 */
#pragma once

#include "campaigns/step.h"

enum { T0 = 1000000 }; /* mono_ms at which worlds begin */

struct world {
    struct task_plan plan;
    struct task task;
    struct policy policy;
    struct profile profile;
    struct inventory inventory;
    struct device_value values[2];
    struct step_view view;
    struct step_limits limits;
    struct step_input input;
    struct step_result result;
};

/** One component, app 1 -> 2 in one stage; the device is Idle, online, read just now.
 */
struct world *world_new(struct world *w);

/** Another component, to 2, in stage. @return its index */
size_t world_add(struct world *w, const char *name, uint8_t stage);

/** What the device reports of component i. */
struct component *world_component(struct world *w, size_t i);

/** The package of part i is in the device, and the journal says so. */
void world_delivered(struct world *w, size_t i);

/** As delivered, then executed at T0 and answered 2.04. */
void world_executed(struct world *w, size_t i);

/** step() with what is in w; its task becomes w's. @return the result */
struct step_result *world_step(struct world *w);

/** The running action has this outcome. */
struct step_result *world_outcome(struct world *w, enum device_outcome_kind kind,
                                  uint8_t code);

/** Time passes and the device is read again. */
void world_read(struct world *w, int64_t after_ms);

/**
 * Let a well-behaved device do every action at once until step() waits, parks or ends.
 * @param trail  actions as letters: i r s o p u x (inspect, reset, settings, observe,
 *               push, uri, execute); 32 bytes
 */
struct step_result *world_play(struct world *w, char *trail);
