/* SPDX-License-Identifier: Apache-2.0 */
/* wire_internal.h - what the files of the wire thread share. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "daemon/base/queue.h"
#include "daemon/base/random.h"
#include "daemon/coap/messenger.h"
#include "daemon/wire/wire.h"

enum command_kind {
    COMMAND_REQUEST,
    COMMAND_PUSH,
    COMMAND_CANCEL,
    COMMAND_RESPOND,
    COMMAND_PUBLISH,
    COMMAND_WITHDRAW,
    COMMAND_FORGET,
    COMMAND_STOP,
};

struct command {
    enum command_kind kind;
    uint64_t number;                /* ticket or handle */
    struct coap_request *request;   /* owned: REQUEST, PUSH */
    struct coap_response *response; /* owned, with all it points to: RESPOND */
    const void *bytes;              /* PUBLISH */
    uint64_t size;
    struct coap_peer peer; /* FORGET */
    char digest[COAP_DIGEST_MAX];
};

enum { COUNTERS = sizeof(struct wire_counters) / sizeof(uint64_t) };

enum { BATCH = 64, DATAGRAM_MAX = 2048, CONTROL_MAX = 64 };

/** One bound socket. */
struct port {
    int fd;
    struct net_address bound; /* with the real port */
    bool is_any;              /* bound to all addresses: each answer names its own */
};

/** Room for one batch of datagrams, in and out. */
struct batch {
    struct mmsghdr headers[BATCH];
    struct iovec pieces[BATCH][2];
    struct sockaddr_storage names[BATCH];
    _Alignas(struct cmsghdr) uint8_t controls[BATCH][CONTROL_MAX];
    size_t origins[BATCH]; /* out: index in the messenger's output */
    uint8_t bytes[BATCH][DATAGRAM_MAX];
};

struct wire {
    struct wire_options options;
    struct port ports[WIRE_BINDS_MAX];
    size_t port_count;
    int epoll;
    struct queue *commands, *events;
    struct coap_peer *forgets; /* the core's: what waits for room; owned */
    size_t forget_count, forget_room;
    struct messenger *messenger;
    struct random_state losses;
    struct batch in, out;
    pthread_t thread;
    bool is_started, is_stopping;
    bool has_waited; /* for room in a socket, in this flush */
    _Atomic uint64_t counters[COUNTERS];
    _Atomic int64_t beat_ms;     /* see wire_beat_ms() */
    struct wire_counters totals; /* the thread's own, published by counters */
};

/* port.c */
[[nodiscard]] int port_open(const struct wire_options *options,
                            const struct net_address *bind, struct port *out);
void port_close(struct port *p);

/** Receive up to a batch. @return how many, 0: none are waiting */
size_t port_receive(const struct port *p, struct batch *b);

/** The peer of datagram i that port_receive() took. @return false: no usable address */
bool port_peer(const struct port *p, const struct batch *b, size_t i,
               struct coap_peer *out);

/** Address datagram i of an outgoing batch. */
void port_address(const struct port *p, struct batch *b, size_t i,
                  const struct coap_peer *peer);

/** Take one ICMP error. @return false: none */
bool port_error(const struct port *p, struct coap_peer *out);

/* flush.c */
void wire_flush(struct wire *w);

/* loop.c: the thread. @param arg struct wire */
void *loop_run(void *arg);
