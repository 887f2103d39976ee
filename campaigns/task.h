/* SPDX-License-Identifier: Apache-2.0 */
/* task.h - a campaign on one device: its state and its journal.
 *
 * struct task is what step() changes and the engine journals before each effect
 * (task_journal.h); what is planned for the device stands in task_plan.h. All times
 * inside are mono_ms; the journal and the engine turn them into wall time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/inventory.h"
#include "campaigns/policy.h"
#include "campaigns/task_part.h"
#include "campaigns/task_plan.h"

enum {
    TASK_REASON_MAX = 47,
    TASK_DETAIL_MAX = 255,
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
    WAITING_FOR_RATE, /* backs off after a failure, until next_at, then for a slot */
    WAITING_FOR_USER,
    WAITING_FOR_CAMPAIGN,
    WAITING_FOR_INSTALL,
    WAITING_FOR_COUNT,
};

/** Words of store, log and API ("needs-attention"), static. waiting: "" for nothing. */
const char *task_state_name(enum task_state s);
const char *task_waiting_name(enum task_waiting w);

/** @return the value called name, -1 when there is none (waiting: "" and NULL are 0) */
int task_state_from_name(const char *name);
int task_waiting_from_name(const char *name);

static inline bool task_is_final(enum task_state s)
{
    return s >= TASK_SUCCEEDED;
}

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
    bool has_executed;   /* Update may have arrived: then it stays at risk */
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

/** Update was executed and its end is not known. */
bool task_is_executed(const struct task *t);
