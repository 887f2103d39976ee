/* SPDX-License-Identifier: Apache-2.0 */
/* sleepers.h - requests that wait: for the core to complete a command, for an event to
 * become durable, for a time.
 *
 *   handler:  sleeper_expect() or sleeper_follow(), returns ROUTE_SLEEPS
 *   server:   sleeper_settle() suspends the connection, unless it was woken meanwhile
 *   core:     sleepers_result(), sleepers_durable(): the connection goes on
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/api.h"
#include "campaigns/command.h"

struct sleepers;

/** One per request; zero-initialised but for .all and .connection. */
struct sleeper {
    struct sleepers *all;
    void *connection;            /* the server's, for server_suspend() */
    struct sleeper *next, *prev; /* while it follows */
    int64_t due_ms;              /* mono_ms */
    int64_t seen_event_id;
    uint64_t ticket; /* of a command with the core; 0: none */
    bool follows, is_asleep, is_woken, is_admitted;
    struct command_result result; /* of the last command; .extra is owned */
};

/** @param slots commands with the core at a time. @param out owned. @return 0, -errno
 */
[[nodiscard]] int sleepers_open(const struct api_options *options, size_t slots,
                                struct sleepers **out);

/** From now on nobody sleeps: wake all, settle nobody. */
void sleepers_stop(struct sleepers *all);
void sleepers_close(struct sleepers *all);

/** Highest event id that is known to be durable. */
int64_t sleepers_last_event(struct sleepers *all);

/** An event became durable: followers that have not seen it look again. */
void sleepers_durable(struct sleepers *all, int64_t last_event_id);

/** command.done of every command: the sleeper with the ticket goes on. arg is the
 * struct sleepers. */
void sleepers_result(void *arg, uint64_t ticket, const struct command_result *result);

/** Get a ticket for a command. @return 0, -EAGAIN: too many are with the core */
[[nodiscard]] int sleeper_expect(struct sleeper *s, uint64_t *ticket);

/** @return the ticket of the command that it expects the result of, 0 if none */
uint64_t sleeper_ticket(const struct sleeper *s);

/** The command was not taken after all. */
void sleeper_forget(struct sleeper *s);

/** Count s among the streams and waits. @return 0, -EAGAIN: too many */
[[nodiscard]] int sleeper_admit(struct sleeper *s);

/** Wake s when an event after seen_event_id is durable, at due_ms at the latest. */
void sleeper_follow(struct sleeper *s, int64_t seen_event_id, int64_t due_ms);

enum { SLEEPER_AWAKE, SLEEPER_ASLEEP };

/** @return true if the client is gone; asked while s is awake */
bool sleeper_is_left(const struct sleeper *s);

/** After the handler returned: suspend the connection, unless s was woken meanwhile or
 * the server stops. @return SLEEPER_... */
int sleeper_settle(struct sleeper *s);

/** @return true once sleepers_stop() was called */
bool sleepers_are_stopped(struct sleepers *all);

/** The request is over. */
void sleeper_fini(struct sleeper *s);
