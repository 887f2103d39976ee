/* SPDX-License-Identifier: Apache-2.0 */
/* pull.h - packages that the device fetches from a Package URI, one at a time. */
#pragma once

#include <coap3/coap.h>
#include <mbedtls/sha256.h>
#include <stdbool.h>
#include <stdint.h>

struct device;
struct component;

struct pull {
    struct component *component; /* NULL: none is going on */
    coap_session_t *session;     /* owned unless it is the device's own */
    uint8_t token[8];
    mbedtls_sha256_context sha;
    size_t received;
    uint32_t blocks;
    unsigned szx;
    bool has_szx;
    uint8_t etag[8];
    size_t etag_len;
    int64_t
        due_ms; /* next request, after a pause; INT64_MAX: an answer is waited for */
    uint32_t refusals;
    uint32_t order[32], next_order; /* of the URIs, by component */
};

/** A URI was written to c: its turn comes. */
void pull_queue(struct device *d, const struct component *c);

/** Start the next, stop what was canceled. */
void pull_tick(struct device *d, int64_t now_ms);

/** @return true if the answer, or the lack of one, was of a pull. received NULL: none
 * came */
bool pull_answer(struct device *d, const uint8_t *token, size_t token_len,
                 const coap_pdu_t *received, int64_t now_ms);

void pull_stop(struct device *d);
