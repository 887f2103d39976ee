/* SPDX-License-Identifier: Apache-2.0 */
/* traffic.h - what goes into the message layer, as values: requests, pushes, answers.
 * What comes out is in event.h.
 *
 * A ticket is a number the caller chooses, not 0, not in use by another unfinished
 * request. Each request, push and withdrawal ends with exactly one event that carries
 * its ticket (an observation: one for its first answer, then notifications).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/address.h"

/** Who talks to which of our addresses; the key of everything per peer. No padding. */
struct coap_peer {
    struct net_address remote;
    struct net_address
        local; /* the answer leaves from here; the port names the socket */
};

enum { COAP_DIGEST_MAX = 65, COAP_DEVICE_MAX = 24, COAP_PATH_MAX = 512 };

enum coap_observe {
    COAP_OBSERVE_NOT,   /* an ordinary request */
    COAP_OBSERVE_START, /* GET or FETCH: keep the ticket alive for notifications */
};

/** A request of ours. Everything is borrowed for the call and copied. Sent confirmable.
 */
struct coap_request {
    uint64_t ticket;
    struct coap_peer peer;
    uint8_t method;         /* enum coap_code */
    const char *path;       /* "/33629/0/3"; "/" or NULL: no Uri-Path */
    const char *query;      /* "pmin=0&pmax=60", NULL: none */
    int32_t content_format; /* COAP_FORMAT_NONE: no option */
    int32_t accept;         /* COAP_FORMAT_NONE: no option */
    enum coap_observe observe;
    const void *payload; /* sent by Block1 if it is longer than a block */
    size_t payload_len;
    uint16_t block_bytes; /* largest block: 16..1024, a power of two; 0: the option */
};

/** Send a published package to a resource by PUT, with Block1 from its mapping. */
struct coap_push {
    uint64_t ticket;
    struct coap_peer peer;
    const char *path;             /* "/33629/0/0", borrowed */
    int32_t content_format;       /* 42 unless the device wants another wrapping */
    char digest[COAP_DIGEST_MAX]; /* of a published package */
    uint16_t block_bytes;         /* as above */
};

/** @return a copy of r with all it points to, in one allocation: free(); NULL: no
 * memory */
struct coap_request *coap_request_copy(const struct coap_request *r);

/** The answer to a request that a peer made. Everything is borrowed. */
struct coap_response {
    uint8_t code;
    const char *location; /* "rd/5a3f", one Location-Path option each; NULL: none */
    int32_t content_format;
    int32_t max_age_s;   /* -1: no option */
    const void *payload; /* more than a block only as the answer to a GET */
    size_t payload_len;
};

/** @return a copy of r with all it points to, in one allocation: free(); NULL: no
 * memory */
struct coap_response *coap_response_copy(const struct coap_response *r);
