/* SPDX-License-Identifier: Apache-2.0 */
/* fake_wire.h - a wire that the test plays: it keeps the last request, and answers are
 * made by hand.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/wire/wire.h"

struct fake_sent {
    bool is_push;
    uint64_t ticket;
    uint8_t method;
    char path[COAP_PATH_MAX];
    char query[64];
    int32_t content_format, accept;
    bool is_observe;
    uint8_t payload[2048];
    size_t payload_len;
    char digest[COAP_DIGEST_MAX];
};

struct wire {
    struct fake_sent last;
    unsigned sent, cancels, forgets;
    bool is_full; /* the next request finds no room */
};

/** A response to the last request. @return an event that lives until the next call */
struct coap_event *fake_answer(struct wire *w, uint8_t code, int32_t format,
                               const void *payload, size_t len);

/** The same with text, text/plain. */
struct coap_event *fake_text(struct wire *w, uint8_t code, const char *text);

struct coap_event *fake_failure(struct wire *w, enum coap_outcome outcome);
struct coap_event *fake_push_end(struct wire *w, enum coap_outcome outcome,
                                 uint8_t code, bool is_whole);
