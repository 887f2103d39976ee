/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - the wire thread: UDP sockets under the CoAP message layer, reached by
 * queues.
 *
 * Commands go in by the functions below (from any one thread), events come out of
 * wire_take(). A command that will be answered by an event reserves the room for it, so
 * that answers always fit; without room it says WIRE_E_FULL and nothing has happened.
 * Requests of peers that find no room are dropped without an answer (the peer's
 * retransmission is the queue), dropped notifications are told by a later NOTIFICATION
 * without message; package GETs need no room.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "daemon/coap/code.h"
#include "daemon/coap/event.h"
#include "daemon/coap/options.h"
#include "daemon/coap/traffic.h"

struct wire;

enum { WIRE_E_FULL = 1 };

enum { WIRE_BINDS_MAX = 8 };

struct wire_options {
    struct coap_options coap;
    struct net_address binds[WIRE_BINDS_MAX]; /* port 0: the kernel chooses */
    size_t bind_count;
    size_t commands_max, events_max;   /* room of the queues */
    int32_t receive_buffer_bytes;      /* SO_RCVBUF, if the kernel allows; 0: its own */
    uint8_t drop_in_pct, drop_out_pct; /* for tests: datagrams lost on purpose */
    uint64_t seed;                     /* of losses and retransmission jitter */
};

/** Defaults; no binds. */
struct wire_options wire_options_default(void);

/**
 * Bind the sockets and start the thread.
 *
 * @param out  owned by the caller; release with wire_close()
 *
 * @return 0 or -errno (-EADDRINUSE, -EACCES, -EADDRNOTAVAIL, -ENOMEM, ...)
 */
[[nodiscard]] int wire_open(const struct wire_options *options, struct wire **out);

/** Read and send nothing from now on: a request that nobody will answer shall not be
 * acknowledged either, or its device waits for the rest. Twice is once. */
void wire_stop(struct wire *w);

/** Stop the thread and release everything; mappings are no longer used after that. */
void wire_close(struct wire *w);

/** The addresses it is bound to, with their real ports. @return how many */
size_t wire_bound(const struct wire *w, struct net_address *out, size_t max);

/** @return a descriptor that is readable while events may be waiting; borrowed */
int wire_fd(const struct wire *w);

/**
 * Take up to max events, oldest first; call it until it returns less than max before
 * waiting again. Their messages are the caller's: coap_message_free().
 */
size_t wire_take(struct wire *w, struct coap_event *events, size_t max);

/** Ends with RESPONSE or FAILURE; an observation goes on with NOTIFICATIONs.
 * @return 0, WIRE_E_FULL, -ENOMEM, -EINVAL (no such method, path too long) */
[[nodiscard]] int wire_request(struct wire *w, const struct coap_request *request);

/** Ends with PUSH_END, after PROGRESS events. @return as wire_request() */
[[nodiscard]] int wire_push(struct wire *w, const struct coap_push *push);

/** Stop what ticket stands for: it ends with FAILURE or PUSH_END (COAP_CANCELED), an
 * observation without an event (the device is told by a GET with Observe 1).
 * An unknown ticket is not an error. @return 0, WIRE_E_FULL */
[[nodiscard]] int wire_cancel(struct wire *w, uint64_t ticket);

/** Answer a REQUEST event; every one must be answered once; with the code COAP_EMPTY
 * nothing is said and the peer asks again. Until then the wire acknowledges it empty by
 * itself, after processing_delay_ms. Never blocks, always fits.
 * @return 0, -ENOMEM (the peer will get no answer) */
[[nodiscard]] int wire_respond(struct wire *w, uint64_t handle,
                               const struct coap_response *response);

/**
 * Serve bytes at /p/<digest>, and let pushes use them, until WITHDRAWN.
 *
 * A digest that is there already keeps its old bytes; one whose WITHDRAWN is still to
 * come may not be published.
 *
 * @param digest  SHA-256 as 64 lower-case hex digits
 * @param bytes   borrowed until WITHDRAWN (or wire_close()): a read-only mapping
 *
 * @return 0, WIRE_E_FULL, -EINVAL
 */
[[nodiscard]] int wire_publish(struct wire *w, const char *digest, const void *bytes,
                               uint64_t size);

/** Stop serving; pushes of it end with COAP_NO_PACKAGE. WITHDRAWN with this ticket
 * follows when nothing uses the bytes. @return 0, WIRE_E_FULL, -EINVAL */
[[nodiscard]] int wire_withdraw(struct wire *w, const char *digest, uint64_t ticket);

/** Cancel every request, push and observation of this peer without telling it: it has
 * registered anew or is gone. Without room it waits, and so does all that is asked
 * after it (WIRE_E_FULL): nothing new is taken for something old. @return 0, -ENOMEM */
[[nodiscard]] int wire_forget(struct wire *w, const struct coap_peer *peer);

/** @return when (clock_mono_ms()) the thread last did a round: at least once a second
 * while it is well. Any thread. */
int64_t wire_beat_ms(const struct wire *w);

/** Totals since the start, for /metrics. */
struct wire_counters {
    uint64_t datagrams_in, datagrams_out, send_errors;
    uint64_t malformed, duplicates, retransmissions, dropped_full;
    uint64_t blocks_served, bytes_served, blocks_pushed, bytes_pushed;
    uint64_t package_gets, peers;
};

void wire_counters_read(const struct wire *w, struct wire_counters *out);
