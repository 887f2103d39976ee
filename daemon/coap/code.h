/* SPDX-License-Identifier: Apache-2.0 */
/* code.h - the numbers of CoAP: codes, content formats. Sources: RFC 7252 12.1, RFC
 * 7959, RFC 8132, the IANA registry, LwM2M core 7.4.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define COAP_CODE(class, detail) ((class) << 5 | (detail))

enum coap_code {
    COAP_EMPTY = 0,
    COAP_GET = 1,
    COAP_POST = 2,
    COAP_PUT = 3,
    COAP_DELETE = 4,
    COAP_FETCH = 5,
    COAP_PATCH = 6,
    COAP_IPATCH = 7,
    COAP_201_CREATED = COAP_CODE(2, 1),
    COAP_202_DELETED = COAP_CODE(2, 2),
    COAP_203_VALID = COAP_CODE(2, 3),
    COAP_204_CHANGED = COAP_CODE(2, 4),
    COAP_205_CONTENT = COAP_CODE(2, 5),
    COAP_231_CONTINUE = COAP_CODE(2, 31),
    COAP_400_BAD_REQUEST = COAP_CODE(4, 0),
    COAP_401_UNAUTHORIZED = COAP_CODE(4, 1),
    COAP_402_BAD_OPTION = COAP_CODE(4, 2),
    COAP_403_FORBIDDEN = COAP_CODE(4, 3),
    COAP_404_NOT_FOUND = COAP_CODE(4, 4),
    COAP_405_METHOD_NOT_ALLOWED = COAP_CODE(4, 5),
    COAP_406_NOT_ACCEPTABLE = COAP_CODE(4, 6),
    COAP_408_INCOMPLETE = COAP_CODE(4, 8),
    COAP_409_CONFLICT = COAP_CODE(4, 9),
    COAP_412_PRECONDITION_FAILED = COAP_CODE(4, 12),
    COAP_413_TOO_LARGE = COAP_CODE(4, 13),
    COAP_415_UNSUPPORTED_FORMAT = COAP_CODE(4, 15),
    COAP_429_TOO_MANY = COAP_CODE(4, 29),
    COAP_500_INTERNAL = COAP_CODE(5, 0),
    COAP_501_NOT_IMPLEMENTED = COAP_CODE(5, 1),
    COAP_503_UNAVAILABLE = COAP_CODE(5, 3),
    COAP_505_PROXYING = COAP_CODE(5, 5),
};

/** 2 for 2.05 and so on; 0 for a method. */
static inline unsigned coap_code_class(uint8_t code)
{
    return code >> 5;
}

static inline bool coap_code_is_success(uint8_t code)
{
    return coap_code_class(code) == 2;
}

/** Content formats; any other number goes through unchanged. */
enum {
    COAP_FORMAT_NONE = -1, /* no such option in the message */
    COAP_FORMAT_TEXT = 0,
    COAP_FORMAT_LINK = 40,
    COAP_FORMAT_OPAQUE = 42,
    COAP_FORMAT_CBOR = 60,
    COAP_FORMAT_SENML_JSON = 110,
    COAP_FORMAT_SENML_CBOR = 112,
    COAP_FORMAT_SENML_ETCH_JSON = 320,
    COAP_FORMAT_SENML_ETCH_CBOR = 322,
    COAP_FORMAT_TLV = 11542,
    COAP_FORMAT_LWM2M_CBOR = 11544,
};
