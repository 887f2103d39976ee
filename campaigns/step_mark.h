/* SPDX-License-Identifier: Apache-2.0 */
/* step_mark.h - the small moves that the phases of step() are made of (step_mark.c). */
#pragma once

#include "campaigns/step.h"

struct stepper {
    const struct step_input *in;
    struct step_result *out;
    struct task *t; /* out->task */
    const struct task_plan *plan;
    int64_t now_ms;
};

enum { MS_PER_S = 1000, RESETS_MAX = 3 };

/* Asking and marking. */

/** @return what the device says of the component of part i, NULL if it has none */
const struct component *seen(const struct stepper *s, size_t i);

/** Part i belongs to the present stage and has not ended. */
bool is_open(const struct stepper *s, size_t i);

/** The package of part i, in its own or its carrier's instance, is in the device. */
struct task_part *carrier_of(const struct stepper *s, size_t i);

void set_part(struct stepper *s, size_t i, enum part_state state);
void set_task(struct stepper *s, enum task_state state, enum task_waiting waiting);
void forget_delivery(struct stepper *s, size_t i);

/** The device may install part i by itself from now on: that is its Execute
 * (step_adopt.c). */
void count_automatic(struct stepper *s, size_t i);

/** The delivery of part i is over: count it if its last block may have arrived. */
void settle_automatic(struct stepper *s, size_t i);

/* Deciding: all but end() set out->next. */

/** Start an action; part is the index of its target. @return true */
bool act(struct stepper *s, enum device_action_kind kind, size_t part);
bool act_on_instance(struct stepper *s, enum device_action_kind kind,
                     uint16_t object_id, uint16_t instance);
bool wait_until(struct stepper *s, int64_t wake_ms);
bool park(struct stepper *s, enum task_waiting waiting, int64_t next_at_ms);

struct failure {
    enum retry_class class;
    const char *reason;
    char detail[TASK_DETAIL_MAX + 1];
};

/** By its Update Result; of a conflict with the instances it names. */
struct failure failure_of_result(const struct stepper *s, const struct component *c);

/** End the task once it is clean. The first end asked for stays. */
void end(struct stepper *s, enum task_state final, const struct failure *f);

/** What step_stop() asked for while Updating comes into force. */
void end_as_stopped(struct stepper *s);

/** Park for another try if the class has one left (true), else end as failed (false).
 */
bool retry_or_end(struct stepper *s, const struct failure *f);

/** The same for what is no fault of the device: none of its tries is used up. */
bool try_later(struct stepper *s, const struct failure *f);
