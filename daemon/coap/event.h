/* SPDX-License-Identifier: Apache-2.0 */
/* event.h - what comes out of the message layer: what peers ask, answer and notify, and
 * how our own requests end.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/coap/traffic.h"

/** What a peer sent, in one allocation that the receiver of the event owns. */
struct coap_message {
    uint8_t code;
    bool is_observe;        /* had an Observe option: the observation exists */
    int32_t content_format; /* COAP_FORMAT_NONE if absent */
    int32_t accept;
    int64_t max_age_s;  /* -1 if absent */
    const char *path;   /* of a request "/rd/5a3f"; of a response: Location-Path; "/" */
    size_t query_count; /* of a request */
    const char *const *queries; /* NUL-terminated "ep=urn:x" each */
    size_t payload_len;
    const uint8_t *payload; /* assembled from all blocks; NUL follows the last byte */
};

/** Release m. NULL is allowed. */
void coap_message_free(struct coap_message *m);

enum coap_event_kind {
    COAP_EV_REQUEST,      /* .handle to answer with, .message */
    COAP_EV_RESPONSE,     /* .ticket, .message */
    COAP_EV_NOTIFICATION, /* .ticket, .message (NULL: some were lost, read it again) */
    COAP_EV_FAILURE,      /* .ticket, .outcome: no answer will come */
    COAP_EV_PROGRESS,     /* .ticket, .bytes acknowledged of .total; may be left out */
    COAP_EV_PUSH_END,     /* .ticket, .outcome, .code, .bytes, .total, .is_whole */
    COAP_EV_SERVED,       /* .digest, .device, .bytes, .total; may be left out */
    COAP_EV_WITHDRAWN,    /* .ticket, .digest: the mapping may be unmapped */
    COAP_EV_DAMAGED,      /* .digest: the mapping cannot be read, no longer served */
};

enum coap_outcome {
    COAP_ANSWERED, /* a final answer came: .code says which */
    COAP_UNSURE,   /* push: the answer to the repeated last block does not say whether
                      the device has it all (5.03, 4.08): read State */
    COAP_TIMEOUT,  /* all retransmissions unanswered, or no separate answer came */
    COAP_RESET,    /* the peer sent RST */
    COAP_UNREACHABLE, /* ICMP or the kernel says that nobody is there */
    COAP_CANCELED,    /* by cancel or forget */
    COAP_NO_PACKAGE,  /* push: not published, withdrawn or damaged meanwhile */
    COAP_BROKEN,      /* the answer's blocks do not fit together, or it is too large */
    COAP_BUSY,        /* too many requests to this peer, or no memory */
};

/** What one exchange or transfer has taken so far. */
struct coap_sent {
    uint32_t blocks;    /* messages, each counted once: 1 where no block is needed */
    uint32_t repeats;   /* of them, sent again; SERVED: asked for again */
    size_t block_bytes; /* of the last block of a package, 0: no package */
};

struct coap_event {
    enum coap_event_kind kind;
    enum coap_outcome outcome;
    uint8_t code;    /* PUSH_END: last response code, 0 if none came */
    bool is_whole;   /* PUSH_END: the package's own last block was sent and answered;
                        SERVED: the package's last block was asked for */
    bool is_final;   /* NOTIFICATION: the observation is over, the ticket is free */
    uint64_t ticket; /* of our request */
    uint64_t handle; /* REQUEST: for the answer, never 0 */
    uint64_t bytes;  /* PROGRESS, PUSH_END: acknowledged; SERVED: end of the furthest */
    uint64_t total;  /* size of the package */
    struct coap_sent sent; /* RESPONSE, FAILURE, PROGRESS, PUSH_END, SERVED */
    struct coap_peer peer; /* who; all but WITHDRAWN and DAMAGED: a sign of life, unless
                              FAILURE or PUSH_END say otherwise */
    struct coap_message *message; /* owned by the receiver */
    char digest[COAP_DIGEST_MAX]; /* SERVED, WITHDRAWN, DAMAGED, PUSH_END */
    char device[COAP_DEVICE_MAX]; /* SERVED: the value of Uri-Query d */
};
