/* SPDX-License-Identifier: Apache-2.0 */
/* step_internal.h - what the files of step() share.
 *
 * A phase looks at one question and returns true when that decides what is next; else
 * the following phase is asked. The order of phases in step.c is the whole procedure.
 */
#pragma once

#include "campaigns/step_mark.h"

/* Phases, in the order they are asked. */
bool phase_lost(struct stepper *s);          /* step_lost.c */
bool phase_wants_reading(struct stepper *s); /* step.c */
/** Inspect, with the battery and what the conditions of this stage are about.
 * @return true */
bool read_again(struct stepper *s); /* step.c ... */
/** Add these to an inspect. @return false if not all of them fit */
bool add_open_paths(const struct stepper *s, struct device_action *a);
bool phase_adopt(struct stepper *s); /* step_adopt.c; never decides */
bool phase_judge(struct stepper *s); /* step_judge.c */
bool phase_clean(struct stepper *s); /* step_end.c */
bool phase_path(struct stepper *s);  /* step_deliver.c ... */
bool phase_normalise(struct stepper *s);
bool phase_deliver(struct stepper *s);
bool phase_conflicts(struct stepper *s);
bool phase_hold(struct stepper *s); /* step_install.c ... */
bool phase_conditions(struct stepper *s);
bool phase_execute(struct stepper *s);

/** Write the outcome of the task's action into it (step_outcome.c).
 * @return true when it decided what is next */
bool take_outcome(struct stepper *s, const struct device_outcome *o);

/** When Updating without progress has lasted too long (step_return.c ...). */
int64_t updating_until_ms(const struct stepper *s);

/** That it has, and which timer says so. */
void say_overdue(const struct stepper *s, char *text, size_t size);

/** How long a device may be silent before it counts as not returned (step_return.c). */
int64_t absence_ms(const struct stepper *s);

/** The device is absent: the task waits for it, or ends where nothing was delivered.
 * @return true (step_lost.c ...) */
bool park_absent(struct stepper *s, int64_t next_at_ms);

/** It fell silent, and holds what was delivered: it must speak again in time. */
void mark_lost(struct stepper *s);

/** @return mono_ms until which it must have spoken again; 0: there is no such time */
int64_t lost_until_ms(const struct stepper *s);

/** What is delivered may be in the device still (step_end.c). */
bool may_hold_ours(const struct task *t, const struct task_plan *plan);

/** Reset what we delivered and the device holds still, or gets (step_end.c).
 * @return true when a reset was started */
bool reset_ours(struct stepper *s);

/** Append to the task's detail (step_end.c). */
void add_detail(struct task *t, const char *text);

/** Update was executed and the device is silent (step_return.c). */
bool wait_for_return(struct stepper *s);

/** Reset what conflicts with part i, by Conflicting Instances (step_conflict.c).
 * @return true when a reset was started */
bool reset_conflicting(struct stepper *s, size_t i);

/** Append ", Conflicting Instances 1 (radio), 3" to text, if c reports any: resource 17
 * (step_conflict.c). */
void add_conflicting(const struct stepper *s, const struct component *c, char *text,
                     size_t size);

/** Take later stages' parts that the device demands into this one (step_conflict.c).
 * @return true if the stage grew; else *stranger names one that is not planned or is ""
 */
bool extend_stage(struct stepper *s, size_t i, const char **stranger);

/** Every part that was changed to its end; the task ends now (step_end.c). @return true
 */
bool finish(struct stepper *s, enum task_state final);
