/* SPDX-License-Identifier: Apache-2.0 */
/* task_part.h - one component of a task: its state, and what we did to its instance. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

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

/** Word of store, log and API ("downloaded"), static. */
const char *part_state_name(enum part_state s);

/** @return the value called name, -1 when there is none */
int part_state_from_name(const char *name);

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
