/* SPDX-License-Identifier: Apache-2.0 */
/* core.h - the loop that decides: wire, store, commands and timers in; batches,
 * requests and answers out.
 *
 * One thread. It waits in poll() only. What it changes goes into the current batch;
 * what the change causes is released when the batch is durable.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "api/api.h"
#include "campaigns/command.h"
#include "config/config.h"

struct hooks;
struct core;
struct wire;

struct core_options {
    const struct config *config; /* borrowed */
    const char *store_path;
    const char *packages_path;
    const char *token_path;      /* written with the first admin token, mode 0600 */
    const char *control_path;    /* see control.h */
    const char *credential_path; /* of an admin token to take; NULL: none */
    struct wire *wire;           /* borrowed; open, no event taken yet */
    int64_t watchdog_ms;         /* its interval; what watch.h measures by */
};

/** What a failed start has to say to the operator. */
struct core_failure {
    char text[512];
};

/**
 * Open the store (as its writer), load what is known, resume what runs.
 *
 * @param why  written on failure
 * @param out  owned by the caller
 *
 * @return 0, -errno
 */
[[nodiscard]] int core_open(const struct core_options *options,
                            struct core_failure *why, struct core **out);

/** After the API was closed and before the wire is. */
void core_close(struct core *core);

/** Where the API submits; valid until core_close(). */
const struct command_port *core_port(struct core *core);

/** The api to tell when something is durable. Before core_run(). */
void core_set_api(struct core *core, struct api *api);

/** The webhooks to tell of events, likewise. */
void core_set_hooks(struct core *core, struct hooks *hooks);

/** What may change in the configuration has changed; between two core_run(). */
void core_reload(struct core *core);

/** For struct api_options.figures: the context is core; any thread. */
void core_figures(void *context, struct api_figures *out);

/**
 * Run until stop_fd is readable; may be called again.
 *
 * @param beat  called once per pass, at least once a second, while every thread makes
 *              progress (the watchdog)
 *
 * @return 0; -errno after which the process must end: what is durable is kept
 */
[[nodiscard]] int core_run(struct core *core, int stop_fd, void (*beat)(void));
