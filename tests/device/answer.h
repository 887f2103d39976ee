/* SPDX-License-Identifier: Apache-2.0 */
/* answer.h - what a read or a notification carries, and in which blocks. */
#pragma once

#include "tests/device/value.h"

#include <coap3/coap.h>

struct device;

/** The value of an unsigned option. @return 0, 1 if the message has none */
int option_uint(const coap_pdu_t *pdu, coap_option_num_t number, uint32_t *out);
void option_put_uint(coap_pdu_t *pdu, coap_option_num_t number, uint32_t value);

/** What somebody wants to read. */
struct wanted {
    const struct path *paths;
    size_t count;
    bool is_composite; /* what is missing is left out */
    int accept;        /* FORMAT_NONE: the device chooses */
};

/** Encode what is wanted into d->body. @param format  what it was encoded as
 * @return 0, or a CoAP code */
int answer_encode(struct device *d, const struct wanted *wanted, int *format,
                  size_t *len);

/** Put d->body into a message as one block of it, or whole if it is small and nobody
 * asked for blocks. @param request  NULL: a notification. @return 0, or a CoAP code */
int answer_put(struct device *d, const coap_pdu_t *request, coap_pdu_t *response,
               int format, size_t len);

/** Describe path in link format (Discover) in d->body. @return 0, or a CoAP code */
int links_discover(struct device *d, const struct path *path, size_t *len);

/** The object list of a Register. @return its length */
size_t links_register(const struct device *d, char *out, size_t size);

/** "" or the alternate path with its slash. @return out */
const char *links_prefix(const struct device *d, char out[static 40]);
