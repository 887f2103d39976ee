/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - the times and limits of the message layer that an operator or a test
 * sets. Each is an option of lockstep.conf; what nobody has a reason to change is a
 * constant beside its only use. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct coap_options {
    int32_t ack_timeout_ms; /* RFC 7252 4.8; first wait is this .. this * random */
    int32_t ack_random_pct; /* 150 is a factor of 1.5 */
    int32_t max_retransmit; /* so one more transmission than this */
    int32_t
        exchange_lifetime_ms; /* a confirmable request is recognised again for this */
    int32_t non_lifetime_ms;  /* the same for a non-confirmable one */
    int32_t processing_delay_ms; /* after this a request is acknowledged empty */
    int32_t response_timeout_ms; /* from an empty acknowledgement to the answer */
    int32_t body_timeout_ms;     /* an unfinished Block1 body is kept for this */
    int32_t busy_wait_ms;        /* after 5.03 without Max-Age */
    int32_t busy_wait_max_ms;    /* a longer Max-Age is taken for this */
    uint32_t busy_tries;         /* 5.03 to the same block before a push gives up */
    uint32_t body_max_bytes;     /* of an assembled body, both directions */
    uint32_t bodies_max;         /* unfinished Block1 bodies of all peers, at least 1 */
    uint32_t peers_max;          /* beyond this, requests of new ones are dropped */
    uint16_t block_bytes;        /* block size that we ask for and offer: 16..1024 */
};

/** RFC 7252 4.8.2 and what we think reasonable. */
struct coap_options coap_options_default(void);
