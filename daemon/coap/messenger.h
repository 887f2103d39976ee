/* SPDX-License-Identifier: Apache-2.0 */
/* messenger.h - the CoAP message layer for any number of peers, without sockets,
 * threads and clocks: datagrams and orders in, datagrams and events out, time as an
 * argument.
 *
 * The owner keeps this rhythm: call messenger_input(), messenger_tick() or one of the
 * orders only while messenger_has_room(); then take the events, send the datagrams.
 * Every call is O(1) in the number of peers.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/coap/event.h"
#include "daemon/coap/options.h"
#include "daemon/coap/traffic.h"

struct messenger;

/** @param seed of the retransmission jitter. @param out owned. @return 0, -ENOMEM */
[[nodiscard]] int messenger_open(const struct coap_options *options, uint64_t seed,
                                 int64_t now_ms, struct messenger **out);
void messenger_close(struct messenger *m);

/** @return true while one more input, tick or order has room for what it causes */
bool messenger_has_room(const struct messenger *m);

/** A datagram has come. */
void messenger_input(struct messenger *m, int64_t now_ms, const struct coap_peer *peer,
                     const uint8_t *bytes, size_t len);

/** Do what is due. @return true if room ran out: empty the outbox and call again */
bool messenger_tick(struct messenger *m, int64_t now_ms);

/** @return ms until the next tick is due, 0..max_ms */
int64_t messenger_wait_ms(const struct messenger *m, int64_t now_ms, int64_t max_ms);

enum { DATAGRAM_HEAD_MAX = 2048 };

/** One datagram to send: head, then body. */
struct datagram {
    struct coap_peer peer;
    const void *body; /* a part of a package's mapping, or NULL */
    size_t body_len;
    size_t head_len; /* 0: nothing to send any more */
    uint16_t mid;
    uint8_t head[DATAGRAM_HEAD_MAX];
};

/** @return the datagrams to send, in order, until messenger_output_clear() */
const struct datagram *messenger_output(const struct messenger *m, size_t *count);
void messenger_output_clear(struct messenger *m);

/** Datagram i of the output could not be sent: -EFAULT its package cannot be read,
 * -EMSGSIZE it is too large, else nobody can be reached there. Before the clear. */
void messenger_output_failed(struct messenger *m, size_t i, int error);

/** ICMP says that nobody is at peer->remote (local may be NET_NONE). */
void messenger_unreachable(struct messenger *m, const struct coap_peer *peer);

/** Take the oldest event; its message becomes the caller's. @return false: none */
bool messenger_event(struct messenger *m, struct coap_event *out);

/** The event of an unasked kind (REQUEST, NOTIFICATION) found no room on its way: drop
 * the request so that its retransmission counts as new, or tell the loss later. Frees
 * its message. */
void messenger_refuse(struct messenger *m, struct coap_event *event);

/** Start a request. @param request owned, from coap_request_copy() */
void messenger_request(struct messenger *m, int64_t now_ms,
                       struct coap_request *request);

/** The same with a published package as payload. @param request owned; no payload */
void messenger_push(struct messenger *m, int64_t now_ms, struct coap_request *request,
                    const char *digest);

void messenger_cancel(struct messenger *m, int64_t now_ms, uint64_t ticket);
void messenger_forget(struct messenger *m, int64_t now_ms,
                      const struct coap_peer *peer);

/** Answer a REQUEST. Unknown handles are ignored. With the code COAP_EMPTY nothing is
 * said: the peer's repetition counts as new. */
void messenger_respond(struct messenger *m, int64_t now_ms, uint64_t handle,
                       const struct coap_response *response);

/** Serve bytes at /p/<digest>. A digest that is there already keeps its old bytes.
 * @return 0, -ENOMEM, -EINVAL: not 64 lower-case hex digits */
[[nodiscard]] int messenger_publish(struct messenger *m, const char *digest,
                                    const void *bytes, uint64_t size);

/** Ends with WITHDRAWN, perhaps some ticks later. */
void messenger_withdraw(struct messenger *m, const char *digest, uint64_t ticket);

struct messenger_counters {
    uint64_t malformed, duplicates, retransmissions;
    uint64_t blocks_served, bytes_served;
    uint64_t blocks_pushed, bytes_pushed; /* repeated ones too */
    uint64_t package_gets, peers;
};

struct messenger_counters messenger_counters_get(const struct messenger *m);
