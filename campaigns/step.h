/* SPDX-License-Identifier: Apache-2.0 */
/* step.h - what to do next with one device, as a pure function.
 *
 * Called whenever something is known anew: an outcome, an observation, a timer, a
 * command. It compares what the device reports with what the plan wants and returns the
 * task as it must be journalled and the one action that may follow once it is durable.
 *
 *   waiting ─slot→ [inspect → normalise → settings → observe]
 *        → delivering ─State 2→ delivered ─Execute→ updating ─→ verifying ─→ next stage
 *                                                                      └─→ succeeded
 *   any ─→ [reset until State 0] → failed | canceled | partial | needs-attention
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "campaigns/device_ops.h"
#include "campaigns/policy.h"
#include "campaigns/profile.h"
#include "campaigns/task.h"

enum device_reach {
    REACH_UNKNOWN, /* nobody has tried; assumed to answer */
    REACH_ONLINE,
    REACH_ASLEEP,
    REACH_OFFLINE,
};

/** What is known of the device now. */
struct step_view {
    uint8_t reach;    /* enum device_reach */
    bool is_fresh;    /* inventory was read whole after all that happened */
    bool is_observed; /* observations stand since the last Register */
    bool is_queue_mode;
    int64_t lifetime_ms;
    int64_t registered_ms;             /* mono; of the last Register */
    int64_t read_ms;                   /* mono; of the last whole read */
    const struct inventory *inventory; /* NULL: not read since the task was loaded */
    const struct device_value *values; /* of the last inspect */
    uint8_t value_count;
};

struct step_limits {
    int64_t exchange_lifetime_ms; /* 247,000 by default */
    uint8_t executes_max;         /* 2 */
    uint8_t replans_max;          /* 3 */
};

struct step_input {
    const struct task_plan *plan;
    const struct task *task;
    const struct policy *policy;
    const struct profile *profile; /* may be NULL */
    const struct step_view *view;
    const struct step_limits *limits;
    const struct device_outcome *outcome; /* of task->action; NULL: none arrived */
    bool is_recovery;   /* outcome is DEVICE_INTERRUPTED because we were restarted */
    bool may_deliver;   /* slot held or free, not paused, brake not on */
    bool lacks_package; /* the campaign is paused for a package that is not here */
    bool may_install;   /* not held, or the operator said install */
    int64_t now_ms;     /* mono */
};

enum step_next {
    STEP_WAIT,   /* for an outcome, an observation, or wake_ms */
    STEP_ACT,    /* start .action once the task is durable */
    STEP_REPLAN, /* the device left its path: plan anew, then step again */
    STEP_PARKED, /* nothing until .wake_ms, online, a slot or a command: drop from
                    memory */
    STEP_ENDED,  /* task.state is final */
};

struct step_result {
    enum step_next next;
    bool cancel_action;  /* end the running action early */
    int64_t wake_ms;     /* mono; call again then at the latest; 0: never */
    int64_t deadline_ms; /* mono; something must have moved in this state by then, else
                            the task is late; 0: there is no such time */
    struct device_action action; /* without ticket */
    struct task task;
};

/** Decide. out is written whole. */
void step(const struct step_input *in, struct step_result *out);

/**
 * An operator, an abort or an expiry ends the task: at once where nothing was sent,
 * after a reset to State 0 before Execute or while the user has postponed it, after
 * verification when Updating. While the device is absent and may hold what was
 * delivered, the task waits for it (`online`). Call step() afterwards.
 * @param final TASK_CANCELED or TASK_EXCLUDED; TASK_PARTIAL is derived
 */
void step_stop(struct task *t, enum task_state final, const char *reason);

/** End it now, as it is: its time is over, or its device is gone. An end that was asked
 * for already stays, with its reason. */
void step_abandon(struct task *t, const struct task_plan *plan, enum task_state final,
                  const char *reason, int64_t now_ms);

/** @return true if Update is not executed, and no component of this stage may hold what
 * was delivered: step_abandon() leaves nothing behind */
bool step_is_untouched(const struct task *t, const struct task_plan *plan);

/** Give a final task new tries: waiting, first unfinished stage, nothing delivered. */
void step_retry(struct task *t, const struct task_plan *plan, int64_t now_ms);

/** A block of the package with this digest arrived: the stall timer starts again. */
void step_progress(struct task *t, const struct task_plan *plan, const char *digest,
                   int64_t sent_bytes, int64_t now_ms);

/** One difference between two versions of a task, for events and attempt rows. */
struct task_change {
    bool is_part;     /* else the task itself */
    uint8_t part;     /* index */
    uint8_t from, to; /* enum task_state, or enum part_state */
    bool is_executed; /* part: Execute was intended now: count an attempt */
    bool is_blocked;  /* part: block the attempt now */
};

/** @param out room for TASK_PARTS_MAX + 1. @return how many */
size_t task_changes(const struct task *before, const struct task *after,
                    struct task_change *out);

/** Update Result to class of retry. Results 0, 1 and 11 are no failures. */
enum retry_class result_class(uint8_t result);

/** @return reason of a failure with this Update Result: "connection-lost"; static */
const char *result_reason(uint8_t result);
