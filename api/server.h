/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - HTTP/1.1 itself: sockets, threads, framing; libmicrohttpd only behind it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct api;
struct server;

/** Bind and serve. @param api borrowed, not yet used by others. @param out owned.
 * @return 0, -errno */
[[nodiscard]] int server_open(struct api *api, struct server **out);

/** @return the port that is served */
uint16_t server_port(const struct server *server);

/** Accept no more connections; those that are there go on. */
void server_quiesce(struct server *server);

/** All connections have ended (connections_end()), or this stops those that are left;
 * none may be suspended (sleepers_stop()). NULL is allowed. */
void server_close(struct server *server);

/** Take a connection out of the loop until server_resume(). Any thread may resume. */
void server_suspend(void *connection);
void server_resume(void *connection);

/** @return true if its client closed it, or half of it: nobody reads an answer */
bool server_is_left(void *connection);
