/* SPDX-License-Identifier: Apache-2.0 */
/* connections.h - who is connected, and how long his requests may take to come.
 *
 *   begin -> head -> body -> whole -> head (of the next) -> ... -> end
 *
 * libmicrohttpd closes who is silent. A thread here finds who drips (a byte now and
 * then is never silent), and whose request ends before it is whole: the FIN that comes
 * together with data is lost in libmicrohttpd's edge-triggered epoll. It shuts their
 * sockets down, which that epoll does notice.
 *
 * Who is one too many is served a refusal; beyond that surplus he is not accepted.
 * Any thread; a NULL connection, for which there was no memory, is allowed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;
struct connections;
struct sockaddr;

struct connections_options {
    uint32_t all_max;
    uint32_t address_max; /* of one IPv4 address or IPv6 /64; a UNIX socket has none */
    int64_t idle_ms;      /* a head may take so long; a body so long and more, by its
                             length: CONNECTION_BYTES_PER_S */
    int64_t (*mono_ms)(void);
};

enum { CONNECTION_BYTES_PER_S = 512 }; /* of a body, on the average, at least */

/** @param out owned. @return 0, -errno */
[[nodiscard]] int connections_open(const struct connections_options *options,
                                   struct connections **out);
/** Shuts all down and accepts no more; waits until they have ended, so long at most. */
void connections_end(struct connections *all, int64_t ms);
/** All of them have ended. NULL is allowed. */
void connections_close(struct connections *all);

/** @return how many there may be with those that are only refused */
uint32_t connections_with_surplus(const struct connections *all);

/** @return false: from there come so many that none is even refused */
bool connections_accept(struct connections *all, const struct sockaddr *from);

/** @return borrowed until connection_end(); NULL: no memory */
struct connection *connection_begin(struct connections *all, int fd,
                                    const struct sockaddr *from);
void connection_end(struct connection *c);

enum connection_place {
    CONNECTION_HAS_PLACE,
    CONNECTION_TOO_MANY,
    CONNECTION_TOO_MANY_OF_ADDRESS,
};
enum connection_place connection_place(const struct connection *c);

/** The head is there, a body follows; len bytes of it; the request is there, all of it;
 * it is answered. */
void connection_has_head(struct connection *c);
void connection_has_bytes(struct connection *c, size_t len);
void connection_has_whole(struct connection *c);
void connection_next(struct connection *c);
