/* SPDX-License-Identifier: Apache-2.0 */
/* hooks.h - webhooks: events, posted to who asked for them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct command_port;
struct hooks;
struct seal;

struct hooks_options {
    const char *store_path;              /* borrowed for the call */
    const struct command_port *commands; /* outlives the hooks, */
    const struct seal *seal;             /* as does this */
    bool allows_private;
    int64_t timeout_ms, retry_ms, retry_max_ms, give_up_ms;
};

/** Start the thread. @param out owned. @return 0, -errno */
[[nodiscard]] int hooks_open(const struct hooks_options *options, struct hooks **out);

/** An event became durable; any thread. */
void hooks_durable(struct hooks *h);

/** @return when (clock_mono_ms()) the thread last began a round: at least once a second
 * while it is well, for libcurl waits for nothing (names are resolved in threads of its
 * own). Any thread. */
int64_t hooks_beat_ms(const struct hooks *h);

/** End the thread. Commands that are with the core may still complete. */
void hooks_stop(struct hooks *h);

/** After hooks_stop(); no command may complete any more. NULL is allowed. */
void hooks_close(struct hooks *h);
