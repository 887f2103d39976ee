/* SPDX-License-Identifier: Apache-2.0 */
/* core_internal.h - the parts of the core, and what its files do with them. */
#pragma once

#include "campaigns/engine/engine.h"
#include "campaigns/planning/profile_set.h"
#include "daemon/asks.h"
#include "daemon/base/bucket.h"
#include "daemon/base/heap.h"
#include "daemon/base/log.h"
#include "daemon/base/queue.h"
#include "daemon/batches.h"
#include "daemon/control.h"
#include "daemon/core.h"
#include "daemon/figures.h"
#include "daemon/lifetimes.h"
#include "daemon/link/links.h"
#include "daemon/published.h"
#include "daemon/refresh.h"
#include "daemon/registry.h"
#include "daemon/sightings.h"
#include "daemon/store_thread.h"
#include "daemon/sweeper.h"
#include "daemon/traces.h"
#include "daemon/verifier.h"
#include "daemon/wire/wire.h"
#include "store/package_file.h"

/** The parts, each of which owns its own state, and what joins them. */
struct core {
    const struct config *config;
    const char *token_path, *credential_path;
    struct wire *wire;
    struct store *reader;
    struct store_thread *store;
    struct verifier *verifier; /* NULL: the last stop was clean */
    struct package_folder *folder;
    struct sweeper *sweeper;
    struct registry *registry;
    struct lifetimes *lifetimes;
    struct sightings *sightings;
    struct refresh *refresh;
    struct links *links;
    struct asks *asks;
    struct traces *traces;
    struct device_ops ops;
    struct engine *engine;
    struct batches *batches;
    struct profile_set *profiles;
    struct published *published;
    struct figures *figures;
    struct api *api;
    struct hooks *hooks;
    struct queue *commands;
    struct command_port port;
    struct control *control; /* NULL: its path is too long for a socket */

    struct heap heap;
    struct engine_now now;
    struct {
        int64_t engine_ms, prune_ms, sweep_ms; /* mono_ms */
    } due;
    int64_t sweep_after_id;    /* packages: where the sweep goes on; 0: begins */
    int64_t campaign_after_id; /* campaigns: where the pruning goes on */
    int64_t event_after_id;    /* likewise, events; 0: begins */
    int64_t last_device_id;
    struct log_limit limit;
    struct bucket moves; /* events of devices that moved */
    int64_t watchdog_ms;
    const char *late; /* the thread that was found late, NULL for none */
    int failure;      /* first -errno after which the process must end */
};

/** Put a change into the current batch. @param index may be NULL.
 * @return true; false: it was logged, or core->failure is set */
bool core_put(struct core *core, const struct change *change, size_t *index);

/** Put an effect that waits for the current batch; .batch is filled in. */
void core_release(struct core *core, struct release release);

/** Tell the engine which batch fills now. */
void core_begin_batch(struct core *core);

/** Wait until what was changed so far is durable: at the start only. */
[[nodiscard]] int core_settle(struct core *core);

void core_tell_time(struct core *core);

/** Remember the first failure. @return true if rc is one */
bool core_failed(struct core *core, int rc);

struct device_event {
    const char *name, *actor;
    const char *body; /* JSON; NULL: {} */
    size_t needs;     /* 1 + index of the change that it tells of; 0: none */
};

/** Event row about a device (NULL: about several, or one that is gone). */
void core_device_event(struct core *core, const struct device *dev,
                       const struct device_event *event);
