/* SPDX-License-Identifier: Apache-2.0 */
/* engine.h - runs campaigns: commands, devices and timers in; changes and actions out.
 *
 * One thread, no clock, no wait. Every input may put changes into the current batch
 * and remembers the effects that depend on it (actions on devices, answers to
 * commands); they are released by engine_durable() with that batch's number, not
 * before. What the engine reads comes from a reader of the store and is therefore only
 * what is durable; what is under way it holds in memory: campaigns that run, and the
 * tasks that are past waiting or whose last change is not durable yet.
 *
 * All functions that return int give 0 or -errno of the store or of memory; after an
 * error the process should end and start again from the store.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaigns/command.h"
#include "campaigns/device_facts.h"
#include "campaigns/device_ops.h"

struct batch;
struct engine;
struct policy;
struct store;

struct engine_now {
    int64_t mono_ms, wall_ms;
};

struct engine_config {
    struct store *reader;         /* borrowed; used by the engine's thread only */
    const struct device_ops *ops; /* borrowed */
    const struct policy *policy;  /* of campaigns that do not say otherwise; copied;
                                     NULL: policy_default() */
    int64_t exchange_lifetime_ms; /* CoAP's; 247,000 by default */
    uint32_t tasks_max;           /* in memory at once; 0: 100,000 */
};

/**
 * Load what runs. Tasks with an intended action are treated as interrupted in it.
 * No batch is needed yet; engine_begin_batch() must be called before any other input.
 */
[[nodiscard]] int engine_open(const struct engine_config *config, struct engine_now now,
                              struct engine **out);

/** Forget everything; what is durable is all that is kept. NULL is allowed. Commands
 * not yet answered are answered COMMAND_BUSY. */
void engine_close(struct engine *e);

/** From now on this is the policy of campaigns that do not say otherwise; those that
 * are there keep theirs. */
void engine_set_policy(struct engine *e, const struct policy *policy);

/** From now on changes go into batch (borrowed until the next call), whose number is
 * larger than the one before. */
void engine_begin_batch(struct engine *e, struct batch *batch, uint64_t number);

/** The batch with this number is durable: its results are read, then the effects that
 * waited for it are released. Call it before the batch is cleared, in order. */
[[nodiscard]] int engine_durable(struct engine *e, struct engine_now now,
                                 uint64_t number, const struct batch *applied);

/** Positive return of engine_command(): the command is the daemon's own. */
enum { ENGINE_E_NOT_MINE = 1 };

/**
 * Take a command. All but device refresh, admit, tags and delete, and
 * the deletion of packages, are the engine's.
 * @param command  owned by the engine when 0 is returned, else still the caller's
 */
[[nodiscard]] int engine_command(struct engine *e, struct engine_now now,
                                 struct command *command, uint64_t ticket);

/** A Register or Update of the device is durable. */
[[nodiscard]] int engine_online(struct engine *e, struct engine_now now,
                                const struct device_online *online);
[[nodiscard]] int engine_offline(struct engine *e, struct engine_now now,
                                 int64_t device_id, enum device_offline_kind kind);
[[nodiscard]] int engine_observed(struct engine *e, struct engine_now now,
                                  const struct device_observed *observed);
[[nodiscard]] int engine_outcome(struct engine *e, struct engine_now now,
                                 const struct device_outcome *outcome);
[[nodiscard]] int engine_progress(struct engine *e, struct engine_now now,
                                  const struct device_progress *progress);

/** Positive returns of engine_leave(). */
enum {
    ENGINE_E_KEEPS = 1, /* an update is on its way */
    ENGINE_E_FULL,      /* its task cannot be loaded now */
};

struct device_leaving {
    int64_t id;
    const char *actor; /* who deletes it */
};

/** The task that keeps a device; the words are static. */
struct engine_keeps {
    int64_t campaign_id;
    const char *state, *waiting_for;
};

/**
 * The device is to be deleted by a change that follows in the current batch: its tasks
 * for which nothing was delivered, or which has ended, are canceled before that, with
 * the reason `deleted`.
 * @param why  written with ENGINE_E_KEEPS: then nothing was canceled
 * @return 0, -errno, ENGINE_E_KEEPS, ENGINE_E_FULL
 */
[[nodiscard]] int engine_leave(struct engine *e, struct engine_now now,
                               const struct device_leaving *device,
                               struct engine_keeps *why);

/** Put the Idempotency-Key of a command that others carry out, if it has one, into the
 * current batch: with what tells that it is carried out. */
void engine_keep_key(struct engine *e, struct engine_now now, struct command *c);

/** Profiles are put into the batch by others: read them when it is durable. */
void engine_reload_profiles(struct engine *e);

/**
 * Timers, turns and bulk work, at most some 20 ms at a time.
 * @param next_ms  written: mono_ms at which to call it again at the latest; now or
 *                 earlier when there is more to do (after other input)
 */
[[nodiscard]] int engine_tick(struct engine *e, struct engine_now now,
                              int64_t *next_ms);

/** @return true if a task of this device is in memory: read its inventory first */
bool engine_has_device(const struct engine *e, int64_t device_id);

/** A task past waiting in whose state nothing has moved until its deadline. */
enum engine_stuck {
    ENGINE_STUCK_NOT,
    ENGINE_STUCK_NOT_RETURNED, /* after Execute: the device is not heard of */
    ENGINE_STUCK_NO_PROGRESS,  /* any other: somebody else's update, no outcome, ... */
    ENGINE_STUCK_COUNT,
};

struct engine_gauges {
    uint32_t campaigns;                 /* that run */
    uint32_t tasks;                     /* in memory */
    uint32_t in_flight;                 /* slots taken */
    uint32_t away;                      /* executed and not returned yet */
    uint32_t stuck[ENGINE_STUCK_COUNT]; /* by enum engine_stuck, but for NOT */
};

void engine_gauges(const struct engine *e, struct engine_gauges *out);
