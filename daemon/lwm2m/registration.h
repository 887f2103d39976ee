/* SPDX-License-Identifier: Apache-2.0 */
/* registration.h - the query parameters of Register and Update.
 *
 * Each parameter is one Uri-Query option, raw UTF-8, split at the first '='. Unknown
 * ones are passed over. Source: LwM2M Core 1.2.2, 6.2.1 and 6.2.2.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/lwm2m/format.h"
#include "daemon/lwm2m/link.h"

/** Positive returns: the CoAP code to answer with. */
enum {
    LWM2M_E_BAD_REQUEST = 0x80, /* 4.00 */
    LWM2M_E_CONFLICT =
        0x89, /* 4.09: no list of objects, perhaps an unknown profile id */
    LWM2M_E_VERSION = 0x8c, /* 4.12 */
};

enum {
    LWM2M_ENDPOINT_BYTES = 129, /* NUL included, as sms and binding */
    LWM2M_SMS_BYTES = 17,
    LWM2M_BINDING_BYTES = 8,
    LWM2M_LIFETIME_DEFAULT_S = 86400,
};

/** Which members of struct lwm2m_registration the message had. */
enum {
    LWM2M_HAS_EP = 1,
    LWM2M_HAS_LT = 2,
    LWM2M_HAS_LWM2M = 4,
    LWM2M_HAS_B = 8,
    LWM2M_HAS_Q = 16,
    LWM2M_HAS_SMS = 32,
    LWM2M_HAS_PID = 64,
};

struct lwm2m_registration {
    unsigned has;                        /* LWM2M_HAS_... */
    char endpoint[LWM2M_ENDPOINT_BYTES]; /* "" if the identity has to name it (1.1+) */
    uint32_t lifetime_s;                 /* 0: never ends */
    enum lwm2m_version version;
    char binding[LWM2M_BINDING_BYTES]; /* letters without Q, "U" if absent */
    bool is_queue_mode;
    char sms[LWM2M_SMS_BYTES]; /* "" if absent */
};

struct lwm2m_query {
    const struct lwm2m_slice *params; /* borrowed */
    size_t count;
};

/**
 * Register.
 *
 * @param payload_len  of the list of objects; its own errors are link.h's
 * @param reason  written when the answer is an error: static text for its payload
 *
 * @return 0, LWM2M_E_BAD_REQUEST, LWM2M_E_CONFLICT, LWM2M_E_VERSION
 */
[[nodiscard]] int lwm2m_register_parse(struct lwm2m_query query, size_t payload_len,
                                       struct lwm2m_registration *out,
                                       const char **reason);

/** Update: only what .has tells is written in out. @return 0, LWM2M_E_BAD_REQUEST */
[[nodiscard]] int lwm2m_update_parse(struct lwm2m_query query,
                                     struct lwm2m_registration *out,
                                     const char **reason);
