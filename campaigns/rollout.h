/* SPDX-License-Identifier: Apache-2.0 */
/* rollout.h - how many devices of a campaign may be worked on, and when to stop.
 *
 * Pure accounting. A device takes a slot while it is delivering, or updating within its
 * timer; it is away when the package or Update may have harmed it and it gave its slot
 * back (silent, asleep, deferred, not returned, waiting for another try). While the
 * first ones have not all ended well, slots and away together never exceed what is left
 * of `first`, so that a bad bundle harms no more, not even by its delivery. Who has its
 * package, answers, and waits for a condition or `install` was not harmed: another
 * takes its place, so that the campaign goes on, and it gets one again for Update.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/policy.h"
#include "campaigns/task.h"

struct rollout {
    uint32_t in_flight;
    uint32_t away;
    /* since the start, or since an operator released the brake: */
    uint32_t ended_ok;
    uint32_t ended_failed;
    uint32_t failures_in_a_row;
    bool is_braked;
    char reason[TASK_REASON_MAX + 1]; /* "first-failed", "failures-in-a-row", ... */
    char detail[TASK_DETAIL_MAX + 1];
};

/** What a task counts as. */
enum rollout_share { ROLLOUT_NONE, ROLLOUT_SLOT, ROLLOUT_AWAY };

enum rollout_share rollout_share_of(const struct task *t);

/** Move a task's share; the two may be equal. */
void rollout_moved(struct rollout *r, enum rollout_share from, enum rollout_share to);

/** The first ones have not all ended well. */
bool rollout_is_first(const struct rollout *r, const struct policy *p);

/** May a task with this share have a slot? Who is away already counts. */
bool rollout_may_take(const struct rollout *r, const struct policy *p,
                      enum rollout_share share);

/** @return how many more devices may take a slot now; 0 while braked */
uint32_t rollout_free(const struct rollout *r, const struct policy *p);

/**
 * A task has ended. succeeded counts well; failed and needs-attention count against;
 * the rest does not count.
 * @return true if the brake went on with this one; reason and detail say why
 */
bool rollout_ended(struct rollout *r, const struct policy *p, enum task_state final);

/** A task that had ended as final gets new tries: its failure counts no longer. One of
 * before a release was not counted; then the count may show one too few. */
void rollout_reopened(struct rollout *r, enum task_state final);

/** An operator takes the brake off: all counts begin again, `first` as well. */
void rollout_release(struct rollout *r);
