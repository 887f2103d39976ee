/* SPDX-License-Identifier: Apache-2.0 */
/* core_internal.h - what the files of the core share; nobody else may see it. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "campaigns/engine/engine.h"
#include "daemon/base/log.h"
#include "daemon/base/queue.h"
#include "daemon/base/wheel.h"
#include "daemon/core.h"
#include "daemon/link/links.h"
#include "daemon/profile_set.h"
#include "daemon/published.h"
#include "daemon/refresh.h"
#include "daemon/registry.h"
#include "daemon/release.h"
#include "daemon/store_thread.h"
#include "daemon/wire/wire.h"
#include "store/batch.h"
#include "store/package_file.h"

enum {
    BATCH_CHANGES_MAX = 20000, /* from here on the wire and the API have to wait */
    SEEN_MAX = 4096,           /* devices whose times are flushed at once */
    SEEN_FLUSH_MS = 5000,
    COMMANDS_MAX = 1024,
};

struct core {
    const struct config *config;
    struct wire *wire;
    struct store *reader;
    struct store_thread *store;
    struct package_folder *folder;
    const char *token_path;
    struct registry *registry;
    struct links *links;
    struct device_ops ops;
    struct engine *engine;
    struct profile_set *profiles;
    struct published *published;
    struct refresh *refresh;
    struct releases *releases;
    struct wheel *wheel; /* lifetimes and awake windows */
    struct api *api;
    struct queue *commands;
    struct command_port port;

    struct batch *batch;
    struct batch *spare,
        *under_way;  /* one of them is set: the other batch of the two */
    uint64_t number; /* of batch */

    struct engine_now now;
    int64_t engine_wake_ms, seen_flush_ms, prune_ms, sweep_ms;
    int64_t last_device_id, last_event_id;
    struct device_seen *seen; /* room for SEEN_MAX */
    size_t seen_count;
    struct log_limit limit;
    int failure; /* first -errno after which the process must end */

    pthread_mutex_t figures_lock;
    struct api_figures figures;
};

/** Put a change into the current batch. @param index may be NULL.
 * @return true; false: it was logged, or core->failure is set */
bool core_put(struct core *core, const struct change *change, size_t *index);

/** Put an effect that waits for the current batch; .batch is filled in. */
void core_release(struct core *core, struct release release);

/** From now on changes go into batch. */
void core_begin_batch(struct core *core, struct batch *batch);

/** Wait until what was changed so far is durable: at the start only. */
[[nodiscard]] int core_settle(struct core *core);

void core_tell_time(struct core *core);

/** Remember the first failure. @return true if rc is one */
bool core_failed(struct core *core, int rc);

/** Event row about a device. body may be NULL. */
void core_device_event(struct core *core, const struct device *dev, const char *name,
                       const char *actor, const char *body);

/* registrar.c: POST to /rd, and anything to /rd/<location> */
void registrar_register(struct core *core, const struct coap_event *event);
void registrar_location(struct core *core, const struct coap_event *event);
/** Answer a request that needs no batch. */
void registrar_answer(struct core *core, uint64_t handle, uint8_t code,
                      const char *payload);

/* presence.c: lifetimes and awake windows */
void presence_tick(struct core *core);
/** A message came from dev: it is awake, and alive. */
void presence_heard(struct core *core, struct device *dev);
/** Write the times of devices that only said that they are there. */
void presence_flush(struct core *core);
/** Arm dev's timer for the end of its awake window or lifetime. */
void presence_arm(struct core *core, struct device *dev);
/** Tell the engine, and whoever waits to read it, that dev can be reached. */
void presence_online(struct core *core, struct device *dev);
/** Take dev from the store's row at start. @return 0, -errno */
[[nodiscard]] int presence_load(struct core *core, const struct device_row *row);

/* first_token.c: the admin token of a new installation. @return 0, -errno */
[[nodiscard]] int first_token_make(struct core *core);

/* actions.c: the functions that the engine calls */
struct device_ops actions_ops(struct core *core);

/* reports.c: what links have to say */
void reports_drain(struct core *core);

/* requests.c: what devices ask: /rd, /dp, /.well-known/core */
void requests_event(struct core *core, struct coap_event *event);

/* prune.c */
void prune_tick(struct core *core);
/** A chunk was pruned; more is left unless is_done. */
void prune_done(struct core *core, bool is_done);

/* commands.c */
[[nodiscard]] int commands_open(struct core *core);
void commands_close(struct core *core);
void commands_drain(struct core *core);

/* effects.c: released when the batch is durable */
void effects_durable(struct core *core, const struct store_done *done);
