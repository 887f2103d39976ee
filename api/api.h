/* SPDX-License-Identifier: Apache-2.0 */
/* api.h - the HTTP face of the daemon: what daemon/ opens, feeds and closes.
 *
 * Requests run in threads of libmicrohttpd. They read through their own read-only
 * connections to the store; every mutation goes to the core through the command port
 * and its connection sleeps until the core completes it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/figures.h"

struct api;
struct command_port; /* campaigns/command.h */
struct seal;         /* store/seal.h */

/** Priorities of api_env.log, those of syslog. */
enum api_log { API_LOG_ERR = 3, API_LOG_WARNING = 4, API_LOG_NOTICE = 5 };

/** What the API needs of its surroundings; callable from any thread. */
struct api_env {
    int64_t (*wall_ms)(void); /* Unix time, milliseconds */
    int64_t (*mono_ms)(void); /* for timers */
    void (*random)(void *bytes, size_t len);
    void (*log)(enum api_log priority, const char *line); /* key=value, no newline */
};

struct api_options {
    const char *bind_address; /* numeric, "127.0.0.1" or "::1" */
    uint16_t port;            /* 0: the kernel chooses, see api_port() */
    const char *socket_path;  /* a UNIX socket instead of the two; NULL: none */
    int listen_fd;            /* listens already, instead of them all; owned; 0: none */
    const char *state_dir;    /* holds packages/ */
    const char *store_path;   /* opened with STORE_READER, once per thread */
    const struct command_port *commands;
    const struct seal *seal; /* of what is kept secret */
    struct api_env env;

    /** Write a snapshot; called from any thread. NULL: no live figures. */
    void (*figures)(void *context, struct api_figures *out);
    void *figures_context;

    /* Limits; 0 takes the default that is named. */
    uint32_t threads;                 /* 4 */
    uint32_t connections_max;         /* 1024 */
    uint32_t connections_per_address; /* 512 */
    uint32_t idle_timeout_s;          /* 30 */
    uint32_t followers_max;           /* 512: event streams and waits together */
    uint32_t requests_per_s;          /* of each token; no limit */
    uint32_t heartbeat_ms;            /* 15000 */
    uint32_t json_bytes_max;          /* 4 MiB */
    uint64_t devices_max;             /* no limit */
    uint64_t package_bytes_max;       /* 1 GiB */
    int64_t plan_keep_ms;             /* 24 h */
    uint64_t reserve_bytes;           /* 256 MiB of free space, below it no uploads */
};

/**
 * Open the readers, bind, and start serving.
 *
 * @param options  texts are copied; commands, seal and figures_context must outlive
 *                 the API
 * @param out      owned by the caller; release with api_close()
 *
 * @return 0, -errno (-EINVAL bind_address is no address, -EADDRINUSE, -EACCES, what
 *         store_open() says, ...)
 */
[[nodiscard]] int api_open(const struct api_options *options, struct api **out);

/** @return the port that is served; 0: of no network */
uint16_t api_port(const struct api *api);

/** @return since when (mono_ms) the thread that is longest in one step of a request is
 * in it, 0: none is. For the watchdog; any thread. */
int64_t api_oldest_call_ms(struct api *api);

/**
 * Tell the API that the store became durable up to an event: event streams and waits
 * look again. Cheap, never blocks on a disk or a client; any thread.
 *
 * @param last_event_id  highest event id in the store, 0 when it did not change
 */
void api_durable(struct api *api, int64_t last_event_id);

/**
 * Take no more requests, answer those that wait with 503, end every stream and thread.
 * Commands that are with the core may still complete, until api_close(): close whoever
 * completes them in between.
 */
void api_stop(struct api *api);

/** Release the memory; api_stop() first if that was not called. NULL is allowed. No
 * command may complete any more. */
void api_close(struct api *api);
