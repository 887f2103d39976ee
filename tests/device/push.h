/* SPDX-License-Identifier: Apache-2.0 */
/* push.h - a package that the server writes in blocks to resource 0. */
#pragma once

#include <coap3/coap.h>
#include <mbedtls/sha256.h>
#include <stdbool.h>
#include <stdint.h>

struct device;
struct component;

struct push {
    struct component *component; /* NULL: none is going on */
    mbedtls_sha256_context sha;
    size_t received;
    uint32_t blocks;
    int64_t due_ms; /* when the device gives up */
    uint32_t busy_count;
};

/** PUT of resource 0 with content format 42. Fills response. */
void push_block(struct device *d, struct component *c, const coap_pdu_t *request,
                coap_pdu_t *response);

/** End it, nothing is said about it. */
void push_stop(struct device *d);

/** Give up if no block came for too long. */
void push_tick(struct device *d, int64_t now_ms);
