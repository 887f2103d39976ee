/* SPDX-License-Identifier: Apache-2.0 */
/* registration.h - Register, Update, De-register, Send. */
#pragma once

#include <coap3/coap.h>
#include <stdbool.h>
#include <stdint.h>

enum { DEVICE_LINKS_MAX = 4096 };

/** A request of the device that waits for its answer. */
enum asked {
    ASKED_NOTHING,
    ASKED_REGISTER,
    ASKED_UPDATE,
    ASKED_DEREGISTER,
    ASKED_SEND
};

struct asking {
    enum asked what;
    uint8_t token[8];
    char body[DEVICE_LINKS_MAX]; /* of a Register */
    size_t len, sent;
    unsigned szx;
    bool is_lifetime_only;
};

struct device;

void registration_register(struct device *d);
void registration_update(struct device *d);
void registration_deregister(struct device *d);

/** Send State, Result and version of the components in set (bit n: component n) to /dp.
 */
void registration_send(struct device *d, uint32_t set);

/** @return true if the answer, or the lack of one, was to one of these */
bool registration_answer(struct device *d, const uint8_t *token, size_t token_len,
                         const coap_pdu_t *received, int64_t now_ms);
