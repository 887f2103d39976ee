/* SPDX-License-Identifier: Apache-2.0 */
/* control.h - the local door: a UNIX socket in the state directory, for whoever may
 * write there (its owner and root). It takes commands about tokens, for there may be no
 * token yet, or none left.
 *
 *   request   fields with a newline between them:
 *             token-create NAME ROLE EXPIRES_MS SHA256   |   token-revoke NAME
 *   answer    "done", or a sentence that says why not
 *
 * One datagram each; the answer goes to where the request came from.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "campaigns/command.h"

enum { CONTROL_MESSAGE_MAX = 1024 };

struct control;

/** Bind at path, which nobody else serves: the store is ours.
 * @param port  where commands go; borrowed. @param out owned. @return 0, -errno */
[[nodiscard]] int control_open(const char *path, const struct command_port *port,
                               struct control **out);

/** After all commands were answered. NULL is allowed. */
void control_close(struct control *c);

/** @return a descriptor that is readable when control_drain() has something to do */
int control_fd(const struct control *c);
void control_drain(struct control *c);

/** The command that a request stands for. @param why  a sentence if there is none
 * @return owned, NULL: refused or no memory */
struct command *control_read(char *request, const char **why);

/**
 * Ask the daemon that serves path, and wait for its answer.
 *
 * @param answer  a sentence; "done"
 * @return 0, -ECONNREFUSED or -ENOENT: nobody serves it, -errno
 */
[[nodiscard]] int control_ask(const char *path, const char *request, char *answer,
                              size_t size);
