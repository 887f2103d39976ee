/* SPDX-License-Identifier: Apache-2.0 */
/* task.h - a campaign on one device: its state and its journal.
 *
 * struct task is what step() changes and the engine journals before each effect; what
 * is planned for the device stands in task_plan.h. All times inside are mono_ms;
 * task_journal_print() and the engine turn them into wall time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/inventory.h"
#include "campaigns/policy.h"
#include "campaigns/task_plan.h"

enum {
    TASK_REASON_MAX = 47,
    TASK_DETAIL_MAX = 255,
    TASK_JOURNAL_MAX = 1023, /* bytes of task_journal_print() */
};

enum task_state {
    TASK_WAITING,
    TASK_DELIVERING,
    TASK_DELIVERED,
    TASK_UPDATING,
    TASK_VERIFYING,
    TASK_SUCCEEDED, /* final from here on */
    TASK_FAILED,
    TASK_PARTIAL,
    TASK_CANCELED,
    TASK_EXCLUDED,
    TASK_NEEDS_ATTENTION,
    TASK_STATE_COUNT,
};

/** Why a task in TASK_WAITING does not move; it holds no slot then. */
enum task_waiting {
    WAITING_FOR_NOTHING, /* is not in TASK_WAITING */
    WAITING_FOR_WAVE,    /* for its turn: a slot */
    WAITING_FOR_WINDOW,
    WAITING_FOR_ONLINE,
    WAITING_FOR_CONDITION,
    WAITING_FOR_APPROVAL,
    WAITING_FOR_RATE, /* backs off after a failure, until next_at */
    WAITING_FOR_USER,
    WAITING_FOR_CAMPAIGN,
    WAITING_FOR_INSTALL,
    WAITING_FOR_COUNT,
};

enum part_state {
    PART_PENDING,
    PART_DELIVERING,
    PART_DOWNLOADED,
    PART_UPDATING,
    PART_UPDATED, /* final from here on */
    PART_UNCHANGED,
    PART_FAILED,
    PART_REVERTED,
    PART_STATE_COUNT,
};

/** Words of store, log and API ("needs-attention"), static. waiting: "" for nothing. */
const char *task_state_name(enum task_state s);
const char *task_waiting_name(enum task_waiting w);
const char *part_state_name(enum part_state s);

/** @return the value called name, -1 when there is none (waiting: "" and NULL are 0) */
int task_state_from_name(const char *name);
int task_waiting_from_name(const char *name);
int part_state_from_name(const char *name);

static inline bool task_is_final(enum task_state s)
{
    return s >= TASK_SUCCEEDED;
}

enum part_via {
    VIA_NONE, /* nothing was sent into this instance */
    VIA_PUSH,
    VIA_PULL,
};

/** The journal of one target on one device. */
struct task_part {
    uint8_t state;     /* enum part_state */
    uint8_t stage;     /* the target's, or an earlier one when the device demanded it */
    uint8_t via;       /* enum part_via: what was last begun */
    bool is_accepted;  /* push: last block 2.04; pull: URI 2.04. What appears is ours */
    bool is_delivered; /* then seen in State 2, and in no other state since */
    bool is_executed;  /* Update was intended for it and has not been judged */
    bool is_counted;   /* the attempt is counted, but Update was surely not sent */
    bool is_blocked;   /* an operator must clear this digest on this device */
    bool no_pull;      /* its URI cannot work: push */
    bool was_reset;    /* in this stage, to force State and Result to 0/0 */
    bool was_updating; /* State 3 was seen after Execute */
    bool is_automatic; /* the device installs what is delivered by itself, and that has
                          not been counted as an Execute yet */
    bool was_clean;    /* a reset was confirmed, and nothing was sent to it since */
    uint8_t executes;  /* of this digest on this device, over campaigns (attempt row) */
    uint8_t result;    /* last Update Result that was judged */
    uint8_t result_before; /* seen before delivery; sticks on some devices */
    uint16_t object_id, instance;
    int64_t sent_bytes;
};

struct task {
    int64_t id, campaign_id, device_id;
    uint8_t state;       /* enum task_state */
    uint8_t waiting_for; /* enum task_waiting */
    uint8_t stage;       /* of the plan, 0.. */
    uint8_t part_count;  /* parts[i] belongs to plan->targets[i] */
    uint8_t ending;      /* enum task_state it ends in once clean; TASK_WAITING: none */
    uint8_t stop;        /* likewise, asked for while Updating: after this stage */
    uint8_t tries[RETRY_CLASS_COUNT]; /* in this stage */
    uint8_t silent; /* requests without an answer since the last answer */
    uint8_t resets; /* not confirmed, or in vain, in a row */
    uint8_t replans;
    uint8_t code;        /* CoAP code of a refused delivery or Execute, until judged */
    uint8_t action;      /* intended and not yet known: 1 + enum device_action_kind */
    uint8_t action_part; /* index of its target */
    bool is_started;     /* something may have been sent to the device */
    bool is_at_risk;     /* of the package, or Update: it may have harmed the device */
    bool has_settings;   /* of all parts, in this stage */
    uint64_t settings_parts; /* bit n: of part n; not journalled: written again */
    bool is_acknowledged;    /* the last Execute was answered 2.04 */
    bool is_away;        /* after Execute: past its timer or postponed; holds no slot */
    int64_t since_ms;    /* of this state and waiting_for */
    int64_t next_at_ms;  /* do nothing before; 0: now */
    int64_t progress_ms; /* last block, last change of a state */
    int64_t executed_ms; /* last Execute intended; 0: never */
    int64_t unsure_ms;   /* until then it may still arrive; 0: it did, or never */
    int64_t deferred_ms; /* the user may postpone until then; 0: did not */
    int64_t busy_ms;     /* reads are answered 5.03 since then; 0: not; not kept */
    int64_t lost_ms;     /* silent since then in a delivery; 0: it speaks */
    char reason[TASK_REASON_MAX + 1]; /* "version-mismatch"; "" */
    char detail[TASK_DETAIL_MAX + 1]; /* a sentence for people */
    struct task_part parts[TASK_PARTS_MAX];
};

/** A new task that waits for its turn, with parts as plan has them. */
struct task task_new(const struct task_plan *plan, int64_t now_ms);

/**
 * What has no column of its own, as text "key=value ...": written with the row.
 * wall_offset_ms (wall - mono) is added to times on the way out, taken off on the way
 * in.
 * @return bytes without NUL, -ENOSPC
 */
[[nodiscard]] int task_journal_print(const struct task *t, int64_t wall_offset_ms,
                                     char *out, size_t size);

enum { TASK_E_JOURNAL = 1 };

/** Fill what task_journal_print() wrote into t, whose part_count is set; "" is a new
 * task.
 * @return 0, TASK_E_JOURNAL when text makes no sense */
[[nodiscard]] int task_journal_parse(const char *text, int64_t wall_offset_ms,
                                     struct task *t);

/** task.is_at_risk of the task whose journal this is; true when it makes no sense. */
bool task_journal_is_at_risk(const char *text);

/** Update was executed and its end is not known. */
bool task_is_executed(const struct task *t);
